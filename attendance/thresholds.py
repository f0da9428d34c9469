"""The lines that make a signal. Each version is kept, so that an old signal can always be explained."""

from datetime import date

from attendance.models import ThresholdRule

FIRST_VERSION = {
    "valid_from": date(2026, 7, 1),
    "levels_percent": [10, 15, 20, 30, 50],
    "window_school_days": 20,
    "minimum_coverage_percent": 90,
    "answer_school_days": 5,
}
"""A product default that a provider may change, not law: the School Act (2010:800) 7:19 a gives no number."""


def load_threshold_rules() -> int:
    """Add the versions that are missing, and return how many there are."""
    ThresholdRule.objects.get_or_create(version=1, defaults=FIRST_VERSION)
    return ThresholdRule.objects.count()


def rule_on(today: date) -> ThresholdRule:
    """Return the version in force on `today`; the first one for days before it."""
    in_force = ThresholdRule.objects.filter(valid_from__lte=today).order_by("-version").first()
    return in_force or ThresholdRule.objects.order_by("version")[:1].get()
