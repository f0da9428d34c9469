"""What is written while a unit works with the pupil, and when the work ends."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import Feedback
from deadlines.working_days import add_working_days

from .answers import NEXT_STEP_IN, READ_BY_SCHOOL
from .fields import DayField, TextField


class FirstContactForm(forms.Form):
    """That the family has been met."""

    note = TextField(
        label=_("What was agreed at the first contact?"), help_text=READ_BY_SCHOOL,
        error_messages={"required": _("Write one sentence about the first contact")},
    )  # fmt: skip


class FeedbackForm(forms.Form):
    """How it goes: a real change, or that nothing has changed, and why."""

    kind = forms.ChoiceField(
        label=_("What do you tell the school?"), choices=Feedback.Kind.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether there is a change")},
    )  # fmt: skip
    text = TextField(
        label=_("What has changed, or why has nothing changed?"), help_text=READ_BY_SCHOOL,
        error_messages={"required": _("Write what has changed. If nothing has changed, write why.")},
    )  # fmt: skip


class CompleteForm(forms.Form):
    """What came of the work, and when the school decides how to go on."""

    result = TextField(
        label=_("What came of the work?"), help_text=READ_BY_SCHOOL,
        error_messages={"required": _("Write what came of the work")},
    )  # fmt: skip
    next_on = DayField(
        label=_("The school decides how to go on no later than"),
        error_messages={"required": _("Write by when the school decides")},
    )

    def __init__(self, data: Any = None, *, today: date, **kwargs: Any) -> None:
        """Propose two weeks."""
        kwargs["initial"] = {"next_on": add_working_days(today, NEXT_STEP_IN)}
        super().__init__(data, **kwargs)


class InterruptForm(CompleteForm):
    """Why the work is broken off, and by when the school takes the next step."""

    result = None  # type: ignore[assignment]
    reason = TextField(
        label=_("Why is the work interrupted, and what have you tried?"), help_text=READ_BY_SCHOOL,
        error_messages={"required": _("Write why the work is interrupted")},
    )  # fmt: skip
    next_on = DayField(
        label=_("The school takes the next step no later than"),
        error_messages={"required": _("Write by when the next step is taken")},
    )
    field_order = ["reason", "next_on"]


class ReplyForm(forms.Form):
    """The school's receipt of feedback, with a line back if wanted."""

    reply = forms.CharField(
        label=_("Reply"), required=False, max_length=300,
        help_text=_("One line is enough. Read by: the unit that wrote and your school."),
    )  # fmt: skip
