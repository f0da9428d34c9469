"""Notes that a unit keeps for itself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Unit

from .fields import SubmissionField, TextField


class InternalNoteForm(forms.Form):
    """A note for one's own unit."""

    text = TextField(label=gettext_lazy("New note"), error_messages={"required": gettext_lazy("Write something first")})
    submission = SubmissionField()

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        """Say that only `unit` reads the note."""
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = _(
            "Internal – only %(unit)s reads it. The pupil and the family can ask for it."
        ) % {"unit": unit.short_name}
