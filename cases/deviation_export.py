"""Deviations as a file for a unit's own process of deviations: one row each, as Excel reads it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from wall.spreadsheets import BYTE_ORDER_MARK, line_of

from .models import Deviation


def exported(deviations: Iterable[Deviation]) -> str:
    """Return the file: a line of headings, then one for each deviation."""
    headings = [
        _("Case"), _("Registered"), _("By unit"), _("About unit"), _("Kind"), _("What happened"),
        _("What it led to for the child"), _("What was done"), _("Lex Sarah?"), _("Answer no later than"),
        _("Answered"), _("Answer"),
    ]  # fmt: skip
    return BYTE_ORDER_MARK + "".join(line_of(cells) for cells in (headings, *map(_cells, deviations)))


def _cells(one: Deviation) -> list[str]:
    answered = timezone.localdate(one.responded_at).isoformat() if one.responded_at else ""
    return [
        one.case.number, timezone.localdate(one.registered_at).isoformat(), one.from_unit.name, one.about_unit.name,
        str(one.get_kind_display()), one.happened, one.consequence, one.remedy,
        _("Asked") if one.asks_lex_sarah else "", one.due_on.isoformat(), answered, one.response,
    ]  # fmt: skip
