"""The pages for bringing absence in: upload, review, approve, follow, cancel, error report."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from attendance.models import AttendanceDay
from audit.models import AccessRecord
from integrations import actions, tasks
from integrations.models import AbsenceImport
from tests.factories.accounts import MembershipFactory
from tests.factories.integrations import AbsenceImportFactory, ImportProblemFactory
from tests.factories.schools import SchoolFactory
from tests.integrations.confirming import read_confirmed
from tests.integrations.known_pupils import enrol

pytestmark = pytest.mark.django_db
LIST, NEW = "/imports/", "/imports/new/"
GOOD = "Elev-id;Datum;Giltig;Ogiltig\ne1;2026-11-20;0;45\n"
GUESSED = {"column_0": "pupil_id", "column_1": "date", "column_2": "valid", "column_3": "invalid"}
ONE_BAD = GOOD + "=e2;2026-11-31;0;45\n"


def url(absence_import, page="import_detail"):
    return reverse(f"integrations:{page}", args=[absence_import.pk])


def file(text=GOOD, name="vecka 47.csv"):
    return SimpleUploadedFile(name, text.encode())


def previewed(principal, text=GOOD):
    absence_import = actions.upload_absence_file(
        unit=principal.unit, file_name="vecka 47.csv", content=text.encode(), by=principal, at=timezone.now()
    )
    return read_confirmed(absence_import, principal, timezone.now())


def queued():
    """Return what this app has put in the queue; the queue outlives a test that really commits."""
    ours = ProcrastinateJob.objects.filter(task_name__startswith="integrations.")
    return list(ours.order_by("id").values_list("task_name", "args"))


def test_an_upload_is_kept_and_its_reading_queued(sign_in, principal):
    response = sign_in(principal).post(NEW, {"unit": principal.unit.pk, "system": "vklass", "file": file()})

    absence_import = AbsenceImport.objects.get()
    assert (absence_import.source.name, absence_import.source.system) == ("Vklass", "vklass")
    assert response.url == url(absence_import)
    assert (absence_import.unit, absence_import.uploaded_by) == (principal.unit, principal)
    assert queued() == [("integrations.read_import", {"import_id": str(absence_import.pk)})]


def test_the_tasks_take_a_file_all_the_way(sign_in, principal, group):
    (pupil,) = enrol(group, "e1")
    client = sign_in(principal)
    client.post(NEW, {"unit": principal.unit.pk, "system": "skola24", "file": file()})
    absence_import = AbsenceImport.objects.get()
    tasks.read_import(str(absence_import.pk))
    client.post(url(absence_import, "match_columns"), GUESSED)

    tasks.read_import(str(absence_import.pk))
    assert "Read in 1 row" in client.get(url(absence_import)).content.decode()
    client.post(url(absence_import, "approve_import"))
    tasks.apply_import(str(absence_import.pk))

    assert "Done" in client.get(url(absence_import)).content.decode()
    assert pupil.attendance_days.get().invalid_minutes == 45


def test_a_task_that_comes_twice_does_nothing_the_second_time(principal, group):
    enrol(group, "e1")
    absence_import = previewed(principal)
    actions.approve_import(absence_import, by=principal, at=timezone.now())

    tasks.apply_import(str(absence_import.pk))
    tasks.apply_import(str(absence_import.pk))

    assert AttendanceDay.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "message"),
    [({}, "Choose a file"), ({"file": SimpleUploadedFile("tom.csv", b"")}, "The file is empty")],
)
def test_an_upload_without_a_file_is_told_so(sign_in, principal, sent, message):
    response = sign_in(principal).post(NEW, {"unit": principal.unit.pk, **sent})

    assert response.status_code == 422
    assert message in response.content.decode()


def test_a_file_over_25_megabytes_is_refused(sign_in, principal, monkeypatch):
    monkeypatch.setattr("integrations.forms.upload.MOST_BYTES", 10)

    response = sign_in(principal).post(NEW, {"unit": principal.unit.pk, "file": file()})

    assert response.status_code == 422
    assert "larger than 25 MB" in response.content.decode()


def test_the_preview_names_the_bad_row_and_how_to_mend_it(sign_in, principal, group):
    enrol(group, "e1")
    absence_import = previewed(principal, ONE_BAD)

    page = sign_in(principal).get(url(absence_import)).content.decode()

    assert "2 rows · 1 can be read in · 1 with errors" in page
    assert "The date “2026-11-31” does not exist." in page
    assert "Read in 1 row" in page
    assert AccessRecord.objects.filter(page="integrations:import_detail").exists()


def test_the_error_report_is_the_file_with_two_columns_more_and_no_formulas(sign_in, confirm, principal, group):
    enrol(group, "e1")
    absence_import = previewed(principal, ONE_BAD)

    response = confirm(sign_in(principal)).get(url(absence_import, "import_errors"))

    text = response.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[0] == ["Elev-id", "Datum", "Giltig", "Ogiltig", "Error", "How to mend it"]
    assert rows[1] == ["e1", "2026-11-20", "0", "45", "", ""]
    assert rows[2][0] == "'=e2"
    assert "No pupil at this school" in rows[2][4]
    assert "does not exist" in rows[2][4]
    assert "attachment" in response["Content-Disposition"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_no_cell_of_the_report_starts_as_a_formula(sign_in, confirm, principal, group, start):
    enrol(group, "e1")
    absence_import = previewed(principal, GOOD + f"{start}1+1;x;{start}2;0\n")

    response = confirm(sign_in(principal)).get(url(absence_import, "import_errors"))
    text = response.content.decode("utf-8-sig")

    cells = [cell for row in csv.reader(io.StringIO(text), delimiter=";") for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))]


def test_columns_are_matched_on_a_page_and_read_anew(sign_in, principal, group):
    enrol(group, "e1")
    absence_import = previewed(principal, "Nyckel;När;Anm;Oanm\ne1;2026-11-20;0;45\n")
    client = sign_in(principal)
    assert "Match the columns" in client.get(url(absence_import)).content.decode()
    assert "e1" in client.get(url(absence_import, "match_columns")).content.decode()

    short = client.post(url(absence_import, "match_columns"), {"column_0": "pupil_id", "column_1": "date"})
    assert short.status_code == 422
    assert "Say which column holds: Valid absence, Invalid absence" in short.content.decode()

    columns = {"column_0": "pupil_id", "column_1": "date", "column_2": "valid", "column_3": "invalid"}
    client.post(url(absence_import, "match_columns"), columns)
    tasks.read_import(str(absence_import.pk))

    absence_import.refresh_from_db()
    assert absence_import.status == AbsenceImport.Status.PREVIEWED


def test_two_columns_cannot_be_the_same(sign_in, principal, group):
    absence_import = previewed(principal, "Nyckel;När;Anm;Oanm\ne1;2026-11-20;0;45\n")

    response = sign_in(principal).post(url(absence_import, "match_columns"), {"column_0": "date", "column_1": "date"})

    assert "Two columns cannot both be “Date”" in response.content.decode()


def test_progress_is_shown_and_the_page_reloads_when_it_is_over(sign_in, principal):
    running = AbsenceImportFactory(
        unit=principal.unit, status="reading", progress_rows=8286, total_rows=11198, progressed_at=timezone.now()
    )
    client = sign_in(principal)

    page = client.get(url(running)).content.decode()
    assert "8,286 of 11,198 rows" in page
    assert '<meta http-equiv="refresh"' in page

    part = client.get(url(running), headers={"HX-Request": "true"}).content.decode()
    assert "8,286 of 11,198 rows" in part
    assert "<html" not in part

    AbsenceImport.objects.update(status="cancelled", closed_at=timezone.now())
    assert client.get(url(running), headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_an_import_that_has_come_to_a_halt_can_be_taken_up_again(sign_in, principal, group):
    enrol(group, "e1")
    absence_import = previewed(principal)
    actions.approve_import(absence_import, by=principal, at=timezone.now())
    client = sign_in(principal)
    assert "Nothing has happened" not in client.get(url(absence_import)).content.decode()

    AbsenceImport.objects.update(progressed_at=timezone.now() - timedelta(minutes=3))
    assert "Nothing has happened" in client.get(url(absence_import)).content.decode()
    client.post(url(absence_import, "resume_import"))

    assert queued() == [("integrations.apply_import", {"import_id": str(absence_import.pk)})]


def test_an_error_of_ours_closes_the_import_and_stores_nothing(principal, group):
    enrol(group, "e1")
    absence_import = previewed(principal)
    actions.approve_import(absence_import, by=principal, at=timezone.now())
    AbsenceImport.objects.update(mapping={"broken": True})

    with pytest.raises(TypeError):
        tasks.apply_import(str(absence_import.pk))

    absence_import.refresh_from_db()
    assert absence_import.status == AbsenceImport.Status.FAILED
    assert not AttendanceDay.objects.exists()


def test_cancelling_says_that_nothing_was_stored(sign_in, principal, group):
    enrol(group, "e1")
    absence_import = previewed(principal)
    client = sign_in(principal)

    response = client.post(url(absence_import, "cancel_import"), follow=True)
    assert "Nothing of it was stored" in response.content.decode()

    late = client.post(url(absence_import, "approve_import"), follow=True)
    assert "The import has moved on meanwhile" in late.content.decode()


def test_a_failed_file_says_why(sign_in, principal):
    failed = AbsenceImportFactory(unit=principal.unit, failed=True)

    assert "Export it again from the school" in sign_in(principal).get(url(failed)).content.decode()


def test_the_schools_administrator_brings_absence_in_for_the_own_school(sign_in, principal):
    administrator = MembershipFactory(school_admin=True, unit=principal.unit)
    other = SchoolFactory()

    page = sign_in(administrator).get(NEW).content.decode()
    assert principal.unit.name in page
    assert other.unit.name not in page
    sign_in(administrator).post(NEW, {"unit": principal.unit.pk, "system": "other", "file": file()})
    assert AbsenceImport.objects.get().unit == principal.unit


def test_a_principal_cannot_upload_for_another_school(sign_in, principal):
    response = sign_in(principal).post(NEW, {"unit": SchoolFactory().unit.pk, "file": file()})

    assert response.status_code == 422
    assert not AbsenceImport.objects.exists()


def test_others_may_not_enter_and_other_schools_are_not_found(sign_in, confirm, principal):
    absence_import = AbsenceImportFactory(unit=principal.unit)

    for member in (
        MembershipFactory(mentor=True, unit=principal.unit),
        MembershipFactory(student_health=True, unit=principal.unit),
        MembershipFactory(team_worker=True),
        MembershipFactory(system_admin=True),
    ):
        assert sign_in(member).get(LIST).status_code == 403
        assert sign_in(member).post(url(absence_import, "cancel_import")).status_code == 403
    stranger = confirm(sign_in(MembershipFactory(principal=True)))
    for page in ("import_detail", "match_columns", "import_errors"):
        assert stranger.get(url(absence_import, page)).status_code == 404
    for page in ("approve_import", "cancel_import", "resume_import"):
        assert stranger.post(url(absence_import, page)).status_code == 404


def test_the_list_costs_the_same_for_many(sign_in, principal, assert_constant_queries):
    sign_in(principal)

    assert_constant_queries(LIST, lambda: AbsenceImportFactory(unit=principal.unit))


def test_the_page_costs_the_same_for_many_bad_rows(sign_in, principal, assert_constant_queries):
    applied = AbsenceImportFactory(unit=principal.unit, applied=True)
    AbsenceImport.objects.update(counts=applied.counts | {"signals": 0, "unknown": 0, "held_aside": 0})
    sign_in(principal)

    assert_constant_queries(url(applied), lambda: ImportProblemFactory(absence_import=applied))
