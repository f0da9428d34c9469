"""Consents as they are noted and taken back, and what stops when they are."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from cases.actions import answers, oversight, replies, requests, work
from cases.actions.consents import note_consents, withdraw_consent
from cases.actions.disclosing import ConsentIsMissing
from cases.ledger import AlreadyDone, CaseIsClosed, NotAllowed
from cases.models import Consent, Disclosure, Event, Feedback, Question, Referral, SchoolNote
from cases.sharing import ConsentGiven
from schools.models import Pupil
from tests.factories.cases import WORDS, a_case, a_pupil

NOW = timezone.now


def yes(giver: str, **more) -> ConsentGiven:
    today = timezone.localdate()
    until = today + timedelta(days=90)
    terms = {"form": "meeting", "given_on": today, "valid_to": until, "scope": ["words", "receiver"]}
    return ConsentGiven(giver, "yes", **terms | more)


def aged(cast, years: int) -> Pupil:
    """Return a pupil of the cast who has turned `years` today."""
    pupil = a_pupil(cast)
    today = timezone.localdate()
    pupil.born_on = today.replace(year=today.year - years, day=min(today.day, 28))
    pupil.save(update_fields=["born_on"])
    return pupil


def send(cast, pupil: Pupil, consents: list[ConsentGiven]) -> Referral:
    return requests.send_request(
        pupil=pupil, service=cast.service, content=WORDS, consents=consents, submission=uuid4(), by=cast.counsellor,
        at=NOW(),
    )  # fmt: skip


def take_back(story, giver: str = "guardian_1", by: Membership | None = None) -> bool:
    consent = Consent.objects.filter(case=story.case, giver=giver).latest("noted_at")
    return withdraw_consent(consent=consent, by=by or story.cast.counsellor, at=NOW())


TWO_YES = [yes("guardian_1"), yes("guardian_2")]
ONE_NO = [yes("guardian_1"), ConsentGiven("guardian_2", "no")]
UNREACHED = [yes("guardian_1"), ConsentGiven("guardian_2", "not_reachable")]
CANNOT_WAIT = [yes("guardian_1"), ConsentGiven("guardian_2", "not_reachable", cannot_wait=True)]
ALONE = [ConsentGiven("guardian_1", "no"), ConsentGiven("guardian_2", "not_asked"), yes("pupil", is_suitable=True)]
NOT_JUDGED = [ConsentGiven("guardian_1", "no"), ConsentGiven("guardian_2", "none"), yes("pupil")]
ADULT = [yes("pupil")]


@pytest.mark.parametrize(
    ("age", "consents", "is_sent"),
    [
        (13, TWO_YES, True), (13, ONE_NO, False), (13, UNREACHED, False), (13, CANNOT_WAIT, True), (14, ALONE, False),
        (15, ALONE, True), (15, NOT_JUDGED, False), (17, TWO_YES, False), (18, ADULT, True), (18, TWO_YES, False),
    ],
)  # fmt: skip
def test_the_action_itself_sends_nothing_without_a_lawful_consent(cast, age, consents, is_sent):
    pupil = aged(cast, age)

    if is_sent:
        send(cast, pupil, consents)
    else:
        with pytest.raises(ConsentIsMissing):
            send(cast, pupil, consents)

    assert Referral.objects.exists() == is_sent
    assert Disclosure.objects.exists() == is_sent


def test_what_was_answered_is_kept_as_law_asks(cast):
    send(cast, aged(cast, 16), [*ALONE[:2], yes("pupil", is_suitable=True, interpreter="somaliska")])

    alone = Consent.objects.get(giver="pupil")
    assert (alone.is_suitable, alone.interpreter, alone.pupil_age) == (True, "somaliska", 16)
    assert Consent.objects.get(giver="guardian_1").answer == "no"


def test_a_withdrawal_before_anybody_has_read_takes_the_request_back(cast):
    story = a_case("sent", cast=cast)

    assert take_back(story)

    copy = Disclosure.objects.get()
    assert copy.stopped_at is not None
    assert not copy.was_handed_over
    assert Referral.objects.get().status == "withdrawn"
    assert not Disclosure.objects.visible_to(cast.worker).exists()
    assert Disclosure.objects.visible_to(cast.counsellor).exists()
    assert story.case.obligations.open().get().kind == "review_stalled"


def test_what_was_read_stays_read_and_goes_no_further(cast):
    story = a_case("acknowledged", cast=cast)
    take_back(story)

    assert Disclosure.objects.visible_to(cast.worker).get().was_handed_over
    assert Referral.objects.get().status == "assessing"
    with pytest.raises(ConsentIsMissing):
        story.redirect()
    assert Referral.objects.count() == 1


def test_a_request_that_was_sent_on_stops_where_it_has_come(cast):
    story = a_case("redirected", cast=cast)

    take_back(story)

    last = Referral.objects.get(to_unit=cast.other_worker.unit)
    assert last.status == "withdrawn"
    assert not Disclosure.objects.visible_to(cast.other_worker).exists()
    assert Disclosure.objects.visible_to(cast.worker).exists()


def test_no_question_is_answered_without_consent_and_the_question_waits(cast):
    story = a_case("asked", cast=cast)
    take_back(story)

    with pytest.raises(ConsentIsMissing):
        story.answer_question()

    assert Question.objects.get().answered_at is None
    assert story.open("answer_question")


def test_words_about_a_no_stay_in_the_school_when_the_consent_is_gone(cast):
    story = a_case("declined", cast=cast)
    take_back(story)

    story.follow_advice()

    assert SchoolNote.objects.get().text == "Vi kartlägger."
    assert Event.objects.get(kind="advice_followed").text == ""
    assert story.case.obligations.open().get(kind="do_next_step").task == ""
    assert not Disclosure.objects.filter(what="response").exists()


def test_words_about_a_step_are_shared_as_a_copy_and_stay_in_the_school_without_consent(cast):
    story = a_case("advice_followed", cast=cast)
    oversight.say_no_change(
        obligation=story.open("do_next_step"), because="Vi väntar.", by=cast.counsellor, at=story.at
    )
    take_back(story)

    oversight.record_step(
        obligation=story.open("do_next_step"), what="Klart hemma.", next_task="Ring mamma.",
        next_unit=cast.counsellor.unit, next_on=story.days(5), by=cast.counsellor, at=story.at,
    )  # fmt: skip

    assert Disclosure.objects.get(what="step").content == {"text": "Vi väntar."}
    assert set(SchoolNote.objects.values_list("text", flat=True)) == {"Klart hemma.", "Ring mamma."}
    assert Event.objects.get(kind="step_done").text == ""


def test_a_reply_to_feedback_stays_in_the_school_when_the_consent_is_gone(cast):
    story = a_case("feedback_given", cast=cast)
    take_back(story)

    work.acknowledge_feedback(feedback=story.feedback, reply="Vi ses.", by=cast.counsellor, at=NOW())

    assert Feedback.objects.get().reply == ""
    assert SchoolNote.objects.get().text == "Vi ses."


def test_everything_that_leaves_the_school_is_a_frozen_copy_with_its_ground(cast):
    a_case("question_answered", cast=cast)
    a_case("advice_followed", cast=cast)
    a_case("feedback_acknowledged", cast=cast)
    a_case("withdrawn", cast=cast)

    kinds = set(Disclosure.objects.values_list("what", flat=True))
    assert kinds == {"request", "answer", "response", "reply", "withdrawal"}
    assert set(Disclosure.objects.values_list("ground", flat=True)) == {"consent_osl_10_1"}
    assert Disclosure.objects.get(what="answer").content == {"text": "Svårt på morgnar."}


def test_what_came_after_the_first_opening_is_noted_as_read_too(cast, enter):
    story = a_case("question_answered", cast=cast)
    assert Disclosure.objects.get(what="answer").read_at is None

    enter(cast.colleague).get(reverse("cases:assess_request", args=[story.referral.pk]))

    answer = Disclosure.objects.get(what="answer")
    assert answer.read_by == cast.colleague
    assert Disclosure.objects.get(what="request").read_by == cast.worker


def test_a_stopped_copy_is_never_noted_as_read(cast):
    story = a_case("sent", cast=cast)
    take_back(story)

    answers.note_reading(case=story.case, by=cast.worker, at=NOW())

    assert Disclosure.objects.get().read_at is None


def test_where_the_pupil_may_agree_alone_a_guardians_withdrawal_stops_nothing(cast):
    pupil = aged(cast, 16)
    alone = yes("pupil", is_suitable=True)
    referral = send(cast, pupil, [yes("guardian_1"), ConsentGiven("guardian_2", "none"), alone])
    consent = Consent.objects.get(giver="guardian_1")

    assert not withdraw_consent(consent=consent, by=cast.counsellor, at=NOW())

    assert Disclosure.objects.get().stopped_at is None
    referral.refresh_from_db()
    assert referral.status == "sent"


def test_a_new_yes_lets_the_work_go_on(cast):
    story = a_case("asked", cast=cast)
    take_back(story)

    stands = note_consents(
        case=story.case, to_unit=cast.worker.unit, by=cast.counsellor, at=NOW(),
        consents=[yes("guardian_1"), ConsentGiven("guardian_2", "none"), ConsentGiven("pupil", "not_asked")],
    )  # fmt: skip

    assert stands
    story.answer_question()
    assert Question.objects.get().answered_at is not None
    assert not Disclosure.objects.filter(stopped_at__isnull=False).exists()


def test_a_new_no_stops_as_a_withdrawal_does(cast):
    story = a_case("sent", cast=cast)

    stands = note_consents(
        case=story.case, to_unit=cast.worker.unit, by=cast.counsellor, at=NOW(),
        consents=[ConsentGiven("guardian_1", "no"), ConsentGiven("guardian_2", "none")],
    )  # fmt: skip

    assert not stands
    assert Referral.objects.get().status == "withdrawn"


def test_a_consent_that_has_run_out_is_no_consent(cast):
    story = a_case("asked", cast=cast, at=NOW() - timedelta(days=200))

    with pytest.raises(ConsentIsMissing):
        replies.answer_question(question=story.question, answer="Ja.", by=cast.counsellor, at=NOW())


def test_a_consent_is_withdrawn_once_and_only_by_the_school_in_an_open_case(cast):
    story = a_case("acknowledged", cast=cast)
    for stranger in (cast.worker, cast.mentor, cast.other_counsellor):
        with pytest.raises(NotAllowed):
            take_back(story, by=stranger)

    take_back(story)
    with pytest.raises(AlreadyDone):
        take_back(story)
    with pytest.raises(CaseIsClosed):
        take_back(a_case("closed", cast=cast))
