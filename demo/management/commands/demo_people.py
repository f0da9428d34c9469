"""Prints the people a visitor of the demo can be."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from demo.visitors import visitors


class Command(BaseCommand):
    """`manage.py demo_people`."""

    help = "Prints name, role and unit of each person a visitor of the demo can be."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a table, or say that there is nobody yet."""
        rows = [(visitor.name, visitor.title, visitor.unit.name) for visitor in visitors()]
        if not rows:
            self.stdout.write("The demo city is not loaded. Run: manage.py load_demo")
        widths = [max((len(row[column]) for row in rows), default=0) for column in range(2)]
        for name, title, unit in rows:
            self.stdout.write(f"{name:<{widths[0]}}  {title:<{widths[1]}}  {unit}")
