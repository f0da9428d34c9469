"""What a system administrator says about a source, and what a school answers."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from schools.models import Provider, School

from .models import RosterDiff, SchoolSource
from .problems import SourceError, text_of
from .signing_in import SignIn
from .sync_register import ANSWERABLE
from .told import WHAT
from .transport import check_address

ALWAYS = ("organisations", "persons", "groups")
CHOICES = [(name, words) for name, words in WHAT.items()
           if name in {"duties", "deletedEntities", "activities", "calendarEvents", "attendances", "absences",
                       "aggregatedAttendance"}]  # fmt: skip
BACK = [("log", _("Messages to the supplier (log)")), ("statistics", _("Counts to the supplier (statistics)"))]
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,58}")
RESERVED = {"host", "content-length", "transfer-encoding", "connection", "cookie"}


class SourceForm(forms.Form):
    """Where a source is, how we sign in, and what is read from it."""

    name = forms.CharField(label=_("What we call the source"), max_length=80)
    provider = forms.ModelChoiceField(
        label=_("Whose system it is"), queryset=Provider.objects.none(), empty_label=_("Choose a provider")
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=200,
        help_text=_("As the supplier gives it, usually ending in /v2.0. Begins with https://."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url"}),
    )
    sign_in = forms.ChoiceField(label=_("How we sign in"), choices=SignIn.choices, widget=forms.RadioSelect)
    token_address = forms.CharField(
        label=_("Address of the sign-in server"),
        max_length=200,
        required=False,
        help_text=_("For OAuth2 only: where tokens are bought."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url"}),
    )
    client_id = forms.CharField(label=_("Client id (OAuth2)"), max_length=120, required=False)
    scope = forms.CharField(label=_("Scope (OAuth2)"), max_length=200, required=False)
    key_header = forms.CharField(
        label=_("Name of the header (API key)"), max_length=60, required=False, help_text=_("Empty means X-API-Key.")
    )
    schools = forms.CharField(
        label=_("School unit codes"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One for each school that is to be read, eight digits, on lines of their own."),
    )
    endpoints = forms.MultipleChoiceField(
        label=_("What the supplier has opened"),
        choices=[*CHOICES, *BACK],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("School units, people and classes are always read. The connection test shows what works."),
    )
    days_back = forms.IntegerField(
        label=_("Days of lessons read anew each night"), min_value=1, max_value=60, initial=14
    )
    unmarked_is_open = forms.BooleanField(
        label=_("The supplier keeps protected people out, and does not mark the others"),
        required=False,
        help_text=_("Only after the supplier has said so in writing. Otherwise unmarked people are held aside."),
    )
    ignores_cancelled = forms.BooleanField(
        label=_("Enrolments marked as cancelled count all the same"),
        required=False,
        help_text=_("Only where the source is known to mark them wrongly."),
    )
    reports_back = forms.BooleanField(
        label=_("Tell the supplier how each reading went"),
        required=False,
        help_text=_("Counts and codes, nothing about anybody."),
    )
    is_told = forms.BooleanField(
        label=_("Let the server tell us when something changes"),
        required=False,
        help_text=_("Where the supplier offers subscriptions. Changes are then read within some minutes."),
    )
    is_dry_run = forms.BooleanField(label=_("Dry run: read and count, store nothing"), required=False, initial=True)
    is_on = forms.BooleanField(label=_("Read every night"), required=False)

    def __init__(self, *args: Any, source: SchoolSource | None = None, **kwargs: Any) -> None:
        """Show what is known about `source`."""
        if source is not None:
            codes = source.schools.order_by("school__school_unit_code").values_list(
                "school__school_unit_code", flat=True
            )
            known = {name: getattr(source, name) for name in self.base_fields if hasattr(source, name)}
            kwargs["initial"] = known | {"schools": "\n".join(codes)} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.fields["provider"].queryset = Provider.objects.order_by("name", "pk")  # type: ignore[attr-defined]

    def clean_address(self) -> str:
        """Refuse an address that would never be called."""
        return self._address("address")

    def clean_token_address(self) -> str:
        """Refuse an address that would never be called."""
        return self._address("token_address") if self.cleaned_data["token_address"] else ""

    def clean_key_header(self) -> str:
        """Refuse what is no name of a header of ours."""
        name = str(self.cleaned_data["key_header"])
        if name and (not HEADER.fullmatch(name) or name.casefold() in RESERVED):
            raise forms.ValidationError(_("The name of a header has letters, digits and hyphens, as in X-API-Key."))
        return name

    def clean_endpoints(self) -> list[str]:
        """Return what may be asked; three are always."""
        return [*ALWAYS, *self.cleaned_data["endpoints"]]

    def clean(self) -> dict[str, Any]:
        """Look up the schools, all of them the provider's, and what the way of signing in needs."""
        told = super().clean() or {}
        if told.get("sign_in") == SignIn.OAUTH:
            for name in ("token_address", "client_id"):
                if not told.get(name) and name not in self.errors:
                    self.add_error(name, _("OAuth2 needs this."))
        if told.get("provider") and told.get("schools"):
            told["schools"] = self._schools(told["schools"], told["provider"])
        return told

    def _address(self, name: str) -> str:
        address = str(self.cleaned_data[name]).strip().rstrip("/")
        try:
            check_address(address)
        except SourceError as problem:
            raise forms.ValidationError(text_of(problem.code)) from None
        return address

    def _schools(self, text: str, provider: Provider) -> list[School]:
        codes = re.split(r"[\s,;]+", text.strip())
        known = {
            one.school_unit_code: one for one in School.objects.filter(provider=provider, school_unit_code__in=codes)
        }
        unknown = [code for code in codes if code not in known]
        if unknown:
            words = _now("The provider has no school with the code: %(codes)s. Mend or remove it.")
            self.add_error("schools", words % {"codes": ", ".join(code[:20] for code in unknown[:5])})
        return list(known.values())


class SecretForm(forms.Form):
    """A secret for a source. It is never shown again, and never kept in the browser."""

    credential = forms.CharField(
        label=_("Client secret, token or key"),
        max_length=4000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    credential_certificate = forms.CharField(
        label=_("Client certificate with its key"),
        max_length=20000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("In PEM, only where the supplier asks for one."),
    )

    def clean_credential(self) -> str:
        """Refuse what cannot stand in a header."""
        secret = str(self.cleaned_data["credential"]).strip()
        if secret and not (secret.isprintable() and secret.isascii()):
            raise forms.ValidationError(_("A secret has letters, digits and signs without line breaks. Copy it anew."))
        return secret

    def clean_credential_certificate(self) -> str:
        """Refuse what is not a certificate with a key."""
        text = str(self.cleaned_data["credential_certificate"]).strip()
        if text and not ("BEGIN CERTIFICATE" in text and "PRIVATE KEY" in text):
            raise forms.ValidationError(_("Paste both the certificate and its private key, with their BEGIN lines."))
        return text

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        told = super().clean() or {}
        if not self.errors and not any(told.values()):
            self.add_error("credential", _("Enter the secret."))
        return told


class AnswerForm(forms.Form):
    """Which kinds of change a school says yes to."""

    kinds = forms.MultipleChoiceField(
        label=_("What is to be carried out?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    ends_confirmed = forms.BooleanField(label=_("Yes, so many have really left"), required=False)

    def __init__(self, *args: Any, diff: RosterDiff, **kwargs: Any) -> None:
        """Offer the kinds that there are, all of them chosen but for endings in large number."""
        super().__init__(*args, **kwargs)
        labels = {str(kind.value): kind.label for kind in diff.changes.model.Kind}
        there = [kind for kind in ANSWERABLE if diff.counts.get(kind)]
        field = self.fields["kinds"]
        field.choices = [(kind, f"{labels[kind]} ({diff.counts[kind]})") for kind in there]  # type: ignore[attr-defined]
        field.initial = [kind for kind in there if not (kind == "end" and diff.ends_too_many)]
        self.needs_second_yes = diff.ends_too_many
        if not self.needs_second_yes:
            del self.fields["ends_confirmed"]

    def clean(self) -> dict[str, Any]:
        """Ask a second time before many are ended."""
        told = super().clean() or {}
        if self.needs_second_yes and "end" in told.get("kinds", []) and not told.get("ends_confirmed"):
            self.add_error("ends_confirmed", _("Tick this too, or leave out those who have left."))
        return told
