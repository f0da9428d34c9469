"""The request for support: to whom, why, what has been tried, who has agreed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from attendance.tried import Tried
from cases.models import Consent
from cases.receivers import Offer
from cases.sharing import WORDS
from cases.tried_words import picked_line
from socialservices.models import Service

from .consents import ConsentForm, said_before
from .fields import TextField

NOTHING_TRIED = _("Write what the school has tried. “Nothing yet” is also an answer.")
READ_BY_RECEIVER = _("Read by: your school and the unit you send to. The pupil and the family can read it.")


class ServiceChoiceField(forms.ChoiceField):
    """One of the services that serve the pupil; gives the service itself."""

    widget = forms.RadioSelect(attrs={"data-look": "cards"})
    services: dict[str, Service] = {}

    def offer(self, services: Iterable[Offer]) -> None:
        """Let the writer choose among `services`, the intake office as the choice of those who are not sure."""
        offers = list(services)
        self.services = {str(offer.service.pk): offer.service for offer in offers}
        self.choices = [(str(offer.service.pk), offer.label) for offer in offers]

    def clean(self, value: Any) -> Service | None:
        """Return the chosen service."""
        return self.services.get(super().clean(value))


class RequestForm(ConsentForm):
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
    tried_items = forms.MultipleChoiceField(
        label=_("What the school has seen and done: tick what is shared"), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What is not ticked stays in the school. Read by: your school; what you tick: the receiver too."),
    )  # fmt: skip
    tried = TextField(
        label=_("What more has the school tried, and what came of it?"), max_length=1500, required=False, rows=3,
        help_text=READ_BY_RECEIVER,
    )  # fmt: skip
    share_absence = forms.BooleanField(
        label=_("Share the absence of the last eight weeks"), required=False,
        help_text=_(
            "A copy with today's date goes with the request: shares and weeks, no causes. Where the yes covers it, the "
            "receiver also sees how the share goes until it has answered."
        ),
    )  # fmt: skip
    pupil_words = TextField(
        label=_("What does the pupil say? (own words)"), required=False, max_length=600, rows=3,
        help_text=_("A quotation, as the pupil said it. Read by: your school, the receiver and the family."),
    )  # fmt: skip
    contact = forms.CharField(
        label=_("Whom at the school should they contact, and how?"), max_length=200,
        help_text=_("Name and telephone. Read by: the receiver."),
        error_messages={"required": _("Write whom they should contact")},
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        services: Iterable[Offer] = (),
        tried: Iterable[Tried] = (),
        is_follow_up: bool = False,
        **kwargs: Any,
    ) -> None:
        """Offer `services`, and of what was `tried` each to be picked; a follow-up asks what is new since last."""
        super().__init__(*args, **kwargs)
        self.fields["service"].offer(services)  # type: ignore[attr-defined]
        self.to_pick = {one.key: one for one in tried}
        self.fields["tried_items"].choices = [(one.key, picked_line(one)) for one in self.to_pick.values()]  # type: ignore[attr-defined]
        if is_follow_up:
            self.fields["why_now"].label = _("What is new since last time?")
            self.fields["why_now"].error_messages["required"] = _("Write what is new since last time")
        if self.to_pick:
            self.fields["tried"].marker = ""  # type: ignore[attr-defined]
        else:
            self.fields["tried"].label = _("What has the school tried, and what came of it?")
            self.fields["tried"].required = True
            self.fields["tried"].error_messages["required"] = NOTHING_TRIED
            scopes = [scope for scope in Consent.Scope.choices if scope[0] != Consent.Scope.TRIED]
            self.fields["scope"].choices = scopes  # type: ignore[attr-defined]
        self.fields["tried_items"].marker = ""  # type: ignore[attr-defined]
        # Errors are listed in the order of the page.
        self.fields["contact"] = self.fields.pop("contact")

    def clean(self) -> dict[str, Any]:
        """Ask what has been tried, picked or written; refuse to share more than the consent covers."""
        found = super().clean()
        if not found.get("tried_items") and not found.get("tried"):
            self._demand("tried", _("Tick or write what the school has tried. “Nothing yet” is also an answer."))
        return found

    def demand_scope(self, scope: set[str]) -> None:
        """Refuse to send more than the consent covers."""
        super().demand_scope(scope)
        if "scope" in self.errors:
            return
        if self.cleaned_data.get("share_absence") and Consent.Scope.ABSENCE not in scope:
            self.add_error("scope", _("The yes does not cover the absence figures. Ask again, or do not share them."))
        elif self.cleaned_data.get("tried_items") and Consent.Scope.TRIED not in scope:
            self.add_error(
                "scope", _("The yes does not cover what you have ticked of the school's work. Ask again, or untick it.")
            )

    def words(self) -> dict[str, Any]:
        """Return the writer's words, whom to contact and what is shared beside them; of a checked form only."""
        words = {name: self.cleaned_data[name] for name in (*WORDS, "contact", "share_absence")}
        return words | {"tried_items": [self.to_pick[key].as_content() for key in self.cleaned_data["tried_items"]]}


def earlier_answers(content: dict[str, Any]) -> dict[str, Any]:
    """Return the initial values of a request that follows one shared before as `content`.

    Why now, and what the consent covers, are left empty: what is new is written, and asked about again.
    """
    words = content["words"] | {"why_now": ""}
    shared = {"contact": content["contact"], "share_absence": content["absence"] is not None}
    return {**words, **shared, **said_before(content["consents"])}


class SendRequestForm(forms.Form):
    """The last yes before sending: the print of what the writer saw."""

    seen = forms.CharField(widget=forms.HiddenInput)


class SendBackForm(forms.Form):
    """What is missing in a finished draft."""

    why = TextField(
        label=_("What is missing?"), rows=3, max_length=600,
        help_text=_("Read by: the one who wrote the request. It does not leave the school."),
        error_messages={"required": _("Write what is missing")},
    )  # fmt: skip


class SendingForm(forms.Form):
    """Who at the school sends requests."""

    principal_sends = forms.BooleanField(
        label=_("Only the principal sends requests for support"), required=False,
        help_text=_("Student health writes and finishes them; they then show in the principal's To do."),
    )  # fmt: skip


class WithdrawForm(forms.Form):
    """Why a request is taken back."""

    reason = TextField(
        label=_("Why do you withdraw the request?"), max_length=600,
        help_text=_("Read by: your school and the unit that has the request."),
        error_messages={"required": _("Write why you withdraw the request")},
    )  # fmt: skip
