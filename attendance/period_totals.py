"""What a source tells of weeks, months or terms only. Minutes are added up; per cent of something unknown never are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise

from django.utils.translation import gettext as _

from deadlines.templatetags.days import day_words
from schools.models import Pupil

from .models import PeriodTotal

MOST = 60


@dataclass(frozen=True)
class PeriodRow:
    """One period in words; `share` is empty where nothing says of how much."""

    period: str
    away: str
    share: str


@dataclass(frozen=True)
class PeriodTable:
    """The periods of one source and one length, the latest first, and their sum where they can be added up."""

    source: str
    granularity: str
    rows: list[PeriodRow]
    total: PeriodRow | None


def period_tables(pupil: Pupil, since: date) -> list[PeriodTable]:
    """Return the pupil's totals of periods that end on `since` or later; one query."""
    totals = PeriodTotal.objects.filter(pupil=pupil, period_end__gte=since).select_related("source")
    ordered = totals.order_by("source__name", "source", "granularity", "-period_start", "subject")[:MOST]
    grouped = groupby(ordered, key=lambda total: (total.source, total.granularity))
    return [_table(list(few)) for _key, few in grouped]


def _table(totals: list[PeriodTotal]) -> PeriodTable:
    first = totals[0]
    return PeriodTable(
        str(first.source), first.get_granularity_display(), [_row(total) for total in totals], _sum(totals)
    )


def _row(total: PeriodTotal) -> PeriodRow:
    told = {"first": day_words(total.period_start), "last": day_words(total.period_end)}
    period = _("%(first)s to %(last)s") % told
    minutes = _minutes(total)
    return PeriodRow(
        f"{period}, {total.subject}" if total.subject else period,
        _hours(minutes) if minutes is not None else "",
        _share(total, minutes),
    )


def _share(total: PeriodTotal, minutes: int | None) -> str:
    if minutes is not None and total.offered_minutes:
        percent = str(minutes * 100 // total.offered_minutes)
    elif total.absent_percent is not None:
        percent = f"{total.absent_percent.normalize():f}"
    else:
        return ""
    words = _("about %(percent)s %%") if total.is_approximate else _("%(percent)s %%")
    return words % {"percent": percent}


def _sum(totals: list[PeriodTotal]) -> PeriodRow | None:
    """Return the sum of periods in minutes that lie beside one another, None where one is told in per cent only."""
    minutes = [_minutes(total) for total in totals]
    if len(totals) < 2 or None in minutes or _overlap(totals):
        return None
    away = sum(value for value in minutes if value is not None)
    offered = [total.offered_minutes for total in totals]
    share = ""
    if all(offered):
        share = _("%(percent)s %%") % {"percent": away * 100 // sum(value for value in offered if value)}
    return PeriodRow(_("Together"), _hours(away), share)


def _minutes(total: PeriodTotal) -> int | None:
    if total.valid_minutes is None and total.invalid_minutes is None:
        return None
    return (total.valid_minutes or 0) + (total.invalid_minutes or 0)


def _overlap(totals: Iterable[PeriodTotal]) -> bool:
    """Say whether two periods of the same subject, or one of a subject and one of all, have a day in common."""
    rows = list(totals)
    if len({bool(total.subject) for total in rows}) > 1:
        return True
    spans = sorted((total.subject, total.period_start, total.period_end) for total in rows)
    return any(one[0] == other[0] and other[1] <= one[2] for one, other in pairwise(spans))


def _hours(minutes: int) -> str:
    return _("%(hours)s h %(minutes)s min") % {"hours": minutes // 60, "minutes": minutes % 60}
