"""An import beside the pages: on a connection of its own, seen by others while it goes on, and stopped by them."""

import threading
import time
from datetime import date

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from attendance.models import AttendanceDay, ClassDay
from integrations import actions
from integrations.csv_files.tables import find_mapping
from integrations.models import AbsenceImport
from tests.integrations.confirming import read_confirmed
from tests.integrations.known_pupils import enrol
from tests.integrations.lesson_files import lesson_file

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 11, 20)


def upload(principal, content):
    return actions.upload_absence_file(
        unit=principal.unit, file_name="termin.csv", content=content, by=principal, at=timezone.now()
    )


def confirm_guess(absence_import):
    """Let the file be read at once, as one whose columns were confirmed before."""
    mapping = find_mapping(absence_import.stored_file.text).as_json()
    AbsenceImport.objects.filter(pk=absence_import.pk).update(mapping=mapping, columns_confirmed_at=timezone.now())


def test_progress_is_seen_by_others_and_a_cancelled_import_stops(principal, group):
    ids = [f"e{n}" for n in range(50)]
    enrol(group, *ids)
    content, _planted = lesson_file(ids, last_day=DAY, rows=150_000)
    absence_import = upload(principal, content)
    confirm_guess(absence_import)
    ended = []

    def read():
        try:
            actions.read_import(AbsenceImport.objects.get(pk=absence_import.pk), at=timezone.now())
        except actions.ImportHasMovedOn:
            ended.append("stopped")
        finally:
            connection.close()

    thread = threading.Thread(target=read)
    thread.start()
    while not (seen := AbsenceImport.objects.get(pk=absence_import.pk).progress_rows) and thread.is_alive():
        time.sleep(0.01)
    actions.cancel_import(absence_import=absence_import, by=principal, at=timezone.now())
    thread.join()

    absence_import.refresh_from_db()
    assert 0 < seen < 150_000
    assert ended == ["stopped"]
    assert absence_import.status == AbsenceImport.Status.CANCELLED
    assert not absence_import.problems.exists()


def test_what_cannot_be_stored_whole_is_not_stored_at_all(principal, group):
    enrol(group, "e1")
    content = b"Elev-id;Datum;Erbjuden;Rapporterad;Giltig;Ogiltig\ne1;2026-11-20;300;300;0;45\n"
    absence_import = upload(principal, content)
    read_confirmed(absence_import, principal, timezone.now())
    actions.approve_import(absence_import, by=principal, at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("ALTER TABLE attendance_attendanceday ADD CONSTRAINT no_days CHECK (invalid_minutes < 1)")

    try:
        with pytest.raises(DatabaseError):
            actions.apply_import(absence_import, at=timezone.now())
        assert not ClassDay.objects.exists()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE attendance_attendanceday DROP CONSTRAINT no_days")
        connection.close()  # The next connection is the web role's again.

    actions.apply_import(absence_import, at=timezone.now())
    assert AttendanceDay.objects.get().invalid_minutes == 45
    assert ClassDay.objects.count() == 1
