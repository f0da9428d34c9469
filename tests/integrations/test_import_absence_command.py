"""The command line: the same steps, counts and bad rows printed, an exit code for each ending."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from attendance.models import AttendanceDay
from integrations.models import AbsenceImport
from tests.integrations.known_pupils import enrol

pytestmark = pytest.mark.django_db
FILES = Path(__file__).parent / "files"


def run(path, group, *options):
    call_command("import_absence", str(path), "--school", group.school.school_unit_code, *options)


@pytest.mark.parametrize(
    "name", ["lektioner_skola24_utf8.csv", "dagar_vklass_windows1252.csv", "lektioner_edlevo_tab.txt"]
)
def test_files_as_the_systems_write_them_are_stored(group, capsys, name):
    enrol(group, "elev-1", "elev-2")

    run(FILES / name, group, "--approve")

    assert "0 bad" in capsys.readouterr().out
    assert AbsenceImport.objects.get().approved_by is None
    day = AttendanceDay.objects.get(valid_minutes__gt=0)
    assert (day.valid_minutes, day.day.isoformat()) == (90, "2026-11-20")


def test_without_approval_nothing_is_stored(group, capsys):
    enrol(group, "elev-1", "elev-2")

    run(FILES / "lektioner_skola24_utf8.csv", group)

    assert "new" in capsys.readouterr().out
    assert not AttendanceDay.objects.exists()


def test_bad_rows_are_named_and_give_exit_code_1(group, capsys):
    enrol(group, "elev-1")

    with pytest.raises(SystemExit) as ended:
        run(FILES / "dagar_med_fel.csv", group, "--approve")

    assert ended.value.code == 1
    printed = capsys.readouterr().out
    assert "row 3, Datum: The date “2026-11-31” does not exist." in printed
    assert "3 rows: 2 good, 1 bad" in printed
    assert AttendanceDay.objects.count() == 2


@pytest.mark.parametrize(("text", "code"), [("", 2), ("a;b\n1;2\n", 2), ("Elev-id;Datum;Giltig;Ogiltig\n", 2)])
def test_a_file_that_cannot_be_read_gives_exit_code_2(group, tmp_path, text, code):
    path = tmp_path / "fel.csv"
    path.write_text(text)

    with pytest.raises(CommandError) as ended:
        run(path, group, "--approve")

    assert ended.value.returncode == code


def test_an_unknown_school_or_file_gives_exit_code_3(group, tmp_path):
    with pytest.raises(CommandError) as no_file:
        run(tmp_path / "finns-inte.csv", group)
    with pytest.raises(CommandError) as no_school:
        call_command("import_absence", str(FILES / "dagar_med_fel.csv"), "--school", "99999999")

    assert (no_file.value.returncode, no_school.value.returncode) == (3, 3)
