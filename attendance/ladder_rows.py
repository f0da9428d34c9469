"""The ladder on a pupil's page: five kinds of help, how far each has come, and that none waits for another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from deadlines.stockholm import stockholm_day
from deadlines.templatetags.days import day_words

from .investigation_rows import Trace
from .models import AbsenceInvestigation, Concern, Measure
from .signal_rows import OpenCase

Kind = Measure.Kind
TALKS = (Kind.GUARDIAN_MEETINGS, Kind.HEALTH_TALKS)
SUPPORT = (Kind.SPECIAL_SUPPORT, Kind.SPECIAL_GROUP)


@dataclass(frozen=True)
class Rung:
    """One kind of help: what has been done; `is_done` when there is something."""

    title: str
    told: str
    is_done: bool
    url: str = ""
    is_next: bool = False


def rungs_of(
    concerns: Iterable[Concern],
    measures: Sequence[Measure],
    investigations: Iterable[AbsenceInvestigation],
    traces: Sequence[Trace],
    case: OpenCase | None,
) -> list[Rung]:
    """Return the five rungs as far as the reader may know; the first without anything done is the next one."""
    talks = [stockholm_day(one.logged_at) for one in concerns if one.talked == Concern.Talked.YES]
    talks += [one.starts_on for one in measures if one.kind in TALKS]
    supports = [one.starts_on for one in measures if one.kind in SUPPORT]
    supports += [one.action_plan_on for one in investigations if one.action_plan_on]
    others = [one.starts_on for one in measures if one.kind not in (*TALKS, *SUPPORT)]
    rungs = [
        _rung(_("Talk with the pupil and the home"), talks),
        _rung(_("Adaptations and other measures"), others),
        _investigated(traces),
        _rung(_("Special support and action plan"), supports),
        _outside(case),
    ]
    following = next((rung for rung in rungs if not rung.is_done), None)
    return [Rung(rung.title, rung.told, rung.is_done, rung.url, rung is following) for rung in rungs]


def _rung(title: str, days: list[date]) -> Rung:
    if not days:
        return Rung(title, _("not tried"), is_done=False)
    return Rung(title, _("since %(day)s") % {"day": day_words(min(days))}, is_done=True)


def _investigated(traces: Sequence[Trace]) -> Rung:
    title = _("Mapping and investigation")
    return Rung(title, traces[-1].words, is_done=True) if traces else Rung(title, _("not begun"), is_done=False)


def _outside(case: OpenCase | None) -> Rung:
    title = _("Support outside the school")
    if case is None:
        return Rung(title, _("can be asked for at any time"), is_done=False)
    return Rung(title, _("Case since %(day)s") % {"day": day_words(case.opened_at)}, is_done=True, url=case.url)
