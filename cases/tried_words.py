"""What the school has seen and done, in words: the same for the one who picks it and for the one who gets it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from attendance.models import Concern, Sign, Signal
from attendance.tried import Tried
from deadlines.templatetags.days import day_words

SIGNS: dict[str, object] = dict(Sign.choices)
ANSWERS: dict[str, dict[str, object]] = {
    "signal": dict(Signal.Answer.choices),
    "concern": dict(Concern.Answer.choices),
}


def picked_line(one: Tried) -> str:
    """Return one thing as it is offered to be shared: everything that the receiver would read of it."""
    return line_of(one.as_content())


def line_of(content: dict[str, Any]) -> str:
    """Return the words of a frozen `Tried`: its day, what it was, what came of it, and what was written about it."""
    facts = {"day": day_words(date.fromisoformat(content["day"]))}
    answer = str(ANSWERS.get(content["kind"], {}).get(content["answer"], content["answer"]))
    if content["kind"] == "signal":
        head = _("%(day)s: away %(percent)s %%") % {**facts, "percent": content["percent"]}
    else:
        signs = ", ".join(str(SIGNS.get(code, code)).lower() for code in content["codes"])
        head = _("%(day)s: concern, %(signs)s") % {**facts, "signs": signs} if signs else _("%(day)s: concern") % facts
    return f"{head}. {answer}. {content['text']}".strip()
