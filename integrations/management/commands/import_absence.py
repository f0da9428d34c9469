"""Bring a file of absence in from the command line: for a nightly drop, or by hand."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from attendance.models import AbsenceSource
from integrations import actions
from integrations.csv_files.tables import Mapping
from integrations.models import AbsenceImport, ImportProblem
from schools.models import School
from wall import identity
from wall.roles import IMPORT

SOME_ROWS_BAD = 1
NOT_READ = 2
NO_SUCH_SCHOOL_OR_FILE = 3
NEEDS_SOMEBODY = 4
MOST_BYTES = 200 * 1024 * 1024
COUNTS = (
    "rows", "good", "bad", "unknown", "conflicts", "held_aside", "new", "changed", "unchanged", "removed", "signals",
    "first_day", "last_day",
)  # fmt: skip


class Command(BaseCommand):
    """Reads a file, names every bad row, and with --approve stores the good ones."""

    help = (
        "Read a file of absence for one school (csv, txt, tsv, dat, xlsx, ods) and print what it would change; with "
        "--approve, store it. Exit codes: 0 every row is good, 1 some rows are bad (the others are still counted, or "
        "stored), 2 the file cannot be read or nothing in it can be stored, 3 no such school, source or file, 4 a "
        "person is needed: the columns are not confirmed, or something in the file is unusual; nothing was stored."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, the school, the source and the approval."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--school", required=True, metavar="CODE", help="school unit code, 8 digits")
        parser.add_argument(
            "--source", default="", metavar="NAME", help="one of the school's sources; its usual if left out"
        )
        parser.add_argument("--approve", action="store_true", help="store the good rows")
        parser.add_argument(
            "--confirm-columns", action="store_true", help="take the columns as they are guessed; they are printed"
        )
        parser.add_argument("--confirm-unusual", action="store_true", help="store also what changes unusually much")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, file: Path, school: str, source: str, **options: Any) -> None:
        """Run the same steps as the pages do, with the import's own rights."""
        self.options = options
        with identity.working_as(IMPORT):
            self._bring_in(file, _school(school), source)

    def _bring_in(self, file: Path, school: School, source: str) -> None:
        at = timezone.now()
        absence_import = actions.upload_absence_file(
            unit=school.unit,
            source=_source(school, source),
            file_name=file.name,
            content=_content(file),
            by=None,
            at=at,
        )
        self._read(absence_import)
        if self.options["approve"]:
            self._store(absence_import)
        self._end(absence_import, SOME_ROWS_BAD if absence_import.counts["bad"] else 0)

    def _read(self, absence_import: AbsenceImport) -> None:
        actions.read_import(absence_import, at=timezone.now())
        if absence_import.status == AbsenceImport.Status.NEEDS_MAPPING:
            mapping = Mapping.from_json(absence_import.mapping)
            if not (self.options["confirm_columns"] and mapping.is_complete):
                self._end(absence_import, NEEDS_SOMEBODY, _columns(mapping))
            self._say(_columns(mapping))
            actions.match_columns(absence_import=absence_import, mapping=mapping, by=None, at=timezone.now())
            absence_import.refresh_from_db()
            actions.read_import(absence_import, at=timezone.now())
        if absence_import.status == AbsenceImport.Status.NEEDS_MAPPING:
            self._end(absence_import, NEEDS_SOMEBODY, "Dates such as 03/04/2026 can be read in two ways.")
        if absence_import.status == AbsenceImport.Status.FAILED:
            self._end(absence_import, NOT_READ, str(absence_import.failure_text))

    def _store(self, absence_import: AbsenceImport) -> None:
        looked = self.options["confirm_unusual"]
        try:
            actions.approve_import(absence_import, by=None, at=timezone.now(), has_looked=looked)
        except actions.NothingToReadIn:
            code = NEEDS_SOMEBODY if absence_import.looks_like_another_school else NOT_READ
            self._end(absence_import, code, "No row can be read in, or the file is about another school.")
        except actions.BrakeIsOn:
            told = ", ".join(
                f"{brake['code']} ({brake['now']} of {brake['before']})" for brake in absence_import.brakes
            )
            self._end(absence_import, NEEDS_SOMEBODY, f"Unusual: {told}. Look at it on the page Imports.")
        absence_import.refresh_from_db()
        actions.apply_import(absence_import, at=timezone.now())
        actions.judge_import(absence_import, at=timezone.now())

    def _end(self, absence_import: AbsenceImport, code: int, why: str = "") -> None:
        """Print how it went, and end unless everything is well."""
        if self.options["json"]:
            self.stdout.write(json.dumps(_summary(absence_import, code, why), ensure_ascii=False))
        else:
            self._print(absence_import)
        if code == SOME_ROWS_BAD or (code and self.options["json"]):
            raise SystemExit(code)
        if code:
            raise CommandError(f"{why} Nothing was stored.".strip(), returncode=code)

    def _print(self, absence_import: AbsenceImport) -> None:
        counts = absence_import.counts
        if counts:
            self.stdout.write(f"{counts['rows']} rows: {counts['good']} good, {counts['bad']} bad")
            self.stdout.write("{new} new, {changed} changed, {unchanged} unchanged, {removed} removed".format(**counts))
        if "signals" in counts:
            self.stdout.write(f"{counts['signals']} new signals")
        for number, column, _code, what, remedy in _problems(absence_import):
            self.stdout.write(f"row {number}{f', {column}' if column else ''}: {what} {remedy}")

    def _say(self, text: str) -> None:
        if not self.options["json"]:
            self.stdout.write(text)


def _summary(absence_import: AbsenceImport, code: int, why: str) -> dict[str, Any]:
    """Return what a program reads: the same names whatever happened, null for what is not known."""
    keys = ("row", "column", "code", "what", "how_to_mend")
    return {
        "exit_code": code,
        "why": why,
        "import": str(absence_import.pk),
        "source": absence_import.source.name if absence_import.source else None,
        "file": absence_import.file_name,
        "sha256": absence_import.sha256,
        "status": absence_import.status,
        "stored": absence_import.status == AbsenceImport.Status.APPLIED,
        **{name: absence_import.counts.get(name) for name in COUNTS},
        "unusual": absence_import.brakes,
        "problems": [dict(zip(keys, problem, strict=True)) for problem in _problems(absence_import)],
    }


def _problems(absence_import: AbsenceImport) -> list[tuple[int, str, str, str, str]]:
    """Return each row's fault: where, which, and how to mend it. A personal number is masked."""
    rows = ImportProblem.objects.filter(absence_import=absence_import).order_by("row_number", "id")
    return [
        (row.row_number, row.header_in(absence_import.mapping), row.code, *row.explanation) for row in rows.iterator()
    ]


def _columns(mapping: Mapping) -> str:
    """Return what the columns seem to be, and what to do about it."""
    named = {place: name for name, place in mapping.columns.items()}
    columns = ", ".join(
        f"{heading or place + 1} = {named.get(place, 'not used')}" for place, heading in enumerate(mapping.headings)
    )
    return f"The columns seem to be: {columns}. Confirm them on the page Imports, or with --confirm-columns."


def _school(code: str) -> School:
    school = School.objects.select_related("unit").filter(school_unit_code=code).first()
    if school is None:
        raise CommandError(f"No school has the unit code {code}.", returncode=NO_SUCH_SCHOOL_OR_FILE)
    return school


def _source(school: School, name: str) -> AbsenceSource | None:
    if not name:
        return None
    files = AbsenceSource.objects.filter(unit=school.unit, kind=AbsenceSource.Kind.FILE)
    source = files.filter(name__iexact=name).first()
    if source is None:
        there = ", ".join(files.order_by("name").values_list("name", flat=True)) or "none"
        raise CommandError(f"The school has no source {name}; it has: {there}.", returncode=NO_SUCH_SCHOOL_OR_FILE)
    return source


def _content(file: Path) -> bytes:
    if not file.is_file():
        raise CommandError(f"There is no file {file}.", returncode=NO_SUCH_SCHOOL_OR_FILE)
    if file.stat().st_size > MOST_BYTES:
        raise CommandError("The file is larger than 200 MB. Split it by period.", returncode=NOT_READ)
    return file.read_bytes()
