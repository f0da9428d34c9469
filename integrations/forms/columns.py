"""What each column of a file holds, in which unit, and how the file is to be read at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..csv_files import headings as f
from ..csv_files.days import DAY_FIRST, MONTH_FIRST, SchoolTimes, period_reader
from ..csv_files.encodings import UTF_8, UTF_16, WINDOWS
from ..csv_files.explanations import explain
from ..csv_files.problems import CellProblem
from ..csv_files.tables import Mapping

FIELDS = {
    f.PUPIL_ID: _("Pupil's id in the school's system"),
    f.PERSONAL_NUMBER: _("Personal number"),
    f.NAME: _("Pupil's name"),
    f.GIVEN_NAME: _("Given name"),
    f.FAMILY_NAME: _("Family name"),
    f.BORN_ON: _("Birth date"),
    f.CLASS: _("Class"),
    f.PROTECTION: _("Protected identity"),
    f.DATE: _("Date"),
    f.PERIOD: _("Week, month or term"),
    f.FIRST_DAY: _("First day of the period"),
    f.LAST_DAY: _("Last day of the period"),
    f.STARTS_AT: _("Lesson starts"),
    f.LENGTH: _("Lesson's length"),
    f.ABSENT: _("Time away"),
    f.KIND: _("Present, or kind of absence"),
    f.SUBJECT: _("Subject"),
    f.OFFERED: _("Time offered"),
    f.REPORTED: _("Time reported"),
    f.UNREPORTED: _("Time not reported"),
    f.PRESENT: _("Time present"),
    f.VALID: _("Valid absence"),
    f.INVALID: _("Invalid absence"),
    f.OTHER: _("Other school activity"),
    f.LATE: _("Late arrival"),
}
SHAPES = {
    f.LESSONS: _("Lesson by lesson"),
    f.DAY_TOTALS: _("Day by day"),
    f.CLASS_DAYS: _("The days of classes"),
    f.PERIOD_TOTALS: _("Totals of weeks, months or terms"),
}
NOT_USED = [("", _("Not used"))]
UNITS = [
    (f.MINUTES, pgettext_lazy("unit", "minutes")),
    (f.HOURS, pgettext_lazy("unit", "hours")),
    (f.PERCENT, pgettext_lazy("unit", "per cent")),
]
ENCODINGS = [(UTF_8, "UTF-8"), (WINDOWS, "Windows-1252"), (UTF_16, "UTF-16")]
SEPARATORS = [(";", _("semicolon")), (",", _("comma")), ("\t", _("tab")), ("|", _("vertical line"))]
DAY_ORDERS = [(DAY_FIRST, _("Day first: 3/4 is 3 April")), (MONTH_FIRST, _("Month first: 3/4 is 4 March"))]
SIGNS_OF_AN_AMOUNT = set("0123456789.,:%~ hmint-")


class ReadAsForm(forms.Form):
    """How the bytes of the file become columns: sent as a question, nothing is changed by it."""

    encoding = forms.ChoiceField(label=_("Letters are written in"), choices=ENCODINGS)
    separator = forms.ChoiceField(label=_("Between the columns stands"), choices=SEPARATORS)
    headings = forms.ChoiceField(
        label=_("Headings"), choices=[("yes", _("The columns are named")), ("no", _("The columns have no names"))]
    )

    @classmethod
    def of(cls, mapping: Mapping) -> ReadAsForm:
        """Return the form as the file is read now."""
        encoding = UTF_16 if mapping.encoding.startswith("utf-16") else mapping.encoding
        has = "yes" if mapping.heading_row else "no"
        return cls(initial={"encoding": encoding, "separator": mapping.separator, "headings": has})


class MatchColumnsForm(forms.Form):
    """For each column of the file, what it holds and in which unit."""

    def __init__(
        self,
        *args: Any,
        mapping: Mapping,
        samples: list[list[str]],
        times: SchoolTimes,
        today: date,
        asks_order: bool = False,
        **kwargs: Any,
    ) -> None:
        """Make a choice for each column, with our guess chosen; `samples` are the first rows."""
        super().__init__(*args, **kwargs)
        self.mapping, self.samples, self.times, self.today = mapping, samples, times, today
        self.with_unit: list[int] = []
        guessed = {index: name for name, index in mapping.columns.items()}
        for index, heading in enumerate(mapping.headings):
            self._add_column(index, heading, guessed.get(index, ""))
        if asks_order:
            self._ask_order()
        if f.DATE not in mapping.columns:
            self._ask_period()

    def _add_column(self, index: int, heading: str, guess: str) -> None:
        name = heading or _("Column %(number)s") % {"number": index + 1}
        self.fields[f"column_{index}"] = forms.ChoiceField(
            label=name, choices=[*NOT_USED, *FIELDS.items()], required=False, initial=guess
        )
        if guess in f.TIME or self._looks_like_an_amount(index):
            self.with_unit.append(index)
            self.fields[f"unit_{index}"] = forms.ChoiceField(
                label=_("Unit of %(column)s") % {"column": name},
                choices=UNITS,
                required=False,
                initial=self.mapping.units.get(guess) or f.unit_of(heading) or f.MINUTES,
            )

    def _ask_order(self) -> None:
        self.fields["day_order"] = forms.ChoiceField(
            label=_("Dates such as 03/04/2026"),
            choices=DAY_ORDERS,
            widget=forms.RadioSelect,
            initial=self.mapping.day_order,
            help_text=_("The dates of the file can be read in two ways."),
            error_messages={"required": _("Say whether the day or the month comes first")},
        )

    def _ask_period(self) -> None:
        self.fields["period"] = forms.CharField(
            label=_("Period of the whole file"),
            required=False,
            initial=self.mapping.period,
            max_length=60,
            help_text=_("Only when no column says it. Write for example HT26, v.47 2026 or 2026-10-01 - 2026-10-31."),
        )

    def _looks_like_an_amount(self, index: int) -> bool:
        told = [row[index].strip() for row in self.samples if index < len(row) and row[index].strip()]
        return bool(told) and all(len(text) < 10 and set(text.casefold()) <= SIGNS_OF_AN_AMOUNT for text in told)

    def rows(self) -> Iterator[tuple[BoundField, BoundField | None, list[str]]]:
        """Give each column's field with its unit, if any, and what its first rows hold."""
        for index in range(len(self.mapping.headings)):
            unit = self[f"unit_{index}"] if index in self.with_unit else None
            told = dict.fromkeys(row[index] for row in self.samples if index < len(row) and row[index].strip())
            yield self[f"column_{index}"], unit, list(told)

    def others(self) -> list[BoundField]:
        """Return the fields about the file as a whole."""
        return [self[name] for name in ("day_order", "period") if name in self.fields]

    def clean_period(self) -> str:
        """Check that the period can be read."""
        text: str = self.cleaned_data["period"].strip()
        if text:
            try:
                period_reader(self.times, self.today)(text)
            except CellProblem as problem:
                raise forms.ValidationError(" ".join(explain(problem.code, text, problem.details))) from None
        return text

    def clean(self) -> dict[str, Any]:
        """Return the mapping that was meant."""
        told = super().clean() or {}
        columns: dict[str, int] = {}
        units: dict[str, str] = {}
        for index in range(len(self.mapping.headings)):
            name = told.get(f"column_{index}")
            if name in columns:
                self.add_error(f"column_{index}", _("Two columns cannot both be “%(field)s”") % {"field": FIELDS[name]})
            elif name:
                columns[name] = index
                unit = told.get(f"unit_{index}")
                if name in f.TIME and unit not in (None, "", f.MINUTES):
                    units[name] = unit
        period = told.get("period", "") if f.PERIOD not in columns else ""
        mapping = replace(self.mapping, columns=columns, units=units, period=period)
        mapping = replace(mapping, day_order=told.get("day_order") or self.mapping.day_order)
        return {"mapping": self._with_shape(mapping)}

    def _with_shape(self, mapping: Mapping) -> Mapping:
        shape = f.shape_of(mapping.fields)
        if shape is None and not self.errors:
            likely = f.likeliest_shape(mapping.fields)
            missing = ", ".join(str(FIELDS[name]) for name in f.missing_in(likely, mapping.fields))
            self.add_error(None, _("Say which column holds: %(fields)s") % {"fields": missing})
        return replace(mapping, shape=shape or mapping.shape)
