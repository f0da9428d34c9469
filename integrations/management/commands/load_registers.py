"""Loads every register the application stands on. May be run again: what is edited in the application is kept."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from accounts.models import Unit
from accounts.roles import UnitKind
from attendance.school_years import make_school_years
from attendance.thresholds import load_threshold_rules
from schools.registers import load_school_years, load_schools
from socialservices.registers import load_districts, load_offices, load_reason_codes


class Command(BaseCommand):
    """`manage.py load_registers`."""

    help = "Loads districts, schools, school years, offices, services, reasons and threshold rules. May be run again."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Load everything or, when a register cannot be read, nothing."""
        city, _created = Unit.objects.update_or_create(
            kind=UnitKind.CITY, name="Stockholms stad", defaults={"short_name": "Staden", "parent": None}
        )
        counts = {
            "districts": load_districts(),
            "schools": load_schools(city),
            "new school years": load_school_years(),
            "offices and teams": load_offices(city),
            "reasons": load_reason_codes(),
            "versions of threshold rules": load_threshold_rules(),
            "new school years for absence": make_school_years(timezone.localdate()),
        }
        self.stdout.write("Registers loaded: " + ", ".join(f"{count} {what}" for what, count in counts.items()) + ".")
