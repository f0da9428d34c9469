"""Which source a school's absence is counted from, and how one is made."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from accounts.models import Unit

from .models import AbsenceSource

LOCK = "SELECT pg_advisory_xact_lock(hashtext('attendance.source'), hashtext(%s))"
FIRST_NAME = "Frånvarofil"
"""What a school's first source is called until somebody names it."""


def counted_source(unit: Unit) -> AbsenceSource | None:
    """Return the source that figures and detection read for the school."""
    return AbsenceSource.objects.counted().filter(unit=unit).first()


def source_of_files(unit: Unit, at: datetime, name: str = "") -> AbsenceSource:
    """Return the school's source of files, by default the one that counts, else its first; made when there is none.

    The first source of a school counts; a later one is kept apart until somebody says that it counts.
    """
    kept = AbsenceSource.objects.filter(unit=unit)
    files = kept.filter(kind=AbsenceSource.Kind.FILE, **({"name": name} if name else {}))
    found = files.order_by("-is_counted", "pk").first()
    return found or make_source(unit=unit, kind=AbsenceSource.Kind.FILE, name=name or FIRST_NAME, at=at)


@transaction.atomic
def make_source(*, unit: Unit, kind: str, name: str, at: datetime, **said: str) -> AbsenceSource:
    """Make a source, with what is said of its system and its words; the first of a school is the one that counts.

    Two at once make one: each waits for the other.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [str(unit.pk)])
    source, _is_new = AbsenceSource.objects.get_or_create(
        unit=unit,
        name=name,
        defaults={
            "kind": kind,
            "is_counted": counted_source(unit) is None,
            "created_at": at,
            "changed_at": at,
            **said,
        },
    )
    return source
