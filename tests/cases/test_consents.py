"""Consents as they are noted and taken back, and what stops when they are."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
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
from tests.factories.schools import GuardianFactory

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


def test_two_clicks_withdraw_and_the_page_says_what_was_given(cast, enter):
    story = a_case("acknowledged", cast=cast)
    client = enter(cast.counsellor)
    page = client.get(reverse("cases:pupil_consents", args=[story.pupil.pk]))
    consent = Consent.objects.get(giver="guardian_1")
    address = reverse("cases:withdraw_consent", args=[consent.pk])
    assert address in page.text

    asked = client.get(address).text
    response = client.post(address)

    assert "has already been given" in asked
    assert "Har ont i magen på morgnarna." in asked
    assert cast.worker.user.full_name in asked
    after = client.get(response.url).text
    assert "The consent does not stand" in after
    assert "withdrawn" in after
    assert "OSL 23:2" in after
    assert address not in after


def test_withdrawing_twice_says_who_was_first(cast, enter):
    story = a_case("acknowledged", cast=cast)
    consent = Consent.objects.get(giver="guardian_1")
    client, address = enter(cast.counsellor), reverse("cases:withdraw_consent", args=[consent.pk])
    client.post(address)

    assert client.post(address).status_code == 409
    assert Event.objects.filter(case=story.case, kind="consent_withdrawn").count() == 1


def test_new_answers_are_noted_on_a_page_and_nothing_typed_is_lost(cast, enter):
    story = a_case("acknowledged", cast=cast)
    client = enter(cast.counsellor)
    address = reverse("cases:note_consents", args=[story.case.pk, cast.worker.unit_id])
    typed = {"guardian_1_answer": "yes", "guardian_1_interpreter": "tigrinja", "guardian_2_answer": "none"}

    refused = client.post(address, typed | {"pupil_answer": "not_asked"})
    assert refused.status_code == 422
    assert "tigrinja" in refused.text
    assert "Choose how the consent was given" in refused.text

    terms = {"form": "phone", "given_on": "2026-01-01", "valid_to": (timezone.localdate() + timedelta(30)).isoformat()}
    terms = {f"guardian_1_{name}": value for name, value in terms.items()}
    done = client.post(address, typed | terms | {"pupil_answer": "not_asked", "scope": ["words", "receiver"]})
    assert done.url == reverse("cases:pupil_consents", args=[story.pupil.pk])
    assert Consent.objects.filter(interpreter="tigrinja", form="phone").exists()


def test_answers_are_noted_only_about_units_that_have_been_asked_about(cast, enter):
    story = a_case("acknowledged", cast=cast)
    client = enter(cast.counsellor)

    for unit in (cast.other_worker.unit_id, cast.counsellor.unit_id, uuid4()):
        assert client.get(reverse("cases:note_consents", args=[story.case.pk, unit])).status_code == 404


def test_what_we_have_shared_about_you_is_complete_and_can_be_printed(cast, enter):
    story = a_case("question_answered", cast=cast)

    page = enter(cast.principal).get(reverse("cases:shared_about_pupil", args=[story.pupil.pk])).text

    assert "What we have shared about you" in page
    assert "Svårt på morgnar." in page
    assert "Har ont i magen på morgnarna." in page
    assert "Consent (OSL 10:1)" in page
    assert cast.worker.user.full_name in page
    assert "data-print" in page
    assert "Do not hand this out unasked." not in page


def test_a_print_warns_where_a_guardian_is_protected_or_has_no_custody(cast, enter):
    story = a_case("sent", cast=cast)
    GuardianFactory(pupil=story.pupil, has_custody=False)

    page = enter(cast.principal).get(reverse("cases:shared_about_pupil", args=[story.pupil.pk])).text

    assert "Do not hand this out unasked." in page


def test_a_pupil_nobody_has_been_asked_about_has_an_empty_page(cast, enter):
    pupil = a_pupil(cast)
    client = enter(cast.counsellor)

    assert "Nobody has been asked" in client.get(reverse("cases:pupil_consents", args=[pupil.pk])).text
    assert "We have shared nothing" in client.get(reverse("cases:shared_about_pupil", args=[pupil.pk])).text


def test_consents_are_the_schools_own_pages(cast, enter):
    story = a_case("acknowledged", cast=cast)
    consent = Consent.objects.get(giver="guardian_1")
    addresses = [
        reverse("cases:pupil_consents", args=[story.pupil.pk]),
        reverse("cases:shared_about_pupil", args=[story.pupil.pk]),
        reverse("cases:note_consents", args=[story.case.pk, cast.worker.unit_id]),
        reverse("cases:withdraw_consent", args=[consent.pk]),
    ]

    for address in addresses:
        assert enter(cast.counsellor).get(address).status_code == 200
        assert enter(cast.other_counsellor).get(address).status_code == 404
        assert enter(cast.mentor).get(address).status_code == 403
        assert enter(cast.worker).get(address).status_code == 403


def test_the_team_is_told_that_the_consent_was_withdrawn(cast, enter):
    story = a_case("acknowledged", cast=cast)
    take_back(story)

    page = enter(cast.worker).get(reverse("cases:assess_request", args=[story.referral.pk])).text

    assert "The consent was withdrawn on" in page


def test_what_was_given_counts_also_the_units_that_the_request_was_sent_on_to(cast, enter):
    story = a_case("taken_over", cast=cast)
    consent = Consent.objects.get(giver="guardian_1")

    page = enter(cast.counsellor).get(reverse("cases:withdraw_consent", args=[consent.pk]))

    assert {copy.to_unit for copy in page.context["copies"]} == {cast.worker.unit, cast.other_worker.unit}
    (receiver,) = (
        enter(cast.counsellor).get(reverse("cases:pupil_consents", args=[story.pupil.pk])).context["receivers"]
    )
    assert len(receiver.copies) == 2


def test_the_page_asks_as_many_questions_for_one_receiver_as_for_three(cast, enter, django_assert_num_queries):
    story = a_case("declined", cast=cast)
    client, address = enter(cast.counsellor), reverse("cases:pupil_consents", args=[story.pupil.pk])
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    story.wait(1).send(cast.other_service).wait(1).send(cast.third_service)

    with django_assert_num_queries(len(one)):
        assert len(client.get(address).context["receivers"]) == 3


def test_where_a_guardian_is_not_asked_from_here_the_page_of_new_answers_says_so(cast, enter):
    story = a_case("acknowledged", cast=cast)
    GuardianFactory(pupil=story.pupil, given_name="Hemlig", family_name="A", protected=True)

    page = enter(cast.counsellor).get(reverse("cases:note_consents", args=[story.case.pk, cast.worker.unit_id])).text

    assert "must not be contacted from here" in page
    assert "Hemlig" not in page
