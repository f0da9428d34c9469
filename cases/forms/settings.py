"""What a head settles for the unit: always from a later day, always with why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.obligations import Kind
from cases.setting_rows import ReasonRow, TimeRow, time_words

from .fields import DayField, TextField

READ_IN_UNIT = gettext_lazy("Read by: everybody who works in the unit.")

WHY: dict[str, Any] = {
    "rows": 2, "max_length": 300, "error_messages": {"required": gettext_lazy("Write in short why")},
}  # fmt: skip


class LaterForm(forms.Form):
    """From which day something applies, and why. Today is over: it is judged by what applied in the morning."""

    valid_from = DayField(
        label=gettext_lazy("Applies from"), error_messages={"required": gettext_lazy("Write from which day")}
    )
    why = TextField(label=gettext_lazy("Why?"), help_text=READ_IN_UNIT, **WHY)

    def __init__(self, data: Any = None, *, today: date, **kwargs: Any) -> None:
        """Propose tomorrow, the earliest day."""
        kwargs["initial"] = {"valid_from": today + timedelta(days=1)} | kwargs.get("initial", {})
        super().__init__(data, **kwargs)
        self.today = today

    def clean_valid_from(self) -> date:
        """Refuse today."""
        day = cast("date", self.cleaned_data["valid_from"])
        if day <= self.today:
            raise ValidationError(_("Choose tomorrow or a later day: what has begun keeps what it began with."))
        return day


class TimeForm(LaterForm):
    """How long the unit has for one thing."""

    field_order = ("kind", "days", "valid_from", "why")

    kind = forms.ChoiceField(
        label=gettext_lazy("For what?"), error_messages={"required": gettext_lazy("Choose for what")}
    )
    days = forms.IntegerField(
        label=gettext_lazy("How many?"), min_value=1,
        help_text=gettext_lazy("Counted as what you choose is counted: working days, days or months."),
        error_messages={
            "required": gettext_lazy("Write how many"), "invalid": gettext_lazy("Write a whole number"),
            "min_value": gettext_lazy("Write a number from 1 and up"),
        },
    )  # fmt: skip

    def __init__(self, data: Any = None, *, rows: Iterable[TimeRow], chosen: str, **kwargs: Any) -> None:
        """Offer those of `rows` that a unit can change, `chosen` first chosen with the time it has."""
        self.kinds: dict[str, Kind] = {}
        for row in rows:
            if row.kind.longest:
                self.kinds[row.kind.code] = row.kind
                if row.kind.code == chosen:
                    kwargs["initial"] = {"kind": chosen, "days": row.days}
        super().__init__(data, **kwargs)
        choices = [(kind.code, f"{kind.task} – {_reach(kind)}") for kind in self.kinds.values()]
        self.fields["kind"].choices = [("", _("Choose")), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse more than the law or the agreement lets the unit have."""
        told = cast("dict[str, Any]", super().clean())
        kind = self.kinds.get(told.get("kind", ""))
        if kind is not None and told.get("days") and told["days"] > kind.longest:
            self.add_error("days", _too_long(kind))
        return told


def _reach(kind: Kind) -> str:
    return _("%(most)s at most") % {"most": time_words(kind.longest, kind.calendar)}


def _too_long(kind: Kind) -> str:
    most = time_words(kind.longest, kind.calendar)
    if kind.is_statutory:
        return _("The law gives %(most)s (%(ground)s). It can only be made shorter.") % {
            "most": most, "ground": kind.ground,
        }  # fmt: skip
    return _("At most %(most)s: twice what is agreed. For more, agree anew with the other side.") % {"most": most}


class ReasonForm(LaterForm):
    """Leaving a reason out of the unit's list, or taking it in again."""

    field_order = ("code", "valid_from", "why")

    code = forms.ChoiceField(
        label=gettext_lazy("Which reason?"), error_messages={"required": gettext_lazy("Choose a reason")}
    )

    def __init__(self, data: Any = None, *, rows: Iterable[ReasonRow], chosen: str, **kwargs: Any) -> None:
        """Offer those of `rows` that a unit can hide; of each, what it does is the opposite of what applies last."""
        self.hides: dict[str, bool] = {}
        choices = []
        for row in rows:
            if not row.is_kept:
                last = row.planned[-1] if row.planned else row.since
                self.hides[row.reason.code] = hides = not (last is not None and last.is_hidden)
                words = _("Hide: %(reason)s") if hides else _("Show again: %(reason)s")
                choices.append((row.reason.code, words % {"reason": row.reason.title}))
        kwargs["initial"] = {"code": chosen if chosen in self.hides else ""}
        super().__init__(data, **kwargs)
        self.fields["code"].choices = [("", _("Choose")), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Add what is done with the reason."""
        told = cast("dict[str, Any]", super().clean())
        if told.get("code"):
            told["is_hidden"] = self.hides[told["code"]]
        return told
