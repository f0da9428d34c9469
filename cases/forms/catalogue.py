"""What a team offers, as its head writes it for the catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from socialservices.models import Service
from socialservices.routing import PROVIDER_KIND_NAMES, SCHOOL_FORM_NAMES

from .fields import DayField, TextField
from .settings import WHY, LaterForm

READ_BY_ALL = gettext_lazy("Read by: the unit, and anybody who looks in the catalogue. Name no person.")
READ_BY_SCHOOLS = gettext_lazy("Read by: the schools, before they ask.")
AT_LEAST, AT_MOST = (
    gettext_lazy("Write a number from %(limit_value)s and up"),
    gettext_lazy("Write at most %(limit_value)s"),
)


def _number(label: Any, most: int, least: int = 0, **more: Any) -> forms.IntegerField:
    messages = {
        "required": gettext_lazy("Write a number"), "invalid": gettext_lazy("Write a whole number"),
        "min_value": AT_LEAST, "max_value": AT_MOST,
    }  # fmt: skip
    return forms.IntegerField(label=label, min_value=least, max_value=most, error_messages=messages, **more)


class ServiceForm(LaterForm):
    """One service of a team: to whom, how much, how long."""

    offers_sv = forms.CharField(
        label=gettext_lazy("What you offer, in Swedish"), max_length=300, help_text=READ_BY_SCHOOLS,
        error_messages={"required": gettext_lazy("Write what you offer")},
    )  # fmt: skip
    offers_en = forms.CharField(
        label=gettext_lazy("What you offer, in English"), max_length=300, help_text=READ_BY_SCHOOLS,
        error_messages={"required": gettext_lazy("Write what you offer")},
    )  # fmt: skip
    grade_from = _number(gettext_lazy("From year"), 9, help_text=gettext_lazy("0 is preschool class."))
    grade_to = _number(gettext_lazy("To year"), 9)
    school_forms = forms.MultipleChoiceField(
        label=gettext_lazy("School forms"), choices=list(SCHOOL_FORM_NAMES.items()),
        widget=forms.CheckboxSelectMultiple, error_messages={"required": gettext_lazy("Choose at least one")},
    )  # fmt: skip
    provider_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Whose schools"), choices=list(PROVIDER_KIND_NAMES.items()),
        widget=forms.CheckboxSelectMultiple, error_messages={"required": gettext_lazy("Choose at least one")},
    )  # fmt: skip
    absence_from = _number(gettext_lazy("From how much absence"), 100, help_text=gettext_lazy("Per cent."))
    absence_to = _number(gettext_lazy("To how much absence"), 100, help_text=gettext_lazy("Per cent."))
    is_taking_in = forms.BooleanField(
        label=gettext_lazy("Takes in pupils"), required=False,
        help_text=gettext_lazy("Schools may ask all the same, and read that the answer may take longer."),
    )  # fmt: skip
    capacity = _number(
        gettext_lazy("How many pupils at a time"), 999, 1, required=False,
        help_text=gettext_lazy("A full team says no to nobody: it gives a place in the queue."),
    )  # fmt: skip
    expected_weeks = _number(gettext_lazy("How many weeks it usually takes"), 156, 1, required=False)

    why = TextField(label=gettext_lazy("Why?"), help_text=READ_BY_ALL, **WHY)

    def __init__(self, data: Any = None, *, service: Service | None, today: date, **kwargs: Any) -> None:
        """Begin with what `service` says."""
        kwargs["initial"] = service.facts() if service else {"is_taking_in": True, "absence_from": 0, "absence_to": 100}
        super().__init__(data, today=today, **kwargs)
        # From when and why come last, whatever else is asked.
        for name in ("valid_from", "why"):
            self.fields[name] = self.fields.pop(name)

    def clean(self) -> dict[str, Any]:
        """Refuse years and shares that end before they begin."""
        told = cast("dict[str, Any]", super().clean())
        for first, last in (("grade_from", "grade_to"), ("absence_from", "absence_to")):
            if told.get(first) is not None and told.get(last) is not None and told[last] < told[first]:
                self.add_error(last, _("Write the same number or a higher one than in the field before."))
        return told

    def facts(self) -> dict[str, Any]:
        """Return what the entry says of the service; of a checked form only."""
        return {name: self.cleaned_data[name] for name in Service.FACTS}


class NewServiceForm(ServiceForm):
    """A service that the team has not offered so far."""

    def __init__(self, data: Any = None, *, kinds: Iterable[Service.Kind], today: date, **kwargs: Any) -> None:
        """Offer `kinds`."""
        super().__init__(data, service=None, today=today, **kwargs)
        kind = forms.ChoiceField(
            label=_("What kind"), choices=[("", _("Choose")), *((kind.value, kind.label) for kind in kinds)],
            error_messages={"required": _("Choose what kind")},
        )  # fmt: skip
        self.fields = {"kind": kind, **self.fields}


class EndServiceForm(forms.Form):
    """The last day of a service."""

    last_day = DayField(
        label=gettext_lazy("Last day"), error_messages={"required": gettext_lazy("Write the last day")},
        help_text=gettext_lazy("Requests that have come go on. After this day no new ones can be sent here."),
    )  # fmt: skip
    why = TextField(label=gettext_lazy("Why?"), help_text=READ_BY_ALL, **WHY)
