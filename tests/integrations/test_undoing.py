"""An import can be undone for a week: every row becomes what it was, and nothing else changes."""

from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, transaction

from attendance.models import AttendanceDay, Evaluation, Signal
from audit.models import AuditEvent
from integrations import actions
from integrations.models import AbsenceImport, BeforeImage
from schools.actions.protection import protect_pupil
from schools.models import Protection
from tests.factories.accounts import MembershipFactory
from tests.integrations.bringing import AT, DAY_HEADINGS, bring_in, stored, undo
from tests.integrations.known_pupils import enrol
from tests.integrations.lesson_files import lesson_file
from wall.identity import acting_as

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
HOUR = timedelta(hours=1)
LESSONS = "Elev-id;Datum;Starttid;Lektionslängd;Frånvaro;Status;Ämne"
PERIODS = "Elev-id;Period;Giltig;Ogiltig"


def test_the_first_import_undone_leaves_nothing(group, principal):
    ids = [f"e{n}" for n in range(10)]
    enrol(group, *ids)
    content, _planted = lesson_file(ids, last_day=DAY, rows=1500, faults=False, often_away=["e0"])
    nothing = stored()
    absence_import = bring_in(principal, content=content)
    assert stored() != nothing

    undo(absence_import, principal)

    assert stored() == nothing
    assert absence_import.status == AbsenceImport.Status.UNDONE
    assert not BeforeImage.objects.exists()


def test_rows_that_were_added_changed_and_removed_become_what_they_were(group, principal):
    enrol(group, "e1", "e2", "e3")
    bring_in(
        principal,
        LESSONS,
        "e1;2026-11-20;08:10;60;60;Giltig;Bild",
        "e1;2026-11-20;09:20;60;20;Sen ankomst;Idrott",
        "e2;2026-11-20;08:10;60;60;Ogiltig;Bild",
        "e2;2026-11-20;09:20;60;0;Närvarande;Idrott",
    )
    before = stored()

    absence_import = bring_in(
        principal,
        LESSONS,
        "e1;2026-11-20;08:10;60;60;Ogiltig;Bild",
        "e1;2026-11-20;09:20;60;0;Närvarande;Idrott",
        "e2;2026-11-20;08:10;60;0;Närvarande;Bild",
        "e2;2026-11-20;09:20;60;60;Giltig;Idrott",
        "e3;2026-11-20;08:10;60;60;Giltig;Bild",
        "e3;2026-11-20;09:20;70;0;Närvarande;Idrott",
        at=AT + HOUR,
    )
    assert stored() != before
    undo(absence_import, principal, AT + 2 * HOUR)

    assert stored() == before


def test_days_of_classes_and_totals_of_periods_become_what_they_were(group, principal):
    enrol(group, "e1", "e2")
    bring_in(principal, "Klass;Datum;Erbjuden;Rapporterad", "7B;2026-11-20;300;300")
    bring_in(principal, PERIODS, "e1;2026v46;60;0", "e2;2026v46;0;30")
    before = stored()

    days = bring_in(
        principal, "Klass;Datum;Erbjuden;Rapporterad", "7B;2026-11-20;300;240", "7B;2026-11-19;300;300", at=AT + HOUR
    )
    periods = bring_in(principal, PERIODS, "e1;2026v46;60;15", "e1;2026v47;10;0", at=AT + HOUR)
    assert stored() != before
    undo(days, principal, AT + 2 * HOUR)
    undo(periods, principal, AT + 2 * HOUR)

    assert stored() == before


def test_an_earlier_import_is_not_undone_under_a_later_one_that_tells_of_the_same_days(group, principal):
    enrol(group, "e1")
    first = bring_in(principal, DAY_HEADINGS, "e1;2026-11-20;300;300;0;45")
    second = bring_in(principal, DAY_HEADINGS, "e1;2026-11-20;300;300;0;90", at=AT + HOUR)

    with pytest.raises(actions.LaterImportTellsTheSame) as refused:
        actions.ask_to_undo(absence_import=first, by=principal, at=AT + 2 * HOUR)
    assert refused.value.later == second

    undo(second, principal, AT + 2 * HOUR)
    assert AttendanceDay.objects.get().invalid_minutes == 45
    undo(first, principal, AT + 3 * HOUR)
    assert not AttendanceDay.objects.exists()


def test_an_import_that_came_in_between_stops_the_undoing_that_was_asked_for(group, principal):
    enrol(group, "e1")
    first = bring_in(principal, DAY_HEADINGS, "e1;2026-11-20;300;300;0;45")
    actions.ask_to_undo(absence_import=first, by=principal, at=AT + HOUR)
    bring_in(principal, DAY_HEADINGS, "e1;2026-11-20;300;300;0;90", at=AT + 2 * HOUR)

    with pytest.raises(actions.LaterImportTellsTheSame):
        actions.undo_import(first, at=AT + 3 * HOUR)

    assert AttendanceDay.objects.get().invalid_minutes == 90


def test_a_later_import_of_other_days_does_not_stand_in_the_way(group, principal):
    enrol(group, "e1")
    first = bring_in(principal, DAY_HEADINGS, "e1;2026-11-19;300;300;0;45")
    bring_in(principal, DAY_HEADINGS, "e1;2026-11-20;300;300;0;90", at=AT + HOUR)

    undo(first, principal, AT + 2 * HOUR)

    assert AttendanceDay.objects.get().day == DAY


def test_after_a_week_it_is_too_late(group, principal):
    enrol(group, "e1")
    absence_import = bring_in(principal, DAY_HEADINGS, "e1;2026-11-20;300;300;0;45")

    with pytest.raises(actions.TooLateToUndo):
        actions.ask_to_undo(absence_import=absence_import, by=principal, at=AT + timedelta(days=7, seconds=1))
    bring_in(principal, DAY_HEADINGS, "e1;2026-11-26;300;300;0;45", at=AT + timedelta(days=8))
    assert not absence_import.before_images.exists()


def test_undoing_is_done_once_and_only_of_what_was_read_in(group, principal):
    enrol(group, "e1")
    absence_import = bring_in(principal, DAY_HEADINGS, "e1;2026-11-20;300;300;0;45")
    undo(absence_import, principal)

    for step in (
        lambda: actions.ask_to_undo(absence_import=absence_import, by=principal, at=AT),
        lambda: actions.undo_import(absence_import, at=AT),
    ):
        with pytest.raises(actions.ImportHasMovedOn):
            step()


def test_only_those_who_bring_absence_in_may_undo(group, principal):
    enrol(group, "e1")
    absence_import = bring_in(principal, DAY_HEADINGS, "e1;2026-11-20;300;300;0;45")

    for member in (MembershipFactory(mentor=True, unit=principal.unit), MembershipFactory(principal=True)):
        with pytest.raises(actions.ImportNotAllowed):
            actions.ask_to_undo(absence_import=absence_import, by=member, at=AT)


def test_undoing_is_in_the_log_with_the_pupils_it_touched(group, principal):
    (pupil,) = enrol(group, "e1")
    absence_import = bring_in(principal, DAY_HEADINGS, "e1;2026-11-20;300;300;0;45")

    undo(absence_import, principal)

    asked, done = AuditEvent.objects.filter(action__in=["absence import to be undone", "absence import undone"])
    assert asked.user_id == done.user_id == principal.user_id
    assert done.details["pupils"] == [str(pupil.pk)]


def test_the_pupils_are_judged_anew_and_given_signals_stay(group, principal):
    ids = [f"e{n}" for n in range(10)]
    pupils = enrol(group, *ids)
    content, _planted = lesson_file(ids, last_day=DAY, rows=1500, faults=False)
    bring_in(principal, content=content)
    away, _planted = lesson_file(ids, last_day=DAY, rows=1500, faults=False, often_away=["e0"])
    absence_import = bring_in(principal, content=away, at=AT + HOUR)
    given = Signal.objects.filter(pupil=pupils[0]).count()
    assert given

    undo(absence_import, principal, AT + 2 * HOUR)

    assert Signal.objects.filter(pupil=pupils[0]).count() == given
    assert Evaluation.objects.get(pupil=pupils[0]).evaluated_to == DAY


def test_what_is_kept_of_a_pupil_who_becomes_protected_is_forgotten_and_the_pupil_left_alone(group, principal):
    pupil, other = enrol(group, "e1", "e2")
    absence_import = bring_in(principal, DAY_HEADINGS, "e1;2026-11-20;300;300;0;45", "e2;2026-11-20;300;300;0;30")

    protect_pupil(pupil=pupil, kind=Protection.SECRECY_FLAG, by=principal, at=AT)
    assert not BeforeImage.objects.filter(pupil=pupil).exists()
    undo(absence_import, principal, AT + HOUR)

    assert not other.attendance_days.exists()


def test_an_error_of_ours_leaves_the_import_as_it_was(group, principal):
    enrol(group, "e1")
    absence_import = bring_in(principal, DAY_HEADINGS, "e1;2026-11-20;300;300;0;45")
    actions.ask_to_undo(absence_import=absence_import, by=principal, at=AT)
    absence_import.refresh_from_db()

    actions.give_up_import(absence_import, at=AT)

    assert (absence_import.status, absence_import.undone_at) == (AbsenceImport.Status.APPLIED, None)


@pytest.mark.parametrize("role", ["principal", "school_admin", "mentor", "team_worker", "system_admin", "log_auditor"])
def test_no_person_reads_what_an_import_replaced(group, principal, role):
    enrol(group, "e1")
    bring_in(principal, DAY_HEADINGS, "e1;2026-11-20;300;300;0;45")
    at_school = role in ("principal", "school_admin", "mentor")
    member = MembershipFactory(**{role: True}, **({"unit": principal.unit} if at_school else {}))

    with acting_as(member), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        BeforeImage.objects.exists()
