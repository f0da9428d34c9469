"""The statutory clocks of a concern report, day by day: Christmas, Easter, a change of the clock, leap days, months."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cases.models import ConcernReport, ReportExtension, ReportHandling
from cases.report_clocks import duties_of, hours_since, longest

STOCKHOLM = ZoneInfo("Europe/Stockholm")
What = ReportExtension.What


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


def days(arrived, extensions=(), asked=None, **handled):
    """Return the last day of each duty of a report that arrived then."""
    report = ConcernReport(reported_at=at(arrived), noted_at=at(arrived), asked_at=asked and at(asked))
    moments = {name: at(value) if name.endswith("_at") else value for name, value in handled.items()}
    handling = ReportHandling(arrived_at=at(arrived), **{"number_in_year": 1, **moments})
    longer = [ReportExtension(what=what, until=until, was_due_on=date.min) for what, until in extensions]
    return {duty.code: duty.last_day for duty in duties_of(report, handling, longer)}


@pytest.mark.parametrize(
    ("arrived", "receipt", "protection", "decision"),
    [
        ("2026-11-26T09:10", "2026-11-26", "2026-11-27", "2026-12-10"),
        ("2026-12-22T16:00", "2026-12-22", "2026-12-23", "2027-01-05"),  # over Christmas and New Year
        ("2026-12-24T23:59", "2026-12-24", "2026-12-25", "2027-01-07"),  # a minute before Christmas Day
        ("2027-03-24T08:00", "2027-03-24", "2027-03-25", "2027-04-07"),  # over Easter and the clock put forward
        ("2026-10-24T23:30", "2026-10-24", "2026-10-25", "2026-11-07"),  # the night before the clock is put back
        ("2026-10-25T02:30", "2026-10-25", "2026-10-26", "2026-11-08"),  # in the hour that comes twice
        ("2028-02-15T12:00", "2028-02-15", "2028-02-16", "2028-02-29"),  # to a leap day
        ("2027-06-18T18:00", "2027-06-18", "2027-06-19", "2027-07-02"),  # a Friday night before midsummer
        ("2026-12-31T23:30", "2026-12-31", "2027-01-01", "2027-01-14"),  # week 53
    ],
)
def test_receipt_protection_and_decision_count_calendar_days_from_arrival(arrived, receipt, protection, decision):
    assert days(arrived) == {
        "confirm_receipt_of_report": date.fromisoformat(receipt),
        "assess_protection": date.fromisoformat(protection),
        "decide_open_or_not": date.fromisoformat(decision),
    }


def test_a_day_is_a_day_in_stockholm_and_not_in_greenwich():
    late = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)  # half past midnight on 2 July in Stockholm
    report = ConcernReport(reported_at=late, noted_at=late)
    handling = ReportHandling(arrived_at=late, number_in_year=1)

    assert {duty.code: duty.last_day for duty in duties_of(report, handling, [])}["decide_open_or_not"] == date(
        2026, 7, 16
    )


@pytest.mark.parametrize(
    ("decision", "asked", "decided", "told_by"),
    [
        ("opened", "2026-12-01T10:00", "2026-12-10T10:00", "2026-12-17"),
        ("not_opened", "2026-12-01T10:00", "2026-12-18T10:00", "2026-12-25"),  # a week is a week, also to Christmas Day
        ("opened", "2026-12-11T10:00", "2026-12-10T10:00", "2026-12-14"),  # asked later, on a Friday: next working day
        ("ongoing", "2026-12-01T10:00", "2026-12-10T10:00", "2026-12-11"),  # already ongoing: at once
        ("ongoing", "2026-12-23T10:00", "2026-12-22T10:00", "2026-12-28"),  # over Christmas
        ("not_opened", "2027-03-25T10:00", "2027-03-24T10:00", "2027-03-30"),  # asked on Maundy Thursday
    ],
)
def test_the_reporter_is_told_in_a_week_or_at_once(decision, asked, decided, told_by):
    handled = {"confirmed_at": decided, "protection_at": decided, "decision": decision, "decided_at": decided}
    handled |= {"ended_at": decided} if decision == "opened" else {}

    assert days("2026-12-01T09:00", asked=asked, **handled) == {"inform_reporter": date.fromisoformat(told_by)}


def test_nobody_is_told_who_has_not_asked_or_has_been_told_or_shall_not_be():
    done = {"confirmed_at": "2026-12-01T10:00", "protection_at": "2026-12-01T10:00", "decision": "not_opened",
            "decided_at": "2026-12-02T10:00"}  # fmt: skip

    assert days("2026-12-01T09:00", **done) == {}
    assert days("2026-12-01T09:00", asked="2026-12-01T09:00", told_at="2026-12-03T09:00", **done) == {}
    assert days("2026-12-01T09:00", asked="2026-12-01T09:00", not_told_at="2026-12-03T09:00", **done) == {}


@pytest.mark.parametrize(
    ("opened", "finished_by"),
    [
        ("2026-10-31T10:00", "2027-02-28"),  # four months to a month without a 31st
        ("2027-10-31T10:00", "2028-02-29"),
        ("2026-12-10T23:30", "2027-04-10"),
    ],
)
def test_an_investigation_takes_four_months_or_to_the_day_it_was_prolonged_to(opened, finished_by):
    done = {"confirmed_at": opened, "protection_at": opened, "decision": "opened", "decided_at": opened}

    assert days(opened, **done) == {"finish_investigation": date.fromisoformat(finished_by)}
    longer = [(What.INVESTIGATION, date(2028, 5, 1)), (What.DECISION, date(2029, 1, 1))]
    assert days(opened, longer, **done) == {"finish_investigation": date(2028, 5, 1)}


def test_a_longer_time_moves_only_its_own_clock():
    found = days("2026-11-26T09:00", [(What.DECISION, date(2026, 12, 20))])

    assert found["decide_open_or_not"] == date(2026, 12, 20)
    assert found["assess_protection"] == date(2026, 11, 27)


def test_the_third_report_in_a_year_calls_for_a_meeting_in_ten_working_days():
    assert "call_joint_meeting" not in days("2026-12-14T09:00", number_in_year=2)
    assert days("2026-12-14T09:00", number_in_year=3)["call_joint_meeting"] == date(2026, 12, 30)
    assert "call_joint_meeting" not in days("2026-12-14T09:00", number_in_year=3, met_on=date(2026, 12, 20))


def test_another_office_confirms_the_day_it_gets_the_report_and_the_other_clocks_go_on():
    found = days("2026-11-26T09:00", sent_on_at="2026-11-30T15:00")

    assert found["confirm_receipt_of_report"] == date(2026, 11, 30)
    assert found["decide_open_or_not"] == date(2026, 12, 10)


@pytest.mark.parametrize(
    ("arrived", "now", "hours"),
    [
        ("2026-11-26T09:10", "2026-11-26T09:59", 0),
        ("2026-11-26T09:10", "2026-11-27T09:10", 24),
        ("2026-10-24T12:00", "2026-10-25T12:00", 25),  # the clock is put back
        ("2027-03-27T12:00", "2027-03-28T12:00", 23),  # the clock is put forward
    ],
)
def test_hours_are_hours_that_have_gone(arrived, now, hours):
    assert hours_since(at(arrived).astimezone(UTC), at(now).astimezone(UTC)) == hours


def test_one_decision_makes_a_time_at_most_as_long_again():
    assert longest(What.DECISION, date(2026, 12, 10)) == date(2026, 12, 10) + timedelta(days=14)
    assert longest(What.INVESTIGATION, date(2026, 10, 31)) == date(2027, 2, 28)
