"""What the school has seen and done about a pupil before it asks for support: the one place a request picks it from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from accounts.models import Membership
from deadlines.stockholm import stockholm_day
from schools.models import Pupil

from .models import Concern, Measure, Signal

MOST = 12
"""How many are offered to pick from, the latest first."""


@dataclass(frozen=True)
class Tried:
    """One thing the school has seen or done. `key` names it in a form; `starts_ticked`: it is proposed to be shared.

    `codes` are of Sign for a concern, and the Measure.Kind of a measure. `answer` is of Signal.Answer, Concern.Answer
    or MeasureFollowUp.Effect, by `kind`; nothing of a measure that nobody has followed up. `percent` is the absence
    of a signal, in whole per cent. `text` is what was answered, in the answerer's words. That somebody suspected harm
    is never among it (OSL 40:7 g), nor what was written when a concern was logged.
    """

    key: str
    kind: str
    day: date
    answer: str
    codes: list[str] = field(default_factory=list)
    percent: int | None = None
    text: str = ""
    starts_ticked: bool = False

    def as_content(self) -> dict[str, Any]:
        """Return it ready for JSON, without its key."""
        return {
            "kind": self.kind,
            "day": self.day.isoformat(),
            "answer": self.answer,
            "codes": self.codes,
            "percent": self.percent,
            "text": self.text,
        }


def tried_before(pupil: Pupil, reader: Membership) -> list[Tried]:
    """Return what `reader` may read of what the school has answered and done about `pupil`, the latest first: MOST."""
    found = [*_signals(pupil, reader), *_concerns(pupil, reader), *_measures(pupil, reader)]
    return sorted(found, key=lambda one: (one.day, one.key), reverse=True)[:MOST]


def _signals(pupil: Pupil, reader: Membership) -> Iterable[Tried]:
    """Return the answered signals, except those that a concern took over."""
    answered = Signal.objects.visible_to(reader).filter(pupil=pupil, answered_at__isnull=False)
    for signal in answered.exclude(answer=Signal.Answer.CONCERN).order_by("-answered_at", "pk")[:MOST]:
        yield Tried(
            key=f"signal-{signal.pk}",
            kind="signal",
            day=stockholm_day(signal.answered_at),  # type: ignore[arg-type]
            answer=signal.answer,
            percent=signal.absence_percent,
            text=signal.answer_note,
            starts_ticked=True,
        )


def _concerns(pupil: Pupil, reader: Membership) -> Iterable[Tried]:
    answered = Concern.objects.visible_to(reader).filter(pupil=pupil, answered_at__isnull=False)
    for concern in answered.order_by("-answered_at", "pk")[:MOST]:
        yield Tried(
            key=f"concern-{concern.pk}",
            kind="concern",
            day=stockholm_day(concern.answered_at),  # type: ignore[arg-type]
            answer=concern.answer,
            codes=list(concern.signs),
            text=concern.answer_text,
        )


def _measures(pupil: Pupil, reader: Membership) -> Iterable[Tried]:
    """Return the measures with what their latest follow-up said; what was written there stays in the school."""
    taken = Measure.objects.visible_to(reader).filter(pupil=pupil).with_page_relations()
    for measure in taken.order_by("-starts_on", "pk")[:MOST]:
        told = next(iter(measure.follow_ups.all()), None)
        yield Tried(
            key=f"measure-{measure.pk}",
            kind="measure",
            day=measure.starts_on,
            answer=told.effect if told else "",
            codes=[measure.kind],
            text=measure.in_words,
            starts_ticked=True,
        )
