"""How amounts of time and shares are written, by the systems and by Excel; what is missing is never zero."""

import pytest

from integrations.csv_files.headings import HOURS, MINUTES, PERCENT
from integrations.csv_files.numbers import Approximate, amount_reader
from integrations.csv_files.problems import CellProblem


@pytest.mark.parametrize(
    ("text", "unit", "amount"),
    [("40", MINUTES, 40), ("40,0", MINUTES, 40), ("40.4", MINUTES, 40), ("1:20", MINUTES, 80), ("1:20", HOURS, 80),
     ("1 h 30 min", MINUTES, 90), ("1h30", MINUTES, 90), ("1 tim 30 min", HOURS, 90), ("40 min", HOURS, 40),
     ("1,5", HOURS, 90), ("1,5 h", MINUTES, 90), ("0,75", HOURS, 45), ("1 234", MINUTES, 1234),
     ("1\u00a0234", MINUTES, 1234), ("1\u202f234,4", MINUTES, 1234), ("1.234,0", MINUTES, 1234), ("0", MINUTES, 0),
     ("12,5 %", PERCENT, 1250), ("12.5%", PERCENT, 1250), ("12,5", PERCENT, 1250), ("100", PERCENT, 10_000)],
)  # fmt: skip
def test_amounts_are_read_as_they_are_written(text, unit, amount):
    assert amount_reader(unit, most=10_000)(text) == amount


@pytest.mark.parametrize("text", ["", "-", ".", "..", "\u2013", " "])
def test_what_is_missing_is_missing_and_never_zero(text):
    assert amount_reader(MINUTES, is_required=False)(text) is None
    with pytest.raises(CellProblem) as problem:
        amount_reader(MINUTES)(text)
    assert problem.value.code == "number_missing"


@pytest.mark.parametrize("text", ["~100", "~ 100", "ca 100", "ca. 100"])
def test_about_so_much_is_kept_as_about_so_much(text):
    value = amount_reader(MINUTES)(text)

    assert value == 100
    assert isinstance(value, Approximate)


@pytest.mark.parametrize(
    ("text", "unit", "code"),
    [("-5", MINUTES, "number_negative"), ("\u22125", MINUTES, "number_negative"), ("-5", PERCENT, "number_negative"),
     ("12 %", MINUTES, "number_is_a_percent"), ("12 min", PERCENT, "number_is_not_a_percent"),
     ("101", PERCENT, "percent_over_100"), ("#####", MINUTES, "number_damaged"),
     ("#VÄRDEFEL!", MINUTES, "number_damaged"),
     ("1 23", MINUTES, "number_unreadable"), ("fyrtio", MINUTES, "number_unreadable"),
     ("1,2,3", MINUTES, "number_unreadable"),
     ("1500", MINUTES, "number_too_large"), ("25", HOURS, "number_too_large"), ("1:75", MINUTES, "number_unreadable")],
)  # fmt: skip
def test_amounts_that_cannot_be_are_refused_with_a_reason(text, unit, code):
    with pytest.raises(CellProblem) as problem:
        amount_reader(unit)(text)

    assert problem.value.code == code
