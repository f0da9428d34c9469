"""What the words of a source mean: systems differ, and so do schools."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Unit
from attendance.models import AbsenceSource

System, Late = AbsenceSource.System, AbsenceSource.Late
Unreported, DayRule = AbsenceSource.Unreported, AbsenceSource.DayRule
USUAL: dict[str, dict[str, str]] = {
    System.LEARNPOINT: {"late_counts_as": Late.INVALID, "unreported_counts_as": Unreported.PRESENT},
    System.SCHOOLSOFT: {"day_rule": DayRule.ALL_LESSONS},
}
"""What the words usually mean in a system, where that is known (docs/law.md, 1.2); the school may say otherwise."""

NO_OTHER = {"late_counts_as": Late.PRESENT, "unreported_counts_as": Unreported.UNKNOWN, "day_rule": DayRule.MINUTES}


class SourceForm(forms.ModelForm):
    """A source of files: its name, its system, and what its words mean there."""

    is_counted = forms.BooleanField(
        label=gettext_lazy("Figures and signals are counted from this source"),
        help_text=gettext_lazy("Only one source of a school counts. The others are kept apart and shown as theirs."),
        required=False,
    )

    class Meta:
        model = AbsenceSource
        fields = ("name", "system", "late_counts_as", "unreported_counts_as", "day_rule", "is_counted")
        labels = {
            "name": gettext_lazy("Name"),
            "system": gettext_lazy("System"),
            "late_counts_as": gettext_lazy("Late arrival counts as"),
            "unreported_counts_as": gettext_lazy("Lessons nobody has reported count as"),
            "day_rule": gettext_lazy("How absence is counted in days"),
        }

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        """Take the school whose names must differ; the source that counts cannot stop, only give way to another."""
        super().__init__(*args, **kwargs)
        self.unit = unit
        if self.instance.is_counted and self.instance.pk:
            del self.fields["is_counted"]
        for name in ("late_counts_as", "unreported_counts_as", "day_rule"):
            self.fields[name].widget = forms.RadioSelect(choices=self.fields[name].choices)  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        """Refuse a name that another source of the school has."""
        name: str = self.cleaned_data["name"].strip()
        others = AbsenceSource.objects.filter(unit=self.unit, name__iexact=name).exclude(pk=self.instance.pk)
        if others.exists():
            raise forms.ValidationError(_("The school has a source with that name. Choose another name."))
        return name


def usual_definitions(system: str) -> dict[str, str]:
    """Return what the words usually mean in a system."""
    return {**NO_OTHER, **USUAL.get(system, {}), "system": system, "name": str(System(system).label)}
