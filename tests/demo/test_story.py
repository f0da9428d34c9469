"""The small city as it stands on one day: every state, every reason to stand still, and nobody real."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import Membership, User
from attendance.models import AttendanceDay, Concern, Signal
from cases.models import (
    Case,
    Consultation,
    Event,
    Feedback,
    HolderInterval,
    JointMeeting,
    Objection,
    Obligation,
    Referral,
)
from cases.stalled import REASONS, causes_of, facts_of, stalled_cases
from cases.timeline import rebuild
from cases.todo import to_do_of
from demo.city import SMALL_CITY
from demo.people import COORDINATOR, DEMO_PEOPLE, PRINCIPAL, UNIT_HEAD
from integrations.models import AbsenceImport
from schools.models import PupilIdentifier
from schools.personal_numbers import is_test_number, parse_personal_number

TODAY = date(2026, 11, 23)
HAVE_A_LIST = ("mentor", "counsellor", "principal", "second_counsellor", "team_worker", "unit_head")


@pytest.fixture(scope="module", autouse=True)
def city(built):
    """Stand in the small city on an ordinary Monday in November."""
    with built(TODAY, SMALL_CITY):
        yield


def person(key: str) -> Membership:
    return Membership.objects.select_related("user", "unit__parent").get(user__email=DEMO_PEOPLE[key].email)


def test_requests_are_in_every_state():
    assert set(Referral.objects.values_list("status", flat=True)) == set(Referral.Status.values)


def test_cases_have_closed_with_every_outcome():
    assert set(Case.objects.exclude(closed_at=None).values_list("outcome", flat=True)) == set(Case.Outcome.values)


def test_cases_stand_still_for_every_reason():
    found = [causes_of(one) for one in facts_of(Case.objects.open().select_related("school_unit"), TODAY)]

    assert {causes[0].code for causes in found if causes} == set(REASONS)


def test_the_coordinator_has_no_row_of_a_case_that_has_not_come_up():
    rows = stalled_cases(person(COORDINATOR), TODAY)

    assert {row.cause.code for row in rows} <= {"S7", "S12", "S3"}


def test_the_head_in_farsta_sees_every_reason_too():
    rows = stalled_cases(person(UNIT_HEAD), TODAY)

    assert {row.cause.code for row in rows} == set(REASONS)


def test_the_principal_sees_some_stalled_cases_but_not_the_other_schools():
    cases = [row.case for row in stalled_cases(person(PRINCIPAL), TODAY)]

    assert cases
    assert {case.school_unit for case in cases} == {person(PRINCIPAL).unit}


def test_every_open_case_is_held_by_somebody():
    held = Obligation.objects.open().filter(intervals__in=HolderInterval.objects.filter(to_at=None))

    assert not Case.objects.open().exclude(pk__in=held.values("case")).exists()
    assert all(row.intervals.filter(to_at=None).count() == 1 for row in Obligation.objects.open())


def test_the_events_alone_rebuild_the_cases():
    for case in Case.objects.prefetch_related("referrals", "obligations"):
        told = rebuild(Event.objects.filter(case=case).order_by("pk"))

        assert told["open"] == case.is_open
        assert told["statuses"] == {str(referral.pk): referral.status for referral in case.referrals.all()}
        waiting = {str(row.pk): row.due_on.isoformat() for row in case.obligations.all() if row.stopped_at is None}
        assert {key: held["due_on"] for key, held in told["obligations"].items()} == waiting


def test_every_personal_number_is_from_the_official_test_series():
    numbers = list(PupilIdentifier.objects.exclude(kind="source_id").values_list("value", flat=True))

    assert len(numbers) > 100
    assert all(is_test_number(parse_personal_number(number, today=TODAY)) for number in numbers)


def test_every_address_belongs_to_nobody():
    assert all(email.endswith("@example.org") for email in User.objects.values_list("email", flat=True))


def test_nobody_has_a_password():
    assert not any(user.has_usable_password() for user in User.objects.all())


@pytest.mark.parametrize("key", HAVE_A_LIST)
def test_a_visitor_has_enough_to_do_but_not_too_much(key):
    to_do = to_do_of(person(key), TODAY)

    assert 5 <= to_do.count <= 15, [(row.title, row.label) for group in to_do.groups for row in group.rows]
    assert {"late", "week"} <= {group.code for group in to_do.groups}


def test_the_story_never_runs_ahead_of_today():
    assert not Event.objects.filter(at__date__gte=TODAY).exists()
    assert not Concern.objects.filter(logged_at__date__gte=TODAY).exists()
    assert not AttendanceDay.objects.filter(day__gte=TODAY).exists()


def test_some_feedback_is_read_and_some_is_not():
    assert Feedback.objects.filter(acknowledged_at=None).exists()
    assert Feedback.objects.exclude(acknowledged_at=None).exists()


def test_one_consultation_is_answered_and_one_waits():
    assert sorted(one.is_answered for one in Consultation.objects.all()) == [False, True]


def test_a_meeting_waits_for_an_answer_and_what_was_lifted_has_come_to_the_district():
    assert JointMeeting.objects.filter(status="called").exists()
    assert Objection.objects.filter(level="district", ended_at=None).exists()


def test_absence_came_in_through_imports_without_a_bad_row():
    imports = list(AbsenceImport.objects.all())

    assert {row.status for row in imports} == {AbsenceImport.Status.APPLIED}
    assert sum(row.counts["bad"] for row in imports) == 0
    assert sum(row.counts["signals"] for row in imports) == Signal.objects.count() > 20


def test_some_signals_are_answered_and_some_wait():
    assert set(Signal.objects.values_list("answer", flat=True)) >= {"", "concern", "handled"}


def test_loading_again_says_that_the_city_is_there_and_changes_nothing():
    said, before = StringIO(), Event.objects.count()

    call_command("load_demo", "--small", stdout=said)

    assert said.getvalue() == "The demo city is already there.\n"
    assert Event.objects.count() == before


def test_the_people_are_printed_with_name_title_and_unit():
    said = StringIO()

    call_command("demo_people", stdout=said)

    lines = said.getvalue().splitlines()
    assert len(lines) == len(DEMO_PEOPLE)
    assert any(line.split("  ")[0].strip() == "Sara Lind" and line.endswith("Farsta grundskola") for line in lines)
