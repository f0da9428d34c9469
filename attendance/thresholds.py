"""The lines that make a signal. Each version is kept, so that an old signal can always be explained."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from attendance.crossings import MEASURES, key_of
from attendance.models import ThresholdRule
from schools.models import SchoolForm

TOTAL = {"kind": "total", "unit": "percent", "school_days": 20, "levels": [10, 15, 20, 30, 50]}
FIRST_VERSION: dict[str, Any] = {
    "valid_from": date(2026, 7, 1),
    "lines": [TOTAL],
    "minimum_coverage_percent": 90,
    "answer_school_days": 5,
}
"""A product default that a provider may change, not law: the School Act (2010:800) 7:19 a gives no number."""

LINES = [
    TOTAL,
    {"kind": "invalid", "unit": "percent", "school_days": 20, "levels": [5]},
    {"kind": "weekday", "unit": "weeks", "school_days": 20, "levels": [3]},
    {"kind": "time", "unit": "weeks", "school_days": 20, "levels": [3]},
    {"kind": "subject", "unit": "weeks", "school_days": 20, "levels": [3]},
    {"kind": "in_a_row", "unit": "days", "school_days": 90, "levels": [5, 10, 20]},
    {"kind": "change", "unit": "points", "school_days": 20, "levels": [10]},
]
UPPER_SECONDARY = [
    {"kind": "invalid_month", "unit": "hours", "school_days": 0, "levels": [4]},
    {"kind": "invalid_in_a_row", "unit": "months", "school_days": 90, "levels": [1]},
]
"""Four hours in a month may stop the study grant; after more than a month in a row the pupil is deemed to have left."""

TEN_IN_A_ROW = {"kind": "invalid_in_a_row", "unit": "days", "school_days": 90, "levels": [10]}
"""Ten school days in a row: time to tell the pupil what a month comes to, while something can be done about it."""

VERSIONS: dict[int, dict[str, Any]] = {
    1: FIRST_VERSION,
    2: FIRST_VERSION | {"lines": LINES},
    3: FIRST_VERSION | {"lines": LINES + UPPER_SECONDARY, "school_form": SchoolForm.UPPER_SECONDARY},
    4: FIRST_VERSION
    | {
        "lines": [*LINES, *UPPER_SECONDARY, TEN_IN_A_ROW],
        "school_form": SchoolForm.UPPER_SECONDARY,
        "valid_from": date(2026, 12, 1),
    },
}
MOST_LEVELS = 8


def load_threshold_rules() -> int:
    """Add the versions that are missing, and return how many there are."""
    for version, said in VERSIONS.items():
        ThresholdRule.objects.get_or_create(version=version, defaults=said)
    return ThresholdRule.objects.count()


def check_lines(lines: Iterable[dict[str, Any]]) -> None:
    """Raise ValidationError unless each line can be counted: a known kind, unit and window, and rising levels."""
    known = {(str(kind), unit, days) for kind, unit, days, *_rest in MEASURES}
    for line in lines:
        levels = line.get("levels", [])
        if (line.get("kind"), line.get("unit"), line.get("school_days")) not in known:
            raise ValidationError(_("There is no such line."))
        if not 0 < len(levels) <= MOST_LEVELS or levels != sorted(set(levels)) or levels[0] < 1:
            raise ValidationError(_("Write the levels as whole numbers, the lowest first."))


def lines_of(rules: Iterable[ThresholdRule]) -> tuple[str, str]:
    """Return all lines of the rules as JSON for the database, and the lowest level of each measure."""
    told = []
    lowest: dict[str, int] = {}
    for rule in rules:
        for line in rule.lines:
            key = key_of(line["kind"], line["unit"], line["school_days"])
            told.append({"rule_id": rule.pk, "key": key, **line})
            lowest[key] = min(lowest.get(key, line["levels"][0]), line["levels"][0])
    return json.dumps(told), json.dumps(lowest)
