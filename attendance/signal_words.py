"""A line that was crossed, in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

WEEKDAYS = 5


def words_of(kind: str, unit: str, level: int, facts: Mapping[str, Any]) -> str:
    """Return what was crossed: "10 %", "5 % invalid", "Mondays", "5 days in a row"."""
    match kind:
        case "invalid":
            return _("%(amount)s invalid") % {"amount": _amount(unit, level)}
        case "weekday":
            return _weekday(facts)
        case "time":
            return _times().get(facts.get("part", 0), "")
        case "subject":
            return _("The same subject: %(subject)s") % {"subject": facts.get("subject", "")}
        case "in_a_row":
            return ngettext("%(n)s day in a row", "%(n)s days in a row", level) % {"n": level}
        case "change":
            return _("%(n)s percentage points more in two weeks") % {"n": level}
        case "invalid_month":
            return ngettext("%(n)s hour invalid in a month", "%(n)s hours invalid in a month", level) % {"n": level}
        case "invalid_in_a_row" if unit == "days":
            words = ngettext(
                "%(n)s day in a row without valid reason", "%(n)s days in a row without valid reason", level
            )
            return words % {"n": level}
        case "invalid_in_a_row":
            return _("A month in a row without valid reason")
    return _amount(unit, level)


def _amount(unit: str, level: int) -> str:
    return _("%(n)s hours") % {"n": level} if unit == "hours" else _("%(n)s %%") % {"n": level}


def _weekday(facts: Mapping[str, Any]) -> str:
    times = [facts.get(f"weekday_{day}", 0) for day in range(WEEKDAYS)]
    names = (_("Mondays"), _("Tuesdays"), _("Wednesdays"), _("Thursdays"), _("Fridays"))
    return names[times.index(max(times))]


def _times() -> dict[int, str]:
    return {
        0: pgettext("away", "Mornings"),
        1: pgettext("away", "In the middle of the day"),
        2: pgettext("away", "Afternoons"),
    }
