"""What people write about measures: shape and wording only; which days hold is said by the actions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership

from .forms import LaterDayField
from .models import Measure, MeasureFollowUp

READ_BY_THOSE_AROUND = _("Read by: those at your school who work with the pupil. The pupil and the family can read it.")
LONGEST_BACK = timedelta(days=366)
MOST_HOURS = 40
Kind, Effect = Measure.Kind, MeasureFollowUp.Effect


class StartDayField(LaterDayField):
    """A day of the last year or later: a measure may have begun before anybody wrote it down."""

    default_error_messages = {"past": _("Choose a day of the last twelve months.")}

    def validate(self, value: date | None) -> None:
        """Refuse days that lie further back."""
        forms.DateField.validate(self, value)
        if value is not None and value < timezone.localdate() - LONGEST_BACK:
            raise forms.ValidationError(self.error_messages["past"], code="past")


class ColleagueField(forms.ModelChoiceField):
    """One of the school's people, by name and role."""

    def label_from_instance(self, person: Membership) -> str:
        """Return “Sara Lind, Counsellor”."""
        return f"{person.user.full_name}, {person.role_title}"


class HandOverForm(forms.Form):
    """Who sees to a measure from now on."""

    responsible = ColleagueField(
        label=_("Who sees to it from now on?"),
        queryset=Membership.objects.none(),
        empty_label=None,
        error_messages={"required": _("Choose who sees to it"), "invalid_choice": _("Choose one of your colleagues")},
    )

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        """Offer `colleagues`."""
        super().__init__(*args, **kwargs)
        self.fields["responsible"].queryset = colleagues  # type: ignore[attr-defined]


class AddMeasureForm(forms.Form):
    """What is done, who sees to it, from when, and when it is asked whether it helps."""

    kind = forms.ChoiceField(
        label=_("What does the school do?"),
        choices=[("", _("Choose a measure")), *Kind.choices],
        error_messages={"required": _("Choose what the school does")},
    )
    in_words = forms.CharField(
        label=_("Describe in short"),
        help_text=READ_BY_THOSE_AROUND,
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    responsible = ColleagueField(
        label=_("Who sees to it?"),
        queryset=Membership.objects.none(),
        empty_label=None,
        error_messages={"required": _("Choose who sees to it"), "invalid_choice": _("Choose one of your colleagues")},
    )
    starts_on = StartDayField(label=_("From"), error_messages={"required": _("Write from which day")})
    follow_up_on = LaterDayField(
        label=_("Followed up on"),
        help_text=_("At most 15 school days ahead."),
        error_messages={"required": _("Write a date for the follow-up, or the measure is forgotten")},
    )
    pupil_agrees = forms.ChoiceField(
        label=_("Does the pupil agree?"),
        choices=Measure.Agrees.choices,
        widget=forms.RadioSelect(attrs={"data-look": "inline"}),
        error_messages={"required": _("Say whether the pupil agrees")},
    )
    ends_on = LaterDayField(label=_("Last day"), required=False)
    hours_a_week = forms.IntegerField(
        label=_("Hours a week"),
        help_text=_("Only for a reduced timetable."),
        required=False,
        min_value=0,
        max_value=MOST_HOURS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": _("Write the hours as a whole number"),
            "min_value": _("Write the hours as a whole number"),
            "max_value": _("Write at most %(limit_value)s hours"),
        },
    )
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        """Offer `colleagues`, who may see to a measure."""
        super().__init__(*args, **kwargs)
        self.fields["responsible"].queryset = colleagues  # type: ignore[attr-defined]
        self.fields["in_words"].marker = _("needed for own words")  # type: ignore[attr-defined]
        for name in ("ends_on", "hours_a_week"):
            self.fields[name].marker = ""  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for words where the kind has none, and for an end where the kind must have one."""
        told = super().clean() or {}
        kind = told.get("kind")
        if kind == Kind.OWN and not told.get("in_words") and "in_words" not in self.errors:
            self.add_error("in_words", _("Describe in short what the school does"))
        if kind in Measure.TIME_LIMITED and not told.get("ends_on") and "ends_on" not in self.errors:
            self.add_error("ends_on", _("Write the last day: such a measure must have an end"))
        if kind == Kind.REDUCED_TIMETABLE and told.get("hours_a_week") is None and "hours_a_week" not in self.errors:
            self.add_error("hours_a_week", _("Write how many hours a week the pupil has"))
        if kind not in Measure.TIME_LIMITED:
            told["ends_on"] = None
        if kind != Kind.REDUCED_TIMETABLE:
            told["hours_a_week"] = None
        return told


class FollowUpForm(forms.Form):
    """Whether a measure helps, and whether it goes on."""

    effect = forms.ChoiceField(
        label=_("Does it help?"),
        choices=[
            (Effect.BETTER, _("Yes, it is better")),
            (Effect.A_LITTLE, _("A little")),
            (Effect.NO, Effect.NO.label),
            (Effect.TOO_EARLY, Effect.TOO_EARLY.label),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it helps")},
    )
    note = forms.CharField(
        label=_("What have you seen?"),
        help_text=READ_BY_THOSE_AROUND,
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    goes_on = forms.ChoiceField(
        label=_("What happens now?"),
        choices=[("yes", _("It goes on")), ("no", _("It ends today"))],
        widget=forms.RadioSelect(attrs={"data-look": "inline"}),
        error_messages={"required": _("Say whether it goes on")},
    )
    next_on = LaterDayField(
        label=_("If it goes on: followed up again on"), help_text=_("At most 15 school days ahead."), required=False
    )
    asked_on = forms.DateField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing of the day being optional: it is needed when the measure goes on."""
        super().__init__(*args, **kwargs)
        self.fields["next_on"].marker = ""  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for a day when it goes on; what is too early to say goes on."""
        told = super().clean() or {}
        if told.get("effect") == Effect.TOO_EARLY and told.get("goes_on") == "no":
            self.add_error("goes_on", _("Too early to say: let it go on, or say what you have seen"))
        if told.get("goes_on") == "yes" and not told.get("next_on") and "next_on" not in self.errors:
            self.add_error("next_on", _("Write a date for the follow-up, or the measure is forgotten"))
        if told.get("goes_on") == "no":
            told["next_on"] = None
        return told


class EndMeasureForm(forms.Form):
    """Why a measure ends before its follow-up."""

    reason = forms.CharField(
        label=_("Why does it end?"),
        help_text=READ_BY_THOSE_AROUND,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write in short why it ends")},
    )
