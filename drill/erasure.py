"""Erases a hundred pupils by the schedule and looks for what is left of them, and of those who must be kept."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.report import Report
from launcher.binaries import choose_binaries
from launcher.database import Prepared, database
from launcher.places import ROOT

OWN_DEMO_CITY = True
ERASED, KEPT = 100, 10
LATER = date(2046, 1, 15)
AT = datetime(2046, 1, 15, 3, tzinfo=UTC)
SOCIAL_OWN = (
    "cases.event",
    "cases.feedback",
    "cases.disclosure",
    "cases.consent",
    "cases.referral",
    "cases.socialnote",
)
SCHOOL_OWN = ("attendance.concern", "attendance.signal", "attendance.attendanceday", "schools.guardian",
              "schools.pupilidentifier", "schools.enrolment", "cases.schoolnote")  # fmt: skip


def manage(*arguments: str, **environ: str) -> str:
    """Run a command of manage.py as the owner and return everything it printed."""
    argv: list[str] = [sys.executable, str(ROOT / "manage.py"), *arguments]
    done = subprocess.run(argv, env={**os.environ, **environ}, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return done.stdout + done.stderr


def dump(address: str, place: Path) -> str:
    """Write a plain dump and return its text."""
    program = choose_binaries(os.environ).program("pg_dump")
    subprocess.run([program, "--enable-row-security", "--dbname", address, "--file", str(place)], check=True)
    return place.read_text()


def psql(address: str, *arguments: str) -> None:
    """Let psql do something, and stop at the first error."""
    program = choose_binaries(os.environ).program("psql")
    quiet = [program, "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    subprocess.run([*quiet, "--dbname", address, *arguments], check=True, stderr=subprocess.DEVNULL)


def restore(prepared: Prepared, place: Path) -> str:
    """Read a dump into a new database beside the first and return the new one's address."""
    owner = prepared.environ["OWNER_DATABASE_URL"]
    restored = re.sub(r"/[^/]+$", "/narvaro_restored", owner)
    for command in ("DROP DATABASE IF EXISTS narvaro_restored", "CREATE DATABASE narvaro_restored"):
        psql(owner, "--command", command)
    psql(restored, "--file", str(place))
    return restored


def lines_with(text: str, canaries: Iterable[str]) -> int:
    """Return how many lines hold a canary, as it is written or as the bytes of a file."""
    marks = "|".join(f"{canary}|{canary.encode().hex()}" for canary in canaries)
    return len(re.findall(marks, text))


def rows_of(tables: Sequence[str], cases: list[Any], pupils: list[Any]) -> list[Any]:
    """Return all rows of the tables that are about the pupils or their cases, as they stand."""
    from django.apps import apps

    rows: list[Any] = []
    for table in tables:
        model = apps.get_model(table)
        about = {"pupil__in": pupils} if any(f.name == "pupil" for f in model._meta.fields) else {"case__in": cases}
        rows += model._base_manager.filter(**about).order_by("pk").values_list()
    return rows


def erase(people: list[Any]) -> None:
    """Let two people decide, and the command carry it out."""
    from records import actions
    from records.policy import load_policy

    policy = load_policy()
    run = actions.propose_retention(policy=policy, today=LATER, by=people[0], at=AT)
    actions.approve_retention(run=run, by=people[1], at=AT)


def keep(known: Any, member: Any, compartment: str) -> None:
    """Order one side to keep what it has about a pupil."""
    from records.models import KeepOrder

    KeepOrder.objects.create(
        pupil=known.pupil, unit=member.unit, compartment=compartment, ground="never", ordered_at=AT, ordered_by=member
    )


def story(module: str) -> Any:
    """Return one of the tests' modules, which need Django to be ready."""
    return import_module(module)


def drill(report: Report, prepared: Prepared, places: Path) -> None:
    """Tell the story, erase, and look everywhere."""
    traces_of, known_pupil = story("tests.records.traces").traces_of, story("tests.factories.records").known_pupil
    cast = story("tests.factories.cases").make_cast()
    admins = [story("tests.factories.accounts").MembershipFactory(system_admin=True) for _ in range(2)]
    gone = [known_pupil(cast, number) for number in range(ERASED)]
    at_social = [known_pupil(cast, 1000 + number) for number in range(KEPT)]
    at_school = [known_pupil(cast, 2000 + number) for number in range(KEPT)]
    for known in at_social:
        keep(known, cast.worker, "social")
    for known in at_school:
        keep(known, cast.principal, "school")
    canaries: list[str] = [known.canary for known in gone]
    owner = prepared.environ["OWNER_DATABASE_URL"]
    report.figure("control: rows with a canary before", sum(traces_of(canaries).values()), "rows", ">= 1000")
    report.figure("control: lines of the dump with one", lines_with(dump(owner, places / "before.sql"), canaries),
                  "lines", ">= 1000")  # fmt: skip
    kept = [(SOCIAL_OWN, at_social), (SCHOOL_OWN, at_school)]
    before = [about(tables, some) for tables, some in kept]
    erase(admins)
    printed = manage("retention", "--carry-out")
    report.figure("rows with a canary after the schedule", sum(traces_of(canaries).values()), "rows", "== 0")
    report.figure(
        "lines of the dump with one", lines_with(dump(owner, places / "after.sql"), canaries), "lines", "== 0"
    )
    report.figure("canaries in what the command printed", lines_with(printed, canaries), "lines", "== 0")
    journal = (places / "erased.jsonl").read_text()
    report.figure("canaries in the file of digests", lines_with(journal, canaries), "lines", "== 0")
    for (tables, some), rows, side in zip(kept, before, ("social services", "the school"), strict=True):
        report.figure(f"rows that {side} must keep: changed", sum(a != b for a, b in zip(rows, about(tables, some),
                      strict=False)) + abs(len(rows) - len(about(tables, some))), "rows", "== 0")  # fmt: skip
    other_side = [known.canary for known in at_social]
    report.figure("what the school let go, of those social services keep", schools_rows(at_social), "rows", "== 0")
    report.figure("control: kept pupils are still found", sum(traces_of(other_side).values()), "rows", ">= 50")
    again(report, prepared, places, canaries)


def about(tables: Sequence[str], some: list[Any]) -> list[Any]:
    """Return the rows of the tables about some pupils."""
    return rows_of(tables, [known.case.pk for known in some], [known.pupil.pk for known in some])


def schools_rows(some: list[Any]) -> int:
    """Count what the school still has of its own about some pupils."""
    return len(about(SCHOOL_OWN, some))


def again(report: Report, prepared: Prepared, places: Path, canaries: list[str]) -> None:
    """Restore the dump from before, and let the file of digests erase again what had been erased."""
    restored = restore(prepared, places / "before.sql")
    text = dump(restored, places / "restored.sql")
    report.figure("control: lines with a canary in the restored backup", lines_with(text, canaries), "lines", ">= 1000")
    printed = manage("retention", "--reapply", OWNER_DATABASE_URL=restored)
    text = dump(restored, places / "reapplied.sql")
    report.figure("lines with a canary after --reapply", lines_with(text + printed, canaries), "lines", "== 0")


def main() -> None:
    """Erase in a database of its own."""
    report = Report()
    with database("drill-erasure", durable=False) as prepared, tempfile.TemporaryDirectory() as folder:
        places = Path(folder)
        settings = {
            "NB_LOGIN": "owner",
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "RETENTION_KEY": "drill",
            "RETENTION_JOURNAL": str(places / "erased.jsonl"),
        }
        os.environ.update(prepared.environ | settings)
        # Whatever an earlier drill left in the folder.
        psql(prepared.environ["OWNER_DATABASE_URL"], "--command", "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        psql(prepared.environ["OWNER_DATABASE_URL"], "--command", "GRANT USAGE ON SCHEMA public TO PUBLIC")
        manage("migrate", "--no-input", "--verbosity=0")
        import django

        django.setup()
        drill(report, prepared, places)
    report.exit()


if __name__ == "__main__":
    main()
