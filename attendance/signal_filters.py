"""What the list of signals can be narrowed to: a grade, a class, a kind of signal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from .models import Signal
from .signal_selection import Brief

Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Filter:
    """One choice: its name in the address, its label, what can be chosen, and what is."""

    name: str
    label: str
    choices: Choices
    chosen: str

    @property
    def chosen_words(self) -> str:
        """What is chosen, in words; nothing when nothing is."""
        return dict(self.choices).get(self.chosen, "")


@dataclass(frozen=True)
class Filters:
    """The choices of the list, read from its address. What is not among the choices is not chosen."""

    show: str
    filters: list[Filter] = field(default_factory=list)

    @classmethod
    def read(cls, asked: Mapping[str, str], show: str, signals: Iterable[Brief]) -> Filters:
        """Return the filters that `signals` can be narrowed by."""
        grades: dict[str, str] = {}
        classes: dict[str, str] = {}
        found = set()
        for one in signals:
            grades.setdefault(str(one.grade), str(one.grade))
            classes.setdefault(str(one.class_id), one.class_name)
            found.add(one.kind)
        grades = {grade: _("Grade %(grade)s") % {"grade": grade} for grade in grades}
        kinds = [(value, str(label)) for value, label in Signal.Kind.choices if value in found]
        offered = (
            ("grade", _("Grade"), list(grades.items())),
            ("class", _("Class"), list(classes.items())),
            ("kind", _("Kind of signal"), kinds),
        )
        return cls(show, [Filter(name, label, few, _known(asked.get(name, ""), few)) for name, label, few in offered])

    def applied_to(self, signals: Iterable[Brief]) -> list[Brief]:
        """Return the signals that are chosen."""
        wanted = {one.name: one.chosen for one in self.chosen}
        return [
            one
            for one in signals
            if wanted.get("grade", str(one.grade)) == str(one.grade)
            and wanted.get("class", str(one.class_id)) == str(one.class_id)
            and wanted.get("kind", one.kind) == one.kind
        ]

    @property
    def chosen(self) -> list[Filter]:
        """The filters in which something is chosen."""
        return [one for one in self.filters if one.chosen]

    @property
    def tags(self) -> list[tuple[str, str]]:
        """What is chosen, and the address without it."""
        return [(one.chosen_words, self.address(without=one.name)) for one in self.chosen]

    def address(self, *, show: str = "", without: str = "") -> str:
        """Return the query of the same choices with another tab or one choice less."""
        chosen = {one.name: one.chosen for one in self.chosen if one.name != without}
        return "?" + urlencode({"show": show or self.show} | chosen)


def _known(value: str, choices: Choices) -> str:
    return value if value in dict(choices) else ""
