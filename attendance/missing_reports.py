"""Classes whose absence is reported too little for their figures to be sure: a task for the school, not a signal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from accounts.models import Membership
from accounts.roles import Role
from deadlines.working_days import add_working_days

from .figures import RELIABLE_COVERAGE_PERCENT, SCHOOL_DAYS

DAYS_TO_REPORT = 5
LOOKS_BACK = timedelta(days=90)

POORLY_REPORTED = """
SELECT class_group.name, sum(reported) * 100 / sum(offered), max(day) FROM (
    SELECT class_day.class_group_id, day, offered_minutes AS offered, reported_minutes AS reported,
           row_number() OVER (PARTITION BY class_day.class_group_id ORDER BY day DESC) AS nth
      FROM attendance_classday class_day
      JOIN attendance_absencesource source ON source.id = class_day.source_id AND source.is_counted
     WHERE class_day.class_group_id IN (SELECT id FROM schools_classgroup WHERE school_id = %(school)s)
       AND day BETWEEN %(since)s AND %(today)s AND offered_minutes > 0
  ) latest JOIN schools_classgroup class_group ON class_group.id = class_group_id
 WHERE nth <= %(school_days)s GROUP BY class_group.id, class_group.name
HAVING sum(reported) * 100 < %(enough)s * sum(offered)
 ORDER BY 2, 1
"""


@dataclass(frozen=True)
class PoorlyReported:
    """A class, how many per cent of what it was offered is reported, and the last day there is."""

    class_name: str
    percent: int
    last_day: date

    @property
    def due_on(self) -> date:
        """Return the last day to send in what is missing: five working days after the last day that was told."""
        return add_working_days(self.last_day, DAYS_TO_REPORT)


def poorly_reported(reader: Membership, today: date) -> list[PoorlyReported]:
    """Return the classes of the reader's school with too little reported over 20 school days, the poorest first.

    For those who bring absence in: the principal and the school's administrator. One query.
    """
    if reader.role not in (Role.PRINCIPAL, Role.SCHOOL_ADMIN):
        return []
    told: dict[str, Any] = {
        "school": reader.unit_id,
        "today": today,
        "since": today - LOOKS_BACK,
        "school_days": SCHOOL_DAYS,
        "enough": RELIABLE_COVERAGE_PERCENT,
    }
    with connection.cursor() as cursor:
        cursor.execute(POORLY_REPORTED, told)
        return [PoorlyReported(name, int(percent), last_day) for name, percent, last_day in cursor.fetchall()]
