"""What is typed in a consultation: a question, or the answer to one, that names nobody."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from cases.models import Consultation

from .fields import SubmissionField, TextField


class AskForm(forms.Form):
    """Whom to ask, and what."""

    submission = SubmissionField()
    to_unit = forms.ModelChoiceField(
        label=_("Whom do you ask?"), queryset=Unit.objects.none(), empty_label=_("Choose"),
        error_messages={"required": _("Choose whom you ask")},
    )  # fmt: skip
    question = TextField(
        label=_("Your question"), rows=8, error_messages={"required": _("Write your question")},
        help_text=_(
            "Read by: the unit you ask and its heads, and the principal and student health at your school. "
            "Name nobody: no name, number, address or initials. A class, such as 7B, can point out "
            "a pupil in a small school: write the stage instead."
        ),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, units: QuerySet[Unit], **kwargs: Any) -> None:
        """Offer `units`."""
        super().__init__(data, initial={"submission": uuid4()}, **kwargs)
        self.fields["to_unit"].queryset = units  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """The answer, and what the school does next."""

    text = TextField(
        label=_("Your answer"), rows=8, error_messages={"required": _("Write your answer")},
        help_text=_(
            "Read by: the principal and student health at the school, and your own unit and its heads. Name nobody, "
            "and guess no name."
        ),
    )  # fmt: skip
    advice = forms.ChoiceField(
        label=_("What do you advise the school to do?"), choices=Consultation.Advice.choices,
        widget=forms.RadioSelect, error_messages={"required": _("Choose what you advise")},
    )  # fmt: skip
