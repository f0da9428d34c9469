"""The school's own dates for Att göra, and when the child's time began."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from attendance.child_time import earliest_child_time
from attendance.models import ClassDay, ThresholdRule
from attendance.thresholds import check_lines, load_threshold_rules
from attendance.todo import school_dates
from tests.attendance.classes import enrol, weekdays_until
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import (
    AbsenceInvestigationFactory,
    ClassDayFactory,
    ConcernFactory,
    InvestigationDutyFactory,
    MeasureFactory,
    SignalFactory,
)

pytestmark = pytest.mark.django_db


def titles(reader, today):
    return [(str(row.title), row.label) for row in school_dates(reader, today)]


def test_signals_wait_for_those_who_work_with_the_pupil(mentor, counsellor, pupil, today):
    SignalFactory(enrolment=pupil.enrolments.get())

    assert titles(mentor, today) == [("Answer the signal: away 10 %", "A.K. 7B")]
    assert titles(counsellor, today) == titles(mentor, today)
    assert titles(MembershipFactory(principal=True), today) == []


def test_a_concern_waits_for_student_health_and_not_for_its_writer(mentor, counsellor, principal, pupil, today):
    ConcernFactory(enrolment=pupil.enrolments.get(), logged_by=mentor, holder=counsellor)

    assert titles(counsellor, today) == [("Say what becomes of a concern", "A.K. 7B")]
    assert titles(principal, today) == []
    assert titles(mentor, today) == []


def test_an_answer_is_something_to_read_for_the_writer(mentor, counsellor, pupil, today):
    ConcernFactory(
        enrolment=pupil.enrolments.get(),
        logged_by=mentor,
        holder=counsellor,
        answered=True,
        answered_at=datetime.combine(today, datetime.min.time(), tzinfo=UTC) - timedelta(days=1),
    )

    (row,) = school_dates(mentor, today)
    assert (str(row.title), row.is_reading) == ("Read what became of your concern", True)


def test_a_watch_that_is_over_asks_for_another_look(counsellor, pupil, today):
    SignalFactory(enrolment=pupil.enrolments.get(), watched=True, watch_until=today - timedelta(days=1))

    assert titles(counsellor, today) == [("Look again at the pupil you have watched", "A.K. 7B")]


def test_the_dates_cost_the_same_for_many(counsellor, group, today):
    def cost():
        enrolment = enrol(group).enrolments.get()
        SignalFactory(enrolment=enrolment)
        ConcernFactory(enrolment=enrolment, holder=counsellor)
        MeasureFactory(enrolment=enrolment, responsible=counsellor, follow_up_on=today)
        InvestigationDutyFactory(
            investigation=AbsenceInvestigationFactory(enrolment=enrolment, lead=counsellor, due_on=today)
        )
        with CaptureQueriesContext(connection) as queries:
            school_dates(counsellor, today)
        return len(queries)

    assert cost() == [cost() for _ in range(10)][-1]


def test_the_childs_time_begins_with_the_first_signal_or_concern_of_the_last_year(pupil):
    today = date(2026, 11, 23)
    enrolment = pupil.enrolments.get()
    assert earliest_child_time(pupil, today) is None

    SignalFactory(enrolment=enrolment, crossed_on=date(2025, 11, 20))
    ConcernFactory(enrolment=enrolment, logged_at=datetime(2026, 10, 14, 22, 30, tzinfo=UTC))
    assert earliest_child_time(pupil, today) == date(2026, 10, 15)

    SignalFactory(enrolment=enrolment, crossed_on=date(2026, 10, 12))
    assert earliest_child_time(pupil, today) == date(2026, 10, 12)


def test_the_rules_are_loaded_once():
    assert load_threshold_rules() == load_threshold_rules() == 4
    assert ThresholdRule.objects.get(version=1).lines[0]["levels"] == [10, 15, 20, 30, 50]
    for rule in ThresholdRule.objects.all():
        check_lines(rule.lines)


def test_what_is_reported_too_little_is_a_task_for_those_who_bring_absence_in(group, principal, counsellor, today):
    for day in weekdays_until(today - timedelta(days=1), 20):
        ClassDayFactory(class_group=group, day=day, reported_minutes=240)
    administrator = MembershipFactory(school_admin=True, unit=principal.unit)

    (row,) = school_dates(principal, today)

    with override("en"):
        assert str(row.title) == "Send in the absence that is missing: 7B 80 % reported"
        assert str(row.label) == "1 class"
    assert row.pupil_id is None
    assert [each.key for each in school_dates(administrator, today)] == ["reports"]
    assert school_dates(counsellor, today) == []

    ClassDay.objects.update(reported_minutes=280)
    assert school_dates(principal, today) == []


def test_an_investigation_waits_for_who_leads_it_and_those_to_be_told_for_the_principal(
    mentor, counsellor, principal, group, pupil, today
):
    investigation = AbsenceInvestigationFactory(enrolment=pupil.enrolments.get(), lead=counsellor, due_on=today)
    duty = InvestigationDutyFactory(investigation=investigation)
    InvestigationDutyFactory(investigation=investigation, kind="guardians", done=True)
    colleague = MembershipFactory(student_health=True, unit=group.school.unit)

    assert titles(counsellor, today) == [("Finish the investigation of absence", "A.K. 7B")]
    assert titles(principal, today) == [("Tell the provider about the investigation of absence", "A.K. 7B")]
    assert titles(colleague, today) == titles(mentor, today) == []

    investigation.closed_at, investigation.closed_by = investigation.opened_at, counsellor
    investigation.conclusion = "Klart."
    investigation.save()
    assert titles(counsellor, today) == []
    assert [row.key for row in school_dates(principal, today)] == [f"tell-{duty.pk}"]


def test_what_nobody_is_left_to_do_waits_for_all_of_student_health(counsellor, group, pupil, today):
    gone = MembershipFactory(unit=group.school.unit, valid_to=today - timedelta(days=1))
    investigation = AbsenceInvestigationFactory(enrolment=pupil.enrolments.get(), lead=gone, due_on=today)
    InvestigationDutyFactory(investigation=investigation)

    assert len(titles(counsellor, today)) == 2


def test_a_decision_against_an_investigation_is_looked_at_again_by_the_principal(counsellor, principal, pupil, today):
    AbsenceInvestigationFactory(enrolment=pupil.enrolments.get(), not_needed=True, lead=principal, due_on=today)

    assert titles(principal, today) == [("Look again: is an investigation of absence needed?", "A.K. 7B")]
    assert titles(counsellor, today) == []
