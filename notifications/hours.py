"""When mail may leave: on working days, in the daytime, in Stockholm (screens.md (o)). Never nights or weekends."""

from __future__ import annotations

from datetime import date, datetime, time

from deadlines.stockholm import STOCKHOLM, stockholm_day
from deadlines.working_days import is_working_day, next_working_day

OPENS = time(7, 30)
CLOSES = time(18, 0)


def may_leave_at(moment: datetime) -> bool:
    """Say whether mail may leave at `moment`: on working days from 07.30 until 18.00 in Stockholm."""
    return is_working_day(stockholm_day(moment)) and OPENS <= moment.astimezone(STOCKHOLM).time() < CLOSES


def next_time(moment: datetime) -> datetime:
    """Return `moment` where mail may leave then, else the next morning of a working day."""
    if may_leave_at(moment):
        return moment
    day = stockholm_day(moment)
    is_before_opening = is_working_day(day) and moment.astimezone(STOCKHOLM).time() < OPENS
    return morning_of(day if is_before_opening else next_working_day(day))


def morning_of(day: date) -> datetime:
    """Return when mail may first leave on `day`."""
    return datetime.combine(day, OPENS, STOCKHOLM)
