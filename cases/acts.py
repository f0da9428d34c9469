"""When something was last done in a case: times and units, also for those who may not read what was done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection

QUERY = "SELECT case_id, unit_id, at FROM last_acts(%s, %s)"


def last_acts(case_ids: Iterable[UUID], kind: str = "") -> list[tuple[UUID, UUID | None, datetime]]:
    """Return, for each case and unit, when it last did something substantive, or an event of `kind` if one is given.

    The database answers for the cases that the reader oversees, past the rows that the reader may see.
    """
    with connection.cursor() as cursor:
        cursor.execute(QUERY, [list(case_ids), kind])
        return cursor.fetchall()
