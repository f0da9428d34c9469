"""What somebody compares before approving: sums of the classes beside the system's report, and some changes."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection

from .csv_files import headings

SAMPLE = 10
CLASSES = """
SELECT class_group.name, count(DISTINCT told.pupil_id), sum(told.valid), sum(told.invalid), sum(told.offered),
       sum(told.reported)
  FROM {told} told JOIN schools_classgroup class_group ON class_group.id = told.class_group_id
 GROUP BY class_group.grade, class_group.name ORDER BY class_group.grade, class_group.name
"""
CLASS_DAYS = """
SELECT class_group.name, NULL, NULL, NULL, sum(told.offered), sum(told.reported)
  FROM staged_class_day told JOIN schools_classgroup class_group ON class_group.id = told.class_group_id
 GROUP BY class_group.grade, class_group.name ORDER BY class_group.grade, class_group.name
"""
COMPARED = {
    headings.LESSONS: CLASSES.format(told="staged_day"),
    headings.DAY_TOTALS: CLASSES.format(told="staged_day"),
    headings.PERIOD_TOTALS: CLASSES.format(told="staged_period"),
    headings.CLASS_DAYS: CLASS_DAYS,
}
# Whom a change is about is told by the row's number alone: whoever has the file finds the pupil there.
CHANGED_DAYS = """
SELECT min(told.row_number), to_char(changed.day, 'YYYY-MM-DD'), changed.was, changed.valid, changed.invalid,
       changed.is_gone
  FROM changed_day changed JOIN staged_day told USING (pupil_id, day)
 WHERE NOT changed.is_new GROUP BY changed.pupil_id, changed.day, changed.was, changed.valid, changed.invalid,
       changed.is_gone ORDER BY 1 LIMIT %(most)s
"""
CHANGED_PERIODS = """
SELECT min(told.row_number), to_char(changed.first_day, 'YYYY-MM-DD'), changed.was, changed.valid, changed.invalid,
       changed.is_gone
  FROM changed_period changed JOIN staged_period told USING (pupil_id, granularity)
 WHERE NOT changed.is_new AND told.first_day <= changed.last_day AND changed.first_day <= told.last_day
 GROUP BY changed.pupil_id, changed.first_day, changed.was, changed.valid, changed.invalid, changed.is_gone
 ORDER BY 1 LIMIT %(most)s
"""
SAMPLED = {
    headings.LESSONS: CHANGED_DAYS,
    headings.DAY_TOTALS: CHANGED_DAYS,
    headings.PERIOD_TOTALS: CHANGED_PERIODS,
}


def preview_of(shape: str) -> dict[str, Any]:
    """Return the sums for each class and a sample of what would change. Called once the plan is made."""
    with connection.cursor() as cursor:
        cursor.execute(COMPARED[shape])
        classes = [[row[0], *(None if number is None else int(number) for number in row[1:])] for row in cursor]
        sample = []
        if shape in SAMPLED:
            cursor.execute(SAMPLED[shape], {"most": SAMPLE})
            sample = [_change(*row) for row in cursor.fetchall()]
    return {"classes": classes, "sample": sample}


def _change(row: int, day: str, was: str, valid: int | None, invalid: int | None, is_gone: bool) -> dict[str, Any]:
    """Return one change: where it stands in the file, and valid and invalid minutes before and after."""
    before = json.loads(was)
    return {
        "row": row,
        "day": day,
        "before": [before["valid_minutes"], before["invalid_minutes"]],
        "after": [0, 0] if is_gone else [valid, invalid],
    }
