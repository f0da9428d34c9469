"""How days, times, minutes and kinds are written in files, and what is said about those that cannot be read."""

from datetime import date, time

import pytest
from django.utils.translation import override

from integrations.csv_files.cells import read_kind, read_time
from integrations.csv_files.days import day_reader
from integrations.csv_files.explanations import EXPLANATIONS, explain
from integrations.csv_files.headings import HOURS, MINUTES, field_of, unit_of
from integrations.csv_files.numbers import amount_reader
from integrations.csv_files.problems import CellProblem

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "text",
    ["2026-11-20", "20261120", "2026/11/20", "2026.11.20", "20/11 2026", "20.11.2026", "20-11-2026",
     "2026-11-20 08:30", "2026-11-20T08:30:00"],
)  # fmt: skip
def test_days_are_read_as_they_are_written(text):
    assert day_reader(TODAY)(text) == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "date_missing"),
        ("i går", "date_unreadable"),
        ("2026111", "date_unreadable"),
        ("2026-11-31", "date_does_not_exist"),
        ("31-11-26", "date_short_year"),
        ("261120", "date_short_year"),
        ("2026-11-24", "date_in_the_future"),
        ("2024-11-01", "date_too_old"),
        ("2026-11-21", "date_on_a_weekend"),
    ],
)
def test_days_that_cannot_be_are_refused_with_a_reason(text, code):
    with pytest.raises(CellProblem) as problem:
        day_reader(TODAY)(text)

    assert problem.value.code == code


@pytest.mark.parametrize("text", ["08:10", "8:10", "8.10", "0810", "08:10:00", "2026-11-20 08:10", "2026-11-20T08:10"])
def test_times_are_read_as_they_are_written(text):
    assert read_time(text) == time(8, 10)


@pytest.mark.parametrize(
    ("text", "code"), [("", "time_missing"), ("25:10", "time_unreadable"), ("åtta", "time_unreadable")]
)
def test_times_that_cannot_be_are_refused(text, code):
    with pytest.raises(CellProblem) as problem:
        read_time(text)

    assert problem.value.code == code


@pytest.mark.parametrize(
    ("text", "in_hours", "minutes"),
    [("40", False, 40), ("40,0", False, 40), ("40.4", False, 40), ("1:20", False, 80), ("1 h 20 min", False, 80),
     ("40 min", False, 40), ("1,5", True, 90), ("0", False, 0), ("0,75", True, 45)],
)  # fmt: skip
def test_minutes_are_read_as_they_are_written(text, in_hours, minutes):
    assert amount_reader(HOURS if in_hours else MINUTES)(text) == minutes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "number_missing"),
        ("..", "number_missing"),
        ("fyrtio", "number_unreadable"),
        ("-5", "number_negative"),
        ("1500", "number_too_large"),
    ],
)
def test_minutes_that_cannot_be_are_refused(text, code):
    with pytest.raises(CellProblem) as problem:
        amount_reader(MINUTES)(text)

    assert problem.value.code == code


@pytest.mark.parametrize(
    ("text", "kind"),
    [("Närvarande", "present"), ("Giltig frånvaro", "valid"), ("OGILTIG", "invalid"), ("Sen ankomst", "late"),
     ("Annan skolaktivitet", "other"), ("Ej rapporterad", "unreported"), ("LateArrival", "late")],
)  # fmt: skip
def test_kinds_are_known_by_their_usual_names(text, kind):
    assert read_kind(text) == kind


def test_a_cause_is_not_a_kind():
    with pytest.raises(CellProblem) as problem:
        read_kind("Sjuk")

    assert "Causes are not kept" in explain(problem.value.code, "Sjuk", {})[1]


@pytest.mark.parametrize(
    ("heading", "field"),
    [("Elev-ID", "pupil_id"), ("Personnr", "personal_number"), ("SocSecNo", "personal_number"), ("Datum", "date"),
     ("Starttid", "starts_at"), ("Lektionslängd (min)", "length"), ("Frånvaro (h)", "absent"), ("GF min", "valid"),
     ("F min", "invalid"), ("Undv. tid", "offered"), ("Ogiltig frånvaro", "invalid"), ("lessonMinutes", "length"),
     ("Kommentar", None), ("", None)],
)  # fmt: skip
def test_headings_are_known_by_their_usual_names(heading, field):
    assert field_of(heading) == field


@pytest.mark.parametrize(
    ("heading", "unit"),
    [("Frånvaro (h)", "h"), ("Frånvaro tim", "h"), ("Totalt (t)", "h"), ("Frånvaro (min)", "min"), ("GF %", "%"),
     ("Frånvaro", None), ("Totalt", None)],
)  # fmt: skip
def test_the_unit_is_told_by_the_heading(heading, unit):
    assert unit_of(heading) == unit


def test_every_explanation_can_be_said():
    details = {
        "found": 1, "expected": 2, "first": 2, "reason": "", "day": "2026-11-20", "most": 720,
        "absent": 90, "length": 60, "reported": 5, "offered": 4, "group": "7B", "last": "2027-06-30",
    }  # fmt: skip
    with override("en"):
        for code in EXPLANATIONS:
            what, remedy = explain(code, "x", details)
            assert what.endswith(".")
            assert remedy.rstrip().endswith(".")
