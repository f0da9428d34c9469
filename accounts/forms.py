"""What people type about people."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import A_YEAR, Membership, MembershipQuerySet, Unit, UnitQuerySet
from .permissions import last_possible_day
from .roles import ROLES_IN, Role, UnitKind

SEEN_BY = _("Read by those who work together with the person.")


class UnitChoice(forms.ModelChoiceField):
    """A choice of one unit by its name."""

    def label_from_instance(self, unit: Unit) -> str:
        """Return the unit's name."""
        return unit.name


class ColleagueChoice(forms.ModelChoiceField):
    """A choice of one member of a unit by name and role."""

    def label_from_instance(self, membership: Membership) -> str:
        """Return the person's name and what the person does."""
        return f"{membership.user.full_name}, {membership.role_title}"


class InvitePersonForm(forms.Form):
    """Who the new person is, and what the person will do where, from when."""

    given_name = forms.CharField(label=_("Given name"), max_length=80, help_text=SEEN_BY)
    family_name = forms.CharField(label=_("Family name"), max_length=80)
    email = forms.EmailField(
        label=_("E-mail at work"), help_text=_("The invitation is sent here. Read by those who invite.")
    )
    unit = UnitChoice(label=_("Unit"), queryset=Unit.objects.none())
    role = forms.ChoiceField(label=_("Role"))
    title = forms.CharField(label=_("Title"), max_length=60, required=False, help_text=SEEN_BY)
    valid_from = forms.DateField(label=_("First day"))
    valid_to = forms.DateField(
        label=_("Last day"), help_text=_("At most a year ahead. The role can be renewed before it ends.")
    )

    def __init__(self, *args: Any, units: UnitQuerySet, today: date, **kwargs: Any) -> None:
        """Offer the given units and the roles that exist in them; a single unit is chosen from the start."""
        super().__init__(*args, **kwargs)
        chosen = list(units)
        unit, role = cast(UnitChoice, self.fields["unit"]), cast(forms.ChoiceField, self.fields["role"])
        unit.queryset = units
        if len(chosen) == 1:
            unit.initial = chosen[0]
        roles = set().union(*(ROLES_IN[UnitKind(unit.kind)] for unit in chosen))
        role.choices = [("", "---------"), *((one, one.label) for one in Role if one in roles)]
        self.fields["valid_from"].initial = today
        self.fields["valid_to"].initial = last_possible_day(today)

    def clean(self) -> dict[str, Any]:
        """Check that the unit has such a role, and that the days are in order and within a year."""
        data = super().clean() or {}
        unit, role = data.get("unit"), data.get("role")
        if unit and role and role not in ROLES_IN[UnitKind(unit.kind)]:
            self.add_error("role", _("This unit has no such role. Choose another role or another unit."))
        first, last = data.get("valid_from"), data.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("The last day comes before the first day."))
        if first and last and last - first > A_YEAR:
            self.add_error("valid_to", _("A role lasts a year at most. Choose an earlier day; it can be renewed."))
        return data


class EndMembershipForm(forms.Form):
    """The last day of a membership."""

    last_day = forms.DateField(
        label=_("Last day"),
        help_text=_("The person can sign in through this day. To end at once, write yesterday’s date."),
    )

    def __init__(self, *args: Any, membership: Membership, today: date, **kwargs: Any) -> None:
        """Suggest today; days long past are refused, because the log shows work done since."""
        super().__init__(*args, **kwargs)
        self.fields["last_day"].initial = today
        self.earliest = max(membership.valid_from, today - timedelta(days=1))
        self.latest = membership.valid_to

    def clean_last_day(self) -> date:
        """Check that the day is not before yesterday, nor before the first day."""
        day = self.cleaned_data["last_day"]
        if day < self.earliest:
            message = _("Choose %(day)s or a later day.")
            raise forms.ValidationError(message, params={"day": self.earliest.isoformat()})
        if day > self.latest:
            message = _("The role ends on %(day)s already. Choose that day or an earlier one.")
            raise forms.ValidationError(message, params={"day": self.latest.isoformat()})
        return day


class SetAwayForm(forms.Form):
    """From when to when somebody is away, and who stands in."""

    away_from = forms.DateField(label=_("First day away"))
    away_to = forms.DateField(label=_("Last day away"))
    stand_in = ColleagueChoice(
        label=_("Stand-in"),
        queryset=Membership.objects.none(),
        required=False,
        empty_label=_("Nobody"),
        help_text=_("Without a stand-in, cases that wait for this person are shown as stalled."),
    )

    def __init__(self, *args: Any, colleagues: MembershipQuerySet, **kwargs: Any) -> None:
        """Offer the given colleagues as stand-ins."""
        super().__init__(*args, **kwargs)
        cast(ColleagueChoice, self.fields["stand_in"]).queryset = colleagues.select_related("user", "unit")

    def clean(self) -> dict[str, Any]:
        """Check that the days are in order."""
        data = super().clean() or {}
        first, last = data.get("away_from"), data.get("away_to")
        if first and last and last < first:
            self.add_error("away_to", _("The last day comes before the first day."))
        return data


class SwitchForm(forms.Form):
    """Which of one's memberships to act as."""

    membership = forms.ChoiceField(label=_("Unit and role"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, memberships: list[Membership], **kwargs: Any) -> None:
        """Offer the person's own memberships."""
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["membership"]).choices = [
            (str(membership.pk), f"{membership.unit.name} – {membership.role_title}") for membership in memberships
        ]


class ResetSecondFactorForm(forms.Form):
    """Whether the person has lost the password too."""

    password_too = forms.BooleanField(
        label=_("The password is forgotten too"),
        required=False,
        help_text=_("The old password stops working, and the person gets a mail with a link to choose a new one."),
    )
