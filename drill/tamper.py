"""Tampers with the log a thousand times, as somebody who owns the database could, and counts what is found."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.report import Report
from launcher.database import database
from launcher.places import ROOT, STATE

OWN_DEMO_CITY = True
TIMES = 1000
ROWS = 240
AUTHORITIES = ("city", "provider:2120000142", "board:farsta")
EVENT, READING, LINK = "audit_auditevent", "audit_accessrecord", "audit_link"
SEED = 20261125


def some_row(cursor: Any, chance: random.Random) -> tuple[str, int, str, int]:
    """Return table, id, authority and place of some row of the log."""
    cursor.execute(f"SELECT entry_table, entry_id, authority, seq FROM {LINK} ORDER BY authority, seq")
    return chance.choice(cursor.fetchall())


def edit(cursor: Any, chance: random.Random) -> None:
    """Change one column of one row."""
    table, key, authority, _seq = some_row(cursor, chance)
    changes = [
        "role = role || 'x'",
        "at = at + interval '1 microsecond'",
        "user_id = NULL, unit_id = gen_random_uuid()",
    ]
    changes.append(f"authority = '{next(name for name in AUTHORITIES if name != authority)}'")
    if table == EVENT:
        changes += ["action = 'nothing'", "target_id = 'x'", """details = details || '{"x": 1}'"""]
    else:
        changes += ["pupils = pupils[2:]", "page = 'help'", "kind = 'print'", "method = 'PUT'", "reason = 'x'"]
    cursor.execute(f"UPDATE {table} SET {chance.choice(changes)} WHERE id = %s", [key])


def delete(cursor: Any, chance: random.Random) -> None:
    """Take away one row; half of the time its link as well, unless it is the newest: that is a cut."""
    table, key, authority, seq = some_row(cursor, chance)
    cursor.execute(f"SELECT max(seq) FROM {LINK} WHERE authority = %s", [authority])
    is_newest = cursor.fetchone()[0] == seq
    cursor.execute(f"DELETE FROM {table} WHERE id = %s", [key])
    if chance.random() < 0.5 and not is_newest:
        cursor.execute(f"DELETE FROM {LINK} WHERE entry_table = %s AND entry_id = %s", [table, key])


def insert(cursor: Any, chance: random.Random) -> None:
    """Put in a row that the chain never saw."""
    _table, _key, authority, _seq = some_row(cursor, chance)
    cursor.execute(
        f"INSERT INTO {EVENT} (authority, at, role, action, target_type, target_id, details) "
        "VALUES (%s, now(), '', 'made up', 'cases.case', 'x', '{}')",
        [authority],
    )


def swap(cursor: Any, chance: random.Random) -> None:
    """Let two links point at each other's rows."""
    _table, _key, authority, _seq = some_row(cursor, chance)
    cursor.execute(f"SELECT id, entry_table, entry_id FROM {LINK} WHERE authority = %s ORDER BY seq", [authority])
    one, other = chance.sample(cursor.fetchall(), 2)
    put = f"UPDATE {LINK} SET entry_table = %s, entry_id = %s WHERE id = %s"
    cursor.execute(put, ["nowhere", 0, one[0]])
    cursor.execute(put, [one[1], one[2], other[0]])
    cursor.execute(put, [other[1], other[2], one[0]])


def cut(cursor: Any, chance: random.Random) -> None:
    """Take away the newest rows of an authority, and their links: what is left is whole."""
    _table, _key, authority, _seq = some_row(cursor, chance)
    cursor.execute(f"SELECT max(seq) FROM {LINK} WHERE authority = %s", [authority])
    last = cursor.fetchone()[0] - chance.randrange(1, 6)
    gone = f"(SELECT entry_id FROM {LINK} WHERE authority = %s AND seq > %s AND entry_table = %s)"
    for table in (EVENT, READING):
        cursor.execute(f"DELETE FROM {table} WHERE id IN {gone}", [authority, last, table])
    cursor.execute(f"DELETE FROM {LINK} WHERE authority = %s AND seq > %s", [authority, last])


def rewrite(cursor: Any, chance: random.Random) -> None:
    """Change a row and compute every link from there on anew: what is left is whole."""
    from audit.chain import linked_entries, print_of

    table, key, authority, _seq = some_row(cursor, chance)
    cursor.execute(f"UPDATE {table} SET role = role || 'x' WHERE id = %s", [key])
    prev = "0" * 64
    for link in list(linked_entries(cursor)):
        if link.authority == authority and link.canonical is not None:
            new = print_of(prev, link.canonical)
            cursor.execute(
                f"UPDATE {LINK} SET prev = %s, hash = %s WHERE authority = %s AND seq = %s",
                [prev, new, authority, link.seq],
            )
            prev = new


KINDS: dict[str, Callable[[Any, random.Random], None]] = {
    "edit": edit, "delete": delete, "insert": insert, "swap": swap, "cut": cut, "rewrite": rewrite,
}  # fmt: skip
LEAVE_IT_WHOLE = {"cut", "rewrite"}
"""What a chain without anchors cannot see."""


def unguard(cursor: Any) -> None:
    """Switch off what refuses changes, as the owner of the tables can."""
    for table in (EVENT, READING, LINK):
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def guard(cursor: Any) -> None:
    """Switch it on again."""
    for table in (EVENT, READING, LINK):
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def write_log(rows: int) -> None:
    """Write a log of three authorities, each row in a transaction of its own, as in real life."""
    from audit.models import AccessRecord, AuditEvent

    chance, start = random.Random(SEED), datetime(2026, 11, 2, 7, tzinfo=UTC)
    for number in range(rows):
        who = {"authority": AUTHORITIES[number % 3], "at": start + timedelta(minutes=number), "role": "principal"}
        pupils = [UUID(int=chance.getrandbits(128), version=4) for _ in range(1 + number % 3)]
        if number % 2:
            AccessRecord.objects.create(page="cases:case_list", pupils=pupils, **who)
        else:
            target = {"target_type": "cases.case", "target_id": str(pupils[0]), "details": {"due_on": "2026-12-01"}}
            AuditEvent.objects.create(action="case_opened", **target, **who)


def tamper(report: Report, places: Path) -> None:
    """Tamper, look with and without anchors, and put everything back; a thousand times."""
    from django.conf import settings
    from django.db import connection, transaction

    from audit.verification import anchor_log, verify_log

    write_log(ROWS)
    settings.LOG_ANCHOR_FILE, settings.LOG_ANCHOR_KEY = places / "anchors.jsonl", "drill"
    anchor_log(datetime.now(UTC))
    report.figure("findings before any tampering", len(verify_log().findings), "findings", "== 0")
    chance, names = random.Random(SEED), list(KINDS)
    found, missed_without = Counter[str](), Counter[str]()
    for number in range(TIMES):
        name = names[number % len(names)]
        with transaction.atomic(), connection.cursor() as cursor:
            unguard(cursor)
            KINDS[name](cursor, chance)
            found[name] += bool(verify_log().findings)
            settings.LOG_ANCHOR_FILE = places / "none.jsonl"
            missed_without[name] += not verify_log().findings
            settings.LOG_ANCHOR_FILE = places / "anchors.jsonl"
            transaction.set_rollback(True)
    report.figure("tamperings found with anchors", found.total(), "tamperings", f"== {TIMES}")
    for name in LEAVE_IT_WHOLE:
        tried = len(range(names.index(name), TIMES, len(names)))
        report.figure(f"control: {name} missed without anchors", missed_without[name], f"of {tried}", f"== {tried}")
    report.figure("control: others missed without anchors", sum(missed_without[name] for name in names
                  if name not in LEAVE_IT_WHOLE), "tamperings", "== 0")  # fmt: skip
    report.figure("findings after everything was put back", len(verify_log().findings), "findings", "== 0")


def main() -> None:
    """Tamper with a log in a database of its own."""
    report = Report()
    # Never in a database that somebody uses, and each time in a new one.
    for name in [name for name in os.environ if name.endswith("DATABASE_URL")]:
        del os.environ[name]
    for old in (STATE / "postgres").glob("drill-tamper*"):
        shutil.rmtree(old, ignore_errors=True)
    with database("drill-tamper", durable=False) as prepared, tempfile.TemporaryDirectory() as places:
        settings = {"NB_LOGIN": "owner", "DJANGO_SETTINGS_MODULE": "config.settings.local"}
        os.environ.update(prepared.environ | settings)
        argv = [sys.executable, str(ROOT / "manage.py"), "migrate", "--no-input", "--verbosity=0"]
        subprocess.run(argv, env=dict(os.environ), check=True)
        import django

        django.setup()
        tamper(report, Path(places))
        # The commands as they are run in real life: the worker anchors, the owner verifies.
        as_run = {**os.environ, "LOG_ANCHOR_FILE": str(Path(places) / "commands.jsonl")}
        del as_run["NB_LOGIN"]
        for command in ("anchor_log", "verify_log"):
            done = subprocess.run([sys.executable, str(ROOT / "manage.py"), command], env=as_run, capture_output=True)
            report.figure(f"manage.py {command}: exit code", done.returncode, "", "== 0")
    report.exit()


if __name__ == "__main__":
    main()
