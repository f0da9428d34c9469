"""Of a protected pupil's row nothing is kept but its number: not in any column of any table, whatever the spelling."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.db import connection

from integrations import actions
from integrations.error_report import error_report
from integrations.models import AbsenceImport, ImportedFile, ImportProblem
from schools.actions.protection import protect_pupil
from schools.models import Protection
from tests.factories.accounts import MembershipFactory
from tests.factories.schools import ClassGroupFactory, PupilIdentifierFactory
from tests.integrations.confirming import confirm_columns, read_confirmed
from tests.integrations.known_pupils import enrol
from tests.schools.test_protection import SPELLINGS

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
HEADINGS = "Elev-id;Personnummer;Datum;Giltig;Ogiltig"
CANARY = "kanarie"
CANARIES = ("kanarie", "20130505", "1305052386", "77777")
"""What only protected rows hold: an id, a personal number in both lengths, a number of minutes."""

PROTECTED = [text for text, kind in SPELLINGS.items() if kind != Protection.NONE]
NONE = [text for text, kind in SPELLINGS.items() if kind == Protection.NONE and "\t" not in text]


def secret_row(*more):
    return ";".join([CANARY, "20130505-2386", "2026-11-20", "77777", "kanarie", *more])


def upload(principal, *lines, encoding="utf-8", end="\n"):
    return actions.upload_absence_file(
        unit=principal.unit, file_name="fil.csv", content=end.join(lines).encode(encoding), by=principal, at=AT
    )


def tables():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        return [name for (name,) in cursor.fetchall()]


def found_in_database(canaries=CANARIES):
    """Return where a canary stands, in any column of any row of any table, files included in their letters."""
    places = []
    with connection.cursor() as cursor:
        for table in tables():
            # What is encrypted is looked at in its letters, further down.
            cursor.execute(f"SELECT (to_jsonb(t) - 'content')::text FROM \"{table}\" t")
            for (row,) in cursor.fetchall():
                places += [(table, canary) for canary in canaries if canary in row.casefold()]
    for kept in ImportedFile.objects.all():
        for encoding in ("utf-8", "utf-16", "cp1252"):
            text = kept.text.decode(encoding, errors="replace").casefold()
            places += [("file", canary) for canary in canaries if canary in text]
    return places


def test_the_scan_is_not_blind(principal, group):
    upload(principal, HEADINGS, secret_row())

    assert {canary for _table, canary in found_in_database()} >= {"kanarie", "20130505", "77777"}


@pytest.mark.parametrize("spelling", PROTECTED)
def test_a_row_marked_in_any_spelling_leaves_nothing_but_its_number(principal, group, spelling):
    enrol(group, "e1")
    absence_import = upload(
        principal, f"{HEADINGS};Sekretess", "e1;;2026-11-20;0;45;N", secret_row(spelling), "e1;;2026-11-31;0;45;N"
    )
    assert not found_in_database()

    read_confirmed(absence_import, principal, AT)
    assert not found_in_database()
    actions.approve_import(absence_import, by=principal, at=AT)
    absence_import.refresh_from_db()
    actions.apply_import(absence_import, at=AT)

    assert not found_in_database()
    held = ImportProblem.objects.get(code="pupil_held_aside")
    assert (held.row_number, held.column, held.value, held.details) == (3, "", "", {})
    assert absence_import.counts["held_aside"] == 1
    rows = list(csv.reader(io.StringIO("".join(error_report(absence_import, absence_import.kept_text))), delimiter=";"))
    assert not any("kanarie" in cell or "77777" in cell for row in rows for cell in row)


@pytest.mark.parametrize("spelling", NONE)
def test_plainly_none_is_read_as_any_row(principal, group, spelling):
    enrol(group, "e1")

    absence_import = upload(principal, f"{HEADINGS};Sekretess", f"e1;;2026-11-20;0;45;{spelling}")

    assert read_confirmed(absence_import, principal, AT).counts["good"] == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_kept_file_keeps_every_other_line_in_every_encoding(principal, group, encoding, end):
    lines = [f"{HEADINGS};Skyddad", "e1;;2026-11-20;0;45;Nej", secret_row("Ja"), "å;ä;ö;0;45;nej"]
    upload(principal, *lines, encoding=encoding, end=end)

    kept = ImportedFile.objects.get().text.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    assert [line for line in kept.split("\n") if line] == [lines[0], lines[1], "*** held aside ***", lines[3]]
    assert not found_in_database()


@pytest.mark.parametrize(
    ("heading", "more"),
    [
        ("securityMarking", ["Skyddad folkbokföring"]),
        ("Namn", ["Skyddad identitet"]),
        ("Anteckning;Klass", ["", "SEKRETESSMARKERING"]),
        ("Tidigare personnummer", ["20130505-2386"]),
        ("previousCivicNo", ["201305052386"]),
        ("Sekretess;Sekretess vårdnadshavare", ["N", "J"]),
        ("Sekretess", []),
    ],
)
def test_a_mark_is_found_wherever_it_stands(principal, group, heading, more):
    upload(principal, f"{HEADINGS};{heading}", secret_row(*more))

    assert not found_in_database()


def test_a_row_whose_quotation_mark_is_never_closed_is_held_where_the_file_tells_of_protection(principal, group):
    absence_import = upload(principal, f"{HEADINGS};Sekretess", secret_row("N").replace("kanarie", '"kanarie', 1))
    read_confirmed(absence_import, principal, AT)

    assert [problem.code for problem in absence_import.problems.all()] == ["pupil_held_aside"]
    assert not found_in_database()


def test_a_column_with_a_strange_heading_counts_once_somebody_says_what_it_is(principal, group):
    absence_import = upload(principal, "Nyckel;Personnummer;Dag;A;B;Flagga", secret_row("1"))
    read_confirmed(absence_import, principal, AT)
    columns = {"pupil_id": 0, "personal_number": 1, "date": 2, "valid": 3, "invalid": 4, "protection": 5}
    confirm_columns(absence_import, principal, columns, AT)
    absence_import.refresh_from_db()

    read_confirmed(absence_import, principal, AT)

    assert [problem.code for problem in absence_import.problems.all()] == ["pupil_held_aside"]
    assert not found_in_database()


@pytest.mark.parametrize("written", ["20130505-2386", "201305052386", "130505-2386", "1305052386", "130505+2386"])
def test_a_known_protected_pupils_row_is_taken_out_of_the_file_though_nothing_marks_it(principal, group, written):
    (pupil,) = enrol(group, "hemlig-77777", protected=True)
    PupilIdentifierFactory(pupil=pupil, value="201305052386")
    rows = [f"{written};2026-11-20;0;45", "e1;2026-11-20;0;45"]
    read_confirmed(upload(principal, "Pnr hos oss;Dag;Giltig;Ogiltig", *rows), principal, AT)

    kept = ImportedFile.objects.get().text.decode()
    assert written not in kept
    assert "e1;2026-11-20" in kept


def test_whether_a_pupil_of_another_school_is_protected_is_not_told(principal, group):
    answers = []
    for how in ({"protected": True}, {}):
        (pupil,) = enrol(ClassGroupFactory(), "annan", **how)
        number = PupilIdentifierFactory(pupil=pupil).value
        absence_import = upload(principal, "Personnummer;Datum;Giltig;Ogiltig", f"{number};2026-11-20;0;45")
        read_confirmed(absence_import, principal, AT)
        answers.append([(row.row_number, row.column, row.code) for row in absence_import.problems.all()])

    assert answers[0] == answers[1] == [(2, "personal_number", "pupil_unknown")]


@pytest.mark.parametrize(
    ("content", "failure"),
    [
        (b"PK\x03\x04 kanarie 77777", "file_is_damaged"),
        (b"kanarie\x00 77777", "file_is_not_text"),
        (b"kanarie 20130505-2386\n", "file_has_one_column"),
    ],
)
def test_of_an_unreadable_file_nothing_is_kept(principal, group, content, failure):
    absence_import = actions.upload_absence_file(
        unit=principal.unit, file_name="fil.csv", content=content, by=principal, at=AT
    )
    read_confirmed(absence_import, principal, AT)

    assert (absence_import.status, absence_import.failure) == (AbsenceImport.Status.FAILED, failure)
    assert absence_import.failure_text
    assert not found_in_database()


def test_files_that_may_hold_a_pupil_who_becomes_protected_are_forgotten(principal, group):
    (pupil,) = enrol(group, "kanarie-77777")
    waiting = upload(principal, "Elev-id;Datum;Giltig;Ogiltig", "kanarie-77777;2026-11-20;0;45", "x;2026-11-20;0;4")
    read_confirmed(waiting, principal, AT)
    other = upload(
        MembershipFactory(principal=True, unit=ClassGroupFactory().school.unit),
        "Elev-id;Datum;Giltig;Ogiltig",
        "e9;2026-11-20;0;45",
    )
    assert ImportedFile.objects.count() == 2

    protect_pupil(pupil=pupil, kind=Protection.SECRECY_FLAG, by=principal, at=AT)

    waiting.refresh_from_db()
    assert waiting.status == AbsenceImport.Status.CANCELLED
    assert not waiting.problems.exists()
    assert ImportedFile.objects.get().absence_import == other


def test_a_pupil_who_becomes_protected_while_the_import_waits_is_held_at_the_reading_in(principal, group):
    (pupil, _other) = enrol(group, "kanarie-77777", "e1")
    rows = ["Elev-id;Datum;Giltig;Ogiltig", "kanarie-77777;2026-11-20;0;45", "e1;2026-11-20;0;45"]
    absence_import = upload(principal, *rows)
    read_confirmed(absence_import, principal, AT)
    actions.approve_import(absence_import, by=principal, at=AT)
    absence_import.refresh_from_db()
    protect_pupil(pupil=pupil, kind=Protection.SECRECY_FLAG, by=principal, at=AT)

    actions.apply_import(absence_import, at=AT)

    assert absence_import.counts["held_aside"] == 1
    assert not pupil.attendance_days.exists()
    assert b"77777" not in ImportedFile.objects.get().text
