"""What people fill in about requests for one's own data."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from schools.models import Pupil

from .archive import Screened
from .models import KeepOrder, RightsRequest, Screening


class PupilChoice(forms.ModelChoiceField):
    """A choice of one pupil by name and birth date."""

    def label_from_instance(self, pupil: Pupil) -> str:
        """Return the pupil's name and birth date."""
        return f"{pupil.family_name}, {pupil.given_name} ({pupil.born_on})"


class AboutPupilForm(forms.Form):
    """A form that begins with which pupil it is about."""

    pupil = PupilChoice(label=_("Pupil"), queryset=Pupil.objects.none())

    def __init__(self, *args: Any, pupils: QuerySet[Pupil], **kwargs: Any) -> None:
        """Offer the given pupils."""
        super().__init__(*args, **kwargs)
        cast(PupilChoice, self.fields["pupil"]).queryset = pupils.order_by("family_name", "given_name", "pk")


class RightsRequestForm(AboutPupilForm):
    """What has been asked, by whom and when it came."""

    kind = forms.ChoiceField(label=_("What is asked for"), choices=RightsRequest.Kind.choices, widget=forms.RadioSelect)
    asked_by = forms.ChoiceField(label=_("Who asks"), choices=RightsRequest.AskedBy.choices, widget=forms.RadioSelect)
    received_on = forms.DateField(
        label=_("The day it came"), help_text=_("It must be answered within a month of this day.")
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Suggest today."""
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["received_on"].initial = today

    def clean_received_on(self) -> date:
        """Refuse a day to come."""
        day: date = self.cleaned_data["received_on"]
        if day > self.today:
            raise forms.ValidationError(_("This day has not come yet. Write the day the request came."))
        return day


class SettleForm(forms.Form):
    """How a request ended."""

    outcome = forms.ChoiceField(
        label=_("How did it end?"), choices=RightsRequest.Outcome.choices, widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label=_("What was answered"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        help_text=_(
            "Read by those who answer for the unit’s data, and by the supervisory authority if it asks. "
            "A refusal says why, and how to complain."
        ),
    )


class ExportForm(forms.Form):
    """How the copy reaches the one who asked: the reason that the log gets."""

    reason = forms.ChoiceField(
        label=_("How is the copy given?"),
        choices=[
            ("handed_over", _("Handed over, against proof of identity")),
            ("registered_letter", _("As a registered letter")),
            ("secure_mail", _("Through a secure digital mailbox")),
        ],
        widget=forms.RadioSelect,
    )


class KeepOrderForm(AboutPupilForm):
    """Which pupil’s data must be kept, and on what ground."""

    ground = forms.ChoiceField(label=_("Why"), choices=KeepOrder.Ground.choices, widget=forms.RadioSelect)


class ScreeningForm(forms.Form):
    """One choice for every text and every named person in a copy."""

    def __init__(self, *args: Any, rows: list[Screened], **kwargs: Any) -> None:
        """Make a field for each item. What has been decided is filled in; what is new must be chosen."""
        super().__init__(*args, **kwargs)
        self.rows = rows
        for number, row in enumerate(rows):
            self.fields[f"item_{number}"] = forms.ChoiceField(
                label=row.item.title,
                choices=Screening.Choice.choices,
                widget=forms.RadioSelect(attrs={"data-look": "inline"}),
                initial=None if row.is_new and not row.item.is_protected else row.choice,
            )
        self.fields["is_read"] = forms.BooleanField(
            label=_("I have read everything that is given out, and looked for what may harm somebody else.")
        )

    @property
    def shown(self) -> list[tuple[Screened, Any]]:
        """Each item beside its field."""
        return [(row, self[f"item_{number}"]) for number, row in enumerate(self.rows)]

    @property
    def choices(self) -> dict[str, str]:
        """What was chosen, by the items' keys."""
        return {row.item.key: self.cleaned_data[f"item_{number}"] for number, row in enumerate(self.rows)}
