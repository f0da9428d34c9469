"""The permission matrix in words, for the page that anybody may read and for docs/permissions.md."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .objects import ELSEWHERE, OBJECTS
from .words import Action, Object, Scope, Seat


@dataclass(frozen=True)
class Row:
    """What one role may do with one object, with the letters of the scopes."""

    who: str
    may: str
    letters: str


@dataclass(frozen=True)
class Part:
    """One object with the roles that may do something with it; `note` says what no table can."""

    key: str
    title: str
    note: str | Promise
    rows: list[Row]


def matrix() -> list[Part]:
    """Return every object, in the order of the matrix."""
    return [Part(thing.value, str(thing.label), ELSEWHERE.get(thing, ""), _rows(OBJECTS[thing])) for thing in Object]


def _rows(rights: dict[Seat, dict[Action, Scope]]) -> list[Row]:
    return [Row(str(seat.label), _told(rights[seat]), _letters(rights[seat])) for seat in Seat if seat in rights]


def _told(rights: dict[Action, Scope]) -> str:
    """Return a sentence for each scope: which actions reach that far."""
    actions: dict[Scope, list[str]] = {}
    for action, scope in rights.items():
        actions.setdefault(scope, []).append(str(action.label))
    return " ".join(
        capfirst(f"{_listed(names)}: {', '.join(str(word) for word in scope.words)}.")
        for scope, names in actions.items()
    )


def _listed(names: list[str]) -> str:
    *first, last = names
    return _("%(first)s and %(last)s") % {"first": ", ".join(first), "last": last} if first else last


def _letters(rights: dict[Action, Scope]) -> str:
    return ", ".join(f"{action.value} {scope.letters}" for action, scope in rights.items())


def role_rules() -> list[str]:
    """Return what holds for roles themselves."""
    return [
        _("Nobody gives a role to oneself."),
        _("Who administers the system or reviews the log has no other role at the same time."),
        _("These two roles count only when a second person has confirmed them."),
        _("Every role ends within twelve months unless somebody renews it."),
        _("A person with several roles acts in one at a time. Another side of the wall means a new session."),
        _("A right that is taken away is gone at the next click."),
    ]
