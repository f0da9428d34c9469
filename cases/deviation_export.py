"""Deviations as a file for a unit's own process of deviations: one row each, as Excel reads it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Deviation

BYTE_ORDER_MARK = "\ufeff"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def exported(deviations: Iterable[Deviation]) -> str:
    """Return the file: UTF-8 with a byte order mark and semicolons. No cell is taken for a formula."""
    text = io.StringIO()
    text.write(BYTE_ORDER_MARK)
    rows = csv.writer(text, delimiter=";", lineterminator="\r\n")
    rows.writerow(
        [
            _("Case"), _("Registered"), _("By unit"), _("About unit"), _("Kind"), _("What happened"),
            _("What it led to for the child"), _("What was done"), _("Lex Sarah?"), _("Answer no later than"),
            _("Answered"), _("Answer"),
        ]
    )  # fmt: skip
    for one in deviations:
        rows.writerow(_harmless(cell) for cell in _cells(one))
    return text.getvalue()


def _cells(one: Deviation) -> list[str]:
    answered = timezone.localdate(one.responded_at).isoformat() if one.responded_at else ""
    return [
        one.case.number, timezone.localdate(one.registered_at).isoformat(), one.from_unit.name, one.about_unit.name,
        str(one.get_kind_display()), one.happened, one.consequence, one.remedy,
        _("Asked") if one.asks_lex_sarah else "", one.due_on.isoformat(), answered, one.response,
    ]  # fmt: skip


def _harmless(cell: str) -> str:
    """Return the cell so that no spreadsheet runs it."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
