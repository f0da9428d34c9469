"""What is typed about a concern report: that it was made, and what the intake office does with it."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit
from cases.models import ConcernReport, ReportExtension, ReportHandling
from cases.report_clocks import reach
from deadlines.stockholm import STOCKHOLM
from deadlines.templatetags.days import day_words
from socialservices.models import ReasonCode

from .answers import PeopleField
from .fields import DayField, SubmissionField, TextField

READ_BY_OFFICE = _("Read by: your own office and its heads. The school never reads this; the child and the family can.")
NOT_LATER_THAN_NOW = _("Choose a time that has been.")


def moment(day: date, clock: time) -> datetime:
    """Return the moment of a day and a time in Stockholm; of the two when the clock is put back, the first."""
    return datetime.combine(day, clock, tzinfo=STOCKHOLM)


class WhenFields(forms.Form):
    """A day and a time that have been."""

    day = DayField(label=_("Day"), allow_past=True, allow_future=False, error_messages={"required": _("Write the day")})
    clock = forms.TimeField(
        label=_("Time"), widget=forms.TimeInput(format="%H:%M", attrs={"data-kind": "time"}),
        input_formats=["%H:%M", "%H.%M", "%H%M", "%H"],
        error_messages={"required": _("Write the time"), "invalid": _("Write the time like this: 14:30.")},
    )  # fmt: skip
    not_before: datetime | None = None

    def clean(self) -> dict[str, Any]:
        """Put day and time together as `at`, and refuse what has not been yet, or is too early."""
        told = cast("dict[str, Any]", super().clean())
        if told.get("day") is None or told.get("clock") is None:
            return told
        told["at"] = moment(told["day"], told["clock"])
        if told["at"] > timezone.now():
            self.add_error("clock", NOT_LATER_THAN_NOW)
        elif self.not_before is not None and told["at"] < self.not_before.replace(second=0, microsecond=0):
            self.add_error("clock", _("The report was made later than that."))
        return told


class NoteReportForm(WhenFields):
    """That the reader has made a report, when, how and to which office."""

    submission = SubmissionField()
    channel = forms.ChoiceField(
        label=_("How did you report?"), choices=ConcernReport.Channel.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose how you reported")},
    )  # fmt: skip
    to_unit = forms.ModelChoiceField(
        label=_("To which office?"), queryset=Unit.objects.none(), empty_label=_("Choose"),
        error_messages={"required": _("Choose the office")},
        help_text=_("The office where the child lives."),
    )  # fmt: skip
    reference = forms.CharField(
        label=_("Receipt number, if you were given one"), max_length=60, required=False,
        help_text=_("Read by: you, the principal and the intake office. Write nothing about the child here."),
    )  # fmt: skip
    asks = forms.BooleanField(
        label=_("I ask to be told what came of it (Social Services Act 19:6)"), required=False, initial=True
    )
    wants_meeting = forms.BooleanField(label=_("I can take part in a meeting with the family"), required=False)
    field_order = ["submission", "channel", "day", "clock", "to_unit", "reference", "asks", "wants_meeting"]

    def __init__(self, data: Any = None, *, offices: QuerySet[Unit], nearest: Unit | None, **kwargs: Any) -> None:
        """Offer `offices`, the one where the pupil lives first chosen, and propose now."""
        now = timezone.localtime()
        kwargs["initial"] = {"submission": uuid4(), "day": now.date(), "clock": now.time(), "to_unit": nearest}
        super().__init__(data, **kwargs)
        self.fields["to_unit"].queryset = offices  # type: ignore[attr-defined]


class NameReadersForm(forms.Form):
    """Who else at the school may know of the report."""

    members = PeopleField(
        label=_("Who may know, beside the reporter and the principal?"), queryset=Membership.objects.none(),
        required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Only those who work with the child in this matter. Nobody else sees that there is a report."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, people: QuerySet[Membership], **kwargs: Any) -> None:
        """Offer `people`."""
        super().__init__(data, **kwargs)
        self.fields["members"].queryset = people  # type: ignore[attr-defined]


class ConfirmReceiptForm(WhenFields):
    """When the report arrived at the office."""

    def __init__(self, data: Any = None, *, report: ConcernReport, **kwargs: Any) -> None:
        """Propose the time at which it was made."""
        made = timezone.localtime(report.reported_at)
        kwargs["initial"] = {"day": made.date(), "clock": made.time()}
        super().__init__(data, **kwargs)
        self.not_before = report.reported_at
        self.fields["day"].label = _("Day of arrival")
        self.fields["clock"].label = _("Time of arrival")


class SendReportOnForm(forms.Form):
    """The office where the child lives."""

    to_unit = forms.ModelChoiceField(
        label=_("Where does the child live?"), queryset=Unit.objects.none(), empty_label=_("Choose the office"),
        error_messages={"required": _("Choose the office")},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, offices: QuerySet[Unit], **kwargs: Any) -> None:
        """Offer `offices`."""
        super().__init__(data, **kwargs)
        self.fields["to_unit"].queryset = offices  # type: ignore[attr-defined]


class AssessProtectionForm(forms.Form):
    """What the assessment came to."""

    protection = forms.ChoiceField(
        label=_("What did the assessment come to?"), choices=ReportHandling.Protection.choices,
        widget=forms.RadioSelect, error_messages={"required": _("Choose what the assessment came to")},
    )  # fmt: skip


class DecideReportForm(forms.Form):
    """Open, not open, or already ongoing; a no has a reason and words."""

    decision = forms.ChoiceField(
        label=_("What do you decide?"), choices=ReportHandling.Decision.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you decide")},
    )  # fmt: skip
    reason = forms.ModelChoiceField(
        label=_("Why is no investigation opened?"), queryset=ReasonCode.objects.none(), required=False,
        empty_label=_("Choose"),
        help_text=_("Only when none is opened. Counted for the city in protected figures; the school never reads it."),
    )  # fmt: skip
    words = TextField(
        label=_("Why, in your own words"), rows=3, required=False,
        help_text=format_lazy("{} {}", _("Only when none is opened."), READ_BY_OFFICE),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, reasons: QuerySet[ReasonCode], **kwargs: Any) -> None:
        """Offer `reasons`."""
        super().__init__(data, **kwargs)
        self.fields["reason"].queryset = reasons  # type: ignore[attr-defined]
        for name in ("reason", "words"):
            self.fields[name].marker = ""  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Demand reason and words of a no, and take neither with a yes."""
        told = cast("dict[str, Any]", super().clean())
        if told.get("decision") != ReportHandling.Decision.NOT_OPENED:
            return told | {"reason": None, "words": ""} if told.get("decision") else told
        if told.get("reason") is None and "reason" not in self.errors:
            self.add_error("reason", _("Choose why no investigation is opened"))
        if not str(told.get("words") or "").strip() and "words" not in self.errors:
            self.add_error("words", _("Write why no investigation is opened"))
        return told


class ExtendTimeForm(forms.Form):
    """Why a statutory time is longer, and to which day."""

    ground = forms.ChoiceField(
        label=_("On what ground?"), choices=ReportExtension.Ground.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose a ground")},
    )  # fmt: skip
    words = TextField(
        label=_("In your own words"), rows=3, help_text=READ_BY_OFFICE,
        error_messages={"required": _("Write why it takes longer")},
    )  # fmt: skip
    until = DayField(label=_("New last day"), error_messages={"required": _("Write the new last day")})

    def __init__(self, data: Any = None, *, what: str, was_due_on: date, today: date, **kwargs: Any) -> None:
        """Know the day it has been due, and how far one decision reaches."""
        super().__init__(data, **kwargs)
        self.first, self.last = reach(what, was_due_on, today)

    def clean_until(self) -> date:
        """Refuse a day that is no later, and one too far away."""
        day = cast("date", self.cleaned_data["until"])
        if not self.first < day <= self.last:
            raise ValidationError(
                _("Choose a day after %(first)s and no later than %(last)s.")
                % {"first": day_words(self.first), "last": day_words(self.last)}
            )
        return day


class LeaveUntoldForm(forms.Form):
    """Why it is inappropriate to tell the reporter."""

    why = forms.ChoiceField(
        label=_("Why is it inappropriate to tell?"), choices=ReportHandling.NotTold.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose why")},
    )  # fmt: skip


class EndInvestigationForm(forms.Form):
    """What the investigation came to."""

    outcome = forms.ChoiceField(
        label=_("How does the investigation end?"), choices=ReportHandling.Outcome.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it ends")},
    )  # fmt: skip


class RecordMeetingForm(forms.Form):
    """The day on which both sides have met."""

    met_on = DayField(
        label=_("Which day did you meet?"), allow_past=True, allow_future=False,
        error_messages={"required": _("Write the day")},
    )  # fmt: skip
