"""Who has said yes, to what, how and until when: asked in a request, and again when an answer changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.consent_law import ADULT, AGREES_ALONE
from cases.models import Consent
from cases.sharing import ConsentGiven
from deadlines.months import add_months

from .fields import DayField

Answer, Giver, Scope = Consent.Answer, Consent.Giver, Consent.Scope

ASKED = [(answer, answer.label) for answer in (Answer.YES, Answer.NO, Answer.NOT_ASKED)]
OF_GUARDIAN = [*ASKED, (Answer.NOT_REACHABLE, Answer.NOT_REACHABLE.label)]
OF_SECOND = [*OF_GUARDIAN, (Answer.NONE, Answer.NONE.label)]
FORMS = [("", _("Choose")), *Consent.Form.choices]
GUARDIANS = (Giver.GUARDIAN_1, Giver.GUARDIAN_2)
DETAILS = ("form", "given_on", "valid_to", "interpreter")
CONSENT_MONTHS = 12
"""How long a yes is proposed to last, where the work with the pupil does not end before (law.md 3.3)."""


class ConsentForm(forms.Form):
    """What each guardian and the pupil answered. Checked, it gives `consents()`."""

    scope = forms.MultipleChoiceField(
        label=_("What does the yes cover?"), choices=Scope.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A yes covers only what was asked about. Tick what you explained when you asked."),
    )  # fmt: skip

    def __init__(self, *args: Any, guardians: Iterable[str] = (), age: int = 0, **kwargs: Any) -> None:
        """Name the guardians by `guardians` where their names may be shown; `age` is the pupil's, in whole years."""
        super().__init__(*args, **kwargs)
        self.age = age
        self.givers = [Giver.PUPIL] if age >= ADULT else [*GUARDIANS, Giver.PUPIL]
        names = [*guardians, "", ""]
        choices = {Giver.GUARDIAN_1: OF_GUARDIAN, Giver.GUARDIAN_2: OF_SECOND, Giver.PUPIL: ASKED}
        for giver, name in zip((*GUARDIANS, Giver.PUPIL), (*names[:2], ""), strict=True):
            if giver in self.givers:
                self._ask(giver, name, choices[giver])
        self.fields["scope"].marker = ""  # type: ignore[attr-defined]
        self.fields["scope"] = self.fields.pop("scope")

    def _ask(self, giver: Consent.Giver, name: str, answers: list[tuple[Any, Any]]) -> None:
        """Add the questions about one giver's consent."""
        title = str(giver.label)
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
            "interpreter": forms.CharField(
                label=_("Interpreter, language"), max_length=60, required=False,
                help_text=_("Leave empty if none was used. Read by: your school and the receiver."),
            ),
        }  # fmt: skip
        details |= self._judgements(giver)
        for suffix, field in details.items():
            field.marker = ""  # type: ignore[attr-defined]
            self.fields[f"{giver}_{suffix}"] = field

    def _judgements(self, giver: Consent.Giver) -> dict[str, forms.Field]:
        """Return what the one who asks has to judge: that a pupil's own yes is suitable, that it cannot wait."""
        if giver != Giver.PUPIL:
            return {
                "cannot_wait": forms.BooleanField(
                    label=_("Cannot be reached, and the decision cannot wait: the other guardian decides (FB 6:13)"),
                    required=False,
                )
            }
        if not AGREES_ALONE <= self.age < ADULT:
            return {}
        label = _("We judge that the pupil's own consent is suitable, with the age and maturity in mind (SoL 21:2)")
        return {"suitable": forms.BooleanField(label=label, required=False)}

    def consent_rows(self) -> list[dict[str, Any]]:
        """Return each giver's fields together, for the template."""
        rows = []
        for giver in self.givers:
            row = {name: self[f"{giver}_{name}"] for name in ("answer", *DETAILS)}
            judgements = [self[name] for name in (f"{giver}_cannot_wait", f"{giver}_suitable") if name in self.fields]
            rows.append({"giver": giver, "judgements": judgements, **row})
        return rows

    def clean(self) -> dict[str, Any]:
        """Demand of every yes how, when, until when and for what it was given."""
        super().clean()
        found = self.cleaned_data
        agreed = [giver for giver in self.givers if found.get(f"{giver}_answer") == Answer.YES]
        for giver in self.givers:
            if giver not in agreed:
                for name in DETAILS:
                    self.errors.pop(f"{giver}_{name}", None)
                continue
            self._demand(f"{giver}_form", _("Choose how the consent was given"))
            self._demand(f"{giver}_given_on", _("Write when the consent was given"))
            self._demand(f"{giver}_valid_to", _("Write how long the consent is valid"))
            given_on, valid_to = found.get(f"{giver}_given_on"), found.get(f"{giver}_valid_to")
            if given_on and valid_to and valid_to < given_on:
                self.add_error(f"{giver}_valid_to", _("The consent cannot end before it was given"))
        if agreed:
            self.demand_scope(set(found.get("scope", [])))
        return found

    def _demand(self, name: str, message: Any) -> None:
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, message)

    def demand_scope(self, scope: set[str]) -> None:
        """Refuse a yes that does not cover what has been or will be shared."""
        if not {Scope.WORDS, Scope.RECEIVER} <= scope:
            self.add_error(
                "scope", _("The yes must cover what you send and to whom. If it does not, ask again before you send.")
            )

    def consents(self) -> list[ConsentGiven]:
        """Return what each giver answered; of a checked form only."""
        return [self._given(giver) for giver in self.givers]

    def _given(self, giver: str) -> ConsentGiven:
        found = self.cleaned_data
        answer = found[f"{giver}_answer"]
        suitable = found.get("pupil_suitable") if giver == Giver.PUPIL else None
        if answer != Answer.YES:
            waits_not = answer == Answer.NOT_REACHABLE and bool(found.get(f"{giver}_cannot_wait"))
            return ConsentGiven(giver, answer, is_suitable=suitable, cannot_wait=waits_not)
        return ConsentGiven(
            giver, answer, found[f"{giver}_form"], found[f"{giver}_given_on"], found[f"{giver}_valid_to"],
            list(found["scope"]), found[f"{giver}_interpreter"], suitable,
        )  # fmt: skip


def said_before(consents: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return the initial answers of a form from those of a frozen copy.

    What the consent covers and what was judged is left empty: a new receiver or new facts must be asked about again.
    """
    initial: dict[str, Any] = {}
    for given in consents:
        giver = given["giver"]
        initial |= {f"{giver}_{name}": given.get(name) or "" for name in ("answer", *DETAILS)}
    return initial


def first_consents(today: date, guardians: int) -> dict[str, Any]:
    """Return the initial answers where nobody was asked: valid for a year; no second guardian where one is known."""
    valid_to = add_months(today, CONSENT_MONTHS)
    initial: dict[str, Any] = {f"{giver}_valid_to": valid_to.isoformat() for giver in Giver.values}
    if guardians == 1:
        initial[f"{Giver.GUARDIAN_2}_answer"] = Answer.NONE
    return initial
