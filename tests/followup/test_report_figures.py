"""Figures of concern reports: what each counts, and the day on which it changes."""

from __future__ import annotations

from datetime import date

import pytest

from cases.models import ReportExtension, ReportHandling
from cases.report_clocks import decision, investigation
from tests.followup.counting import (
    HIDDEN,
    TEN,
    Office,
    an_office,
    assessed,
    at,
    counted,
    decided,
    ended,
    share,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("arrived", "done", "in_time"),
    [
        ("2026-05-04T09:00", "2026-05-05T23:59", True),
        ("2026-05-04T09:00", "2026-05-06T00:01", False),
        ("2025-12-31T23:30", "2026-01-01T23:59", True),  # over New Year
        ("2025-10-25T23:30", "2025-10-26T23:30", True),  # the day with twenty-five hours
        ("2026-03-28T23:30", "2026-03-30T00:10", False),  # the day with twenty-three
    ],
)
def test_protection_is_in_time_the_same_day_or_the_next(arrived: str, done: str, in_time: bool) -> None:
    office = an_office()
    office.reports(TEN, **assessed("2026-05-04T10:00"))
    office.reports(TEN, **assessed("2026-05-09T10:00"))
    office.reports(1, arrived, **assessed(done))

    assert share("protection") == (52 if in_time else 47)


@pytest.mark.parametrize(
    ("arrived", "when"),
    [
        ("2026-05-04T09:00", "2026-05-18T23:59"),
        ("2026-05-04T09:00", "2026-05-19T00:00"),
        ("2025-12-22T16:00", "2026-01-05T12:00"),  # over Christmas and New Year
        ("2025-12-22T16:00", "2026-01-06T00:01"),
        ("2025-10-24T23:30", "2025-11-07T23:30"),  # over the clock put back
        ("2025-10-24T23:30", "2025-11-08T00:01"),
        ("2026-03-24T08:00", "2026-04-07T23:59"),  # over Easter and the clock put forward
    ],
)
def test_a_decision_is_in_time_by_the_same_days_as_the_clock_of_the_report(arrived: str, when: str) -> None:
    office = an_office()
    office.reports(TEN, **decided("2026-05-05T10:00"))
    office.reports(TEN, **decided("2026-06-05T10:00"))
    clock = decision(office.reports(1, arrived)[0], [])
    assert clock is not None
    office.reports(1, arrived, **decided(when))
    in_time = at(when).date() <= clock.last_day

    assert share("decision") == (50 if in_time else 45)  # the one without a decision has waited longer


def test_what_waits_counts_from_the_day_after_the_last_and_what_is_ongoing_never() -> None:
    office = an_office()
    office.reports(TEN, **decided("2026-05-05T10:00"))
    office.reports(TEN, "2026-06-16T09:00")
    office.reports(TEN, **decided("2026-06-29T10:00", "ongoing"))

    assert counted(date(2026, 6, 30))["decision"] == (TEN, *HIDDEN)
    office.reports(TEN, "2026-06-15T09:00")
    assert counted(date(2026, 6, 30))["decision"] == (2 * TEN, 50, 50)


def test_it_is_counted_as_it_stood_on_the_last_day() -> None:
    office = an_office()
    office.reports(TEN, **decided("2026-05-05T10:00"))
    office.reports(TEN, "2026-06-10T09:00", **decided("2026-07-01T00:01"))
    office.reports(TEN, "2026-07-01T00:01", **decided("2026-07-01T09:00"))
    office.reports(TEN, "2025-06-30T23:59", **decided("2025-07-01T00:01"))

    assert counted()["decision"] == (2 * TEN, 50, 50)
    assert counted()["opened"] == (2 * TEN, 100, 100), "the decisions that fall in the twelve months"


@pytest.mark.parametrize(("told", "in_time"), [("2026-05-18T23:59", True), ("2026-05-19T00:01", False)])
def test_the_reporter_is_told_in_seven_days_where_the_question_came_first(told: str, in_time: bool) -> None:
    office = an_office()
    first = {"asked_at": "2026-05-04T09:00"}
    office.reports(TEN, **decided("2026-05-11T10:00"), told_at="2026-05-12T10:00", **first)
    office.reports(TEN, **decided("2026-05-11T10:00"), **first)
    office.reports(1, **decided("2026-05-11T10:00"), told_at=told, **first)
    inappropriate = {"not_told_why": "harm_to_child", "not_told_by": office.worker}
    office.reports(5, **decided("2026-05-11T10:00"), not_told_at="2026-05-12T10:00", **inappropriate, **first)
    office.reports(5, **decided("2026-05-11T10:00"), told_at="2026-06-12T10:00", asked_at="2026-06-12T09:00")
    office.reports(5, **decided("2026-05-11T10:00", "ongoing"), told_at="2026-06-12T10:00", **first)

    assert share("told") == (52 if in_time else 47)


@pytest.mark.parametrize(
    ("opened", "end"),
    [
        ("2025-10-31T10:00", "2026-02-28T23:59"),  # a month without a thirty-first, over New Year and winter time
        ("2025-10-31T10:00", "2026-03-01T00:01"),
        ("2025-12-15T10:00", "2026-04-15T23:59"),  # over the clock put forward
        ("2025-12-15T23:50", "2026-04-16T00:01"),
    ],
)
def test_an_investigation_is_in_time_by_the_same_days_as_its_clock(opened: str, end: str) -> None:
    office = an_office()
    office.reports(TEN, **decided("2026-01-05T10:00"), **ended("2026-03-05T10:00"))
    office.reports(TEN, **decided("2026-01-05T10:00"), **ended("2026-06-05T10:00"))
    clock = investigation(ReportHandling(decision="opened", decided_at=at(opened)), [])
    assert clock is not None
    office.reports(1, "2025-10-01T09:00", **decided(opened), **ended(end))

    assert share("investigation") == (52 if at(end).date() <= clock.last_day else 47)


def prolong(office: Office, handled: list[ReportHandling], until: date) -> None:
    for one in handled:
        ReportExtension.objects.create(
            report_id=one.report_id, what="investigation", ground="police", words="x", was_due_on=date(2026, 5, 5),
            until=until, decided_at=at("2026-05-01T10:00"), decided_by=office.worker,
        )  # fmt: skip


def test_what_was_prolonged_in_time_is_told_apart_unless_it_tells_how_few_were_late() -> None:
    office = an_office()
    opened = decided("2026-01-05T10:00")
    office.reports(TEN, **opened, **ended("2026-05-05T23:59"))
    prolong(office, office.reports(TEN, **opened, **ended("2026-06-05T23:59")), date(2026, 6, 5))

    assert counted()["prolonged"] == (2 * TEN, 50, 50)
    prolong(office, office.reports(2, **opened, **ended("2026-06-06T00:01")), date(2026, 6, 5))
    assert counted()["investigation"] == (2 * TEN, 45, 45)
    assert counted()["prolonged"] == (2 * TEN, *HIDDEN)
    office.reports(3, **opened, **ended("2026-06-05T23:59"))
    assert counted()["prolonged"] == (25, 40, 40)


def test_what_runs_for_more_than_four_months_is_counted_from_the_day_after() -> None:
    office = an_office()
    office.reports(5, "2026-02-01T09:00", **decided("2026-02-28T09:00"))
    assert counted(date(2026, 6, 28))["running"] == (0, None, None)
    assert counted(date(2026, 6, 29))["running"] == (5, None, None)
    office.reports(4, "2026-01-01T09:00", **decided("2026-01-28T09:00"), **ended("2026-07-01T09:00"))
    assert counted(date(2026, 6, 29))["running"] == (9, None, None)
    assert counted(date(2026, 7, 1))["running"] == (5, None, None)


def test_few_are_not_told_apart() -> None:
    office = an_office()
    office.reports(4, "2026-01-01T09:00", **decided("2026-01-28T09:00"), **assessed("2026-01-01T09:00"))

    assert {rest[0] for figure, rest in counted().items() if figure in {"running", "protection", "opened"}} == {None}


def test_protected_pupils_and_what_was_never_found_are_in_no_figure() -> None:
    hidden = an_office(protected=True)
    hidden.reports(TEN, **decided("2026-05-05T10:00"), **assessed("2026-05-05T10:00"))
    an_office(hidden.cast).reports(TEN, not_found_at="2026-05-05T10:00")

    assert {rest[0] for rest in counted().values()} == {0}
