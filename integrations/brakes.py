"""What in a file is so unusual that somebody must say that it has been looked at before it is read in.

Far from always a mistake: a term can begin, a class can leave. But a file of another school, or half a file, looks so.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from .csv_files import headings
from .models import AbsenceImport

FEWER, CHANGED, UNKNOWN = "fewer_pupils", "much_changed", "many_unknown"
MOST_FEWER_PERCENT = 20
MOST_CHANGED_PERCENT = 25
MOST_UNKNOWN_PERCENT = 20
FEW = 20
"""Below so many rows or pupils nothing is unusual: a fifth of ten is two."""

TOLD = {
    headings.LESSONS: "staged_day",
    headings.DAY_TOTALS: "staged_day",
    headings.PERIOD_TOTALS: "staged_period",
}


def brakes_of(absence_import: AbsenceImport, shape: str, counts: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what is unusual, each with its numbers. Takes down in `counts` how many pupils the file tells about."""
    counts["pupils"] = _pupils(shape)
    brakes = []
    before = _comparable(absence_import, shape)
    if before is not None:
        counts["pupils_before"] = then = before.counts["pupils"]
        if then >= FEW and (then - counts["pupils"]) * 100 > MOST_FEWER_PERCENT * then:
            brakes.append({"code": FEWER, "now": counts["pupils"], "before": then})
    changed = counts["changed"] + counts["removed"]
    known = changed + counts["unchanged"]
    if changed > FEW and changed * 100 > MOST_CHANGED_PERCENT * known:
        brakes.append({"code": CHANGED, "now": changed, "before": known})
    if counts["unknown"] > FEW and counts["unknown"] * 100 > MOST_UNKNOWN_PERCENT * counts["rows"]:
        brakes.append({"code": UNKNOWN, "now": counts["unknown"], "before": counts["rows"]})
    return brakes


def _comparable(absence_import: AbsenceImport, shape: str) -> AbsenceImport | None:
    """Return the last import of the same shape from the same source that tells how many pupils there were."""
    earlier = AbsenceImport.objects.read_in().filter(
        source=absence_import.source_id, mapping__shape=shape, counts__has_key="pupils"
    )
    return earlier.order_by("-closed_at", "pk").first()


def _pupils(shape: str) -> int:
    if shape not in TOLD:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(DISTINCT pupil_id) FROM {TOLD[shape]}")  # noqa: S608 (a constant of ours)
        return int(cursor.fetchone()[0])
