"""Bringing absence in and seeing signals in a generated city, against what PostgreSQL and Django themselves cost."""

from __future__ import annotations

import math
import os
import statistics
import time
from datetime import UTC, date, datetime
from uuid import UUID

import django

os.environ["NB_LOGIN"] = "owner"  # makes the rows
django.setup()

from django.db import connection, transaction  # noqa: E402

from attendance.detection import MEMORY, detect_signals  # noqa: E402
from attendance.models import Signal  # noqa: E402
from attendance.thresholds import load_threshold_rules  # noqa: E402
from attendance.windows import compute_windows  # noqa: E402
from bench.absence_city import LAST_DAY, clear, grow, rows_of_lessons, school_days  # noqa: E402
from bench.absence_file import bring_in, by_copy_and_upsert, by_django, file, forget, make_school  # noqa: E402
from bench.absence_pages import measure as measure_pages  # noqa: E402
from bench.absence_windows import DIFFERENT, STATEMENT  # noqa: E402
from bench.report import Report  # noqa: E402

OWN_CITY = True
SIZES = [int(size) for size in os.environ.get("NB_ABSENCE_PUPILS", "14000,140000").split(",")]
FILE_ROWS = int(os.environ.get("NB_ABSENCE_FILE_ROWS", "1000000"))
FILE_ROUNDS = int(os.environ.get("NB_ABSENCE_FILE_ROUNDS", "3"))
ROUNDS = int(os.environ.get("NB_ABSENCE_ROUNDS", "5"))
AT = datetime(2027, 5, 20, 6, tzinfo=UTC)
FIRST_RULE = date(2026, 7, 1)

ONE_SCHOOL = """
SELECT enrolment.pupil_id FROM schools_enrolment enrolment
  JOIN schools_classgroup class_group ON class_group.id = enrolment.class_group_id
 WHERE class_group.school_id = (SELECT min(unit_id::text)::uuid FROM schools_school WHERE school_unit_code LIKE '91%')
"""
JUDGED_TO = """
INSERT INTO attendance_judgedclass (class_group_id, judged_to) SELECT id, %s FROM schools_classgroup
 WHERE name LIKE '7%%' ON CONFLICT (class_group_id) DO UPDATE SET judged_to = EXCLUDED.judged_to
"""


def seconds(what) -> float:
    """Return how long it takes once."""
    started = time.perf_counter()
    what()
    return time.perf_counter() - started


def by_hand(today: date) -> None:
    """Compute the windows with the one statement, and leave them in a table."""
    told = {
        "today": today,
        "since": date(today.year - 1, 9, 1) if today.month > 8 else date(today.year - 1, 8, 17),
        "monday": date(2026, 8, 10),
        "lessons_since": date.fromordinal(today.toordinal() - 120),
    }
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS by_hand")
        cursor.execute(MEMORY)
        cursor.execute("SET LOCAL enable_nestloop = off")  # without figures of its own steps it would choose badly
        cursor.execute(STATEMENT, told)
        cursor.execute("SET LOCAL enable_nestloop = on")


def both(today: date, report: Report | None) -> tuple[float, float]:
    """Return what detection and the statement by hand take for one new day; the first time, compare what they say."""
    with transaction.atomic():
        hand = seconds(lambda: by_hand(today))
        detection = seconds(lambda: detect_signals(None, today=today, at=AT))
        if report is not None:
            with connection.cursor() as cursor:
                compute_windows(cursor, pupils=None, today=today, first_rule=FIRST_RULE)
                cursor.execute(DIFFERENT)
                different = cursor.fetchone()[0]
            report.figure("detection, pupils about whom the statement by hand says otherwise", different, "", "== 0")
    return detection, hand


def one_school() -> list[UUID]:
    """Return the pupils of one school of the city."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_SCHOOL)
        return [pupil for (pupil,) in cursor.fetchall()]


def detection_at(size: int, report: Report) -> float:
    """Measure detection night after night, and what a school's import costs; return the median of the nights."""
    days = school_days(ROUNDS + 2, LAST_DAY)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(JUDGED_TO, [days[0]])
    first = seconds(lambda: detect_signals(None, today=days[0], at=AT))
    signals = Signal.objects.count()
    report.figure(f"detection, first time, {size} pupils, {signals} signals", first, "s", "<= 600")
    full, hand, school = [], [], []
    for number, day in enumerate(days[1:-1]):
        school.append(seconds(lambda day=day: detect_signals(one_school(), today=day, at=AT)))
        detection, statement = both(day, report if number == 0 else None)
        full.append(detection)
        hand.append(statement)
    new = (Signal.objects.count() - signals) / len(full)
    detection, statement = statistics.median(full), statistics.median(hand)
    report.figure(f"detection, full, {size} pupils, about {new:.0f} new signals", detection, "s", "<= 60")
    report.figure(f"detection, full, {size} pupils, of the windows by hand", detection / statement, "x", "<= 1.5")
    if size == SIZES[-1]:
        share = statistics.median(school) / detection * 100
        report.figure("detection after one school's import, of full", share, "%", "<= 5")
    return detection


def bringing_in(rows: int, report: Report) -> None:
    """Measure a large file against the database alone and against Django."""
    make_school(rows)
    ours, alone = [], []
    with file() as path:
        for _round in range(FILE_ROUNDS):
            forget()
            alone.append(by_copy_and_upsert())
            forget()
            ours.append(bring_in(path))
            steps = ", ".join(f"{name} {taken:.1f} s" for name, taken in ours[-1].steps.items())
            print(f"# {rows} rows in {ours[-1].seconds:.1f} s ({steps}); COPY and upsert {alone[-1]:.1f} s", flush=True)
        again = bring_in(path)
    forget()
    django_alone = by_django()
    taken, peak = statistics.median(one.seconds for one in ours), max(one.peak for one in ours)
    report.figure(f"import of {rows} rows, of COPY and upsert", taken / statistics.median(alone), "x", "<= 2.0")
    report.figure(f"import of {rows} rows, rows a second of bulk_create's", django_alone / taken, "x", ">= 3")
    report.figure(f"import of {rows} rows, memory at the most", peak, "MB", "<= 400")
    report.figure(f"the same {rows} rows again, of the first time", again.seconds / taken, "x", "<= 0.5")
    report.figure(f"the same {rows} rows again, rows written", again.written, "rows", "== 0")


def main() -> None:
    """Measure at each size, then how it grows."""
    report = Report()
    clear()
    bringing_in(FILE_ROWS, report)
    clear()
    load_threshold_rules()
    made, schools, taken, rows = 0, 0, [], []
    for size in SIZES:
        schools = grow(schools, size - made)
        made = size
        rows.append(rows_of_lessons())
        taken.append(detection_at(size, report))
    measure_pages(report)
    exponent = math.log(taken[-1] / taken[0]) / math.log(rows[-1] / rows[0]) if len(SIZES) > 1 else 1
    report.figure(f"detection, growth exponent from {rows[0]} to {rows[-1]} lessons", exponent, "", "<= 1.05")
    report.exit()


if __name__ == "__main__":
    main()
