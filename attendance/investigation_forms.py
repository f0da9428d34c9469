"""What people write in an investigation of absence: shape and wording only."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership

from .forms import READ_IN_SCHOOL, LaterDayField
from .investigating import may_be_left_out
from .measure_forms import ColleagueField, StartDayField
from .models import AbsenceInvestigation, InvestigationTask

Domain, YesNo = AbsenceInvestigation.Domain, AbsenceInvestigation.Answer
Status = InvestigationTask.Status
EXAMPLES = {
    Domain.LEARNING: _("support that is not met, tests, speaking in class"),
    Domain.SCHOOL: _("bullying, being left out, noise, breaks, changing rooms, canteen, relations to teachers"),
    Domain.HEALTH: _("worry, sleep, pain, games as a way to cope"),
    Domain.HOME: _("conflicts, routines, illness in the family, care of siblings, violence or honour"),
    Domain.PEERS: _("friends outside school, crime, other things that draw"),
    Domain.STRUCTURE: _("gaps in the timetable, long journey, wrong placement, shortened timetable"),
}
DOMAINS = [(domain.value, domain.label) for domain in Domain]


class PastDayField(StartDayField):
    """A day of the last twelve months, today included."""

    default_error_messages = {"later": _("Choose today or an earlier day.")}

    def validate(self, value: date | None) -> None:
        """Refuse days to come."""
        super().validate(value)
        if value is not None and value > timezone.localdate():
            raise forms.ValidationError(self.error_messages["later"], code="later")


class TextField(forms.CharField):
    """Sentences, with who reads them."""

    def __init__(self, *, rows: int = 4, max_length: int = 2000, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", READ_IN_SCHOOL)
        super().__init__(max_length=max_length, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class OpenForm(forms.Form):
    """Who leads the investigation."""

    lead = ColleagueField(
        label=_("Who leads it?"),
        queryset=Membership.objects.none(),
        empty_label=None,
        error_messages={"required": _("Choose who leads it"), "invalid_choice": _("Choose one of your colleagues")},
    )
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, leads: Any, **kwargs: Any) -> None:
        """Offer `leads`."""
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = leads  # type: ignore[attr-defined]


class HandOverForm(forms.Form):
    """Who leads the investigation from now on."""

    lead = ColleagueField(
        label=_("Who leads it from now on?"),
        queryset=Membership.objects.none(),
        empty_label=None,
        error_messages={"required": _("Choose who leads it"), "invalid_choice": _("Choose one of your colleagues")},
    )

    def __init__(self, *args: Any, leads: Any, **kwargs: Any) -> None:
        """Offer `leads`."""
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = leads  # type: ignore[attr-defined]


class NotNeededForm(forms.Form):
    """Why no investigation is needed now, and when somebody looks again."""

    reason = TextField(
        label=_("Why is it not needed?"), max_length=600, error_messages={"required": _("Write why it is not needed")}
    )
    review_on = LaterDayField(
        label=_("Look again on"),
        help_text=_("At most 20 school days ahead."),
        error_messages={"required": _("Write when you look again")},
    )
    submission = forms.UUIDField(widget=forms.HiddenInput)


class TaskForm(forms.Form):
    """What was found out in one task."""

    own_words = TextField(label=_("In their own words"), rows=3, max_length=1000, required=False)
    text = TextField(label=_("What was found out"), rows=6, required=False)
    status = forms.ChoiceField(
        label=_("How does it stand?"), choices=Status.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Say how it stands")},
    )  # fmt: skip
    seen_at = forms.DateTimeField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, task: InvestigationTask, **kwargs: Any) -> None:
        """Ask for own words in a talk only, and offer "not needed" only where the law lets it be left out."""
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.marker = ""  # type: ignore[attr-defined]
        if not task.is_a_talk:
            del self.fields["own_words"]
        if not may_be_left_out(task, task.investigation):
            self.fields["status"].choices = [  # type: ignore[attr-defined]
                choice for choice in Status.choices if choice[0] != Status.NOT_NEEDED
            ]

    def clean(self) -> dict[str, Any]:
        """Ask for words where something is done."""
        told = super().clean() or {}
        told.setdefault("own_words", "")
        if told.get("status") == Status.DONE and not (told.get("text") or told["own_words"]):
            self.add_error("text", _("Write what was found out, then it is done"))
        return told


class CausesForm(forms.Form):
    """What set the absence off, and what keeps it up."""

    setting_off = forms.MultipleChoiceField(
        label=_("What set the absence off?"), choices=DOMAINS, required=False, widget=forms.CheckboxSelectMultiple
    )
    keeping_up = forms.MultipleChoiceField(
        label=_("What keeps it up?"), choices=DOMAINS, required=False, widget=forms.CheckboxSelectMultiple
    )
    in_words = TextField(
        label=_("In words"), required=False,
        error_messages={"required": _("Write in short what you have seen")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Mark nothing: what is not known yet stays empty."""
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.marker = ""  # type: ignore[attr-defined]


class SupportForm(forms.Form):
    """Facts about special support: yes or no, and since when."""

    special_support = forms.ChoiceField(
        label=_("Is the need of special support investigated? (School Act 3:7)"), choices=YesNo.choices,
        widget=forms.RadioSelect(attrs={"data-look": "inline"}), error_messages={"required": _("Answer yes or no")},
    )  # fmt: skip
    special_support_on = PastDayField(label=_("If yes, since"), required=False)
    action_plan = forms.ChoiceField(
        label=_("Is there an action plan? (School Act 3:9)"), choices=YesNo.choices,
        widget=forms.RadioSelect(attrs={"data-look": "inline"}), error_messages={"required": _("Answer yes or no")},
    )  # fmt: skip
    action_plan_on = PastDayField(label=_("If yes, since"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing of the days being optional: each is needed after a yes."""
        super().__init__(*args, **kwargs)
        for name in ("special_support_on", "action_plan_on"):
            self.fields[name].marker = ""  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for the day after a yes, and let it go after a no."""
        told = super().clean() or {}
        for name in ("special_support", "action_plan"):
            if told.get(name) == YesNo.YES and not told.get(f"{name}_on") and f"{name}_on" not in self.errors:
                self.add_error(f"{name}_on", _("Write since which day"))
            if told.get(name) == YesNo.NO:
                told[f"{name}_on"] = None
        return told


class DutyForm(forms.Form):
    """That somebody has been told, and how."""

    done_on = PastDayField(label=_("Told on"), error_messages={"required": _("Write which day")})
    note = forms.CharField(
        label=_("How?"),
        help_text=_("For example by phone, or in the city's register. Do not write what was said.")
        + " "
        + READ_IN_SCHOOL,
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class FinishForm(forms.Form):
    """What the investigation came to."""

    conclusion = TextField(
        label=_("What did it come to, and what does the school do now?"), rows=6,
        error_messages={"required": _("Write what it came to")},
    )  # fmt: skip
    left_undone = TextField(label=_("Why was something left?"), rows=3, max_length=600, required=False)

    def __init__(self, *args: Any, left: list[InvestigationTask], **kwargs: Any) -> None:
        """Ask why only when there are tasks `left`."""
        super().__init__(*args, **kwargs)
        if not left:
            del self.fields["left_undone"]
            return
        field = self.fields["left_undone"]
        field.required = True
        field.error_messages["required"] = _("Write why something was left, or finish the tasks first")

    def clean(self) -> dict[str, Any]:
        """Give what the action takes."""
        told = super().clean() or {}
        told.setdefault("left_undone", "")
        return told
