"""A file of a million missed lessons, and the same rows stored in two other ways: by COPY and upsert, and by Django.

The pupils are those of one large school beside the city. Every row of the file is stored, which is the dearest a row
can be; in a file that tells presences too, most rows are read and leave nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from accounts.models import Unit  # noqa: E402
from attendance.models import AttendanceDay, ClassDay, LessonAbsence  # noqa: E402
from bench.absence_city import PUPILS_IN_CLASS, SCHOOLS  # noqa: E402
from integrations import actions  # noqa: E402
from integrations.csv_files.tables import Mapping  # noqa: E402
from integrations.models import AbsenceImport  # noqa: E402
from wall import identity  # noqa: E402
from wall.roles import IMPORT  # noqa: E402

AT = datetime(2027, 6, 7, 6, tzinfo=UTC)
LESSONS_A_DAY = 5
MISSED_BY_A_PUPIL = 72
"""Lessons in the file for each pupil of the school: a school year's, as in the city."""

NUMBER = 99_999
UNIT = f"SELECT unit_id FROM schools_school WHERE school_unit_code = '{91_000_000 + NUMBER}'"
SOURCE = f"SELECT id FROM attendance_absencesource WHERE unit_id = ({UNIT})"

# A pupil away is away the whole day, so that each lesson of the class is told by somebody.
ROWS = f"""
DROP TABLE IF EXISTS bench_lesson;
CREATE TABLE bench_lesson AS
WITH away AS (
    SELECT enrolment.pupil_id, enrolment.class_group_id, identifier.value AS source_id, day::date,
           CASE WHEN random() < 0.35 THEN 'invalid' ELSE 'valid' END AS kind
      FROM schools_enrolment enrolment
      JOIN schools_classgroup class_group ON class_group.id = enrolment.class_group_id
      JOIN schools_pupilidentifier identifier ON identifier.pupil_id = enrolment.pupil_id
      JOIN generate_series('2026-10-19'::date, '2027-06-04'::date, interval '1 day') day
        ON extract(isodow FROM day) < 6 AND day >= enrolment.starts_on
     WHERE class_group.school_id = ({UNIT})
     ORDER BY random() LIMIT %(rows)s / {LESSONS_A_DAY}
)
SELECT away.*, '08:20'::time + lesson * interval '70 minutes' AS starts_at,
       (ARRAY['Svenska', 'Matematik', 'Engelska', 'Idrott', 'Bild', 'NO'])
       [1 + (lesson + extract(dow FROM day)::int) %% 6] AS subject
  FROM away, generate_series(0, {LESSONS_A_DAY - 1}) lesson ORDER BY day, pupil_id, lesson;
ANALYZE
"""

FILE = """
COPY (SELECT source_id AS "Elev-id", day AS "Datum", to_char(starts_at, 'HH24:MI') AS "Starttid",
             60 AS "Lektionslängd", 60 AS "Frånvaro",
             CASE kind WHEN 'valid' THEN 'Giltig' ELSE 'Ogiltig' END AS "Status", subject AS "Ämne"
        FROM bench_lesson ORDER BY day, pupil_id, starts_at) TO STDOUT WITH (FORMAT csv, HEADER, DELIMITER ';')
"""
STAGED = "pupil_id, class_group_id, day, starts_at, 60 AS minutes, kind, subject"
READY = f"COPY (SELECT {STAGED} FROM bench_lesson ORDER BY day, pupil_id, starts_at) TO STDOUT"
STAGING = """
CREATE TEMPORARY TABLE staging (pupil_id uuid, class_group_id uuid, day date, starts_at time, minutes int, kind text,
                                subject text) ON COMMIT DROP
"""
UPSERTS = (
    f"""
INSERT INTO attendance_classday (class_group_id, day, source_id, offered_minutes, reported_minutes)
SELECT class_group_id, day, ({SOURCE}), 300, 300 FROM staging GROUP BY class_group_id, day
ON CONFLICT (class_group_id, day, source_id) DO UPDATE
   SET offered_minutes = EXCLUDED.offered_minutes, reported_minutes = EXCLUDED.reported_minutes
""",
    f"""
INSERT INTO attendance_attendanceday (pupil_id, day, source_id, valid_minutes, invalid_minutes, other_minutes,
                                      late_minutes)
SELECT pupil_id, day, ({SOURCE}), COALESCE(sum(minutes) FILTER (WHERE kind = 'valid'), 0),
       COALESCE(sum(minutes) FILTER (WHERE kind = 'invalid'), 0), 0, 0 FROM staging GROUP BY pupil_id, day
ON CONFLICT (pupil_id, day, source_id) DO UPDATE
   SET valid_minutes = EXCLUDED.valid_minutes, invalid_minutes = EXCLUDED.invalid_minutes,
       other_minutes = EXCLUDED.other_minutes, late_minutes = EXCLUDED.late_minutes
""",
    f"""
INSERT INTO attendance_lessonabsence (pupil_id, starts_at, day, source_id, minutes, kind, subject)
SELECT pupil_id, starts_at, day, ({SOURCE}), minutes, kind, subject FROM staging
ON CONFLICT (pupil_id, day, starts_at, source_id) DO UPDATE
   SET minutes = EXCLUDED.minutes, kind = EXCLUDED.kind, subject = EXCLUDED.subject
""",
)
FORGET = f"""
DELETE FROM attendance_classday WHERE source_id = ({SOURCE});
DELETE FROM attendance_attendanceday WHERE source_id = ({SOURCE});
DELETE FROM attendance_lessonabsence WHERE source_id = ({SOURCE});
DELETE FROM integrations_beforeimage;
DELETE FROM integrations_importedfile
"""
TABLES = "attendance_classday, attendance_attendanceday, attendance_lessonabsence, integrations_beforeimage"


@dataclass(frozen=True)
class BroughtIn:
    """How it went to bring the file in: seconds of each step, megabytes at the most, and rows that were stored."""

    steps: dict[str, float]
    peak: float
    written: int

    @property
    def seconds(self) -> float:
        """All steps together."""
        return sum(self.steps.values())


def make_school(rows: int) -> None:
    """Make the large school and the rows that its file tells."""
    classes = max(1, rows // (MISSED_BY_A_PUPIL * PUPILS_IN_CLASS))
    told = {"first_school": NUMBER, "last_school": NUMBER, "classes": classes, "pupils": PUPILS_IN_CLASS}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.4)")
        cursor.execute(SCHOOLS, told)
        cursor.execute(ROWS, {"rows": rows})


def written_out(statement: str) -> bytes:
    """Return what a COPY gives."""
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        return b"".join(map(bytes, copy))


@contextmanager
def file() -> Iterator[Path]:
    """Give the file that tells the rows, as a school's system would write it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "läsår.csv"
        path.write_bytes(written_out(FILE))
        yield path


def forget() -> None:
    """Take away what the file has left, so that it can be brought in anew."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET)
        cursor.execute(f"VACUUM ANALYZE {TABLES}")


def bring_in(file: Path) -> BroughtIn:
    """Bring the file in as the product does, in a process of its own."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_bring_in, (file,))


def by_copy_and_upsert() -> float:
    """Return the seconds that PostgreSQL alone takes for rows that are already right and ready."""
    ready = written_out(READY)
    started = perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STAGING)
        with cursor.copy("COPY staging FROM STDIN") as copy:
            copy.write(ready)
        for statement in UPSERTS:
            cursor.execute(statement)
    return perf_counter() - started


def by_django() -> float:
    """Return the seconds that Django's own way takes: instances, and bulk_create that updates what is there."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {STAGED}, ({SOURCE}) FROM bench_lesson ORDER BY day, pupil_id, starts_at")
        rows = cursor.fetchall()
    started = perf_counter()
    with transaction.atomic():
        source = rows[0][-1]
        classes = {(group, day) for _pupil, group, day, *_rest in rows}
        _upsert([ClassDay(class_group_id=group, day=day, source_id=source, offered_minutes=300, reported_minutes=300)
                 for group, day in classes], ["class_group", "day", "source"])  # fmt: skip
        days: dict[tuple[Any, Any], AttendanceDay] = {}
        for pupil, _group, day, _start, minutes, kind, _subject, _source in rows:
            row = days.setdefault((pupil, day), AttendanceDay(pupil_id=pupil, day=day, source_id=source))
            setattr(row, f"{kind}_minutes", getattr(row, f"{kind}_minutes") + minutes)
        _upsert(list(days.values()), ["pupil", "day", "source"])
        _upsert([LessonAbsence(pupil_id=pupil, day=day, starts_at=start, source_id=source, minutes=minutes, kind=kind,
                               subject=subject) for pupil, _g, day, start, minutes, kind, subject, _s in rows],
                ["pupil", "day", "starts_at", "source"])  # fmt: skip
    return perf_counter() - started


def _upsert(rows: list[Any], key: list[str]) -> None:
    model = type(rows[0])
    others = [field.name for field in model._meta.concrete_fields if field.name not in {*key, "id", "pk"}]
    model._base_manager.bulk_create(
        rows, batch_size=5000, update_conflicts=True, unique_fields=key, update_fields=others
    )


def _bring_in(file: Path) -> BroughtIn:
    """Read, look at the preview, approve, store."""
    content = file.read_bytes()
    steps: dict[str, float] = {}
    with connection.cursor() as cursor:
        cursor.execute(UNIT)
        unit = Unit.objects.get(pk=cursor.fetchone()[0])
    with identity.working_as(IMPORT):
        _confirm_columns(unit, content)
        absence_import = _timed(
            steps, "upload",
            lambda: actions.upload_absence_file(unit=unit, file_name="år.csv", content=content, by=None, at=AT),
        )  # fmt: skip
        _timed(steps, "read", lambda: actions.read_import(absence_import, at=AT))
        _timed(steps, "approve", lambda: actions.approve_import(absence_import, by=None, at=AT, has_looked=True))
        absence_import.refresh_from_db()
        _timed(steps, "apply", lambda: actions.apply_import(absence_import, at=AT))
    counts = absence_import.counts
    return BroughtIn(steps, _peak(), counts["new"] + counts["changed"] + counts["removed"])


def _peak() -> float:
    """Return how many megabytes this process has held at the most; `getrusage` would count its parent's too."""
    (told,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(told) / 1024


def _confirm_columns(unit: Unit, content: bytes) -> None:
    """Say once for a file of two rows which column is what: the next such file is read at once."""
    first = b"\n".join(content.split(b"\n", 3)[:3])
    small = actions.upload_absence_file(unit=unit, file_name="först.csv", content=first, by=None, at=AT)
    actions.read_import(small, at=AT)
    if small.status == AbsenceImport.Status.NEEDS_MAPPING:
        actions.match_columns(absence_import=small, mapping=Mapping.from_json(small.mapping), by=None, at=AT)
    AbsenceImport.objects.filter(pk=small.pk).update(status="failed", closed_at=AT)


def _timed(steps: dict[str, float], name: str, step: Callable[[], Any]) -> Any:
    started = perf_counter()
    result = step()
    steps[name] = perf_counter() - started
    return result
