"""The ladder: what the school does at each level of absence, who, and within how many school days.

A product default, not law (docs/law.md, The ladder). The levels are the lines that make signals: of a line with five
levels each is a step, whatever figures a provider or a stricter school has set. No step waits for another, and the duty
to report a child who may be harmed holds at every one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deadlines.school_days import SchoolCalendar

from .models import Signal

Kind = Signal.Kind


@dataclass(frozen=True)
class Step:
    """One level: who acts, what is done, and within how many school days after the line was crossed."""

    key: str
    rank: int
    title: str | Promise
    owner: str | Promise
    does: str | Promise
    school_days: int


STEPS: Mapping[str, Step] = {
    step.key: step
    for step in (
        Step("concern", 1, _("Concern"), _("The mentor"),
             _("talks with the pupil and the home, and notes what may lie behind"), 3),
        Step("grant", 2, _("Four hours without leave in a month"), _("The mentor"),
             _("makes a plan with the pupil; the school judges whether the study grant is to be reported"), 5),
        Step("plan", 2, _("Plan"), _("The mentor and student health"),
             _("meet with the pupil and the home and write measures with a day for the follow-up"), 5),
        Step("investigation", 3, _("Investigation"), _("The principal"),
             _("decides on an investigation of absence; the provider is told, and any other home municipality"), 3),
        Step("joint", 4, _("Together with others"), _("The principal"),
             _("asks for support outside the school or for advice, and judges whether the child may be harmed"), 5),
        Step("leaving", 4, _("Long absence in upper secondary school"), _("The principal"),
             _("asks for support outside the school, and tells the pupil that a month away counts as having left"), 3),
        Step("severe", 5, _("Severe absence"), _("The principal"),
             _("gathers all around the pupil: request for support, coordinated plan, concern report if needed"), 3),
    )
}  # fmt: skip

OF_SHARES = ("concern", "plan", "investigation", "joint", "severe")
OF_DAYS_IN_A_ROW = ("concern", "investigation", "severe")
WITHOUT_EFFECT = {"concern": ("plan", 10), "plan": ("investigation", 10), "investigation": ("joint", 15)}
"""Which step follows when the absence has not gone below the level, and how many school days it is waited for that."""

OF_OTHERS = {Kind.INVALID_MONTH.value: "grant", Kind.INVALID_IN_A_ROW.value: "leaving"}


def step_of(kind: str, level: int, levels: Sequence[int]) -> Step:
    """Return the step that a signal leads to: the place of its `level` among the `levels` of its line, rising.

    A line with more levels than steps has its highest ones on the last step. A level that the line no longer has counts
    as the highest one below it. Other kinds of signals than shares and days in a row are concerns.
    """
    if kind in OF_OTHERS:
        return STEPS[OF_OTHERS[kind]]
    steps = {Kind.TOTAL.value: OF_SHARES, Kind.IN_A_ROW.value: OF_DAYS_IN_A_ROW}.get(kind, OF_SHARES[:1])
    place = sum(one <= level for one in levels) - 1
    return STEPS[steps[min(max(place, 0), len(steps) - 1)]]


@dataclass(frozen=True)
class Standing:
    """The highest step a pupil has reached, the signal that led there and the last day to do what it asks.

    `without_effect_on` is the day from which the step holds because the one before it had no effect.
    """

    step: Step
    signal: Signal
    due_on: date
    without_effect_on: date | None = None


def standing_of(
    signals: Iterable[Signal], calendar: SchoolCalendar, today: date, percent: int | None
) -> Standing | None:
    """Return where on the ladder a pupil stands in this term (between terms the one before); None without a signal.

    The first signal that led to the step counts, so that its clock does not begin anew. While all absence, `percent` of
    the latest 20 school days (None when too little is reported), is not below the level of a signal, the next step
    follows after some school days. Needs the signals' rules.
    """
    since = max((term.first for term in calendar.terms if term.first <= today), default=today)
    found = [_reached(one, calendar, today, percent) for one in signals if since <= one.crossed_on <= today]
    return min(found, key=lambda one: (-one.step.rank, one.due_on, one.signal.crossed_on, one.step.key), default=None)


def _reached(signal: Signal, calendar: SchoolCalendar, today: date, percent: int | None) -> Standing:
    """Return the step that a signal has led to, by itself or because the steps after it had no effect."""
    step, began, without_effect_on = step_of(signal.kind, signal.level, _levels_of(signal)), signal.crossed_on, None
    is_as_high = signal.kind == Kind.TOTAL and percent is not None and percent >= signal.level
    while is_as_high and step.key in WITHOUT_EFFECT:
        following, days = WITHOUT_EFFECT[step.key]
        begins = calendar.add_school_days(began, days)
        if begins > today:
            break
        step, began, without_effect_on = STEPS[following], begins, begins
    return Standing(step, signal, calendar.add_school_days(began, step.school_days), without_effect_on)


def _levels_of(signal: Signal) -> list[int]:
    """Return the levels of the line that made the signal, in the version that did."""
    lines = (line for line in signal.rule.lines if (line["kind"], line["unit"]) == (signal.kind, signal.unit))
    return next((line["levels"] for line in lines if line["school_days"] == signal.school_days), [signal.level])
