"""Getting a case that stands still to move."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from socialservices.models import Service

from .fields import TextField


class LiftForm(forms.Form):
    """What the managers are asked to settle."""

    disagreement = TextField(
        label=_("What do the managers need to settle?"), rows=3, max_length=600,
        help_text=_(
            "Read by: the managers of both sides, the school and the unit that has the request. "
            "The pupil and the family can read it."
        ),
        error_messages={"required": _("Write what the managers need to settle")},
    )  # fmt: skip


class PlaceForm(forms.Form):
    """Which unit takes a request that has been sent on twice, and why."""

    service = forms.ModelChoiceField(
        label=_("Who takes it?"), queryset=Service.objects.none(), empty_label=None, widget=forms.RadioSelect,
        error_messages={"required": _("Choose who takes it")},
    )  # fmt: skip
    why = TextField(
        label=_("Why?"), rows=2, max_length=300,
        help_text=_(
            "One line is enough. Read by: the school, the unit that has the request and the unit that gets it. The "
            "pupil and the family can read it."
        ),
        error_messages={"required": _("Write why")},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, services: QuerySet[Service], has_it: object, **kwargs: Any) -> None:
        """Offer `services`; `has_it` is the unit that sent the request on the second time, and has it still."""
        super().__init__(data, **kwargs)
        self.has_it = has_it
        self.fields["service"].queryset = services  # type: ignore[attr-defined]
        self.fields["service"].label_from_instance = self._named  # type: ignore[attr-defined]

    def _named(self, service: Service) -> str:
        told = f"{service.office.unit.name} – {service.offers}"
        return _("%(told)s (has the request now)") % {"told": told} if service.office_id == self.has_it else told
