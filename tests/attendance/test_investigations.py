"""The investigation of absence: opened, or decided against by the principal; worked on, finished; read by few."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from attendance import investigating as actions
from attendance.actions import NotAllowed, ReasonIsMissing
from attendance.duty_clocks import day_to_finish, duties_of, last_day_to_review
from attendance.models import AbsenceInvestigation, InvestigationDuty, InvestigationTask
from attendance.taking_measures import WrongDay
from audit.models import AccessRecord, AuditEvent
from schools.calendars import school_calendar
from tests.attendance.classes import enrol
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import (
    AbsenceInvestigationFactory,
    AttendanceDayFactory,
    InvestigationDutyFactory,
    MeasureFactory,
)
from tests.factories.schools import ClassGroupFactory, ResidenceFactory, SchoolFactory
from wall.roles import EVERYBODY, SCHOOL

pytestmark = pytest.mark.django_db


@pytest.fixture
def calendar(group, today):
    return school_calendar(group.school, today=today)


@pytest.fixture
def investigation(pupil, counsellor, today):
    return AbsenceInvestigationFactory(enrolment=pupil.enrolments.get(), lead=counsellor, due_on=today)


def of_pupil(page, pupil):
    return reverse(f"attendance:{page}", args=[pupil.pk])


def of(page, row):
    pupil_id = getattr(row, "investigation", row).pupil_id
    return reverse(f"attendance:{page}", args=[pupil_id, row.pk])


def task_of(investigation, kind):
    return investigation.tasks.get(kind=kind)


def opened(pupil, by, **changes):
    told = {"pupil": pupil, "lead": by, "submission": uuid4(), "by": by, "at": timezone.now()}
    return actions.open_investigation(**told | changes)


def test_student_health_begins_to_investigate_and_everything_is_laid_out(
    sign_in, counsellor, pupil, taught, calendar, today
):
    for day in taught[-4:]:
        AttendanceDayFactory(pupil=pupil, day=day, invalid=True)
    sent = {"lead": str(counsellor.pk), "submission": str(uuid4())}

    response = sign_in(counsellor).post(of_pupil("open_investigation", pupil), sent)

    investigation = AbsenceInvestigation.objects.get()
    assert response.url == of("investigation_detail", investigation)
    assert (investigation.opened_on, investigation.due_on) == (today, day_to_finish(calendar, today))
    assert [task.kind for task in investigation.tasks.all()] == InvestigationTask.Kind.values
    found = {duty.kind: duty.due_on for duty in investigation.duties.all()}
    assert found == duties_of(today, is_adult=False, tells_municipality=False)
    assert investigation.pattern["total_percent"] == 20
    assert "Away 20 % of the time over 20 school days, 20 %" in task_of(investigation, "pattern").text
    assert task_of(investigation, "pattern").status == "started"
    assert AuditEvent.objects.filter(action="investigation opened").exists()
    page = sign_in(counsellor).get(response.url).content.decode()
    assert "School Act 7:19 a" in page
    assert AccessRecord.objects.filter(page="attendance:investigation_detail", pupils=[pupil.pk]).exists()


def test_upper_secondary_school_has_its_own_paragraph_and_may_leave_out_more(counsellor, group):
    upper = enrol(ClassGroupFactory(school=group.school, school_form="gy", grade=1))
    investigation = opened(upper, counsellor)

    assert investigation.law == "15:16"
    for kind in ("home", "guardians", "student_health"):
        assert actions.may_be_left_out(task_of(investigation, kind), investigation)
    assert not actions.may_be_left_out(task_of(investigation, "pupil"), investigation)


def test_an_independent_school_tells_the_home_municipality_and_so_does_one_in_another_municipality(
    counsellor, pupil, group
):
    independent = SchoolFactory(independent=True)
    far = enrol(ClassGroupFactory(school=independent))
    head = MembershipFactory(principal=True, unit=independent.unit)
    ResidenceFactory(pupil=pupil, municipality_code="0182")

    for investigation in (opened(far, head), opened(pupil, counsellor)):
        assert set(investigation.duties.values_list("kind", flat=True)) == {
            "guardians", "provider", "municipality", "result",
        }  # fmt: skip


def test_nobody_is_asked_to_tell_the_guardians_of_a_pupil_of_age(counsellor, group, today):
    adult = enrol(group, born_on=today.replace(year=today.year - 19))

    assert not opened(adult, counsellor).duties.filter(kind="guardians").exists()


def test_one_investigation_goes_on_at_a_time(sign_in, counsellor, principal, pupil):
    first = opened(pupil, counsellor)
    with pytest.raises(actions.InvestigationIsOpen):
        opened(pupil, principal)
    with pytest.raises(IntegrityError), transaction.atomic():
        AbsenceInvestigationFactory(enrolment=pupil.enrolments.get())

    sent = {"lead": str(principal.pk), "submission": str(uuid4())}
    response = sign_in(principal).post(of_pupil("open_investigation", pupil), sent, follow=True)
    assert "The absence is already being investigated." in response.content.decode()
    assert "Begin to investigate" not in response.content.decode()
    assert AbsenceInvestigation.objects.get() == first


def test_sent_twice_it_is_one_investigation(counsellor, pupil):
    key = uuid4()

    assert opened(pupil, counsellor, submission=key) == opened(pupil, counsellor, submission=key)


def test_the_principal_alone_decides_that_none_is_needed(
    sign_in, counsellor, principal, mentor, pupil, today, calendar
):
    sent = {"reason": "Bruten fot.", "review_on": (today + timedelta(days=7)).isoformat(), "submission": str(uuid4())}
    for member in (counsellor, mentor):
        assert sign_in(member).post(of_pupil("investigation_not_needed", pupil), sent).status_code == 403
    with pytest.raises(NotAllowed):
        actions.decide_not_needed(
            pupil=pupil, reason="Nej", review_on=today, submission=uuid4(), by=counsellor, at=timezone.now()
        )

    response = sign_in(principal).post(of_pupil("investigation_not_needed", pupil), sent, follow=True)

    decision = AbsenceInvestigation.objects.get()
    assert (decision.is_needed, decision.reason, decision.due_on) == (False, "Bruten fot.", today + timedelta(days=7))
    assert "Bruten fot." in response.content.decode()
    assert not decision.tasks.exists()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"reason": ""}, "Write why it is not needed"),
        ({"review_on": ""}, "Write when you look again"),
        ({"review_on": "2099-01-01"}, "Choose a day from"),
    ],
)
def test_a_decision_against_needs_a_reason_and_a_day(sign_in, principal, pupil, today, changes, error):
    sent = {"reason": "Bruten fot.", "review_on": (today + timedelta(days=7)).isoformat(), "submission": str(uuid4())}

    response = sign_in(principal).post(of_pupil("investigation_not_needed", pupil), sent | changes)

    assert response.status_code == 422
    assert error in response.content.decode()
    assert not AbsenceInvestigation.objects.exists()


def test_days_and_reasons_of_a_decision_are_judged_by_the_action_too(principal, pupil, today, calendar):
    told = {"pupil": pupil, "submission": uuid4(), "by": principal, "at": timezone.now()}
    last = last_day_to_review(calendar, today)
    for wrong in (today, last + timedelta(days=1)):
        with pytest.raises(WrongDay):
            actions.decide_not_needed(reason="Fot", review_on=wrong, **told)
    with pytest.raises(ReasonIsMissing):
        actions.decide_not_needed(reason=" ", review_on=last, **told)

    assert actions.decide_not_needed(reason="Fot", review_on=last, **told).due_on == last


def test_an_investigation_takes_over_from_a_decision_against(principal, counsellor, pupil):
    decision = AbsenceInvestigationFactory(enrolment=pupil.enrolments.get(), not_needed=True, lead=principal)

    opened(pupil, counsellor)

    decision.refresh_from_db()
    assert decision.closed_by == counsellor
    assert AbsenceInvestigation.objects.going_on().count() == 1


def refused(act, **told):
    with pytest.raises(NotAllowed):
        act(**told)


def test_only_student_health_and_the_principal_of_the_school_take_part(investigation, mentor, group, pupil):
    office = MembershipFactory(school_admin=True, unit=group.school.unit)
    for member in (mentor, office, MembershipFactory(principal=True)):
        with pytest.raises(NotAllowed):
            opened(pupil, member)
        now = {"by": member, "at": timezone.now()}
        words = {"status": "started", "text": "", "own_words": "", "seen_at": None}
        refused(actions.write_task, task=task_of(investigation, "pupil"), **words, **now)
        refused(actions.finish_investigation, investigation=investigation, conclusion="x", left_undone="x", **now)
        assert not AbsenceInvestigation.objects.visible_to(member).exists()


def test_nobody_leads_from_elsewhere_or_as_mentor(counsellor, mentor, pupil):
    for lead in (mentor, MembershipFactory()):
        with pytest.raises(NotAllowed):
            opened(pupil, counsellor, lead=lead)


PAGES = ("investigation_detail", "name_causes", "record_support", "finish_investigation")


def test_pages_are_closed_to_mentors_and_other_sides_and_not_found_at_other_schools(
    sign_in, investigation, mentor, pupil
):
    strangers = [MembershipFactory(**{role: True}) for role in ("team_worker", "intake_worker", "team_head", "analyst")]
    duty, task = InvestigationDutyFactory(investigation=investigation), task_of(investigation, "pupil")
    addresses = [of(page, investigation) for page in PAGES] + [of("record_duty", duty), of("write_task", task)]
    addresses += [of_pupil(page, pupil) for page in ("investigation_list", "open_investigation")]

    for address in addresses:
        for member in (mentor, *strangers):
            assert sign_in(member).get(address).status_code == 403
        assert sign_in(MembershipFactory(principal=True)).get(address).status_code == 404


def test_an_investigation_is_found_under_its_own_pupil_alone(sign_in, investigation, counsellor, group):
    other = enrol(group, "Bo", "Berg")
    task, duty = task_of(investigation, "pupil"), InvestigationDutyFactory(investigation=investigation)

    for page, row in (("investigation_detail", investigation), ("write_task", task), ("record_duty", duty)):
        assert sign_in(counsellor).get(reverse(f"attendance:{page}", args=[other.pk, row.pk])).status_code == 404


def test_no_role_of_the_database_but_the_schools_has_a_right_to_investigations():
    with connection.cursor() as cursor:
        for role in EVERYBODY:
            for model in (AbsenceInvestigation, InvestigationTask, InvestigationDuty):
                right = "has_any_column_privilege(%s, %s, 'SELECT, INSERT, UPDATE')"
                cursor.execute(f"SELECT {right}", [role, model._meta.db_table])
                assert cursor.fetchone() == (role == SCHOOL,), (role, model)
            cursor.execute("SELECT has_function_privilege(%s, 'investigation_traces(uuid[])', 'EXECUTE')", [role])
            assert cursor.fetchone() == (role == SCHOOL,), role


def test_pages_cost_the_same_for_many(sign_in, counsellor, pupil, assert_constant_queries):
    sign_in(counsellor)
    enrolment = pupil.enrolments.get()

    assert_constant_queries(
        of_pupil("investigation_list", pupil), lambda: AbsenceInvestigationFactory(enrolment=enrolment, finished=True)
    )


def test_a_reduced_timetable_stands_in_the_pattern(counsellor, pupil, taught, today):
    MeasureFactory(enrolment=pupil.enrolments.get(), reduced=True, starts_on=today - timedelta(days=5), ends_on=today)

    assert "Reduced timetable, 10 hours a week" in " ".join(opened(pupil, counsellor).pattern["sentences"])
