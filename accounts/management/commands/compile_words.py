"""manage.py compile_words: make the translations ready for use."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config import words


class Command(BaseCommand):
    """Compiles each .po that is newer than its .mo; needs neither gettext nor a database."""

    help = "Compile the translations that have changed."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Compile, and say which."""
        for file in sorted(settings.BASE_DIR.glob("locale/*/LC_MESSAGES/*.po")):
            if words.compile_catalogue(file):
                self.stdout.write(f"Compiled {file.relative_to(settings.BASE_DIR)}")
