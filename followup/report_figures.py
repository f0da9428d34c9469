"""What happens to concern reports, in figures that the database has already protected (law.md section 8, K10-K14).

Nobody who follows up may see a report. The database counts, hides what is small, and lets out only what may be shown
(`report_figures()` in cases/migrations/0052): here it gets its words. Schools are never answered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deadlines.months import add_months
from socialservices.models import ReasonCode

from .figure import Figure
from .small_numbers import about, shown_bounds, shown_count

MONTHS = 12
"""How many whole months are counted (law.md section 8: rolling twelve)."""

SHARES: dict[str, tuple[str | Promise, str | Promise]] = {
    "protection": (
        gettext_lazy("Need of protection assessed the same day or the next"),
        gettext_lazy("Concern reports that arrived in the period. In time is the day of arrival or the day after. "
                     "Counted are those that were assessed, and those that had waited longer."),
    ),
    "decision": (
        gettext_lazy("Decided within 14 days whether to open an investigation"),
        gettext_lazy("Calendar days from arrival (SoL 20:2). A time that was made longer by decision is not "
                     "deducted. Counted are reports that arrived in the period and were decided, and those that had "
                     "waited longer; not those where an investigation was already ongoing."),
    ),
    "told": (
        gettext_lazy("Reporter told within 7 days"),
        gettext_lazy("Calendar days from the decision to open or not (SoL 19:6), where the reporter had asked before "
                     "it. Not counted is where it was found inappropriate to tell, where the question came later, "
                     "and where an investigation was already ongoing."),
    ),
    "opened": (
        gettext_lazy("Reports that led to an investigation"),
        gettext_lazy("Decisions in the period to open an investigation, of all decisions to open or not. Reports "
                     "where an investigation was already ongoing are not counted."),
    ),
    "investigation": (
        gettext_lazy("Investigations finished within 4 months"),
        gettext_lazy("From the day it was opened to the day it ended (SoL 20:3), of those that ended in the period."),
    ),
    "prolonged": (
        gettext_lazy("Investigations finished within a time prolonged by decision"),
        gettext_lazy("Investigations that took longer than four months but ended at the latest on the day to which "
                     "somebody had decided to prolong them, of those that ended in the period. Not shown where it "
                     "would tell how few were late."),
    ),
}  # fmt: skip
"""The shares by their code in the database: their titles and their definitions."""


@dataclass(frozen=True)
class ReportFigures:
    """Figures from `since` through `through`, and why no investigation was opened."""

    since: date
    through: date
    figures: list[Figure]
    reasons: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Counted:
    """One row of the database: already protected. None is what may not be told."""

    through: date
    figure: str
    reason: UUID | None
    whole: int | None
    at_least: int | None
    at_most: int | None


def figures_of_reports() -> ReportFigures | None:
    """Return the figures that the reader may have; None for schools, and for whoever is not asked to follow up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT through, figure, reason_id, whole, at_least, at_most FROM report_figures()")
        rows = [Counted(*row) for row in cursor.fetchall()]
    return worded(rows) if rows else None


def worded(rows: list[Counted]) -> ReportFigures:
    """Give the counted `rows` their words."""
    by_code = {row.figure: row for row in rows if row.figure != "reason"}
    through = rows[0].through
    return ReportFigures(
        add_months(date(through.year, through.month, 1), 1 - MONTHS),
        through,
        [*(_share(code, by_code[code]) for code in SHARES), _running(by_code["running"])],
        _reasons([row for row in rows if row.figure == "reason"]),
    )


def _share(code: str, row: Counted) -> Figure:
    title, definition = SHARES[code]
    return Figure(code, title, shown_bounds(row.at_least, row.at_most), definition, about(row.whole))


def _running(row: Counted) -> Figure:
    return Figure(
        "running", _("Investigations that have run for more than 4 months"),
        shown_count(1 if row.whole is None else row.whole),
        _("Investigations that had not ended at the end of the period, more than four months after they were opened. "
          "Time that was prolonged by decision is not deducted."),
    )  # fmt: skip


def _reasons(rows: list[Counted]) -> list[tuple[str, str]]:
    """Return the reasons with their counts, the largest first and the merged ones last."""
    titles = {code.pk: code.title for code in ReasonCode.objects.filter(pk__in=[row.reason for row in rows])}
    told = sorted(
        ((row.whole or 0, titles[row.reason]) for row in rows if row.reason), key=lambda pair: (-pair[0], pair[1])
    )
    together = [
        (_("Other reasons, together"), shown_count(1 if row.whole is None else row.whole))
        for row in rows
        if row.reason is None
    ]
    return [*((title, str(count)) for count, title in told), *together]
