"""Signals counted in the slow and obvious way, to compare the fast one with."""

from datetime import date
from uuid import UUID

from attendance.models import AttendanceDay, ClassDay
from schools.models import Enrolment

LEVELS = [10, 15, 20, 30, 50]


def expected_crossings(pupil_id: UUID, today: date) -> list[tuple[date, int]]:
    """Return each crossing of the pupil as day and line, judging every day once, oldest first."""
    days = _days(pupil_id, today)
    highest = 0
    crossings = []
    for last in range(19, len(days)):
        window = days[last - 19 : last + 1]
        offered = sum(day["offered"] for day in window)
        if sum(day["reported"] for day in window) < 0.9 * offered:
            continue
        share = 100 * sum(day["away"] for day in window) / offered
        level = max((level for level in LEVELS if share >= level), default=0)
        if level == 0:
            highest = 0
        elif level > highest:
            crossings.append((window[-1]["day"], level))
            highest = level
    return crossings


def _days(pupil_id: UUID, today: date) -> list[dict]:
    days = []
    for enrolment in Enrolment.objects.filter(pupil=pupil_id).order_by("starts_on"):
        for class_day in ClassDay.objects.filter(class_group=enrolment.class_group_id, day__lte=today).order_by("day"):
            if class_day.day < enrolment.starts_on or (enrolment.ends_on and class_day.day > enrolment.ends_on):
                continue
            own = AttendanceDay.objects.filter(pupil=pupil_id, day=class_day.day).first()
            differs = own is not None and own.offered_minutes is not None
            days.append(
                {
                    "day": class_day.day,
                    "offered": own.offered_minutes if differs else class_day.offered_minutes,
                    "reported": own.reported_minutes if differs else class_day.reported_minutes,
                    "away": own.valid_minutes + own.invalid_minutes if own else 0,
                }
            )
    return days
