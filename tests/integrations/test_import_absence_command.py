"""The command line: the same steps, counts and bad rows printed, an exit code for each ending."""

import json
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

    run(FILES / name, group, "--approve", "--confirm-columns")

    printed = capsys.readouterr().out
    assert "0 bad" in printed
    assert "The columns seem to be" in printed
    assert AbsenceImport.objects.get().approved_by is None
    day = AttendanceDay.objects.get(valid_minutes__gt=0)
    assert (day.valid_minutes, day.day.isoformat()) == (90, "2026-11-20")


def test_without_approval_nothing_is_stored(group, capsys):
    enrol(group, "elev-1", "elev-2")

    run(FILES / "lektioner_skola24_utf8.csv", group, "--confirm-columns")

    assert "new" in capsys.readouterr().out
    assert not AttendanceDay.objects.exists()


def test_columns_are_confirmed_once_and_then_remembered(group, capsys):
    enrol(group, "elev-1", "elev-2")

    with pytest.raises(CommandError) as ended:
        run(FILES / "lektioner_skola24_utf8.csv", group, "--approve")
    assert ended.value.returncode == 4
    assert "Frånvaro = absent" in str(ended.value)
    assert not AttendanceDay.objects.exists()

    run(FILES / "lektioner_skola24_utf8.csv", group, "--confirm-columns")
    run(FILES / "lektioner_skola24_utf8.csv", group, "--approve")
    assert AttendanceDay.objects.exists()


def test_bad_rows_are_named_and_give_exit_code_1(group, capsys):
    enrol(group, "elev-1")

    with pytest.raises(SystemExit) as ended:
        run(FILES / "dagar_med_fel.csv", group, "--approve", "--confirm-columns")

    assert ended.value.code == 1
    printed = capsys.readouterr().out
    assert "row 3, Datum: The date “2026-11-31” does not exist." in printed
    assert "3 rows: 2 good, 1 bad" in printed
    assert AttendanceDay.objects.count() == 2


@pytest.mark.parametrize(
    ("text", "code"), [("", 2), ("a;b\n1;2\n", 4), ("Elev-id;Datum;Giltig;Ogiltig\n", 2), ("<html>", 2)]
)
def test_a_file_that_cannot_be_read_has_an_exit_code_of_its_own(group, tmp_path, text, code):
    path = tmp_path / "fel.csv"
    path.write_text(text)

    with pytest.raises(CommandError) as ended:
        run(path, group, "--approve", "--confirm-columns")

    assert ended.value.returncode == code


def test_an_unknown_school_source_or_file_gives_exit_code_3(group, tmp_path):
    file = str(FILES / "dagar_med_fel.csv")
    with pytest.raises(CommandError) as no_file:
        run(tmp_path / "finns-inte.csv", group)
    with pytest.raises(CommandError) as no_school:
        call_command("import_absence", file, "--school", "99999999")
    with pytest.raises(CommandError) as no_source:
        run(file, group, "--source", "Finns inte")

    assert (no_file.value.returncode, no_school.value.returncode, no_source.value.returncode) == (3, 3, 3)


def test_the_summary_for_programs_has_the_same_names_whatever_happens(group, capsys, tmp_path):
    enrol(group, "elev-1")
    empty = tmp_path / "tom.csv"
    empty.write_text("")
    told = []
    for path, options in (
        (FILES / "dagar_med_fel.csv", []),
        (FILES / "dagar_med_fel.csv", ["--confirm-columns", "--approve"]),
        (FILES / "dagar_med_fel.csv", ["--approve"]),
        (empty, ["--approve"]),
    ):
        with pytest.raises(SystemExit) as ended:
            run(path, group, "--json", *options)
        told.append(json.loads(capsys.readouterr().out))
        assert told[-1]["exit_code"] == ended.value.code

    assert [summary["exit_code"] for summary in told] == [4, 1, 1, 2]
    assert len({tuple(summary) for summary in told}) == 1
    waiting, stored, again, failed = told
    assert (waiting["stored"], waiting["status"]) == (False, "needs_mapping")
    assert (stored["stored"], stored["rows"], stored["bad"], stored["new"]) == (True, 3, 1, 2)
    assert (again["new"], again["unchanged"]) == (0, 2)
    assert stored["problems"][0]["row"] == 3
    assert stored["problems"][0]["how_to_mend"]
    assert failed["why"]


def test_a_file_about_another_school_or_an_unusual_one_waits_for_somebody(group, tmp_path, capsys):
    ids = [f"e{n}" for n in range(40)]
    enrol(group, *ids)
    path = tmp_path / "natt.csv"

    def write(known, minutes=45):
        rows = [f"{one};2026-11-20;300;300;0;{minutes}" for one in known]
        path.write_text("\n".join(["Elev-id;Datum;Erbjuden;Rapporterad;Giltig;Ogiltig", *rows]))

    write(ids)
    run(path, group, "--confirm-columns", "--approve")
    write(ids[:20])
    with pytest.raises(CommandError) as fewer:
        run(path, group, "--approve")
    write([f"x{n}" for n in range(40)])
    with pytest.raises(CommandError) as other:
        run(path, group, "--approve")

    assert (fewer.value.returncode, other.value.returncode) == (4, 4)
    assert "fewer_pupils (20 of 40)" in str(fewer.value)
    write(ids[:20], 30)
    run(path, group, "--approve", "--confirm-unusual")
    assert AttendanceDay.objects.filter(invalid_minutes=30).count() == 20
