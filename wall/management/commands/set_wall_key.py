"""Gives the database its copy of the key that entrances are proved with."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from wall import identity

KEEP = "UPDATE wall_secret SET value = %s WHERE name = 'proof'"


class Command(BaseCommand):
    """`manage.py set_wall_key`, as the owner, when SECRET_KEY has been changed."""

    help = "Gives the database the key that SECRET_KEY makes. Run it when SECRET_KEY changes; everybody signs in anew."

    def handle(self, *args: Any, **options: Any) -> None:
        """Keep the key."""
        with connection.cursor() as cursor:
            cursor.execute(KEEP, [identity.proof_key()])
        self.stdout.write("The database knows the key.")
