"""What the school reads of an answer: always what happens next, and why only where a consent covers it."""

import pytest
from django.urls import reverse

from cases.actions import answers
from cases.consents import reply_is_covered
from cases.models import Consent, DecisionReason
from cases.timeline import timeline_of
from socialservices.models import ReasonCode
from tests.factories.cases import Cast, Story, a_case
from tests.factories.socialservices import ReasonCodeFactory

pytestmark = pytest.mark.django_db
WHY, ADVICE = "Vi har sett att familjen redan har en kontakt.", "Kartlägg lärmiljön."


def declined(story: Story, reason: ReasonCode | None = None) -> Story:
    answers.decline_request(
        referral=story.referral, reason=reason or ReasonCodeFactory(title_en="Hemligt skäl"), rationale=WHY,
        advice=ADVICE, next_holder=story.cast.counsellor.unit, next_on=story.days(10), by=story.cast.worker,
        at=story.at, nevertheless="Ändå.",
    )  # fmt: skip
    return story._again()


def without_reply(cast: Cast | None = None) -> Story:
    """A request whose consent does not cover that the school is told why."""
    story = a_case("acknowledged", cast=cast)
    Consent.objects.filter(case=story.case).update(scope=["words", "receiver"])
    return story


def pages_of(story: Story) -> list[str]:
    return [
        reverse("cases:case_detail", args=[story.case.pk]),
        reverse("cases:respond_to_no", args=[story.referral.pk]),
        reverse("cases:case_list"),
        reverse("cases:todo"),
        reverse("attendance:pupil_detail", args=[story.case.pupil_id]),
    ]


def test_with_a_consent_that_covers_it_the_school_reads_why(enter):
    story = declined(a_case("acknowledged"))

    page = enter(story.cast.counsellor).get(reverse("cases:case_detail", args=[story.case.pk])).text

    assert WHY in page
    assert ADVICE in page
    assert DecisionReason.objects.get().told_on == "consent_osl_10_1"


@pytest.mark.parametrize("reader", ["counsellor", "principal"])
def test_without_it_the_school_reads_no_reason_on_any_page_but_always_what_happens_next(enter, reader):
    story = declined(without_reply())
    client = enter(getattr(story.cast, reader))

    shown = [client.get(page).text for page in pages_of(story)]

    for page in shown:
        assert WHY not in page
        assert "Hemligt skäl" not in page
        assert "Ändå." not in page
    for told in (ADVICE, "no consent covers that the school is told"):
        assert told in shown[0]
        assert told in shown[1]


def test_a_reason_of_a_kind_that_no_school_may_have_stays_also_with_a_consent(enter):
    story = declined(a_case("acknowledged"), ReasonCodeFactory(is_shown_to_school=False))

    assert DecisionReason.objects.get().told_on == ""
    assert WHY not in enter(story.cast.counsellor).get(reverse("cases:case_detail", args=[story.case.pk])).text


def test_the_unit_that_answered_and_its_head_read_why(enter):
    story = declined(without_reply())

    for reader in (story.cast.worker, story.cast.colleague, story.cast.head):
        assert WHY in enter(reader).get(reverse("cases:case_detail", args=[story.case.pk])).text


def test_each_who_agreed_has_to_have_agreed_to_it():
    story = a_case("acknowledged")
    assert reply_is_covered(story.referral, story.today)

    Consent.objects.filter(case=story.case, answer="yes").update(scope=["words", "receiver"])

    assert not reply_is_covered(story.referral, story.today)


def test_a_consent_taken_back_covers_nothing_that_is_answered_after(enter):
    story = a_case("acknowledged")
    agreed = Consent.objects.filter(case=story.case, answer="yes")
    agreed.update(withdrawn_at=story.at, withdrawn_by=story.cast.counsellor)

    declined(story)

    assert DecisionReason.objects.get().told_on == ""


def test_a_consent_names_its_receiver_and_covers_no_answer_of_the_unit_the_request_was_sent_on_to():
    story = a_case("acknowledged")
    story.redirect()

    assert not reply_is_covered(story.referral, story.today)


def test_why_a_request_was_sent_on_is_read_by_the_next_unit_and_not_by_a_school_without_ground(enter):
    story = without_reply()
    story.redirect()

    [at_school] = [i for i in timeline_of(story.case, story.cast.counsellor) if i.kind == "request_redirected"]
    page = enter(story.cast.other_worker).get(reverse("cases:assess_request", args=[story.referral.pk])).text

    assert at_school.text == ""
    assert "Ni har rätt uppdrag." in page


def test_before_it_is_typed_the_page_says_who_reads_it(enter):
    open_, closed = a_case("acknowledged"), without_reply()

    told = enter(open_.cast.worker).get(reverse("cases:decline_request", args=[open_.referral.pk])).text
    untold = enter(closed.cast.worker).get(reverse("cases:decline_request", args=[closed.referral.pk])).text

    assert "The school does not read it: no consent covers" not in told
    assert "The school does not read it: no consent covers" in untold
    assert "Write what to do, not why you say no" in untold
    assert "Write what to do, not why you say no" not in told


def test_the_check_page_says_that_the_school_is_not_told(enter):
    story = without_reply()
    given = {
        "reason": story.cast.reason.pk, "rationale": WHY, "advice": ADVICE,
        "next_holder": story.cast.counsellor.unit_id, "next_on": story.days(5).isoformat(),
    }  # fmt: skip

    page = enter(story.cast.worker).post(reverse("cases:decline_request", args=[story.referral.pk]), given).text

    assert "The school is not told why" in page


@pytest.mark.parametrize("reader", ["principal", "area_manager"])
def test_a_school_that_counts_its_refusals_by_reason_counts_only_those_it_may_know(enter, reader):
    cast = a_case("acknowledged").cast
    open_ = ReasonCodeFactory(title_en="Öppet skäl")
    secret = ReasonCodeFactory(title_sv="Hemligt skäl", title_en="Hemligt skäl")
    for _number in range(6):
        declined(without_reply(cast), secret)
        declined(a_case("acknowledged", cast=cast), open_)

    page = enter(getattr(cast, reader)).get(reverse("followup:report")).text

    assert "Öppet skäl" in page
    assert "Hemligt skäl" not in page
    assert "Hemligt skäl" in enter(cast.head).get(reverse("followup:report")).text
