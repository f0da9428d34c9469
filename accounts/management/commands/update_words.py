"""manage.py update_words: bring the Swedish catalogue in line with the code."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config import words


class Command(BaseCommand):
    """Adds new words, takes away those no longer used, keeps translations; names what is still untranslated."""

    help = "Update locale/sv from the code, with translations from .po fragments if a folder is given."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a folder of fragments."""
        parser.add_argument(
            "--from", dest="folder", type=Path, help="a folder with .po files; they win over what is there"
        )

    def handle(self, *args: Any, folder: Path | None = None, **options: Any) -> None:
        """Merge and write."""
        fragments = [words.read_catalogue(file) for file in sorted(folder.glob("*.po"))] if folder else []
        for conflict in words.conflicts(fragments):
            self.stdout.write(conflict)
        old = words.read_catalogue() if words.CATALOGUE.exists() else None
        found = words.words_in_code()
        catalogue = words.merged(old, found, fragments)
        words.write_catalogue(catalogue)
        for fault in words.faults_of(words.read_catalogue(), found):
            self.stdout.write(fault)
        self.stdout.write(f"{len(catalogue)} words in {words.CATALOGUE.relative_to(words.ROOT)}")
