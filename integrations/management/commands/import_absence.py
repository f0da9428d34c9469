"""Bring a file of absence in from the command line."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from integrations import actions
from integrations.models import AbsenceImport, ImportProblem
from schools.models import School
from wall import identity
from wall.roles import IMPORT

SOME_ROWS_BAD = 1
NOT_READ = 2
NO_SUCH_SCHOOL_OR_FILE = 3


class Command(BaseCommand):
    """Reads a file, names every bad row, and with --approve stores the good ones."""

    help = (
        "Read a CSV file of absence for one school and print what it would change; with --approve, store it. "
        "Exit codes: 0 every row is good, 1 some rows are bad (the others are still counted, or stored), "
        "2 the file cannot be read or nothing in it can be stored, 3 no such school or file."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, the school and the approval."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--school", required=True, metavar="CODE", help="school unit code, 8 digits")
        parser.add_argument("--approve", action="store_true", help="store the good rows")

    def handle(self, *args: Any, file: Path, school: str, approve: bool, **options: Any) -> None:
        """Run the same steps as the pages do, with the import's own rights."""
        with identity.working_as(IMPORT):
            self._bring_in(file, school, approve)

    def _bring_in(self, file: Path, school: str, approve: bool) -> None:
        at = timezone.now()
        absence_import = actions.upload_absence_file(
            unit=_school(school).unit, file_name=file.name, content=_content(file), by=None, at=at
        )
        actions.read_import(absence_import, at=at)
        self._stop_unless_previewed(absence_import)
        if approve:
            self._approve(absence_import)
        else:
            self._print_counts(absence_import)
        self._print_problems(absence_import)
        if absence_import.counts["bad"]:
            raise SystemExit(SOME_ROWS_BAD)

    def _approve(self, absence_import: AbsenceImport) -> None:
        at = timezone.now()
        try:
            actions.approve_import(absence_import, by=None, at=at)
        except actions.NothingToReadIn:
            self._print_problems(absence_import)
            raise CommandError(
                "Nothing was stored: no row can be read in, or the file is about another school.", returncode=NOT_READ
            ) from None
        actions.apply_import(absence_import, at=at)
        self._print_counts(absence_import)
        self.stdout.write(f"{absence_import.counts['signals']} new signals")

    def _stop_unless_previewed(self, absence_import: AbsenceImport) -> None:
        if absence_import.status == AbsenceImport.Status.PREVIEWED:
            return
        if absence_import.status == AbsenceImport.Status.NEEDS_MAPPING:
            headings = ", ".join(absence_import.mapping["headings"])
            raise CommandError(
                f"The columns could not be matched: {headings}. Upload the file on the page Imports and match them.",
                returncode=NOT_READ,
            )
        raise CommandError(str(absence_import.failure_text), returncode=NOT_READ)

    def _print_counts(self, absence_import: AbsenceImport) -> None:
        counts = absence_import.counts
        self.stdout.write(f"{counts['rows']} rows: {counts['good']} good, {counts['bad']} bad")
        self.stdout.write("{new} new, {changed} changed, {unchanged} unchanged, {removed} removed".format(**counts))

    def _print_problems(self, absence_import: AbsenceImport) -> None:
        for problem in ImportProblem.objects.filter(absence_import=absence_import).iterator():
            what, remedy = problem.explanation
            column = problem.header_in(absence_import.mapping)
            self.stdout.write(f"row {problem.row_number}{f', {column}' if column else ''}: {what} {remedy}")


def _school(code: str) -> School:
    school = School.objects.select_related("unit").filter(school_unit_code=code).first()
    if school is None:
        raise CommandError(f"No school has the unit code {code}.", returncode=NO_SUCH_SCHOOL_OR_FILE)
    return school


def _content(file: Path) -> bytes:
    if not file.is_file():
        raise CommandError(f"There is no file {file}.", returncode=NO_SUCH_SCHOOL_OR_FILE)
    content = file.read_bytes()
    if len(content) > actions.MOST_BYTES:
        raise CommandError("The file is larger than 25 MB. Split it by period.", returncode=NOT_READ)
    return content
