"""Signals counted in the slow and obvious way, one pupil and one day at a time, to compare the fast one with."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from uuid import UUID

from attendance.models import AttendanceDay, ClassDay, LessonAbsence, ThresholdRule
from deadlines.months import add_months
from schools.models import Enrolment

Crossed = tuple[date, str, int, int]
"""Day, kind, school days of the window, level."""


@dataclass
class SchoolDay:
    """A day on which something was offered to the pupil."""

    day: date
    group: object
    offered: int
    reported: int
    valid: int = 0
    invalid: int = 0
    lessons: list[LessonAbsence] = field(default_factory=list)

    @property
    def away(self) -> int:
        return self.valid + self.invalid


def expected_signals(pupil_id: UUID, today: date) -> list[Crossed]:
    """Return each crossing of the pupil, judging every school day once, in the order of days."""
    days = school_days_of(pupil_id, today)
    rules = list(ThresholdRule.objects.all())
    highest: dict[tuple[str, str, int], int] = defaultdict(int)
    crossed = []
    for last in range(len(days)):
        rule = rule_of(days[last], rules)
        for line in rule.lines:
            figure = figure_of(line, days[: last + 1], rule.minimum_coverage_percent)
            if figure is None:
                continue
            key = (line["kind"], line["unit"], line["school_days"])
            level = max((level for level in line["levels"] if figure >= level), default=0)
            if level == 0:
                highest[key] = 0
            elif level > highest[key]:
                crossed.append((days[last].day, line["kind"], line["school_days"], level))
                highest[key] = level
    return sorted(crossed)


def expected_crossings(pupil_id: UUID, today: date) -> list[tuple[date, int]]:
    """Return the crossings of the whole absence, as day and level."""
    return [(day, level) for day, kind, _days, level in expected_signals(pupil_id, today) if kind == "total"]


def figure_of(line: dict, days: list[SchoolDay], coverage: int) -> Fraction | int | None:
    """Return the figure a line is compared with on the last of the days; None when it cannot be told."""
    kind, unit, window = line["kind"], line["unit"], line["school_days"]
    latest = days[-window:] if window else days
    if kind in ("total", "invalid"):
        if len(latest) < window or not is_covered(latest, coverage):
            return None
        minutes = sum(day.away if kind == "total" else day.invalid for day in latest)
        return Fraction(minutes, 60) if unit == "hours" else Fraction(100 * minutes, sum(day.offered for day in latest))
    if kind == "change":
        now, before = days[-20:], days[-30:-10]
        if len(days) < 30 or not is_covered(now, coverage) or not is_covered(before, coverage):
            return None
        return share(now) - share(before)
    if kind == "in_a_row":
        return in_a_row(latest, lambda day: day.away > 0 and day.away * 2 >= day.offered)
    if kind == "invalid_in_a_row":
        row = in_a_row(latest, lambda day: day.invalid > 0 and day.away >= day.offered)
        if unit == "days":
            return row
        return int(row > 0 and add_months(latest[-row].day, 1) < days[-1].day)
    if kind == "invalid_month":
        this_month = [day for day in days if day.day.replace(day=1) == days[-1].day.replace(day=1)]
        return Fraction(sum(day.invalid for day in this_month), 60)
    return weeks_of_pattern(kind, days[-20:])


def weeks_of_pattern(kind: str, days: list[SchoolDay]) -> int:
    """Return in how many weeks what stands out was missed; 0 when it is too small a part of all."""
    away = [day for day in days if day.away > 0]
    if kind == "weekday":
        most = max((sum(day.day.weekday() == weekday for day in away) for weekday in range(5)), default=0)
        return most if most * 2 >= len(away) else 0
    if len(away) < 3:
        return 0
    lessons = [lesson for day in days for lesson in day.lessons if lesson.kind in ("valid", "invalid")]
    groups = defaultdict(list)
    for lesson in lessons:
        groups[part_of_day(lesson) if kind == "time" else lesson.subject].append(lesson)
    groups.pop("", None)
    if not groups:
        return 0
    foremost = min(groups, key=lambda name: (-len(groups[name]), name))
    enough = Fraction(2, 3) if kind == "time" else Fraction(1, 2)
    if len(groups[foremost]) < enough * len(lessons):
        return 0
    return len({lesson.day.isocalendar()[:2] for lesson in groups[foremost]})


def part_of_day(lesson: LessonAbsence) -> int:
    """Return 0 for a lesson of the morning, 1 around midday, 2 later."""
    clock = (lesson.starts_at.hour, lesson.starts_at.minute)
    return 0 if clock < (10, 0) else 1 if clock < (12, 30) else 2


def in_a_row(days: list[SchoolDay], counts) -> int:
    row = 0
    for day in reversed(days):
        if not counts(day):
            break
        row += 1
    return row


def is_covered(days: list[SchoolDay], coverage: int) -> bool:
    return sum(day.reported for day in days) * 100 >= coverage * sum(day.offered for day in days)


def share(days: list[SchoolDay]) -> Fraction:
    return Fraction(100 * sum(day.away for day in days), sum(day.offered for day in days))


def rule_of(day: SchoolDay, every: list[ThresholdRule]) -> ThresholdRule:
    """Return the rule of the day's class then: the most special one of those in force, of these the latest.

    The school's own version of that one goes before it.
    """
    rules = [
        rule
        for rule in every
        if rule.school_id is None
        and rule.provider_id in (None, day.group.school.provider_id)
        and rule.school_form in ("", day.group.school_form)
    ]
    first = min(rule.valid_from for rule in every)
    in_force = [rule for rule in rules if rule.valid_from <= max(day.day, first)]
    base = max(
        in_force, key=lambda rule: (rule.provider_id is not None, rule.school_form != "", rule.valid_from, rule.version)
    )
    mine = (day.group.school_id, base.pk)
    own = [rule for rule in every if (rule.school_id, rule.based_on_id) == mine and rule.valid_from <= day.day]
    return max(own, key=lambda rule: (rule.valid_from, rule.version), default=base)


def school_days_of(pupil_id: UUID, today: date) -> list[SchoolDay]:
    """Return the pupil's school days, oldest first: on a day in two classes, the one of the class begun last."""
    days: dict[date, SchoolDay] = {}
    own_days = {(own.day, own.source_id): own for own in AttendanceDay.objects.filter(pupil=pupil_id)}
    lessons = list(LessonAbsence.objects.filter(pupil=pupil_id))
    enrolments = Enrolment.objects.filter(pupil=pupil_id).select_related("class_group__school")
    for enrolment in enrolments.order_by("starts_on"):
        group = enrolment.class_group
        for taught in ClassDay.objects.filter(class_group=group, day__lte=today, source__is_counted=True):
            if taught.day < enrolment.starts_on or (enrolment.ends_on and taught.day > enrolment.ends_on):
                continue
            own = own_days.get((taught.day, taught.source_id))
            day = SchoolDay(taught.day, group, taught.offered_minutes, taught.reported_minutes)
            if own is not None:
                day.valid, day.invalid = own.valid_minutes, own.invalid_minutes
                if own.offered_minutes is not None:
                    day.offered, day.reported = own.offered_minutes, own.reported_minutes
            if day.offered > 0:
                day.lessons = [one for one in lessons if one.day == taught.day and one.source_id == taught.source_id]
                days[taught.day] = day
    return [days[day] for day in sorted(days)]
