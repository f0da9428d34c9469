"""How a case is closed."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import Case

from .fields import TextField


class CloseCaseForm(forms.Form):
    """The outcome, and a last word to the child."""

    outcome = forms.ChoiceField(
        label=_("How did it go?"), choices=Case.Outcome.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it went")},
    )  # fmt: skip
    final_word = TextField(
        label=_("A last word to the pupil"),
        help_text=_("“This is how it turned out.” Read by: the pupil and the family, your school and social services."),
        error_messages={"required": _("Write a last word to the pupil")},
    )  # fmt: skip
