"""What people write about links to pupils and about protected identity: shape and wording only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership

from .models import Protection, PupilLink
from .personal_numbers import PersonalNumber, PersonalNumberError, parse_personal_number
from .protection import PupilKey, read_alias


class PersonalNumberField(forms.CharField):
    """A whole personal number in any usual writing."""

    def clean(self, value: Any) -> PersonalNumber:
        """Return the number; the words of a refusal never repeat it."""
        try:
            return parse_personal_number(super().clean(value), today=timezone.localdate())
        except PersonalNumberError as error:
            raise forms.ValidationError(str(error.message)) from None


class HiddenPupilField(forms.CharField):
    """A hidden pupil: the whole personal number, or the code that was printed when the pupil was hidden."""

    def clean(self, value: Any) -> PupilKey:
        """Return which of the two it is; the words of a refusal never repeat it."""
        text = super().clean(value)
        if code := read_alias(text):
            return code
        try:
            number = parse_personal_number(text, today=timezone.localdate())
        except PersonalNumberError:
            raise forms.ValidationError(
                _("Write the whole personal number, or the code: a letter and four digits")
            ) from None
        return PupilKey(number.kind, number.value)


class MemberField(forms.ModelChoiceField):
    """One of the school's members, by name and role."""

    def label_from_instance(self, membership: Membership) -> str:
        """Return the person's name and what the person does."""
        return f"{membership.user.full_name}, {membership.role_title}"


class MembersField(forms.ModelMultipleChoiceField):
    """Several of the school's members, by name and role."""

    def label_from_instance(self, membership: Membership) -> str:
        """Return the person's name and what the person does."""
        return f"{membership.user.full_name}, {membership.role_title}"


class ClaimLinkForm(forms.Form):
    """Which pupil somebody has to open, and why."""

    number = PersonalNumberField(
        label=_("The pupil's whole personal number"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        error_messages={"required": _("Write the whole personal number")},
    )
    reason = forms.ChoiceField(
        label=_("Why do you need to open the pupil?"),
        choices=PupilLink.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why you need to open the pupil")},
    )
    words = forms.CharField(
        label=_("Tell in short"),
        help_text=_("Read by: the log auditor, who checks every pupil opened this way. Do not name the pupil."),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Mark the words as needed only for one of the reasons."""
        super().__init__(*args, **kwargs)
        self.fields["words"].marker = _("needed for something else")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for words when the reason is none of those in the list."""
        told = super().clean() or {}
        if told.get("reason") == PupilLink.Reason.OTHER and not told.get("words") and "words" not in self.errors:
            self.add_error("words", _("Tell in short why you need to open the pupil"))
        return told


class NameMemberForm(forms.Form):
    """Who is to be named for a pupil."""

    membership = MemberField(
        label=_("Who works with the pupil?"),
        queryset=Membership.objects.none(),
        empty_label=_("Choose a person"),
        error_messages={"required": _("Choose a person"), "invalid_choice": _("Choose somebody at your school")},
    )

    def __init__(self, *args: Any, members: QuerySet[Membership], **kwargs: Any) -> None:
        """Offer `members`."""
        super().__init__(*args, **kwargs)
        self.fields["membership"].queryset = members  # type: ignore[attr-defined]


class ProtectPupilForm(forms.Form):
    """Which kind of protected identity, and, where the city has decided for inside, who may read."""

    kind = forms.ChoiceField(
        label=_("Which kind?"),
        choices=[(kind.value, kind.label) for kind in Protection if kind != Protection.NONE],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose which kind it is")},
    )
    readers = MembersField(
        label=_("Who may read?"),
        help_text=_("At least one person other than you. A second person confirms each of them."),
        queryset=Membership.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_understood = forms.BooleanField(
        label=_("I have noted on paper what I need: the pupil is hidden from everybody, from me too, at once"),
        error_messages={"required": _("Confirm that you have noted what you need")},
    )

    def __init__(self, *args: Any, is_inside: bool, members: QuerySet[Membership], **kwargs: Any) -> None:
        """Ask for readers only where protected pupils are handled inside the system."""
        super().__init__(*args, **kwargs)
        if is_inside:
            self.fields["readers"].queryset = members  # type: ignore[attr-defined]
        else:
            del self.fields["readers"]


class LiftProtectionForm(forms.Form):
    """Which hidden pupil is to be shown again, and why."""

    class Reason(models.TextChoices):
        WRONG_PUPIL = "wrong_pupil", _("Another pupil was meant")
        NEVER_PROTECTED = "never_protected", _("The pupil has never had protected identity")
        ENDED = "ended", _("Skatteverket has ended the protection")

    key = HiddenPupilField(
        label=_("The pupil's whole personal number, or the code you noted"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write the whole personal number or the code")},
    )
    reason = forms.ChoiceField(
        label=_("Why is the pupil to be shown again?"),
        choices=Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why")},
    )
    is_checked = forms.BooleanField(
        label=_("I have checked in the population register that the pupil has no protection today"),
        error_messages={"required": _("Check in the population register first")},
    )


class DecideProtectionForm(forms.Form):
    """The city's decision for one authority."""

    authority = forms.ChoiceField(label=_("Authority"))
    inside = forms.TypedChoiceField(
        label=_("Where are protected pupils handled?"),
        choices=[("no", _("Outside the system")), ("yes", _("Inside the system, with alias and named readers"))],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose outside or inside")},
    )

    def __init__(self, *args: Any, authorities: list[str], **kwargs: Any) -> None:
        """Offer `authorities`."""
        super().__init__(*args, **kwargs)
        self.fields["authority"].choices = [(name, name) for name in authorities]  # type: ignore[attr-defined]
