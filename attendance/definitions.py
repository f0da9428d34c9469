"""What the words of a source mean, as printed under every figure that is counted from it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from .models import AbsenceSource


def definitions_of(source: AbsenceSource) -> list[tuple[str, str]]:
    """Return what the source's words mean, as printed under its figures."""
    return [
        (_("Late arrival counts as"), source.get_late_counts_as_display()),
        (_("Lessons nobody has reported count as"), source.get_unreported_counts_as_display()),
        (_("Absence in days"), source.get_day_rule_display()),
    ]
