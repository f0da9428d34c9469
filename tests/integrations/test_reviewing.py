"""What somebody sees before approving, what stops an unusual file, and the page for undoing."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from attendance.models import AttendanceDay
from cases.todo import to_do_of
from integrations import actions, tasks
from integrations.brakes import CHANGED, FEWER, UNKNOWN
from integrations.models import AbsenceImport, ImportedFile
from integrations.views.standing import standing
from tests.confirmed import confirmed
from tests.integrations.bringing import DAY_HEADINGS, bring_in, read
from tests.integrations.known_pupils import enrol

pytestmark = pytest.mark.django_db
NEW = "/imports/new/"
MANY = [f"e{n}" for n in range(40)]


def rows_of(ids, minutes=45, day="2026-11-20"):
    return [DAY_HEADINGS, *(f"{one};{day};300;300;0;{minutes}" for one in ids)]


def codes(absence_import):
    return [brake["code"] for brake in absence_import.brakes]


def now():
    return timezone.now()


def test_fewer_pupils_than_last_time_must_be_looked_at(group, principal):
    enrol(group, *MANY)
    bring_in(principal, *rows_of(MANY), at=now())

    assert codes(read(principal, *rows_of(MANY[:33], day="2026-11-19"))) == []
    fewer = read(principal, *rows_of(MANY[:31], day="2026-11-18"))
    assert fewer.brakes == [{"code": FEWER, "now": 31, "before": 40}]
    with pytest.raises(actions.BrakeIsOn):
        actions.approve_import(fewer, by=principal, at=now())
    assert actions.approve_import(fewer, by=principal, at=now(), has_looked=True).status == "applying"


def test_many_changes_and_many_unknown_pupils_must_be_looked_at(group, principal):
    enrol(group, *MANY)
    bring_in(principal, *rows_of(MANY), at=now())

    assert codes(read(principal, *rows_of(MANY, minutes=90))) == [CHANGED]
    strangers = read(principal, *rows_of(MANY), *rows_of([f"x{n}" for n in range(30)])[1:])
    assert codes(strangers) == [UNKNOWN]
    assert not strangers.looks_like_another_school


def test_small_files_are_never_unusual(group, principal):
    enrol(group, "e1", "e2", "e3")
    bring_in(principal, *rows_of(["e1", "e2", "e3"]), at=now())

    assert codes(read(principal, *rows_of(["e1"], minutes=90))) == []


def test_the_page_asks_for_a_tick_and_keeps_nothing_back(sign_in, group, principal):
    enrol(group, *MANY)
    bring_in(principal, *rows_of(MANY), at=now())
    absence_import = read(principal, *rows_of(MANY, minutes=90))
    client = sign_in(principal)
    address = f"/imports/{absence_import.pk}/"

    assert "40 of 41 stored rows would change" in client.get(address).content.decode()
    refused = client.post(f"{address}approve/")
    assert refused.status_code == 422
    assert "Check the file, and say that you have" in refused.content.decode()
    client.post(f"{address}approve/", {"has_looked": "on"})
    tasks.apply_import(str(absence_import.pk))

    assert AttendanceDay.objects.filter(invalid_minutes=90).count() == 40


def test_the_sums_of_the_classes_and_a_sample_of_changes_are_shown(sign_in, group, principal):
    enrol(group, "e1", "e2")
    bring_in(principal, *rows_of(["e1", "e2"]), at=now())
    absence_import = read(principal, DAY_HEADINGS, "e1;2026-11-20;300;300;1000;45", "e2;2026-11-20;300;300;30;15")

    preview = absence_import.stored_file.preview
    assert preview["classes"] == [["7B", 1, 30, 15, 300, 300]]
    assert preview["sample"] == [{"row": 3, "day": "2026-11-20", "before": [0, 45], "after": [30, 15]}]
    page = sign_in(principal).get(f"/imports/{absence_import.pk}/").content.decode()
    assert "Sums of the classes" in page
    assert "30 valid, 15 invalid" in page
    assert "1 in conflict" not in page


def test_the_page_holds_when_the_file_is_forgotten_while_it_is_made(group, principal):
    enrol(group, "e1", "e2")
    brought = read(principal, *rows_of(["e1", "e2"]))
    fetched = AbsenceImport.objects.visible_to(principal).with_page_relations().get(pk=brought.pk)
    assert standing(fetched)["classes"]

    ImportedFile.objects.filter(absence_import=fetched).delete()

    assert standing(fetched)["classes"] == []
    assert fetched.kept_text is None


def test_a_file_forgotten_since_the_page_was_opened_gives_no_columns_and_no_errors(sign_in, group, principal):
    enrol(group, "e1")
    brought = read(principal, *rows_of(["e1"]))
    client = confirmed(sign_in(principal))
    columns, errors = f"/imports/{brought.pk}/columns/", f"/imports/{brought.pk}/errors/"
    assert client.get(columns).status_code == 200
    assert client.get(errors).status_code == 200

    ImportedFile.objects.filter(absence_import=brought).delete()

    assert client.get(columns).headers["Location"] == f"/imports/{brought.pk}/"
    assert client.get(errors).status_code == 404


def test_the_same_file_again_is_told_and_can_be_read_in_all_the_same(sign_in, group, principal):
    enrol(group, "e1")
    text = "\n".join(rows_of(["e1"]))
    absence_import = bring_in(principal, content=text.encode(), at=now())
    client = sign_in(principal)
    sent = {"unit": principal.unit.pk, "source": absence_import.source.pk}

    refused = client.post(NEW, {**sent, "file": SimpleUploadedFile("v47.csv", text.encode())})
    assert refused.status_code == 422
    assert "The same file was read in on" in refused.content.decode()
    assert "Read the same file in again" in refused.content.decode()

    client.post(NEW, {**sent, "again": "on", "file": SimpleUploadedFile("v47.csv", text.encode())})
    assert AbsenceImport.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel file"),
        (b"%PDF-1.7", "This is a document"),
        (b"<html><table>", "web page saved as a spreadsheet"),
        (b"   \n ", "The file is empty"),
    ],
)
def test_a_file_of_the_wrong_kind_is_refused_at_the_field(sign_in, principal, content, message):
    response = sign_in(principal).post(
        NEW, {"unit": principal.unit.pk, "system": "other", "file": SimpleUploadedFile("fil.csv", content)}
    )

    assert response.status_code == 422
    assert message in response.content.decode()
    assert not AbsenceImport.objects.exists()


def test_columns_can_be_read_in_another_encoding_and_separator_without_changing_anything(sign_in, group, principal):
    absence_import = read(principal, "Nyckel,x;När;Hälsa", "1,2;2026-11-20;å")
    client = sign_in(principal)
    address = f"/imports/{absence_import.pk}/columns/"

    assert "Hälsa" in client.get(address).content.decode()
    assert "HÃ¤lsa" in client.get(f"{address}?encoding=cp1252&separator=%3B&headings=yes").content.decode()
    by_comma = client.get(f"{address}?encoding=utf-8-sig&separator=%2C&headings=no").content.decode()
    assert "Column 2" in by_comma
    kept = AbsenceImport.objects.get().mapping
    assert (kept["encoding"], kept["separator"], kept["heading_row"]) == ("utf-8-sig", ";", 1)


def test_dates_that_can_be_read_in_two_ways_are_asked_about(sign_in, group, principal):
    enrol(group, "e1")
    absence_import = read(principal, "Elev-id;Datum;Giltig;Ogiltig", "e1;03/11/2026;0;45")
    assert absence_import.status == AbsenceImport.Status.NEEDS_MAPPING
    client = sign_in(principal)
    address = f"/imports/{absence_import.pk}/columns/"
    columns = {"column_0": "pupil_id", "column_1": "date", "column_2": "valid", "column_3": "invalid"}

    assert "Day first" in client.get(address).content.decode()
    assert client.post(address, columns).status_code == 422
    client.post(address, {**columns, "day_order": "dmy"})
    tasks.read_import(str(absence_import.pk))

    absence_import.refresh_from_db()
    assert absence_import.counts["first_day"] == "2026-11-03"


def test_hours_are_said_on_the_page_when_no_heading_tells(sign_in, group, principal):
    enrol(group, "e1")
    absence_import = read(principal, "Nyckel;Dag2;A;B", "e1;2026-11-20;1,5;0")
    client = sign_in(principal)
    columns = {"column_0": "pupil_id", "column_1": "date", "column_2": "valid", "column_3": "invalid"}

    client.post(f"/imports/{absence_import.pk}/columns/", {**columns, "unit_2": "h", "unit_3": "min"})
    tasks.read_import(str(absence_import.pk))
    absence_import.refresh_from_db()

    assert absence_import.mapping["units"] == {"valid": "h"}
    assert absence_import.stored_file.preview["classes"] == [["7B", 1, 90, 0, None, None]]


def test_an_import_is_undone_on_its_page(sign_in, group, principal):
    enrol(group, "e1")
    absence_import = bring_in(principal, *rows_of(["e1"]), at=now())
    client = sign_in(principal)
    address = f"/imports/{absence_import.pk}/"

    assert "Undo the import" in client.get(address).content.decode()
    assert "are taken away" in client.get(f"{address}undo/").content.decode()
    client.post(f"{address}undo/")
    assert "What the file changed is being taken back" in client.get(address).content.decode()
    tasks.undo_import(str(absence_import.pk))

    assert "is what it was before" in client.get(address).content.decode()
    assert not AttendanceDay.objects.exists()


def test_the_page_says_why_an_import_cannot_be_undone(sign_in, group, principal):
    enrol(group, "e1")
    first = bring_in(principal, *rows_of(["e1"]), at=now() - timedelta(hours=2))
    bring_in(principal, *rows_of(["e1"], minutes=90), at=now() - timedelta(hours=1))
    client = sign_in(principal)

    page = client.get(f"/imports/{first.pk}/undo/").content.decode()
    assert "A later file tells of the same days" in page
    assert "<form" not in page[page.index("<main") : page.index("</main")]
    refused = client.post(f"/imports/{first.pk}/undo/")
    assert "Undo that one first" in refused.content.decode()

    AbsenceImport.objects.filter(pk=first.pk).update(closed_at=now() - timedelta(days=8))
    late = client.post(f"/imports/{first.pk}/undo/", follow=True)
    assert "is over" in late.content.decode()


def test_what_waits_and_what_came_of_it_stand_in_to_do(group, principal):
    enrol(group, "e1")
    today = timezone.localdate()
    waiting = read(principal, "Nyckel;När", "x;y", at=now())
    done = bring_in(principal, *rows_of(["e1"]), at=now())

    rows = {row.key: row for group_ in to_do_of(principal, today).groups for row in group_.rows}

    assert "Check the columns" in str(rows[f"import-{waiting.pk}"].title)
    assert "new signals" in str(rows[f"import-{done.pk}"].title)
    assert rows[f"import-{done.pk}"].is_reading
    assert not [row for group_ in to_do_of(principal, today + timedelta(days=4)).groups for row in group_.rows
                if row.key == f"import-{done.pk}"]  # fmt: skip
