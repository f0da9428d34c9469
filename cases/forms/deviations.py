"""What is typed about a deviation in the co-operation, and the answer to it: nobody is named."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from cases.models import Deviation

from .fields import SubmissionField, TextField

READ_BY = _("Read by: you and the managers of both sides. Write about the co-operation; name nobody.")


class DeviationForm(forms.Form):
    """What went wrong, what it led to for the child, and what has been done."""

    submission = SubmissionField()
    about_unit = forms.ModelChoiceField(
        label=_("Which unit is it about?"), queryset=Unit.objects.none(), empty_label=None,
        error_messages={"required": _("Choose which unit it is about")},
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("What kind of deviation is it?"), choices=Deviation.Kind.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose what kind it is")},
    )  # fmt: skip
    happened = TextField(
        label=_("What happened?"), max_length=1500, help_text=READ_BY,
        error_messages={"required": _("Write what happened")},
    )  # fmt: skip
    consequence = TextField(
        label=_("What did it lead to for the child?"), max_length=1000, help_text=READ_BY,
        error_messages={"required": _("Write what it led to for the child")},
    )  # fmt: skip
    remedy = TextField(
        label=_("What have you done about it?"), max_length=1000, required=False, rows=3, help_text=READ_BY
    )
    asks_lex_sarah = forms.BooleanField(
        label=_("Ask whether it is to be assessed under lex Sarah"), required=False,
        help_text=_("You only put the question. Social services decide, in their own system."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, units: Iterable[Unit], **kwargs: Any) -> None:
        """Offer `units`, the latest first and chosen."""
        super().__init__(data, initial={"submission": uuid4()}, **kwargs)
        keys = [unit.pk for unit in units]
        self.fields["about_unit"].queryset = Unit.objects.filter(pk__in=keys)  # type: ignore[attr-defined]
        self.fields["about_unit"].initial = keys[0] if keys else None


class DeviationAnswerForm(forms.Form):
    """The manager's answer."""

    response = TextField(
        label=_("Your answer"), max_length=1500, rows=6, error_messages={"required": _("Write your answer")},
        help_text=_(
            "Read by: who registered it and the managers of both sides. Say what you have found and what you change; "
            "name nobody."
        ),
    )  # fmt: skip
