"""Builds the demo city: people, pupils, a term of absence and the stories, all of it through the actions."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from functools import partial

from django.db import transaction

from accounts.models import User
from attendance.models import Signal
from deadlines.stockholm import STOCKHOLM
from deadlines.working_days import next_working_day
from schools.calendars import school_calendar
from schools.models import School
from schools.regional_pattern import first_year_of
from schools.registers import load_school_years

from . import stories
from .absence import absence_rows, bring_in
from .agenda import Agenda
from .city import DAY_TOTALS, LESSONS, SCHOOLS, SchoolPlan
from .consultations import plan_consultations
from .head_settings import plan_settings
from .people import DEMO_PEOPLE, SYSTEM_ADMIN
from .population import Registry, Resident
from .school_work import SchoolWork
from .staff import RENEWED_WORKING_DAYS, Staff, recruit
from .story import STORIES
from .story_days import StoryDays
from .tale import Tale

DAYS_OF_ABSENCE = 66
FEWEST_DAYS = 25
"""School days a school year must have behind it; until then the demo lives on in the year before."""

IMPORTS_END = {LESSONS: (-26, -11, -6, -2), DAY_TOTALS: (-26, -8, -2)}
"""Which of the school days, counted from the last, are the last ones of an import, brought in the morning after."""

MORNING = time(6, 50)
SCHOOL_DAYS_UNTIL_SEEN = (9, 19)
"""How long a pupil of a story has been away more and more before somebody logs a concern, at least and less than."""

assert stories.__all__  # noqa: S101 (importing the stories is what makes them known)

Say = Callable[[str], None]


def is_loaded() -> bool:
    """Say whether the demo city is there already."""
    return User.objects.filter(email=DEMO_PEOPLE[SYSTEM_ADMIN].email).exists()


@transaction.atomic
def load_city(today: date, *, plans: Sequence[SchoolPlan] = SCHOOLS, say: Say = print) -> None:
    """Build the city with the schools of `plans`, as it stands on `today`: all of it or nothing."""
    days = StoryDays(today)
    first_year, school_days = _latest_term(School.objects.get(school_unit_code=plans[0].code), today)
    load_school_years((first_year,))
    say(f"The city on {today}: {len(plans)} schools.")
    recruiter = recruit(days, plans)
    staff = recruiter.staff
    say(f"{User.objects.count()} people invited.")
    city = _enrol(plans, staff, first_year, school_days)
    say(f"{sum(map(len, city.values()))} pupils enrolled.")
    agenda = Agenda()
    agenda.add(days.at(-RENEWED_WORKING_DAYS, time(9)), recruiter.renew)
    plan_settings(agenda, staff, days)
    plan_consultations(agenda, staff, days)
    for plan in plans:
        residents = [_told(resident, staff, days, agenda, school_days) for resident in city[plan.key]]
        _plan_imports(agenda, staff, days, plan, residents, school_days)
    agenda.carry_out(partial(_tell, say))
    say(f"{agenda.done} things happened.")


def _latest_term(school: School, today: date) -> tuple[int, Sequence[date]]:
    """Return the school year the city lives in, and its latest school days before `today`."""
    calendar = school_calendar(school, today=today)
    for first_year in (first_year_of(today), first_year_of(today) - 1):
        passed = [day for day in calendar.school_days if first_year_of(day) == first_year and day < today]
        if len(passed) >= FEWEST_DAYS:
            break
    return first_year, passed[-DAYS_OF_ABSENCE:]


def _enrol(
    plans: Sequence[SchoolPlan], staff: Staff, first_year: int, school_days: Sequence[date]
) -> dict[str, list[Resident]]:
    starts_on = date(first_year, 8, 1)
    at = datetime.combine(starts_on, time(9), tzinfo=STOCKHOLM)
    registry = Registry(staff, first_year, starts_on, at)
    return {
        plan.key: registry.fill_school(plan, [story for story in STORIES if story.school == plan.key]) for plan in plans
    }


def _told(resident: Resident, staff: Staff, days: StoryDays, agenda: Agenda, school_days: Sequence[date]) -> Resident:
    """Put the pupil's story on the agenda, and let the absence begin some weeks before anybody says anything."""
    if resident.story is None:
        return resident
    tale = Tale(resident, staff, days, agenda)
    resident.story.tell(tale)
    if tale.began_on is None:
        return resident
    before = bisect_left(school_days, tale.began_on) - tale.luck.randrange(*SCHOOL_DAYS_UNTIL_SEEN)
    since = max(0, before) / len(school_days)
    return replace(resident, habit=replace(resident.habit, since=since))


def _plan_imports(
    agenda: Agenda,
    staff: Staff,
    days: StoryDays,
    plan: SchoolPlan,
    residents: Sequence[Resident],
    school_days: Sequence[date],
) -> None:
    """Put the school's imports on the agenda, each with the signals that are taken up after it."""
    school = staff.schools[plan.key]
    principal = staff.at(school.unit, "principal")[0]
    work = SchoolWork(agenda, staff, days, plan, residents)
    rows = absence_rows(residents, school_days, plan.exports)
    waiting = list(school_days)
    for last in IMPORTS_END[plan.exports]:
        last_day = school_days[last]
        chosen = [day for day in waiting if day <= last_day]
        waiting = waiting[len(chosen) :]
        lines = [line for day in chosen for line in rows[day]]

        def act(at: datetime, lines: list[str] = lines) -> None:
            bring_in(school, plan.exports, lines, principal, at)
            new = Signal.objects.select_related("pupil").filter(class_group__school=school, created_at=at)
            work.take_up_signals(list(new.order_by("level", "crossed_on", "kind", "pk")), at)

        agenda.add(datetime.combine(next_working_day(last_day), MORNING, tzinfo=STOCKHOLM), act)


def _tell(say: Say, done: int, at: datetime) -> None:
    if done % 250 == 0:
        say(f"{done} things happened, up to {at.astimezone(STOCKHOLM):%Y-%m-%d}.")
