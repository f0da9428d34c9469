"""What somebody can choose about mail to oneself."""

from __future__ import annotations

from datetime import time

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import TIMES


def _at(one: time) -> str:
    return f"{one:%H.%M}"


class MailChoiceForm(forms.Form):
    """The digest and its time, and instant mail. That something is late cannot be switched off."""

    has_digest = forms.BooleanField(
        label=_("A summary on working days"),
        help_text=_("How many things wait for you. Not sent when nothing does, or when nothing has changed."),
        required=False,
    )
    digest_at = forms.TypedChoiceField(
        label=_("When the summary comes"),
        choices=[(f"{one:%H:%M}", _at(one)) for one in TIMES],
        coerce=time.fromisoformat,
        widget=forms.RadioSelect(attrs={"data-look": "inline"}),
    )
    has_instant = forms.BooleanField(
        label=_("At once, when something new is on me"),
        help_text=_("When something is put on you by name, or a request waits and you are the one to take it."),
        required=False,
    )
