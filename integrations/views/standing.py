"""What the page of an import says: how far it is, what would change, what is unusual; numbers written out."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from attendance.definitions import definitions_of

from .. import actions
from ..brakes import CHANGED, FEWER, UNKNOWN
from ..csv_files.tables import Mapping
from ..forms import FIELDS, SHAPES
from ..models import AbsenceImport

PROBLEMS_SHOWN = 50
TABLES = {
    "lessons": gettext_lazy("Lessons with absence"),
    "days": gettext_lazy("Days with absence"),
    "class_days": gettext_lazy("Days of classes"),
    "periods": gettext_lazy("Totals of periods"),
}
BRAKES = {
    FEWER: gettext_lazy("The file tells of %(now)s pupils. The last one like it told of %(before)s."),
    CHANGED: gettext_lazy("%(now)s of %(before)s stored rows would change."),
    UNKNOWN: gettext_lazy("%(now)s of %(before)s rows are about pupils who are not here."),
}


def standing(absence_import: AbsenceImport) -> dict[str, Any]:
    """Return what the page says about an import."""
    counts = absence_import.counts
    done, total = absence_import.progress_rows, max(absence_import.total_rows, absence_import.progress_rows, 1)
    until = absence_import.can_be_undone_until
    return {
        "absence_import": absence_import,
        "has_stopped": actions.has_stopped(absence_import, timezone.now()),
        "is_being_judged": actions.is_being_judged(absence_import, timezone.now()),
        "has_file": absence_import.has_file,
        "done": done,
        "total": total,
        "progress_text": _("%(done)s of %(total)s rows") % {"done": _number(done), "total": _number(total)},
        "columns": _columns(absence_import),
        "shape": SHAPES.get(absence_import.mapping.get("shape", "")),
        "definitions": definitions_of(absence_import.source) if absence_import.source else [],
        "facts": _facts(counts) if counts else [],
        "brakes": [BRAKES[brake["code"]] % _both(brake) for brake in absence_import.brakes],
        "compared": _compared(counts),
        "differences": [
            (title, *(_number(counts[key][change]) for change in ("new", "changed", "unchanged", "removed")))
            for key, title in TABLES.items()
            if key in counts
        ],
        "span": [date.fromisoformat(counts[key]) for key in ("first_day", "last_day") if counts.get(key)],
        "good": counts.get("good", 0),
        "good_text": _number(counts.get("good", 0)),
        "bad": counts.get("bad", 0),
        "undo_until": until if until and until > timezone.now() and absence_import.source_id else None,
        **_preview(absence_import),
    }


def _preview(absence_import: AbsenceImport) -> dict[str, Any]:
    """Return the sums of the classes and the sample of changes, while the file is kept."""
    preview = absence_import.kept_preview
    return {
        "classes": [
            (name, *("–" if number is None else _number(number) for number in numbers))
            for name, *numbers in preview.get("classes", [])
        ],
        "sample": [
            {**row, "day": date.fromisoformat(row["day"]), "before": _pair(row["before"]), "after": _pair(row["after"])}
            for row in preview.get("sample", [])
        ],
    }


def _facts(counts: dict[str, Any]) -> list[str]:
    """Return the counts of rows as short phrases."""
    numbers = {
        key: _number(counts.get(key, 0)) for key in ("rows", "good", "bad", "unknown", "held_aside", "conflicts")
    }
    facts = [
        ngettext("%(n)s row", "%(n)s rows", counts["rows"]) % {"n": numbers["rows"]},
        _("%(n)s can be read in") % {"n": numbers["good"]},
        _("%(n)s with errors") % {"n": numbers["bad"]},
    ]
    if counts.get("conflicts"):
        facts.append(_("%(n)s in conflict") % {"n": numbers["conflicts"]})
    if counts.get("unknown"):
        facts.append(_("%(n)s about unknown pupils") % {"n": numbers["unknown"]})
    if counts.get("held_aside"):
        facts.append(_("%(n)s held aside") % {"n": numbers["held_aside"]})
    if counts.get("approximate"):
        facts.append(_("some figures are approximate"))
    return facts


def _compared(counts: dict[str, Any]) -> str:
    """Return how many pupils there are against the last file like it."""
    before, now = counts.get("pupils_before"), counts.get("pupils")
    if not before or now is None:
        return ""
    percent = round((now - before) * 100 / before)
    return _("Compared with the last file like it: %(percent)s %% pupils.") % {"percent": f"{percent:+d}"}


def _columns(absence_import: AbsenceImport) -> list[tuple[Any, Any]]:
    if not absence_import.mapping:
        return []
    mapping = Mapping.from_json(absence_import.mapping)
    named = {index: FIELDS[name] for name, index in mapping.columns.items()}
    return [
        (heading or _("Column %(number)s") % {"number": index + 1}, named.get(index))
        for index, heading in enumerate(mapping.headings)
    ]


def _both(brake: dict[str, Any]) -> dict[str, str]:
    return {"now": _number(brake["now"]), "before": _number(brake["before"])}


def _pair(minutes: list[int | None]) -> tuple[str, ...]:
    return tuple("–" if number is None else _number(number) for number in minutes)


def _number(value: int) -> str:
    return str(number_format(value, use_l10n=True, force_grouping=True))
