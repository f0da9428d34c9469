"""Which lines apply to a school: the provider's for each of its school forms, or the school's stricter ones."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.roles import Role
from schools.models import ClassGroup, School, SchoolForm

from .crossings import MEASURES, key_of
from .models import Signal, ThresholdRule
from .windows import RULE_OF_CLASS

Key = tuple[str, str, int]
Line = dict[str, Any]
Levels = Sequence[int]

SHARE: Key = ("total", "percent", 20)
USUAL_SHARE = 10

IN_HOURS: tuple[Key, ...] = (("total", "hours", 20), ("invalid", "hours", 20))
"""Lines that a school may add where the provider counts per cent only: hours say the same to some schools."""

LINES_OF_SCHOOL = f"""
SELECT DISTINCT rule.lines::text FROM (
    SELECT {RULE_OF_CLASS} AS id FROM (
        SELECT DISTINCT ON (school_form) id AS class_group_id, %(day)s::date AS day
          FROM schools_classgroup WHERE school_id = %(school)s ORDER BY school_form, id
    ) days
) chosen JOIN attendance_thresholdrule rule USING (id)
"""  # noqa: S608 (the pieces are constants of ours)

FIXED_UNITS = ("months",)
"""Lines that cannot be made stricter: they have one level, and it is the lowest there is."""

ORDER = {(str(kind), unit, days): place for place, (kind, unit, days, *_rest) in enumerate(MEASURES)}


@dataclass(frozen=True)
class Standing:
    """Lines that stand for some of a school's forms: the provider's rule, and the school's own version of it if any."""

    base: ThresholdRule
    own: ThresholdRule | None
    forms: list[str]
    first_day: date

    @property
    def rule(self) -> ThresholdRule:
        """What applies."""
        return self.own or self.base

    @property
    def since(self) -> date:
        """The first day it applied."""
        return self.own.valid_from if self.own else max(self.base.valid_from, self.first_day)

    @property
    def form_names(self) -> str:
        """The school forms in words."""
        return ", ".join(str(SchoolForm(form).label) for form in self.forms)

    @property
    def told(self) -> list[tuple[str, str, bool]]:
        """Each line in words, its levels, and whether the school has set it."""
        basic = {key_of_line(line): line["levels"] for line in self.base.lines}
        lines = sorted(self.rule.lines, key=lambda line: ORDER[key_of_line(line)])
        return [
            (line_title(key_of_line(line)), ", ".join(map(str, line["levels"])), line["levels"] != basic.get(key))
            for line in lines
            for key in [key_of_line(line)]
        ]


def key_of_line(line: Line) -> Key:
    """Return what tells a line from the others."""
    return line["kind"], line["unit"], line["school_days"]


def name_of(key: Key) -> str:
    """Return the name of the line's field in forms."""
    return key_of(*key).replace(" ", "_")


def line_title(key: Key) -> str:
    """Return “All absence, per cent of 20 school days”."""
    kind, unit, days = key
    if kind == Signal.Kind.INVALID_IN_A_ROW:
        in_days = _("School days in a row without valid reason")
        return in_days if unit == Signal.Unit.DAYS else _("A month in a row without valid reason")
    told = {"kind": Signal.Kind(kind).label, "days": days}
    if unit == Signal.Unit.PERCENT:
        return _("%(kind)s, per cent of the time over %(days)s school days") % told
    if unit == Signal.Unit.HOURS and days:
        return _("%(kind)s, hours in %(days)s school days") % told
    if unit == Signal.Unit.WEEKS:
        return _("%(kind)s, weeks of 4") % told
    return _("%(kind)s, percentage points") % told if unit == Signal.Unit.POINTS else str(told["kind"])


def standing_lines(school: School, day: date) -> list[Standing]:
    """Return what applies to the school on `day`, one for each rule of the provider; a constant number of queries."""
    forms = sorted(
        set(ClassGroup.objects.filter(school=school, school_year__starts_on__lte=day, school_year__ends_on__gte=day)
            .order_by().values_list("school_form", flat=True).distinct())
    )  # fmt: skip
    rules = list(ThresholdRule.objects.select_related("set_by__user", "provider"))
    if not rules:
        return []
    first_day = min(rule.valid_from for rule in rules)
    bases: dict[int, list[str]] = {}
    for form in forms or [""]:
        base = _base(rules, school, form, max(day, first_day))
        if base is not None:
            bases.setdefault(base.pk, []).append(form)
    by_key = {rule.pk: rule for rule in rules}
    return [
        Standing(by_key[pk], _own(rules, school, pk, day), [form for form in of if form], first_day)
        for pk, of in bases.items()
    ]


def coming_lines(school: School, day: date) -> list[ThresholdRule]:
    """Return the school's own versions that have not begun to apply."""
    coming = ThresholdRule.objects.filter(school=school, valid_from__gt=day).select_related("set_by__user")
    return list(coming.order_by("valid_from", "version"))


def earlier_lines(school: School, day: date) -> list[ThresholdRule]:
    """Return the school's own versions that have begun to apply, the latest first."""
    begun = ThresholdRule.objects.filter(school=school, valid_from__lte=day).select_related("set_by__user")
    return list(begun.order_by("-valid_from", "-version"))


def share_levels(unit_id: UUID, day: date) -> list[int]:
    """Return the school's lines of the whole absence in per cent, the lowest first: what charts are drawn against."""
    with connection.cursor() as cursor:
        cursor.execute(LINES_OF_SCHOOL, {"school": unit_id, "day": day, "first_rule": date.min})
        told = [line for (lines,) in cursor.fetchall() for line in json.loads(lines)]
    return sorted({level for line in told if key_of_line(line) == SHARE for level in line["levels"]})


def lowest_share(unit_id: UUID, day: date) -> int:
    """Return the lowest of them."""
    return next(iter(share_levels(unit_id, day)), USUAL_SHARE)


def is_at_least_as_strict(levels: Levels, than: Levels) -> bool:
    """Say whether whoever crosses one of the levels `than` crosses as many of these, at the same figure or a lower."""
    return len(levels) >= len(than) and all(mine <= other for mine, other in zip(levels, than, strict=False))


def lines_with(base: ThresholdRule, changes: dict[Key, list[int]]) -> list[Line]:
    """Return the rule's lines with some levels changed, and lines in hours added where they are given."""
    known = {key_of_line(line) for line in base.lines}
    changed = [line | {"levels": changes.get(key_of_line(line)) or line["levels"]} for line in base.lines]
    added = [
        {"kind": key[0], "unit": key[1], "school_days": key[2], "levels": changes[key]}
        for key in IN_HOURS
        if key not in known and changes.get(key)
    ]
    return changed + added


def levels_in(rules: Iterable[ThresholdRule]) -> dict[Key, list[int]]:
    """Return the levels of each line that a school may make stricter, the first rule's where several have it."""
    found: dict[Key, list[int]] = {}
    for rule in rules:
        for line in rule.lines:
            if line["unit"] not in FIXED_UNITS:
                found.setdefault(key_of_line(line), line["levels"])
    return dict(sorted(found.items(), key=lambda item: ORDER[item[0]]))


def _base(rules: list[ThresholdRule], school: School, form: str, day: date) -> ThresholdRule | None:
    """Return the rule that the database would choose, the school's own left out (attendance/windows.py)."""
    found = [
        rule
        for rule in rules
        if rule.school_id is None
        and rule.valid_from <= day
        and rule.provider_id in (None, school.provider_id)
        and rule.school_form in ("", form)
    ]
    return max(
        found,
        key=lambda rule: (rule.provider_id is not None, rule.school_form != "", rule.valid_from, rule.version),
        default=None,
    )


def _own(rules: list[ThresholdRule], school: School, base: int, day: date) -> ThresholdRule | None:
    mine = [
        rule for rule in rules if (rule.school_id, rule.based_on_id) == (school.pk, base) and rule.valid_from <= day
    ]
    return max(mine, key=lambda rule: (rule.valid_from, rule.version), default=None)


def mentors_at_work(reader: Membership, today: date) -> int:
    """Return how many mentors the classes of the reader's school have this school year; to a mentor, one."""
    if reader.role == Role.MENTOR:
        return 1
    classes = ClassGroup.objects.filter(
        school=reader.unit_id, school_year__starts_on__lte=today, school_year__ends_on__gte=today
    )
    return classes.exclude(mentors=None).order_by().values("mentors").distinct().count()
