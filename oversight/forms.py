"""What an auditor types."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import DayField
from schools.personal_numbers import PersonalNumber, PersonalNumberError, parse_personal_number

from .models import Review


class ReviewForm(forms.Form):
    """How a reading was judged."""

    outcome = forms.ChoiceField(
        label=_("How do you judge it?"), choices=Review.Outcome.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose how you judge the reading.")},
    )  # fmt: skip
    note = forms.CharField(
        label=_("A short note"), max_length=300, required=False,
        help_text=_("Read by the log auditors of your authority. No names of pupils. It cannot be changed."),
    )  # fmt: skip


class FindPupilForm(forms.Form):
    """Whose log somebody asks for: the whole personal number and nothing less."""

    number = forms.CharField(
        label=_("The pupil's personal number"),
        max_length=20,
        help_text=_("The whole number. That you searched is logged."),
    )

    def clean_number(self) -> PersonalNumber:
        """Return the number; refuse what is none."""
        try:
            return parse_personal_number(self.cleaned_data["number"], today=timezone.localdate())
        except PersonalNumberError as error:
            raise forms.ValidationError(_("Write the whole number, twelve digits: 201305051234.")) from error


class DraftExtractForm(forms.Form):
    """The period of a log extract."""

    since = DayField(label=_("From"), allow_past=True, allow_future=False)
    until = DayField(label=_("Through"), allow_past=True, allow_future=False)

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        told = super().clean() or {}
        since, until = told.get("since"), told.get("until")
        if isinstance(since, date) and isinstance(until, date) and until < since:
            self.add_error("until", _("The last day comes before the first."))
        return told
