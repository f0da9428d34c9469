"""What the list of signals can be narrowed to: a grade, a class, a kind of signal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from .models import Signal, SignalQuerySet

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
    def read(cls, asked: Mapping[str, str], show: str, signals: SignalQuerySet) -> Filters:
        """Return the filters that `signals` can be narrowed by; one query."""
        rows = signals.order_by("class_group__grade", "class_group__name").values_list(
            "class_group__grade", "class_group", "class_group__name", "kind"
        )
        grades: dict[str, str] = {}
        classes: dict[str, str] = {}
        found = set()
        for grade, key, name, kind in rows.distinct():
            grades[str(grade)] = _("Grade %(grade)s") % {"grade": grade}
            classes[str(key)] = name
            found.add(kind)
        kinds = [(value, str(label)) for value, label in Signal.Kind.choices if value in found]
        offered = (
            ("grade", _("Grade"), list(grades.items())),
            ("class", _("Class"), list(classes.items())),
            ("kind", _("Kind of signal"), kinds),
        )
        return cls(show, [Filter(name, label, few, _known(asked.get(name, ""), few)) for name, label, few in offered])

    def applied_to(self, signals: SignalQuerySet) -> SignalQuerySet:
        """Return the signals that are chosen."""
        columns = {"grade": "class_group__grade", "class": "class_group", "kind": "kind"}
        return signals.filter(**{columns[one.name]: one.chosen for one in self.chosen})

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
