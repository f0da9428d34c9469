"""What people write about signals and concerns: shape and wording only."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deadlines.dates import parse_day
from deadlines.templatetags.days import day_words
from schools.models import Pupil

from .models import Concern, Sign, Signal
from .pupil_labels import classes_of

READ_IN_SCHOOL = _("Read by: student health and the principal at your school. The pupil and the family can read it.")


class LaterDayField(forms.DateField):
    """A day from today on, typed as 2026-12-04, 4/12 or 4 dec."""

    default_error_messages = {
        "invalid": _("Write the date like this: 2026-12-04. 4/12 and 4 Dec also work."),
        "past": _("Choose today or a later day."),
    }

    def to_python(self, value: Any) -> date | None:
        """Return the day, None for nothing."""
        if value in self.empty_values or isinstance(value, date):
            return super().to_python(value)
        day = parse_day(str(value), timezone.localdate())
        if day is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day

    def validate(self, value: date | None) -> None:
        """Refuse days that have passed."""
        super().validate(value)
        if value is not None and value < timezone.localdate():
            raise forms.ValidationError(self.error_messages["past"], code="past")


class PupilField(forms.ModelChoiceField):
    """One of the pupils the writer works with, by name and class."""

    def label_from_instance(self, pupil: Pupil) -> str:
        """Return “Kask Alva, 7B”."""
        classes = ", ".join(group.name for group in classes_of(pupil))
        return f"{pupil.family_name} {pupil.given_name}, {classes}"


class LogConcernForm(forms.Form):
    """What somebody has seen: a few taps and, if there is time, a sentence."""

    pupil = PupilField(
        label=_("Pupil"),
        queryset=Pupil.objects.none(),
        empty_label=_("Choose a pupil"),
        error_messages={"required": _("Choose a pupil"), "invalid_choice": _("Choose one of your pupils")},
    )
    signs = forms.MultipleChoiceField(
        label=_("What have you seen?"),
        help_text=_("Choose what fits."),
        choices=Sign.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"data-look": "chips"}),
    )
    text = forms.CharField(
        label=_("Describe in short"),
        help_text=_("Write what you saw or heard.") + " " + READ_IN_SCHOOL,
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    talked = forms.ChoiceField(
        label=_("Have you talked with the pupil?"),
        choices=Concern.Talked.choices,
        widget=forms.RadioSelect(attrs={"data-look": "inline"}),
        error_messages={"required": _("Say whether you have talked with the pupil")},
    )
    talk_by = LaterDayField(label=_("If not yet: I do it no later than"), required=False)
    harm_suspected = forms.ChoiceField(
        label=_("Do you suspect that the child is being harmed?"),
        choices=[
            (Concern.Harm.YES, Concern.Harm.YES.label),
            (Concern.Harm.NO, Concern.Harm.NO.label),
            (Concern.Harm.UNSURE, Concern.Harm.UNSURE.label),
        ],
        widget=forms.RadioSelect(attrs={"data-look": "inline"}),
        error_messages={"required": _("Say whether you suspect that the child is being harmed")},
    )
    pupil_words = forms.CharField(
        label=_("In the pupil's own words"),
        help_text=_("A quote, as the pupil said it.") + " " + READ_IN_SCHOOL,
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    submission = forms.UUIDField(widget=forms.HiddenInput)
    save_as_well = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, pupils: Any, pupil: Pupil | None = None, **kwargs: Any) -> None:
        """Offer `pupils`: those the writer works with; with `pupil` there is nothing to choose."""
        super().__init__(*args, **kwargs)
        self.fields["pupil"].queryset = pupils  # type: ignore[attr-defined]
        if pupil is not None:
            self.fields["pupil"].widget = forms.HiddenInput()
            self.initial["pupil"] = pupil.pk
        self.fields["talk_by"].marker = ""  # type: ignore[attr-defined]
        self.fields["signs"].marker = ""  # type: ignore[attr-defined]

    def chosen_pupil(self) -> Pupil | None:
        """Return the pupil that is chosen so far, whatever else is missing."""
        field: Any = self.fields["pupil"]
        try:
            found: Pupil | None = field.clean(self["pupil"].data)
        except forms.ValidationError:
            return None
        return found

    def ask_only_for_pupil(self) -> None:
        """Leave only what is wrong with the pupil: a draft needs nothing else."""
        wrong = self.errors.get("pupil")
        self._errors = forms.utils.ErrorDict({"pupil": wrong} if wrong else {})

    def clean(self) -> dict[str, Any]:
        """Ask for at least a tap or a sentence, and for a day when the talk is still to come."""
        told = super().clean() or {}
        if not told.get("signs") and not told.get("text") and not {"signs", "text"} & set(self.errors):
            self.add_error("signs", _("Choose at least one, or write a sentence"))
        if told.get("talked") == Concern.Talked.LATER and not told.get("talk_by") and "talk_by" not in self.errors:
            self.add_error("talk_by", _("Write when you will talk with the pupil at the latest"))
        if told.get("talked") != Concern.Talked.LATER:
            told["talk_by"] = None
        return told


class ConcernsField(forms.ModelMultipleChoiceField):
    """Some concerns, by who logged them, when, and what was seen."""

    def label_from_instance(self, concern: Concern) -> str:
        """Return “Maria G., Thu 12 Nov: often away”."""
        signs = ", ".join(str(Sign(code).label).lower() for code in concern.signs) or concern.text[:60]
        return f"{concern.logged_by.user.short_name}, {day_words(concern.logged_at)}: {signs}"


class AnswerConcernForm(forms.Form):
    """What becomes of a concern, and of the others about the pupil that wait for an answer."""

    answer = forms.ChoiceField(
        label=_("What happens now?"),
        choices=Concern.Answer.choices,
        widget=forms.RadioSelect(attrs={"data-look": "cards"}),
        error_messages={"required": _("Choose what happens now")},
    )
    text = forms.CharField(
        label=_("Tell the colleague who logged it"),
        help_text=_("Read by: the colleague who logged the concern, student health and the principal."),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write a line on what happens, so that your colleague knows")},
    )
    also = ConcernsField(
        label=_("Answer these as well"),
        help_text=_("They are about the same pupil. Each one who logged them reads your answer."),
        queryset=Concern.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, others: QuerySet[Concern], **kwargs: Any) -> None:
        """Offer the `others` that wait, all ticked; nothing is asked when there are none."""
        super().__init__(*args, **kwargs)
        if others:
            self.fields["also"].queryset = others  # type: ignore[attr-defined]
            self.fields["also"].initial = others
        else:
            del self.fields["also"]


class AnswerSignalForm(forms.Form):
    """The answer to a signal, when it is not a concern."""

    answer = forms.ChoiceField(
        label=_("What do you do?"),
        choices=[
            (Signal.Answer.WATCH, _("Watch for 2 weeks")),
            (Signal.Answer.HANDLED, _("Already handled")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you do")},
    )
    note = forms.CharField(
        label=_("Tell in short how it is handled"),
        help_text=READ_IN_SCHOOL,
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Mark the note as needed only for one of the answers."""
        super().__init__(*args, **kwargs)
        self.fields["note"].marker = _("needed when already handled")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask how it is handled when it is."""
        told = super().clean() or {}
        if told.get("answer") == Signal.Answer.HANDLED and not told.get("note") and "note" not in self.errors:
            self.add_error("note", _("Tell in short how it is handled"))
        return told


class PupilSearchForm(forms.Form):
    """Search among one's pupils by name, or by a whole personal number."""

    q = forms.CharField(
        label=_("Name or whole personal number"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": _("Write a name or a personal number, at most 60 characters")},
    )
