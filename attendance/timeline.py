"""What the school has seen and done about a pupil, on one line of time: signals, concerns, measures, investigations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from deadlines.stockholm import stockholm_day
from deadlines.templatetags.days import day_words

from .investigation_rows import Trace
from .models import AbsenceInvestigation, Concern, Measure, Signal


@dataclass(frozen=True)
class Happening:
    """Something that was seen or done on a day. `text` is what somebody typed; `url` leads on, with `button` to act."""

    day: date
    place: int
    title: str
    about: str = ""
    text: str = ""
    url: str = ""
    button: str = ""
    what: str = ""


def timeline_of(
    signals: Iterable[Signal],
    concerns: Iterable[Concern],
    measures: Iterable[Measure],
    investigations: Iterable[AbsenceInvestigation],
    traces: Iterable[Trace],
) -> list[Happening]:
    """Return what the reader may know, the latest first; `traces` tell of investigations that may not be read.

    Concerns and measures need `for_timeline`, investigations `with_page_relations`.
    """
    readable = list(investigations)
    told = [
        *(_signal(signal) for signal in signals),
        *(_concern(concern) for concern in concerns),
        *(happening for measure in measures for happening in _measure(measure)),
        *(happening for one in readable for happening in _investigation(one)),
        *([] if readable else (Happening(trace.opened_on, 3, trace.words) for trace in traces)),
    ]
    return sorted(told, key=lambda one: (one.day, one.place), reverse=True)


def _signal(signal: Signal) -> Happening:
    waits = not signal.answer
    return Happening(
        day=signal.crossed_on,
        place=0,
        title=_("Signal: %(what)s") % {"what": signal.what},
        about="" if waits else str(signal.get_answer_display()),
        text=signal.answer_note,
        url=reverse("attendance:answer_signal", args=[signal.pk]) if waits else "",
        button=pgettext("button", "Answer") if waits else "",
        what=signal.what,
    )


def _concern(concern: Concern) -> Happening:
    told = {"day": day_words(concern.due_on)}
    if concern.answer:
        about = str(concern.get_answer_display())
    elif concern.holder:
        about = _("With %(who)s, who answers by %(day)s") % {**told, "who": concern.holder.user.short_name}
    else:
        about = _("The school answers by %(day)s") % told
    return Happening(
        day=stockholm_day(concern.logged_at),
        place=1,
        title=_("Concern, logged by %(who)s") % {"who": concern.logged_by.user.short_name},
        about=about,
        url=reverse("attendance:concern_detail", args=[concern.pk]),
    )


def _measure(measure: Measure) -> Iterator[Happening]:
    url = reverse("attendance:measure_detail", args=[measure.pupil_id, measure.pk])
    who = _("%(who)s sees to it") % {"who": measure.responsible.user.short_name}
    yield Happening(measure.starts_on, 2, _("Measure begins"), about=who, text=measure.title, url=url)
    for told in measure.follow_ups.all():
        title = _("Does it help? %(effect)s") % {"effect": told.get_effect_display()}
        yield Happening(stockholm_day(told.followed_up_at), 4, title, about=measure.title, text=told.note, url=url)
    if measure.ended_on:
        yield Happening(measure.ended_on, 5, _("Measure ends"), about=measure.title, text=measure.end_reason, url=url)


def _investigation(one: AbsenceInvestigation) -> Iterator[Happening]:
    if not one.is_needed:
        url = reverse("attendance:investigation_list", args=[one.pupil_id])
        again = _("Looked at again %(day)s") % {"day": day_words(one.due_on)} if one.closed_at is None else ""
        yield Happening(one.opened_on, 3, _("No investigation needed"), about=again, text=one.reason, url=url)
        return
    url = reverse("attendance:investigation_detail", args=[one.pupil_id, one.pk])
    until = _("To be finished by %(day)s") % {"day": day_words(one.due_on)} if one.closed_at is None else ""
    yield Happening(one.opened_on, 3, _("Investigation of absence begins"), about=until, url=url)
    if one.closed_at is not None:
        title = _("Investigation of absence finished")
        yield Happening(stockholm_day(one.closed_at), 6, title, text=one.conclusion, url=url)
