"""What a holder does with an obligation: the next step, another person, a pause, a new date, no change."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit
from cases.obligations import LONGEST_PAUSE, LiftAnswer
from deadlines.working_days import add_working_days

from .answers import PersonField
from .fields import DayField, TextField

READ_BY_PARTIES = _(
    "Read by: the school and the units that are part of the case. The pupil and the family can read it."
)
READ_BY_HOLDER = _(
    "Read by: the school, the units that are part of the case and their managers. Write nothing about the pupil."
)
STEP_IN = 5


class NextStepForm(forms.Form):
    """What happens next, who does it and by when."""

    next_task = TextField(
        label=_("What is the next step?"), rows=2, max_length=300, help_text=READ_BY_PARTIES,
        error_messages={"required": _("Write what the next step is")},
    )  # fmt: skip
    next_unit = forms.ModelChoiceField(
        label=_("Who does it?"), queryset=Unit.objects.none(), empty_label=None, widget=forms.RadioSelect,
        error_messages={"required": _("Choose who does it")},
    )  # fmt: skip
    next_on = DayField(label=_("No later than"), error_messages={"required": _("Write by when it is done")})

    def __init__(self, data: Any = None, *, units: QuerySet[Unit], today: date, **kwargs: Any) -> None:
        """Offer the `units` that are party to the case, and propose a week."""
        kwargs["initial"] = {"next_on": add_working_days(today, STEP_IN)}
        super().__init__(data, **kwargs)
        self.fields["next_unit"].queryset = units  # type: ignore[attr-defined]


class RecordStepForm(NextStepForm):
    """What was done and what came of it, and the next step."""

    what = TextField(
        label=_("What was done, and what came of it?"), rows=3, help_text=READ_BY_PARTIES,
        error_messages={"required": _("Write what was done")},
    )  # fmt: skip
    field_order = ["what", "next_task", "next_unit", "next_on"]


class AutumnPlanForm(NextStepForm):
    """What the first contact of the autumn is, who makes it, and on which day of two weeks."""

    def __init__(self, data: Any = None, *, first: date, last: date, **kwargs: Any) -> None:
        """Take a day from `first` to `last`, both included, and propose the first."""
        super().__init__(data, **kwargs)
        self.first, self.last = first, last
        self.fields["next_task"].label = _("What is the first contact of the autumn?")
        self.fields["next_unit"].label = _("Who makes it?")
        self.fields["next_on"].label = _("On which day?")
        self.initial["next_on"] = first

    def clean_next_on(self) -> date:
        """Refuse a day outside the two weeks."""
        day: date = self.cleaned_data["next_on"]
        if not self.first <= day <= self.last:
            told = {"first": self.first.isoformat(), "last": self.last.isoformat()}
            raise ValidationError(_("Choose a day from %(first)s to %(last)s: week 33 or 34.") % told)
        return day


class AnswerLiftForm(NextStepForm):
    """A manager's answer to a disagreement, and what happens next."""

    answer = forms.ChoiceField(
        label=_("Your answer"), choices=LiftAnswer.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose an answer")},
    )  # fmt: skip
    reason = TextField(label=_("Why?"), rows=3, help_text=READ_BY_PARTIES, error_messages={"required": _("Write why")})
    conditions = TextField(
        label=_("On which conditions? Only with a yes."), rows=2, required=False, help_text=READ_BY_PARTIES
    )
    field_order = ["answer", "conditions", "reason", "next_task", "next_unit", "next_on"]

    def clean(self) -> dict[str, Any]:
        """Demand the conditions of a yes with conditions, and keep none beside another answer."""
        found = super().clean() or {}
        if found.get("answer") != LiftAnswer.YES_WITH_CONDITIONS:
            found["conditions"] = ""
        elif not found.get("conditions"):
            self.add_error("conditions", _("Write the conditions"))
        return found


class OtherVersionForm(forms.Form):
    """What the unit that said no says of it, in its own words."""

    version = TextField(
        label=_("Our version"), rows=4, help_text=_("Read by both sides and by everybody it is lifted to."),
        error_messages={"required": _("Write your version")},
    )  # fmt: skip


class HandOverForm(forms.Form):
    """Somebody else in the unit, and why."""

    person = PersonField(
        label=_("Who takes it?"), queryset=Membership.objects.none(), empty_label=_("Choose"),
        error_messages={"required": _("Choose who takes it")},
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why?"), max_length=300, help_text=READ_BY_HOLDER, error_messages={"required": _("Write why")}
    )

    def __init__(self, data: Any = None, *, people: QuerySet[Membership], **kwargs: Any) -> None:
        """Offer `people`."""
        super().__init__(data, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class PauseForm(forms.Form):
    """How long the clock rests, and why."""

    until = DayField(
        label=_("The clock rests through"), error_messages={"required": _("Write how long the clock rests")}
    )
    reason = forms.CharField(
        label=_("Why?"), max_length=300, help_text=READ_BY_HOLDER, error_messages={"required": _("Write why")}
    )

    def __init__(self, data: Any = None, *, today: date, **kwargs: Any) -> None:
        """Know the last day an agreed clock can rest."""
        super().__init__(data, **kwargs)
        self.last_day = add_working_days(today, LONGEST_PAUSE)

    def clean_until(self) -> date:
        """Refuse a day beyond the longest pause."""
        day = self.cleaned_data["until"]
        if day > self.last_day:
            raise ValidationError(_("Choose %(day)s or earlier.") % {"day": self.last_day.isoformat()})
        return day


class MoveDateForm(forms.Form):
    """A new date, and why."""

    due_on = DayField(label=_("New date"), error_messages={"required": _("Write the new date")})
    reason = forms.CharField(
        label=_("Why?"), max_length=300, help_text=READ_BY_HOLDER, error_messages={"required": _("Write why")}
    )


class NoChangeForm(forms.Form):
    """Why nothing has changed."""

    because = TextField(
        label=_("No change, because"), rows=3, help_text=READ_BY_PARTIES,
        error_messages={"required": _("Write why nothing has changed")},
    )  # fmt: skip
