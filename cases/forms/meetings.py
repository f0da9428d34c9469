"""What is typed about a joint meeting: the call, the answer to it, and what was decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from deadlines.templatetags.days import day_words

from .fields import DayField, TextField
from .obligations import READ_BY_PARTIES, NextStepForm
from .reports import moment

TIMES = 3
"""How many times can be proposed."""


class TimesFields(forms.Form):
    """One to three times, each a day and a clock time in Stockholm, from now on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add the fields, numbered; which are required is said by `times_of`."""
        super().__init__(*args, **kwargs)
        for number in range(1, TIMES + 1):
            given = {"number": number}
            self.fields[f"day_{number}"] = DayField(label=_("Time %(number)d: day") % given, required=False)
            self.fields[f"clock_{number}"] = forms.TimeField(
                label=_("Time %(number)d: clock") % given, required=False,
                widget=forms.TimeInput(format="%H:%M", attrs={"data-kind": "time"}),
                input_formats=["%H:%M", "%H.%M", "%H%M", "%H"],
                error_messages={"invalid": _("Write the time like this: 14:30.")},
            )  # fmt: skip

    def times_of(self, told: dict[str, Any]) -> list[datetime]:
        """Return the times that were typed, in order; what is half typed, has been, or is missing is an error."""
        found = []
        for number in range(1, TIMES + 1):
            day, clock = told.get(f"day_{number}"), told.get(f"clock_{number}")
            if (day is None) != (clock is None):
                missing = "clock" if clock is None else "day"
                if f"{missing}_{number}" not in self.errors:
                    self.add_error(f"{missing}_{number}", _("Write both day and time"))
            elif day is not None and clock is not None:
                found.append(moment(day, clock))
                if found[-1] <= timezone.now():
                    self.add_error(f"clock_{number}", _("Choose a time that has not been."))
        if not found and not any(name.startswith(("day_", "clock_")) for name in self.errors):
            self.add_error("day_1", _("Propose at least one time"))
        return sorted(set(found))


class CallMeetingForm(TimesFields):
    """What is to be decided, when, where, and whether the family is invited."""

    question = TextField(
        label=_("What is to be decided?"), rows=3, max_length=600, help_text=READ_BY_PARTIES,
        error_messages={"required": _("Write what is to be decided")},
    )  # fmt: skip
    where = forms.CharField(
        label=_("Where?"), max_length=120, help_text=_(
            "A place, or “by phone”. Read by: the school and the units that are part of the case."
        ),
        error_messages={"required": _("Write where")},
    )  # fmt: skip
    family_invited = forms.BooleanField(label=_("The pupil and the guardians have been invited"), required=False)
    why_not_invited = forms.CharField(
        label=_("If not: why?"), max_length=300, required=False, help_text=READ_BY_PARTIES
    )
    field_order = [
        "question", *(f"{part}_{number}" for number in range(1, TIMES + 1) for part in ("day", "clock")), "where",
        "family_invited", "why_not_invited",
    ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Put the times where they belong, and say that one of them is needed."""
        super().__init__(*args, **kwargs)
        for name in ("day_1", "clock_1"):
            self.fields[name].marker = pgettext("form field", "required")  # type: ignore[attr-defined]
        self.fields["why_not_invited"].marker = ""  # type: ignore[attr-defined]
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """Put the times together, and ask why the family is not invited."""
        told = cast("dict[str, Any]", super().clean())
        if not told.get("family_invited") and not told.get("why_not_invited"):
            self.add_error("why_not_invited", _("Write why they have not been invited"))
        return {
            "question": told.get("question"), "where": told.get("where"), "times": self.times_of(told),
            "family_invited": told.get("family_invited"),
            "why_not_invited": "" if told.get("family_invited") else told.get("why_not_invited"),
        }  # fmt: skip


class AnswerCallForm(TimesFields):
    """One of the times, other times, or no."""

    NEW, NO = "new", "no"

    way = forms.ChoiceField(
        label=_("Your answer"), widget=forms.RadioSelect, error_messages={"required": _("Choose an answer")}
    )
    refusal = TextField(label=_("If no: why?"), rows=2, max_length=600, required=False, help_text=READ_BY_PARTIES)
    instead = TextField(
        label=_("If no: what instead?"), rows=2, max_length=600, required=False, help_text=READ_BY_PARTIES
    )

    def __init__(self, data: Any = None, *, times: Iterable[datetime], **kwargs: Any) -> None:
        """Offer those of `times` that have not been."""
        super().__init__(data, **kwargs)
        self.ahead = {one.isoformat(): one for one in times if one > timezone.now()}
        yes = [(code, gettext("Yes, %(time)s") % {"time": _words(one)}) for code, one in self.ahead.items()]
        ways = [*yes, (self.NEW, _("Other times, which I propose")), (self.NO, _("No meeting"))]
        self.fields["way"].choices = ways  # type: ignore[attr-defined]
        self.order_fields(["way", *(f"{part}_{n}" for n in range(1, TIMES + 1) for part in ("day", "clock"))])

    def clean(self) -> dict[str, Any]:
        """Ask for what the chosen way needs."""
        told = cast("dict[str, Any]", super().clean())
        way = told.get("way")
        if way == self.NEW:
            told["times"] = self.times_of(told)
        elif way == self.NO:
            for name, words in (("refusal", _("Write why not")), ("instead", _("Write what instead"))):
                if not told.get(name):
                    self.add_error(name, words)
        return told


class RecordMeetingForm(NextStepForm):
    """What was decided, and who follows it up: decisions only."""

    held_on = DayField(
        label=_("Day"), allow_past=True, allow_future=False, error_messages={"required": _("Write the day")}
    )
    decisions = TextField(
        label=_("What was decided, and who does what?"), rows=4,
        help_text=_(
            "Only decisions, no minutes. Read by: the school and the units that are part of the case. The pupil and "
            "the family can read it."
        ),
        error_messages={"required": _("Write what was decided")},
    )  # fmt: skip
    field_order = ["held_on", "decisions", "next_task", "next_unit", "next_on"]

    def __init__(self, data: Any = None, *, today: date, **kwargs: Any) -> None:
        """Propose today as the day of the meeting, and say that the next step is to follow up."""
        super().__init__(data, today=today, **kwargs)
        self.fields["held_on"].initial = today
        self.fields["next_task"].label = _("What is followed up?")
        self.fields["next_unit"].label = _("Who follows it up?")
        self.fields["next_on"].label = _("Next date")


def _words(time: datetime) -> str:
    """Return a time in words: "Fri 4 Dec at 13:00"."""
    return gettext("%(day)s at %(clock)s") % {"day": day_words(time), "clock": f"{timezone.localtime(time):%H:%M}"}
