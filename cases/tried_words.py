"""What the school has seen and done, in words: the same for the one who picks it and for the one who gets it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from attendance.models import Concern, Measure, MeasureFollowUp, Sign, Signal
from attendance.tried import Tried
from deadlines.templatetags.days import day_words

SIGNS: dict[str, object] = dict(Sign.choices)
MEASURES: dict[str, object] = dict(Measure.Kind.choices)
ANSWERS: dict[str, dict[str, object]] = {
    "signal": dict(Signal.Answer.choices),
    "concern": dict(Concern.Answer.choices),
    "measure": dict(MeasureFollowUp.Effect.choices),
}


def picked_line(one: Tried) -> str:
    """Return one thing as it is offered to be shared: everything that the receiver would read of it."""
    return line_of(one.as_content())


def line_of(content: dict[str, Any]) -> str:
    """Return the words of a frozen `Tried`: its day, what it was, what came of it, and what was written about it."""
    facts = {"day": day_words(date.fromisoformat(content["day"]))}
    answer = str(ANSWERS.get(content["kind"], {}).get(content["answer"], content["answer"]))
    if content["kind"] == "measure":
        return _measure_line(content, facts, answer)
    if content["kind"] == "signal":
        head = _("%(day)s: away %(percent)s %%") % {**facts, "percent": content["percent"]}
    else:
        signs = ", ".join(str(SIGNS.get(code, code)).lower() for code in content["codes"])
        head = _("%(day)s: concern, %(signs)s") % {**facts, "signs": signs} if signs else _("%(day)s: concern") % facts
    return f"{head}. {answer}. {content['text']}".strip()


def _measure_line(content: dict[str, Any], facts: dict[str, str], effect: str) -> str:
    """Return a measure: since when, what, what the school wrote of it, and whether it helps as far as it is known."""
    kinds = content["codes"]
    what = content["text"] if Measure.Kind.OWN in kinds else ", ".join(str(MEASURES.get(kind, kind)) for kind in kinds)
    head = _("From %(day)s: %(what)s") % {**facts, "what": what.rstrip(".")}
    more = "" if Measure.Kind.OWN in kinds else content["text"]
    helped = _("Does it help? %(effect)s.") % {"effect": effect} if effect else _("Not followed up yet.")
    return " ".join(part for part in (f"{head}.", more, helped) if part)
