"""The request for support: to whom, why, what has been tried, who has agreed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Consent
from cases.sharing import WORDS, ConsentGiven
from socialservices.models import Service

from .fields import DayField, TextField

Answer, Giver, Scope = Consent.Answer, Consent.Giver, Consent.Scope

READ_BY_RECEIVER = _("Read by: your school and the unit you send to. The pupil and the family can read it.")
ASKED = [(Answer.YES, Answer.YES.label), (Answer.NO, Answer.NO.label), (Answer.NOT_ASKED, Answer.NOT_ASKED.label)]
FORMS = [("", _("Choose")), *Consent.Form.choices]


class ServiceChoiceField(forms.ChoiceField):
    """One of the services that serve the pupil; gives the service itself."""

    widget = forms.RadioSelect(attrs={"data-look": "cards"})
    services: dict[str, Service] = {}

    def offer(self, services: Iterable[Service]) -> None:
        """Let the writer choose among `services`, the intake office as the choice of those who are not sure."""
        self.services = {str(service.pk): service for service in services}
        self.choices = [(key, label_of(service)) for key, service in self.services.items()]

    def clean(self, value: Any) -> Service | None:
        """Return the chosen service."""
        return self.services.get(super().clean(value))


def label_of(service: Service) -> str | Promise:
    """Return how a service is offered to the one who asks."""
    unit = service.office.unit.short_name
    if service.kind == Service.Kind.INTAKE:
        return _("Not sure – let the intake office choose (%(unit)s)") % {"unit": unit}
    if not service.is_taking_in:
        return _("%(unit)s – %(offers)s. Not taking in just now: the answer may take longer.") % {
            "unit": unit,
            "offers": service.offers,
        }
    return f"{unit} – {service.offers}"


class RequestForm(forms.Form):
    """Everything in a request. Saved as a draft it is kept as typed; checked it gives `consents()`."""

    service = ServiceChoiceField(label=_("To whom"), error_messages={"required": _("Choose where the request goes")})
    why_now = TextField(
        label=_("Why now?"), max_length=600, rows=3, help_text=READ_BY_RECEIVER,
        error_messages={"required": _("Write why you ask for support now")},
    )  # fmt: skip
    what_hinders = TextField(
        label=_("What hinders the pupil from being in school?"), max_length=600, help_text=READ_BY_RECEIVER,
        error_messages={"required": _("Write what hinders the pupil")},
    )  # fmt: skip
    help_wanted = TextField(
        label=_("What do you need help with?"), max_length=600, help_text=READ_BY_RECEIVER,
        error_messages={"required": _("Write what you need help with")},
    )  # fmt: skip
    tried = TextField(
        label=_("What has the school tried, and what came of it?"), max_length=1500, help_text=READ_BY_RECEIVER,
        error_messages={"required": _("Write what the school has tried. “Nothing yet” is also an answer.")},
    )  # fmt: skip
    share_absence = forms.BooleanField(
        label=_("Share the absence of the last eight weeks"), required=False,
        help_text=_("A copy with today's date goes with the request: shares and weeks, no causes."),
    )  # fmt: skip
    pupil_words = TextField(
        label=_("What does the pupil say? (own words)"), required=False, max_length=600, rows=3,
        help_text=_("A quotation, as the pupil said it. Read by: your school, the receiver and the family."),
    )  # fmt: skip
    scope = forms.MultipleChoiceField(
        label=_("What does the yes cover?"), choices=Scope.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A yes covers only what was asked about. Tick what you explained when you asked."),
    )  # fmt: skip
    contact = forms.CharField(
        label=_("Whom at the school should they contact, and how?"), max_length=200,
        help_text=_("Name and telephone. Read by: the receiver."),
        error_messages={"required": _("Write whom they should contact")},
    )  # fmt: skip

    def __init__(
        self, *args: Any, services: Iterable[Service] = (), guardians: Iterable[str] = (), **kwargs: Any
    ) -> None:
        """Offer `services`; name the guardians by `guardians` where their names may be shown."""
        super().__init__(*args, **kwargs)
        self.fields["service"].offer(services)  # type: ignore[attr-defined]
        names = [*guardians, "", ""]
        self._ask(Giver.GUARDIAN_1, str(Giver.GUARDIAN_1.label), names[0], ASKED)
        self._ask(Giver.GUARDIAN_2, str(Giver.GUARDIAN_2.label), names[1], [*ASKED, (Answer.NONE, Answer.NONE.label)])
        self._ask(Giver.PUPIL, str(Giver.PUPIL.label), "", ASKED)
        self.fields["scope"].marker = ""  # type: ignore[attr-defined]
        # Errors are listed in the order of the page.
        for name in ("scope", "contact"):
            self.fields[name] = self.fields.pop(name)

    def _ask(self, giver: str, title: str, name: str, answers: list[tuple[Any, Any]]) -> None:
        """Add the questions about one giver's consent."""
        self.fields[f"{giver}_answer"] = forms.ChoiceField(
            label=f"{title}: {name}" if name else title,
            choices=answers,
            widget=forms.RadioSelect(attrs={"data-look": "inline"}),
            error_messages={"required": _("Say whether %(giver)s has agreed") % {"giver": title.lower()}},
        )
        details: dict[str, forms.Field] = {
            "form": forms.ChoiceField(label=_("How was it given?"), choices=FORMS, required=False),
            "given_on": DayField(label=_("When was it given?"), required=False, allow_past=True, allow_future=False),
            "valid_to": DayField(label=_("Valid to"), required=False),
        }
        for suffix, field in details.items():
            field.marker = ""  # type: ignore[attr-defined]
            self.fields[f"{giver}_{suffix}"] = field

    def consent_rows(self) -> list[dict[str, Any]]:
        """Return each giver's fields together, for the template."""
        return [
            {"giver": giver, **{name: self[f"{giver}_{name}"] for name in ("answer", "form", "given_on", "valid_to")}}
            for giver in Giver.values
        ]

    def clean(self) -> dict[str, Any]:
        """Demand of every yes how, when, until when and for what it was given."""
        super().clean()
        found = self.cleaned_data
        agreed = [giver for giver in Giver.values if found.get(f"{giver}_answer") == Answer.YES]
        for giver in set(Giver.values) - set(agreed):
            for name in ("form", "given_on", "valid_to"):
                self.errors.pop(f"{giver}_{name}", None)
        for giver in agreed:
            self._demand(f"{giver}_form", _("Choose how the consent was given"))
            self._demand(f"{giver}_given_on", _("Write when the consent was given"))
            self._demand(f"{giver}_valid_to", _("Write how long the consent is valid"))
            given_on, valid_to = found.get(f"{giver}_given_on"), found.get(f"{giver}_valid_to")
            if given_on and valid_to and valid_to < given_on:
                self.add_error(f"{giver}_valid_to", _("The consent cannot end before it was given"))
        if agreed:
            self._demand_scope(set(found.get("scope", [])))
        return found

    def _demand(self, name: str, message: Any) -> None:
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, message)

    def _demand_scope(self, scope: set[str]) -> None:
        """Refuse to send more than the consent covers."""
        if not {Scope.WORDS, Scope.RECEIVER} <= scope:
            self.add_error(
                "scope", _("The yes must cover what you send and to whom. If it does not, ask again before you send.")
            )
        elif self.cleaned_data.get("share_absence") and Scope.ABSENCE not in scope:
            self.add_error("scope", _("The yes does not cover the absence figures. Ask again, or do not share them."))

    def consents(self) -> list[ConsentGiven]:
        """Return what each giver answered; of a checked form only."""
        return [self._given(giver) for giver in Giver.values]

    def _given(self, giver: str) -> ConsentGiven:
        found = self.cleaned_data
        answer = found[f"{giver}_answer"]
        if answer != Answer.YES:
            return ConsentGiven(giver, answer)
        return ConsentGiven(
            giver, answer, found[f"{giver}_form"], found[f"{giver}_given_on"], found[f"{giver}_valid_to"],
            list(found["scope"]),
        )  # fmt: skip

    def words(self) -> dict[str, Any]:
        """Return the writer's words, whom to contact and whether absence is shared; of a checked form only."""
        return {name: self.cleaned_data[name] for name in (*WORDS, "contact", "share_absence")}

    def as_typed(self) -> dict[str, Any]:
        """Return what was typed, valid or not, ready for a draft: given back to the form it shows the same."""
        return {name: _plain(self[name].data) for name in self.fields}


def _plain(value: Any) -> Any:
    """Return what a draft can hold of one field's data: text without the null characters that no database takes."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, bool):
        return value
    return value.replace("\x00", "") if isinstance(value, str) else ""


def earlier_answers(content: dict[str, Any]) -> dict[str, Any]:
    """Return the initial values of a request that follows one shared before as `content`.

    What the consent covers is left empty: a new receiver or new facts must be asked about again.
    """
    initial = {**content["words"], "contact": content["contact"], "share_absence": content["absence"] is not None}
    for given in content["consents"]:
        giver = given["giver"]
        initial |= {f"{giver}_{name}": given[name] or "" for name in ("answer", "form", "given_on", "valid_to")}
    return initial


def first_answers(contact: str, valid_to: date, guardians: int) -> dict[str, Any]:
    """Return the initial values of a first request: the writer as contact, consents valid to `valid_to`."""
    initial: dict[str, Any] = {"contact": contact, "share_absence": True}
    for giver in Giver.values:
        initial[f"{giver}_valid_to"] = valid_to.isoformat()
    if guardians == 1:
        initial[f"{Giver.GUARDIAN_2}_answer"] = Answer.NONE
    return initial


class SendRequestForm(forms.Form):
    """The last yes before sending: the print of what the writer saw."""

    seen = forms.CharField(widget=forms.HiddenInput)


class WithdrawForm(forms.Form):
    """Why a request is taken back."""

    reason = TextField(
        label=_("Why do you withdraw the request?"), max_length=600,
        help_text=_("Read by: your school and the unit that has the request."),
        error_messages={"required": _("Write why you withdraw the request")},
    )  # fmt: skip
