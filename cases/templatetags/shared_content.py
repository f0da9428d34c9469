"""Words and days for what is kept as codes in a frozen copy."""

from datetime import date
from typing import Any

from django import template

from cases.models import Consent
from cases.tried_words import line_of

register = template.Library()

WORDS: dict[str, dict[str, object]] = {
    "giver": dict(Consent.Giver.choices),
    "answer": dict(Consent.Answer.choices),
    "form": dict(Consent.Form.choices),
    "scope": dict(Consent.Scope.choices),
}


@register.filter
def consent_word(code: str, about: str) -> str:
    """Return a consent's `code` in words; `about` is giver, answer, form or scope. Unknown codes stand as they are."""
    return str(WORDS[about].get(code, code))


@register.filter
def iso_day(value: str | None) -> date | None:
    """Return the day kept as text in a frozen copy; None for nothing."""
    return date.fromisoformat(value) if value else None


@register.filter
def tried_line(item: dict[str, Any]) -> str:
    """Return in words one thing that the school has seen or done, as it stands in a frozen copy."""
    return line_of(item)
