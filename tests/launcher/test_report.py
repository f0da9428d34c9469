"""Figures are told in one form."""

from __future__ import annotations

import json

import pytest

from bench.report import Report


def test_figure_is_one_line_with_five_keys(capsys: pytest.CaptureFixture[str]):
    Report().figure("list grows", 1.23456, "ratio", "<= 1.5")

    assert json.loads(capsys.readouterr().out) == {
        "name": "list grows",
        "value": 1.2346,
        "unit": "ratio",
        "limit": "<= 1.5",
        "ok": True,
    }


@pytest.mark.parametrize(
    ("value", "limit", "ok"),
    [(1.5, "<= 1.5", True), (1.51, "<= 1.5", False), (9, ">= 10", False), (0, "== 0", True), (1, "== 0", False)],
)
def test_limit_is_inclusive(value: float, limit: str, ok: bool):
    assert Report().figure("x", value, "", limit) is ok


def test_report_ends_badly_when_one_figure_is_bad():
    report = Report()
    report.figure("fine", 1, "s", "<= 2")
    report.figure("slow", 3, "s", "<= 2")

    with pytest.raises(SystemExit) as ended:
        report.exit()

    assert ended.value.code == 1


def test_report_without_figures_ends_badly():
    with pytest.raises(SystemExit) as ended:
        Report().exit()

    assert ended.value.code == 1
