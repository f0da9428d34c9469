"""Read a school's register and absence from its own system, from the command line."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from integrations.ss12000.models import SchoolSource, SourceSchool, SyncRun
from integrations.ss12000.runs import AlreadyRunning
from integrations.ss12000.tasks import READERS
from wall import identity
from wall.roles import IMPORT

WAITS, FAILED, NO_SUCH_SOURCE, PAUSED, BUSY = 1, 2, 3, 4, 5
CODES = {
    SyncRun.Status.DONE: 0,
    SyncRun.Status.WAITING: WAITS,
    SyncRun.Status.FAILED: FAILED,
    SyncRun.Status.PAUSED: PAUSED,
}


class Command(BaseCommand):
    """Reads every school of one source, or one of them, and prints how it went as JSON."""

    help = (
        "Read the schools of one source over SS 12000 and print a JSON summary: counts and codes, no names. "
        "Exit codes: 0 done, 1 changes wait for a school's answer, 2 something could not be read, 3 no such source or "
        "school, 4 stopped half-way and goes on next time, 5 the source is being read already. The worst one counts."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the source and what to read of it."""
        parser.add_argument("source", help="the source's name or id")
        parser.add_argument("--school", metavar="CODE", help="only this school unit code")
        parser.add_argument("--only", choices=sorted(READERS), help="only the register, or only the absence")
        parser.add_argument("--full", action="store_true", help="everything, not only what has changed")
        parser.add_argument("--dry-run", action="store_true", help="read and count, store nothing")

    def handle(self, *args: Any, source: str, **options: Any) -> None:
        """Read with the import's own rights, and end with the worst code."""
        with identity.working_as(IMPORT):
            told = [self._read(one, kind, options) for one in _schools(source, options["school"]) for kind in READERS
                    if options["only"] in (None, kind)]  # fmt: skip
        self.stdout.write(json.dumps({"source": source, "runs": told}, indent=2, ensure_ascii=False))
        order = [0, WAITS, PAUSED, BUSY, FAILED]
        worst = max((run["exit_code"] for run in told), key=order.index, default=0)
        if worst:
            raise SystemExit(worst)

    def _read(self, school: SourceSchool, kind: str, options: dict[str, Any]) -> dict[str, Any]:
        common = {"school": school.school.school_unit_code, "kind": kind}
        try:
            run = READERS[kind](
                school, at=timezone.now(), is_full=options["full"], is_dry_run=options["dry_run"], is_automatic=True
            )
        except AlreadyRunning:
            return common | {"status": "busy", "exit_code": BUSY}
        told = {"status": str(run.status), "is_full": run.is_full, "is_dry_run": run.is_dry_run, "counts": run.counts}
        if run.failure:
            told |= {"failure": run.failure, "details": run.details, "meaning": run.failure_text}
        return common | told | {"exit_code": CODES[SyncRun.Status(run.status)]}


def _schools(name: str, code: str | None) -> list[SourceSchool]:
    try:
        source = SchoolSource.objects.filter(pk=UUID(name)).first()
    except ValueError:
        source = SchoolSource.objects.filter(name=name).first()
    if source is None:
        raise CommandError(f"There is no source {name}.", returncode=NO_SUCH_SOURCE)
    schools = source.schools.select_related("source", "school__unit")
    found = list(schools.filter(school__school_unit_code=code) if code else schools)
    if not found:
        raise CommandError("The source has no such school.", returncode=NO_SUCH_SOURCE)
    return found
