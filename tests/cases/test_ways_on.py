"""What a no opens: the lawful ways where a consent is wanting, other services where the pupil does not want to."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from cases.actions import answers
from cases.consent_law import Way, ways_after_a_refusal
from cases.models import Consent
from cases.ways_on import BEFORE_A_NO, ways_before
from deadlines.working_days import add_working_days
from tests.factories.cases import a_case, reason_of
from tests.factories.schools import GuardianFactory
from tests.factories.socialservices import ReasonCodeFactory, ServiceFactory

TODAY = date(2026, 11, 27)
UNFOLDED, FOLDED = "A consent is wanting: these lawful ways remain", "If a consent is wanting: the lawful ways"


def declined(cast, code, *, is_told=True):
    story = a_case("acknowledged", cast=cast)
    if not is_told:
        Consent.objects.filter(case=story.case).update(scope=["words", "receiver"])
    at_school = code != "ONE_GUARDIAN_REFUSES"
    answers.decline_request(
        referral=story.referral, reason=reason_of(code), rationale="Familjen säger nej.", advice="Tala med hemmet.",
        next_holder=(story.cast.counsellor if at_school else story.cast.worker).unit, next_on=story.days(5),
        by=story.cast.worker, at=story.at,
    )  # fmt: skip
    return story._again()


def response_page(enter, story):
    return enter(story.cast.counsellor).get(reverse("cases:respond_to_no", args=[story.referral.pk])).text


@pytest.mark.parametrize(
    ("age", "guardians", "there", "not_there"),
    [
        (9, 1, {Way.REPORT, Way.SCHOOL_GOES_ON}, {Way.PUPIL_ALONE, Way.APPLY, Way.MEET_BOTH, Way.TREATMENT_WITH_ONE}),
        (11, 2, {Way.MEET_BOTH, Way.TREATMENT_WITH_ONE}, {Way.PUPIL_ALONE, Way.APPLY}),
        (12, 1, {Way.APPLY}, {Way.PUPIL_ALONE, Way.MEET_BOTH}),
        (14, 2, {Way.APPLY, Way.MEET_BOTH, Way.TREATMENT_WITH_ONE}, {Way.PUPIL_ALONE}),
        (15, 1, {Way.PUPIL_ALONE, Way.SCHOOL_GOES_ON}, {Way.APPLY}),
    ],
)
def test_age_and_guardians_decide_which_ways_remain(age, guardians, there, not_there):
    ways = set(ways_after_a_refusal(age, guardians))

    assert there <= ways
    assert not not_there & ways
    assert Way.REPORT in ways


@pytest.mark.parametrize("code", BEFORE_A_NO)
def test_a_school_that_reads_that_a_consent_is_wanting_is_shown_the_lawful_ways(cast, enter, code):
    story = declined(cast, code)

    page = response_page(enter, story)

    assert UNFOLDED in page
    assert FOLDED not in page
    for told in ("SoL 19:1", "Skollagen 7:19 a", reverse("cases:report_concern", args=[story.case.pupil_id])):
        assert told in page
    day = add_working_days(story.today, 5)
    assert f"{day.day} {day:%b}" in page


def ways_of(page):
    [fold] = re.findall(rf"<summary>{FOLDED}</summary>.*?</details>", page, flags=re.DOTALL)
    return re.sub(r"[0-9a-f-]{36}", "", fold)


def test_a_school_that_may_not_know_why_is_shown_the_same_whatever_the_reason_is(db, enter):
    other = ReasonCodeFactory(code="BELOW_THRESHOLD").code
    pages = [response_page(enter, declined(None, code, is_told=False)) for code in (*BEFORE_A_NO, other)]

    assert not any(UNFOLDED in page for page in pages)
    assert len({ways_of(page) for page in pages}) == 1


def test_a_school_that_reads_another_reason_has_the_ways_folded(cast, enter):
    page = response_page(enter, declined(cast, "BELOW_THRESHOLD"))

    assert UNFOLDED not in page
    assert FOLDED in page


def test_a_unit_is_shown_the_ways_before_it_says_no_for_want_of_consent(cast, enter):
    story = a_case("acknowledged", cast=cast)
    for code in ("GUARDIAN_NO_CONSENT", "BELOW_THRESHOLD"):
        ReasonCodeFactory(code=code)
    address = reverse("cases:decline_request", args=[story.referral.pk])
    client = enter(cast.worker)
    given = {
        "rationale": "Familjen säger nej.", "advice": "Tala med hemmet.", "next_holder": cast.counsellor.unit_id,
        "next_on": story.days(5).isoformat(),
    }  # fmt: skip

    form = client.get(address).text
    check = client.post(address, {**given, "reason": reason_of("GUARDIAN_NO_CONSENT").pk}).text
    other = client.post(address, {**given, "reason": reason_of("BELOW_THRESHOLD").pk}).text

    for page in (form, check):
        assert "FB 6:13 a" in page
        assert "These lawful ways remain" in page
    assert "These lawful ways remain" not in other


def test_no_other_reason_has_ways():
    assert ways_before("BELOW_THRESHOLD") == []
    assert {way.paragraph for way in ways_before("GUARDIAN_NO_CONSENT")} >= {"SoL 21:1", "SoL 21:2", "FB 6:13 a"}


@pytest.fixture
def unwilling(cast):
    story = a_case("acknowledged", cast=cast)
    ReasonCodeFactory(code="PUPIL_NOT_MOTIVATED")
    return story


def test_a_no_for_motivation_proposes_the_other_services_that_take_the_pupil(unwilling, cast, enter):
    ended = ServiceFactory(valid_to=TODAY - timedelta(days=400))
    client = enter(cast.worker)
    address = reverse("cases:decline_request", args=[unwilling.referral.pk])

    form = client.get(address).text
    check = client.post(
        address,
        {
            "reason": reason_of("PUPIL_NOT_MOTIVATED").pk, "rationale": "Svarar inte.", "advice": "Håll kontakten.",
            "tried": "Ringt.", "alternative": "home_visit", "next_holder": cast.worker.unit_id,
            "next_on": unwilling.days(5).isoformat(),
        },
    ).text  # fmt: skip

    for page in (form, check):
        assert f"{to_send_on(unwilling)}?service={cast.other_service.pk}#answer" in page
        assert f"?service={cast.service.pk}" not in page
        assert f"?service={ended.pk}" not in page


def test_the_link_fills_in_where_to_send_it(unwilling, cast, enter):
    client = enter(cast.worker)

    chosen = client.get(f"{to_send_on(unwilling)}?service={cast.other_service.pk}")
    nothing = client.get(f"{to_send_on(unwilling)}?service=nonsense")

    assert chosen.context["form"]["service"].value() == str(cast.other_service.pk)
    assert re.search(rf'value="{cast.other_service.pk}"[^>]* checked', chosen.text)
    assert nothing.status_code == 200
    assert not re.search(r'name="service"[^>]* checked', nothing.text)


def to_send_on(story):
    return reverse("cases:redirect_request", args=[story.referral.pk])


def test_more_services_cost_no_more_queries(unwilling, cast, enter, assert_constant_queries):
    enter(cast.worker)

    assert_constant_queries(reverse("cases:decline_request", args=[unwilling.referral.pk]), lambda: ServiceFactory())


def test_the_second_guardian_is_among_the_ways_of_a_pupil_with_two(cast, enter):
    story = a_case("acknowledged", cast=cast)
    one = response_page(enter, _no(story))
    GuardianFactory(pupil=story.pupil)
    GuardianFactory(pupil=story.pupil)

    assert "Meet both guardians" not in one
    assert "Meet both guardians" in response_page(enter, story)


def _no(story):
    answers.decline_request(
        referral=story.referral, reason=reason_of("GUARDIAN_NO_CONSENT"), rationale="Nej.", advice="Tala.",
        next_holder=story.cast.counsellor.unit, next_on=story.days(5), by=story.cast.worker, at=story.at,
    )  # fmt: skip
    return story._again()
