"""The file, and which of its columns is what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit

from .actions import MOST_BYTES
from .csv_files import headings as f
from .csv_files.tables import Mapping

FIELDS = {
    f.PUPIL_ID: _("Pupil's id in the school's system"),
    f.PERSONAL_NUMBER: _("Personal number"),
    f.CLASS: _("Class"),
    f.PROTECTION: _("Protected identity"),
    f.DATE: _("Date"),
    f.STARTS_AT: _("Lesson starts"),
    f.LENGTH: _("Lesson's length"),
    f.ABSENT: _("Time away"),
    f.KIND: _("Present, or kind of absence"),
    f.SUBJECT: _("Subject"),
    f.OFFERED: _("Time offered"),
    f.REPORTED: _("Time reported"),
    f.VALID: _("Valid absence"),
    f.INVALID: _("Invalid absence"),
    f.OTHER: _("Other school activity"),
    f.LATE: _("Late arrival"),
}
SHAPES = {
    f.LESSONS: _("Lesson by lesson"),
    f.DAY_TOTALS: _("Day by day"),
    f.CLASS_DAYS: _("The days of classes"),
}
NOT_USED = [("", _("Not used"))]


class UploadForm(forms.Form):
    """A file of absence for one school."""

    unit = forms.ModelChoiceField(
        label=_("School"),
        queryset=Unit.objects.none(),
        empty_label=_("Choose a school"),
        error_messages={"required": _("Choose a school")},
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV from the school's attendance system, at most 25 MB. Whole days: a day in the file replaces that day "
            "for the pupils in it. Causes of absence are not read."
        ),
        error_messages={"required": _("Choose a file"), "empty": _("The file is empty")},
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        """Offer `units`; with only one there is nothing to choose."""
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        if len(units) == 1:
            self.fields["unit"].widget = forms.HiddenInput()
            self.initial["unit"] = units[0].pk

    def clean_file(self) -> Any:
        """Refuse a file that is too large to keep."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 25 MB. Split it by period and upload the parts."))
        return file


class MatchColumnsForm(forms.Form):
    """For each column of the file, what it holds."""

    def __init__(self, *args: Any, mapping: Mapping, samples: list[list[str]], **kwargs: Any) -> None:
        """Make a choice for each heading, with our guess chosen; `samples` are the first rows."""
        super().__init__(*args, **kwargs)
        self.samples = samples
        guessed = {index: name for name, index in mapping.columns.items()}
        for index, heading in enumerate(mapping.headings):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=heading or _("(no heading)"),
                choices=[*NOT_USED, *FIELDS.items()],
                required=False,
                initial=guessed.get(index, ""),
            )

    def rows(self) -> Iterator[tuple[BoundField, list[str]]]:
        """Give each column's field with what its first rows hold."""
        for index, field in enumerate(self.visible_fields()):
            yield field, [row[index] for row in self.samples if index < len(row)]

    def clean(self) -> dict[str, Any]:
        """Return the shape of the rows and the place of each field."""
        told = super().clean() or {}
        columns: dict[str, int] = {}
        for index in range(len(self.fields)):
            name = told.get(f"column_{index}")
            if name in columns:
                self.add_error(f"column_{index}", _("Two columns cannot both be “%(field)s”") % {"field": FIELDS[name]})
            elif name:
                columns[name] = index
        shape = f.shape_of(set(columns))
        if shape is None and not self.errors:
            missing = f.missing_in(f.likeliest_shape(set(columns)), set(columns))
            self.add_error(
                None,
                _("Say which column holds: %(fields)s") % {"fields": ", ".join(str(FIELDS[name]) for name in missing)},
            )
        return {"shape": shape, "columns": columns}
