"""The form for a school's own lines: the levels of each line as whole numbers, never laxer than the provider's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from .forms import LaterDayField
from .lines import IN_HOURS, Key, is_at_least_as_strict, levels_in, line_title, name_of
from .models import Signal, ThresholdRule
from .thresholds import MOST_LEVELS

HIGHEST = {Signal.Unit.PERCENT: 100, Signal.Unit.POINTS: 100, Signal.Unit.WEEKS: 4}
HIGHEST_NUMBER = 999
BETWEEN = re.compile(r"[\s,;]+")


class LevelsField(forms.CharField):
    """Whole numbers in rising order, typed as “10, 15, 20”."""

    default_error_messages = {
        "numbers": _("Write whole numbers with a comma between them, the lowest first: 10, 15, 20"),
        "range": _("Write numbers from 1 to %(highest)s"),
        "many": _("Write at most %(most)s numbers"),
    }

    def __init__(self, *, highest: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.highest = highest
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        """Show levels with commas between them."""
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Return the levels, an empty list for nothing."""
        text = super().to_python(value)
        parts = [part for part in BETWEEN.split((text or "").strip()) if part]
        if not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
            raise forms.ValidationError(self.error_messages["numbers"], code="numbers")
        levels = [int(part) for part in parts]
        if any(not 1 <= level <= self.highest for level in levels):
            raise forms.ValidationError(self.error_messages["range"], code="range", params={"highest": self.highest})
        if levels != sorted(set(levels)):
            raise forms.ValidationError(self.error_messages["numbers"], code="numbers")
        if len(levels) > MOST_LEVELS:
            raise forms.ValidationError(self.error_messages["many"], code="many", params={"most": MOST_LEVELS})
        return levels


class LinesForm(forms.Form):
    """A school's own lines. Trying them out needs no day and no reason; setting them does."""

    valid_from = LaterDayField(label=_("Applies from"))
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("Read by: everybody who works at your school."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write in short why the school sets its own lines")},
    )

    def __init__(
        self,
        *args: Any,
        bases: Iterable[ThresholdRule],
        present: Iterable[ThresholdRule],
        today: date,
        trying: bool = False,
        **kwargs: Any,
    ) -> None:
        """Ask for the lines of `bases`, filled in with those that apply at `present`."""
        super().__init__(*args, **kwargs)
        self.today = today
        self.least = levels_in(bases)
        applies = levels_in(present)
        self.keys: dict[str, Key] = {
            name_of(key): key for key in [*self.least, *(k for k in IN_HOURS if k not in self.least)]
        }
        after = dict(self.fields)
        self.fields.clear()
        for name, key in self.keys.items():
            self.fields[name] = self._levels_field(key)
            self.initial.setdefault(name, applies.get(key, []))
        self.fields |= after
        self.initial.setdefault("valid_from", today + timedelta(days=1))
        for name in after:
            self.fields[name].required = not trying
            self.fields[name].marker = ""  # type: ignore[attr-defined]

    def _levels_field(self, key: Key) -> LevelsField:
        least = self.least.get(key)
        said = (
            _t("The city: %(levels)s") % {"levels": ", ".join(map(str, least))} if least else _t("Leave empty for none")
        )
        field = LevelsField(
            label=line_title(key),
            help_text=said,
            required=False,
            highest=HIGHEST.get(key[1], HIGHEST_NUMBER),  # type: ignore[call-overload]
        )
        field.marker = ""  # type: ignore[attr-defined]
        return field

    @property
    def levels(self) -> dict[Key, list[int]]:
        """The levels of each line, when the form is valid."""
        return {key: self.cleaned_data[name] for name, key in self.keys.items() if self.cleaned_data[name]}

    def clean_valid_from(self) -> date | None:
        """Refuse today: what has been judged stays as it was."""
        day = self.cleaned_data["valid_from"]
        if day is not None and day <= self.today:
            raise forms.ValidationError(_("Choose tomorrow or a later day: what today has given stays as it is."))
        return day

    def clean(self) -> dict[str, Any]:
        """Refuse lines that would give fewer signals than the provider's."""
        told = super().clean() or {}
        for name, key in self.keys.items():
            least = self.least.get(key)
            if least and name in told and not is_at_least_as_strict(told[name], least):
                levels = ", ".join(map(str, least))
                self.add_error(
                    name,
                    _t("A school may be stricter than the city, not laxer: as many numbers as %(levels)s, none higher")
                    % {"levels": levels},
                )
        return told
