"""Loads the demo city, once."""

from __future__ import annotations

import argparse
from datetime import date
from time import monotonic
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from cases.actions.counting import count_standstills
from demo.city import SCHOOLS, SMALL_CITY
from demo.loading import is_loaded, load_city
from schools.models import School


class Command(BaseCommand):
    """`manage.py load_demo`."""

    help = "Loads the demo city with invented people, once. Everything is told through the actions."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Let tests choose the day and the size."""
        parser.add_argument(
            "--today", type=date.fromisoformat, help="The day the city stands on; the real day if left out"
        )
        parser.add_argument("--small", action="store_true", help="Two schools with few pupils, and their stories")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the city unless it is there."""
        if is_loaded():
            self.stdout.write("The demo city is already there.")
            return
        started = monotonic()

        def say(line: str) -> None:
            self.stdout.write(f"{monotonic() - started:5.1f} s  {line}")
            self.stdout.flush()

        if not School.objects.exists():
            call_command("load_registers", stdout=self.stdout)
        load_city(options["today"] or timezone.localdate(), plans=SMALL_CITY if options["small"] else SCHOOLS, say=say)
        say(f"{count_standstills(at=timezone.now())} cases stand still.")
        say("The demo city is loaded.")
