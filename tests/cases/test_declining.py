"""What a no demands beyond reason and words, what speaks against it, and who reads it besides."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from cases.actions import answers, second_person
from cases.declining import NoGiven, contradictions, goes_to_head, lacks
from cases.ledger import NotAllowed
from cases.models import Case, Decision, DecisionReason, Disclosure, PreparedNo, Referral
from cases.todo import to_do_of
from tests.factories.cases import a_case
from tests.factories.socialservices import ReasonCodeFactory

TODAY = date(2026, 11, 27)
DONE = {"tried_items": [
    {"kind": "measure", "day": "2026-10-21", "answer": "no", "codes": ["adaptations"], "percent": None, "text": ""},
    {"kind": "concern", "day": "2026-10-01", "answer": "follow", "codes": ["adaptations"], "percent": None, "text": ""},
]}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        (NoGiven("BELOW_THRESHOLD", True, TODAY), set()),
        (NoGiven("SCHOOL_RESPONSIBILITY", True, TODAY), {"missing_measure"}),
        (NoGiven("SCHOOL_RESPONSIBILITY", False, TODAY, missing_measure="adaptations"), {"next_holder"}),
        (NoGiven("SCHOOL_RESPONSIBILITY", True, TODAY, missing_measure="adaptations"), set()),
        (NoGiven("PUPIL_NOT_MOTIVATED", False, TODAY), {"tried", "alternative"}),
        (NoGiven("PUPIL_NOT_MOTIVATED", False, TODAY, tried=" ", alternative="home_visit"), {"tried"}),
        (NoGiven("PUPIL_NOT_MOTIVATED", True, TODAY, tried="Ringt.", alternative="home_visit"), {"next_holder"}),
        (
            NoGiven("PUPIL_NOT_MOTIVATED", False, TODAY + timedelta(days=31), tried="Ringt.", alternative="home_visit"),
            {"next_on"},
        ),
        (
            NoGiven("PUPIL_NOT_MOTIVATED", False, TODAY + timedelta(days=30), tried="Ringt.", alternative="home_visit"),
            set(),
        ),
        (NoGiven("ONE_GUARDIAN_REFUSES", True, TODAY), {"next_holder"}),
        (NoGiven("ONE_GUARDIAN_REFUSES", False, TODAY + timedelta(days=15)), {"next_on"}),
        (NoGiven("ONE_GUARDIAN_REFUSES", False, TODAY + timedelta(days=14)), set()),
    ],
)
def test_each_reason_gets_what_it_demands(given, fields):
    assert lacks(given, TODAY).keys() == fields


def test_what_the_school_has_told_that_it_did_speaks_against_that_it_is_missing():
    [line] = contradictions(DONE, "adaptations", "Skolan behöver pröva mer.")

    assert "Extra adaptations" in line
    assert contradictions(DONE, "home_visit", "Skolan behöver pröva mer.") == []
    assert contradictions(DONE, "", "") == []
    assert contradictions({}, "adaptations", "") == []


@pytest.mark.parametrize("words", ["Eleven är omotiverad.", "Han vill inte träffa oss.", "Lacks MOTIVATION."])
def test_blaming_words_speak_against_a_no(words):
    assert contradictions({}, "", words)


@pytest.mark.parametrize(
    ("content", "days", "read"),
    [
        ({"absence": {"percent": 50}}, 1, True),
        ({"absence": {"percent": 49}}, 90, False),
        ({"absence": None}, 91, True),
        ({}, 0, False),
        ({"absence": {"percent": None}}, 0, False),
    ],
)
def test_half_the_time_away_or_ninety_days_of_waiting_is_read_by_the_head(content, days, read):
    assert goes_to_head(content, days) is read


def typed(story, reason, **more):
    return {
        "reason": reason.pk, "rationale": "Skolan behöver pröva mer.", "advice": "Kartlägg lärmiljön.",
        "next_holder": story.cast.counsellor.unit_id, "next_on": story.days(5).isoformat(), **more,
    }  # fmt: skip


def address(story):
    return reverse("cases:decline_request", args=[story.referral.pk])


@pytest.fixture
def story(cast):
    story = a_case("acknowledged", cast=cast)
    copy = Disclosure.objects.get(referral=story.referral)
    Disclosure.objects.filter(pk=copy.pk).update(content={**copy.content, **DONE})
    return story


def test_the_schools_responsibility_contradicted_by_what_is_done_needs_why_all_the_same(story, enter):
    reason = ReasonCodeFactory(code="SCHOOL_RESPONSIBILITY")
    client = enter(story.cast.worker)
    given = typed(story, reason, missing_measure="adaptations")

    bare = client.post(address(story), typed(story, reason))
    check = client.post(address(story), given)
    refused = client.post(address(story), {**given, "confirm": "1"})
    sent = client.post(address(story), {**given, "confirm": "1", "nevertheless": "De prövades en vecka."})

    assert bare.status_code == 422
    assert "Choose which of the school’s measures is missing" in bare.text
    assert "The school has told that it did this." in check.text
    assert refused.status_code == 422
    assert "Skolan behöver pröva mer." in refused.text
    assert sent.status_code == 302
    second_person.confirm_no(prepared=story.prepared, by=story.cast.colleague, at=story.at)
    given = DecisionReason.objects.get()
    assert (given.missing_measure, given.nevertheless) == ("adaptations", "De prövades en vecka.")
    shown = enter(story.cast.counsellor).get(reverse("cases:case_detail", args=[story.case.pk])).text
    assert "Missing at the school" in shown
    assert "De prövades en vecka." in shown


def test_a_measure_that_is_not_done_needs_no_more(story, enter):
    given = typed(story, ReasonCodeFactory(code="SCHOOL_RESPONSIBILITY"), missing_measure="home_visit")

    assert enter(story.cast.worker).post(address(story), {**given, "confirm": "1"}).status_code == 302
    assert PreparedNo.objects.get().nevertheless == ""


def test_a_no_for_motivation_is_refused_until_another_way_is_offered(story, enter):
    reason = ReasonCodeFactory(code="PUPIL_NOT_MOTIVATED")
    client = enter(story.cast.worker)
    own = {"next_holder": story.cast.worker.unit_id}

    bare = client.post(address(story), typed(story, reason))
    sent = client.post(
        address(story),
        typed(story, reason, **own, tried="Ringt tre gånger.", alternative="parents_first", confirm="1"),
    )

    for words in ("Write what you have tried", "Choose which other way you offer", "your unit has the next step"):
        assert words in bare.text
    assert sent.status_code == 302
    second_person.confirm_no(prepared=story.prepared, by=story.cast.colleague, at=story.at)
    given = DecisionReason.objects.get()
    assert (given.alternative, given.tried) == ("parents_first", "Ringt tre gånger.")
    assert story.open("do_next_step").intervals.get(to_at=None).unit == story.cast.worker.unit


def test_what_belongs_to_another_reason_is_not_kept(story, enter):
    given = typed(story, story.cast.reason, tried="Ringt.", alternative="home_visit", missing_measure="adaptations")

    enter(story.cast.worker).post(address(story), {**given, "confirm": "1"})

    kept = DecisionReason.objects.get()
    assert (kept.tried, kept.alternative, kept.missing_measure) == ("", "", "")


@pytest.mark.parametrize("code", ["SCHOOL_RESPONSIBILITY", "PUPIL_NOT_MOTIVATED"])
def test_neither_action_nor_database_takes_a_no_without_what_its_reason_demands(story, code):
    reason = ReasonCodeFactory(code=code)
    given = {"reason": reason, "rationale": "Nej.", "advice": "Pröva.", "next_on": story.days(3)}
    with pytest.raises(NotAllowed):
        answers.decline_request(
            referral=story.referral, next_holder=story.cast.counsellor.unit, by=story.cast.worker, at=story.at, **given
        )
    Referral.objects.filter(pk=story.referral.pk).update(status="declined")
    decision = Decision.objects.create(
        referral=story.referral, answer="declined", next_holder=story.cast.counsellor.unit, decided_at=story.at,
        decided_by=story.cast.worker, advice="Pröva.", next_on=story.days(3),
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="A no"), transaction.atomic():
        DecisionReason.objects.create(decision=decision, code=reason, rationale="Nej.")
    transaction.set_rollback(True)


def test_the_head_reads_a_no_to_a_child_who_has_waited_long_and_no_other(cast, enter):
    short, long = a_case("acknowledged", cast=cast), a_case("acknowledged", cast=cast)
    Case.objects.filter(pk=long.case.pk).update(child_time_from=long.today - timedelta(days=91))
    for story in (short, long):
        story.decline()

    rows = [row.url for group in to_do_of(cast.head, long.today).groups for row in group.rows if "refusal" in row.key]

    assert rows == [reverse("cases:case_detail", args=[long.case.pk])]
    assert not [row for group in to_do_of(cast.worker, long.today).groups for row in group.rows if "refusal" in row.key]
    assert "Read a no" in enter(cast.head).get(reverse("cases:todo")).text
    later = to_do_of(cast.head, long.today + timedelta(days=14))
    assert not [row for group in later.groups for row in group.rows if "refusal" in row.key]
