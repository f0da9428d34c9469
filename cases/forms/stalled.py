"""Getting a case that stands still to move."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .fields import TextField


class LiftForm(forms.Form):
    """What the managers are asked to settle."""

    disagreement = TextField(
        label=_("What do the managers need to settle?"), rows=3, max_length=600,
        help_text=_(
            "Read by: the managers of both sides, the school and the unit that has the request. "
            "The pupil and the family can read it."
        ),
        error_messages={"required": _("Write what the managers need to settle")},
    )  # fmt: skip
