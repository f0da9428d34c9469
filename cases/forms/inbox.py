"""Finding one of the requests that have come."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class IntakeSearchForm(forms.Form):
    """A name, a whole personal or co-ordination number, or a case number: nothing else may be searched for."""

    q = forms.CharField(
        label=_("Name, whole personal number or case number"), required=False, max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": _("Write a name or a number, at most 60 characters")},
    )  # fmt: skip
