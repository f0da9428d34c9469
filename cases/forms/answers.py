"""What the receiver of a request answers: yes, a question, another unit, no; and who in the unit does it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from accounts.models import Membership, Unit
from attendance.models import Measure
from cases.declining import DEMANDED, NOT_MOTIVATED, SCHOOL_FIRST, TRY_AGAIN_WITHIN, NoGiven, lacks, told_on
from cases.models import NoSaid, OtherWay, PreparedNo, Referral
from cases.obligations import LONGEST_PAUSE, LONGEST_QUEUE
from cases.ways_on import ways_before
from deadlines.working_days import add_working_days
from socialservices.models import ReasonCode, Service

from .fields import DayField, TextField

READ_BY_SCHOOL = _("Read by: the school and your unit. The pupil and the family can read it.")
ONE_A_LINE = _(
    "One question a line: the school answers each by itself. Read by: the school and your unit. The pupil and the "
    "family can read it."
)
READ_BY_UNIT = _("Read by: your unit. The school does not read it: no consent covers that it is told why.")
ADVICE_ONLY = _("Always read by the school, the pupil and the family. Write what to do, not why you say no.")
WHY = ("rationale", *DEMANDED, "nevertheless")
"""The fields of a no that the school reads only where a ground allows it."""
NEXT_STEP_IN = 10
COMMON_REASONS = 9


class ByNameAndRole:
    """Shows people as "Karim Alm, Team worker"."""

    def label_from_instance(self, person: Any) -> str:
        """Say who it is."""
        return f"{person.user.full_name}, {person.role_title}"


class PersonField(ByNameAndRole, forms.ModelChoiceField):
    """One of the people of a unit."""


class PeopleField(ByNameAndRole, forms.ModelMultipleChoiceField):
    """Some of the people of a unit."""


class AcceptForm(forms.Form):
    """Yes: who is responsible, and when the family is met at the latest."""

    handler = PersonField(
        label=_("Responsible"), queryset=Membership.objects.none(), empty_label=_("Choose"),
        error_messages={"required": _("Choose who is responsible")},
    )  # fmt: skip
    first_contact_by = DayField(
        label=_("First contact no later than"),
        error_messages={"required": _("Write by when the first contact is made")},
    )
    begins_with = forms.ChoiceField(
        label=_("How do you begin?"), required=False, choices=[("", _("With the pupil")), *OtherWay.choices],
        help_text=_("If the pupil does not want to yet, begin in another way. Read by: the school and your unit."),
    )  # fmt: skip
    try_again_on = DayField(label=_("New try with the pupil no later than"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        people: QuerySet[Membership],
        reader: Membership,
        today: date,
        usual_day: date,
        **kwargs: Any,
    ) -> None:
        """Propose the reader, when one of `people`, and `usual_day`: the unit's own time for a first contact."""
        me = reader.pk if any(person.pk == reader.pk for person in people) else None
        kwargs["initial"] = {"handler": me, "first_contact_by": usual_day}
        super().__init__(data, **kwargs)
        self.fields["handler"].queryset = people  # type: ignore[attr-defined]
        self.last_try = today + TRY_AGAIN_WITHIN

    def clean(self) -> dict[str, Any]:
        """Demand a new try with the pupil within thirty days of who begins in another way; else keep no day."""
        told = cast("dict[str, Any]", super().clean())
        day = told.get("try_again_on")
        if not told.get("begins_with"):
            told["try_again_on"] = None
        elif day is None and "try_again_on" not in self.errors:
            self.add_error("try_again_on", _("Write by when you try again with the pupil"))
        elif day is not None and day > self.last_try:
            self.add_error("try_again_on", _("Choose %(day)s or earlier.") % {"day": self.last_try.isoformat()})
        return told


class AskForm(forms.Form):
    """A question to the school, and by when it is answered."""

    text = TextField(
        label=_("What do you need to know?"), help_text=ONE_A_LINE,
        error_messages={"required": _("Write what you need to know")},
    )  # fmt: skip
    due_on = DayField(
        label=_("The school answers no later than"), error_messages={"required": _("Write by when you need the answer")}
    )

    def __init__(self, data: Any = None, *, today: date, usual_day: date, **kwargs: Any) -> None:
        """Propose `usual_day`, the school's own time; know the last day to which the unit's own clock can rest."""
        self.last_day = add_working_days(today, LONGEST_PAUSE)
        kwargs["initial"] = {"due_on": usual_day}
        super().__init__(data, **kwargs)

    def clean_due_on(self) -> date:
        """Refuse a day beyond the longest pause."""
        day = self.cleaned_data["due_on"]
        if day > self.last_day:
            raise ValidationError(_("Choose %(day)s or earlier.") % {"day": self.last_day.isoformat()})
        return day


class QueueForm(forms.Form):
    """A place in the queue, the day the turn is expected, and what happens meanwhile."""

    place = forms.IntegerField(
        label=_("Which place in your queue?"), min_value=1, max_value=999,
        error_messages={"required": _("Write which place"), "min_value": _("Write a number from 1 and up")},
    )  # fmt: skip
    expected_on = DayField(
        label=_("When do you expect to begin?"), error_messages={"required": _("Write when you expect to begin")}
    )
    interim = TextField(
        label=_("What happens meanwhile, and who does it?"), rows=3, help_text=READ_BY_SCHOOL,
        error_messages={"required": _("Write what happens meanwhile, and who does it")},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, today: date, **kwargs: Any) -> None:
        """Know the day after which a wait is seen by the coordinator."""
        super().__init__(data, **kwargs)
        self.today = today
        self.watched_from = add_working_days(today, LONGEST_QUEUE)

    def clean_expected_on(self) -> date:
        """Refuse today: who can begin today has room."""
        day = self.cleaned_data["expected_on"]
        if day <= self.today:
            raise ValidationError(_("Choose a later day than today. If you can begin today, accept the request."))
        return day


class RedirectForm(forms.Form):
    """Another unit, and why."""

    service = forms.ModelChoiceField(
        label=_("To whom"), queryset=Service.objects.none(), empty_label=None, widget=forms.RadioSelect,
        error_messages={"required": _("Choose the right unit")},
    )  # fmt: skip
    rationale = TextField(
        label=_("Why?"), rows=2, max_length=600,
        help_text=_("One line is enough. Read by: the school, your unit and the unit you send it to."),
        error_messages={"required": _("Write why you send it on")},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, services: QuerySet[Service], covered: bool, **kwargs: Any) -> None:
        """Offer `services`. `covered` says whether a consent covers that the school is told why."""
        super().__init__(data, **kwargs)
        if not covered:
            self.fields["rationale"].help_text = _(
                "One line is enough. Read by: your unit and the unit you send it to. The school does not read it: no "
                "consent covers that it is told why."
            )
        self.fields["service"].queryset = services  # type: ignore[attr-defined]
        self.fields["service"].label_from_instance = lambda service: f"{service.office.unit.name} – {service.offers}"  # type: ignore[attr-defined]


class DeclineForm(forms.Form):
    """No, complete: the reason, own words, what the school should do now, who has the next step, and when."""

    reason = forms.ModelChoiceField(
        label=_("Reason"), queryset=ReasonCode.objects.none(), empty_label=None, widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason")},
    )  # fmt: skip
    rationale = TextField(
        label=_("Explain in your own words"), help_text=READ_BY_SCHOOL,
        error_messages={"required": _("Explain in your own words why you say no")},
    )  # fmt: skip
    advice = TextField(
        label=_("What should the school do now?"), help_text=READ_BY_SCHOOL,
        error_messages={"required": _("Write what the school should do now")},
    )  # fmt: skip
    missing_measure = forms.ChoiceField(
        label=_("Which of the school’s measures is missing?"), required=False,
        choices=[("", _("Choose")), *Measure.Kind.choices], help_text=READ_BY_SCHOOL,
    )  # fmt: skip
    tried = TextField(label=_("What have you tried?"), rows=2, required=False, help_text=READ_BY_SCHOOL)
    alternative = forms.ChoiceField(
        label=_("Which other way do you offer?"), required=False,
        choices=[("", _("Choose")), *OtherWay.choices], help_text=READ_BY_SCHOOL,
    )  # fmt: skip
    nevertheless = TextField(
        label=_("Why all the same?"), rows=2, required=False, help_text=READ_BY_SCHOOL, max_length=600
    )
    next_holder = forms.ModelChoiceField(
        label=_("Who has the next step?"), queryset=Unit.objects.none(), empty_label=None, widget=forms.RadioSelect,
        error_messages={"required": _("Choose who has the next step")},
    )  # fmt: skip
    next_on = DayField(
        label=_("The next step is taken no later than"),
        error_messages={"required": _("Write by when the next step is taken")},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        referral: Referral,
        reasons: QuerySet[ReasonCode],
        units: QuerySet[Unit],
        today: date,
        covered: bool,
        others: QuerySet[Service],
        kept: PreparedNo | None = None,
        **kwargs: Any,
    ) -> None:
        """Offer the `reasons` in force and the `units` that are party to the case, the school first chosen.

        `covered` says whether a consent covers that the school is told why; `others` are services that take the pupil;
        `kept` is what was written before.
        """
        kwargs["initial"] = {"next_holder": referral.from_unit_id, "next_on": add_working_days(today, NEXT_STEP_IN)}
        if kept is not None:
            kwargs["initial"] |= {
                **kept.words(), "reason": kept.code_id, "advice": kept.advice, "next_holder": kept.next_holder_id,
                "next_on": kept.next_on,
            }  # fmt: skip
        super().__init__(data, **kwargs)
        self.today, self.school_id = today, referral.from_unit_id
        for name in (*DEMANDED, "nevertheless"):
            self.fields[name].marker = pgettext("form field", "required")  # type: ignore[attr-defined]
        if not covered:
            self.fields["advice"].help_text = ADVICE_ONLY
            for name in WHY:
                self.fields[name].help_text = READ_BY_UNIT
        self.covered, self.others = covered, others
        self.fields["reason"].queryset = reasons  # type: ignore[attr-defined]
        self.fields["next_holder"].queryset = units  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Demand what the reason demands; what belongs to another reason is not kept."""
        told = cast("dict[str, Any]", super().clean())
        reason, holder, day = told.get("reason"), told.get("next_holder"), told.get("next_on")
        if reason is None or holder is None or day is None:
            return told
        if reason.code != SCHOOL_FIRST:
            told["missing_measure"] = ""
        if reason.code != NOT_MOTIVATED:
            told |= {"tried": "", "alternative": ""}
        demanded = {name: told.get(name, "") for name in DEMANDED}
        given = NoGiven(reason.code, holder.pk == self.school_id, day, **demanded)
        for name, message in lacks(given, self.today).items():
            self.add_error(name, message)
        return told

    def said(self) -> NoSaid:
        """Return the whole no, when the form is valid."""
        told = self.cleaned_data
        words = {name: told[name] for name in WHY}
        return NoSaid(told["reason"], told["advice"], told["next_holder"], told["next_on"], words)

    def common_reasons(self) -> list[dict[str, Any]]:
        """Return the reasons that come first in the register, which are given most."""
        return list(self.reasons())[:COMMON_REASONS]

    def rarer_reasons(self) -> list[dict[str, Any]]:
        """Return the other reasons, which are folded away."""
        return list(self.reasons())[COMMON_REASONS:]

    def is_rarer_chosen(self) -> bool:
        """Say whether one of the folded reasons is chosen, so that it must be shown."""
        return str(self["reason"].value()) in {str(each["reason"].pk) for each in self.rarer_reasons()}

    def reasons(self) -> Iterable[dict[str, Any]]:
        """Return each reason with its radio button and the day on which its next step is usually due."""
        for radio, reason in zip(self["reason"], self.fields["reason"].queryset, strict=True):  # type: ignore[attr-defined]
            usual = add_working_days(self.today, reason.next_step_days)
            is_told = told_on(reason, is_covered=self.covered)
            yield {
                "radio": radio, "reason": reason, "usual": usual, "fields": self._fields_of(reason.code),
                "is_told": is_told, "ways": ways_before(reason.code),
                "others": self.others if reason.code == NOT_MOTIVATED else [],
            }  # fmt: skip

    def _fields_of(self, code: str) -> list[forms.BoundField]:
        """Return the fields that belong to one reason alone."""
        names = {SCHOOL_FIRST: ["missing_measure"], NOT_MOTIVATED: ["tried", "alternative"]}.get(code, [])
        return [self[name] for name in names]


class SendNoBackForm(forms.Form):
    """What to think of once more in a no that a colleague has prepared."""

    why = TextField(
        label=_("What should be thought of once more?"), rows=3, max_length=600,
        help_text=_("Read by: your unit. The school does not read it."),
        error_messages={"required": _("Write what should be thought of once more")},
    )  # fmt: skip


class AllocateForm(forms.Form):
    """Who in the unit has the request."""

    person = PersonField(
        label=_("Who takes it?"), queryset=Membership.objects.none(), empty_label=_("Choose"),
        error_messages={"required": _("Choose who takes it")},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, people: QuerySet[Membership], **kwargs: Any) -> None:
        """Offer `people`."""
        super().__init__(data, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
