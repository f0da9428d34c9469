"""A file of absence for one school, and that somebody has looked at what is unusual in it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import formats
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from accounts.models import Unit
from attendance.models import AbsenceSource

from ..actions import MOST_BYTES, earlier_with_same_content
from ..csv_files.explanations import explain
from ..csv_files.problems import FileProblem
from ..csv_files.tables import find_mapping
from ..door import as_text
from ..workbooks.packages import ZIP, opened

ENDINGS = (".csv", ".txt", ".tsv", ".dat", ".xlsx", ".ods")
TEXT_TO_LOOK_AT = 64 * 1024


class UploadForm(forms.Form):
    """A file of absence for one school, from one of its sources."""

    unit = forms.ModelChoiceField(
        label=_("School"),
        queryset=Unit.objects.none(),
        empty_label=_("Choose a school"),
        error_messages={"required": _("Choose a school")},
    )
    source = forms.ModelChoiceField(
        label=_("Source"),
        queryset=AbsenceSource.objects.none(),
        empty_label=_("Choose a source"),
        help_text=_("The system that the file comes from. What its words mean is remembered for each source."),
        error_messages={"required": _("Choose the system that the file comes from")},
    )
    system = forms.ChoiceField(
        label=_("System"),
        choices=[("", _("Choose a system")), *AbsenceSource.System.choices],
        help_text=_("The system that the file comes from. You can say what its words mean afterwards."),
        error_messages={"required": _("Choose the system that the file comes from")},
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV, text, Excel (.xlsx) or LibreOffice (.ods), at most 25 MB. A day in the file replaces that day for "
            "the pupils in it. Causes of absence are not read."
        ),
        error_messages={"required": _("Choose a file"), "empty": _("The file is empty")},
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(ENDINGS)}),
    )
    again = forms.BooleanField(label=_("Read the same file in again"), required=False)

    def __init__(self, *args: Any, units: Any, sources: QuerySet[AbsenceSource], **kwargs: Any) -> None:
        """Offer `units` and `sources`; of one there is nothing to choose, of no source the system is asked."""
        super().__init__(*args, **kwargs)
        self._offer("unit", units)
        if sources:
            self._offer("source", sources)
            del self.fields["system"]
        else:
            del self.fields["source"]
        if "again" not in self.data:
            self.fields["again"].widget = forms.HiddenInput()

    def _offer(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]
        if len(rows) == 1:
            self.fields[name].widget = forms.HiddenInput()
            self.initial[name] = rows[0].pk

    def clean_file(self) -> Any:
        """Refuse at once what is too large, or of a kind that is never read."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 25 MB. Split it by period and upload the parts."))
        content = file.read()
        file.seek(0)
        reason = refusal_of(content)
        if reason:
            raise forms.ValidationError(reason)
        return file

    def clean(self) -> dict[str, Any]:
        """Tell of a file that has been read in before, and let it be read in again all the same."""
        told = super().clean() or {}
        file, unit = told.get("file"), told.get("unit")
        if file is not None and unit is not None and not told.get("again"):
            content = file.read()
            file.seek(0)
            earlier = earlier_with_same_content(unit, content)
            if earlier is not None and earlier.closed_at is not None:
                self.fields["again"].widget = forms.CheckboxInput()
                self.add_error(
                    "again",
                    _("The same file was read in on %(day)s. Choose another, or say that it is to be read in again.")
                    % {"day": formats.date_format(localtime(earlier.closed_at), pgettext("date format", "D j M Y"))},
                )
        return told


def refusal_of(content: bytes) -> str:
    """Return why a file is not even worth keeping, nothing when it may hold a table; a workbook is not opened whole."""
    try:
        if content.startswith(ZIP):
            opened(content)[1].close()
            return ""
        find_mapping(as_text(content[:TEXT_TO_LOOK_AT]))
    except FileProblem as problem:
        return " ".join(explain(problem.code, "", {}))
    return ""


class ApproveForm(forms.Form):
    """That somebody has looked at what is unusual in a file."""

    has_looked = forms.BooleanField(
        label=_("I have checked that the file is right"),
        error_messages={"required": _("Check the file, and say that you have")},
    )
