"""The rows of the list of signals: everything in words once, so that the template only lays it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Membership
from deadlines.due import Due, due_on
from deadlines.templatetags.days import day_words

from .access import reads_cases
from .charts import Line
from .figures import Absence, Week, absences_and_weeks
from .investigation_rows import investigation_traces
from .models import Concern, Measure, Signal
from .pupil_labels import class_and_initials
from .reduced_timetables import reduced_words

TREND_WEEKS = 12
SPARKLINE = (110, 28)
MY_OPEN_CASES = "SELECT * FROM my_open_cases()"
"""Cases belong to an app above, so only the name of what tells of them is known here."""


@dataclass(frozen=True)
class OpenCase:
    """That a pupil has a case with social services."""

    pk: UUID
    opened_at: datetime

    @property
    def url(self) -> str:
        """Where it is read."""
        return reverse("cases:case_detail", args=[self.pk])


@dataclass(frozen=True)
class SignalRow:
    """A pupil's foremost signal, in words."""

    signal: Signal
    label: str
    absence: Absence
    reduced: list[str]
    invalid: str
    crossed: str
    also: list[str]
    trend: Line
    trend_words: str
    due: Due
    is_waiting: bool
    doing: str
    mentors: str
    case: OpenCase | None
    pupil_url: str
    answer_url: str


def open_cases(reader: Membership) -> dict[UUID, OpenCase]:
    """Return the school's open cases by pupil, to those who may read cases; one query."""
    if not reads_cases(reader):
        return {}
    with connection.cursor() as cursor:
        cursor.execute(MY_OPEN_CASES)
        return {pupil: OpenCase(case, opened_at) for pupil, case, opened_at in cursor.fetchall()}


def signal_rows(
    signals: Sequence[Signal],
    others: Mapping[UUID, list[Signal]],
    concerns: Mapping[UUID, Concern],
    cases: Mapping[UUID, OpenCase],
    *,
    limit: int,
    today: date,
) -> list[SignalRow]:
    """Return a row for each signal; `others` are those that wait for an answer too, by pupil."""
    pupils = [signal.pupil_id for signal in signals]
    absences, weeks = absences_and_weeks(pupils, today, TREND_WEEKS)
    reduced, doing = reduced_words(pupils, today), school_work(pupils)
    return [
        _row(
            signal,
            others.get(signal.pupil_id, []),
            absences[signal.pupil_id],
            weeks[signal.pupil_id],
            reduced[signal.pupil_id],
            doing.get(signal.pupil_id, ""),
            concerns.get(signal.pupil_id),
            cases.get(signal.pupil_id),
            limit,
            today,
        )
        for signal in signals
    ]


def _row(
    signal: Signal,
    others: list[Signal],
    absence: Absence,
    weeks: list[Week],
    reduced: list[str],
    work: str,
    concern: Concern | None,
    case: OpenCase | None,
    limit: int,
    today: date,
) -> SignalRow:
    is_waiting = signal.asks_for_answer(signal.answer, signal.watch_until, today)
    mentors = ", ".join(mentor.user.short_name for mentor in signal.class_group.mentors.all())
    return SignalRow(
        signal=signal,
        label=class_and_initials(signal.pupil),
        absence=absence,
        reduced=reduced,
        invalid=_("invalid %(percent)s %%") % {"percent": absence.invalid_percent},
        crossed=crossed_words(signal),
        also=_also(signal, others),
        trend=Line([week.percent for week in weeks], *SPARKLINE, limit=limit),
        trend_words=trend_words(weeks, limit),
        due=due_on(signal.due_on, today),
        is_waiting=is_waiting,
        doing=_doing(signal, concern, case, work, is_waiting=is_waiting),
        mentors=mentors,
        case=case,
        pupil_url=reverse("attendance:pupil_detail", args=[signal.pupil_id]),
        answer_url=reverse("attendance:answer_signal", args=[signal.pk]),
    )


def crossed_words(signal: Signal) -> str:
    """Return “Passed 10 % on Thu 12 Nov”, or for what is no share “Mondays, Thu 12 Nov”."""
    told: dict[str, Any] = {"what": signal.what, "day": day_words(signal.crossed_on)}
    return (_("Passed %(what)s on %(day)s") if signal.is_share else _("%(what)s, %(day)s")) % told


def trend_words(weeks: list[Week], limit: int) -> str:
    """Return how the weeks went: from, to, and since which week over the line; nothing known is said to be so."""
    known = [week for week in weeks if week.percent is not None]
    if not known:
        return _("No week is reported well enough")
    if len(known) == 1:
        return _("week %(week)s: %(percent)s %%") % {"week": known[0].number, "percent": known[0].percent}
    told = {"first": known[0].percent, "last": known[-1].percent}
    since = None
    for week in reversed(known):
        if (week.percent or 0) < limit:
            break
        since = week
    if since is None or since is known[0]:
        highest = max(known, key=lambda week: week.percent or 0)
        told |= {"highest": highest.percent, "week": highest.number}
        if (highest.percent or 0) > max(known[0].percent or 0, known[-1].percent or 0):
            return _("from %(first)s to %(last)s %%, most in week %(week)s: %(highest)s %%") % told
        return _("from %(first)s to %(last)s %%") % told
    told |= {"limit": limit, "week": since.number}
    return _("from %(first)s to %(last)s %%, over %(limit)s %% since week %(week)s") % told


def _also(signal: Signal, others: list[Signal]) -> list[str]:
    """Return the pupil's other kinds of signals that wait, in words."""
    return [crossed_words(other) for other in others if other.kind != signal.kind]


def school_work(pupil_ids: list[UUID]) -> dict[UUID, str]:
    """Return for the pupils whose absence is investigated, or who have a measure, that it is so: two queries.

    What a measure is, and what lies behind, is not told in lists.
    """
    told = {
        measure.pupil_id: _("Measure since %(day)s") % {"day": day_words(measure.starts_on)}
        for measure in Measure.objects.running().filter(pupil__in=pupil_ids).order_by("-starts_on", "pk")
    }
    found = investigation_traces(pupil_ids)
    going_on = {pupil: trace.words for pupil in found for trace in found[pupil] if trace.closed_at is None}
    return told | going_on


def _doing(signal: Signal, concern: Concern | None, case: OpenCase | None, work: str, *, is_waiting: bool) -> str:
    if case is not None:
        return _("Case since %(day)s") % {"day": day_words(case.opened_at)}
    if work:
        return work
    if signal.watch_until:
        words = _("Was watched until %(day)s: look again") if is_waiting else _("Watched until %(day)s")
        return words % {"day": day_words(signal.watch_until)}
    if concern is not None:
        if concern.answer:
            return str(concern.get_answer_display())
        return _("Concern logged %(day)s") % {"day": day_words(concern.logged_at)}
    if signal.answer:
        return str(signal.get_answer_display())
    return _("Nothing yet")
