"""Att göra: what a person and the person's unit must do, and what they wait for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, permits
from accounts.roles import Role, Side
from attendance.school_date import SchoolDate
from attendance.todo import school_dates
from deadlines.due import Due, due_on
from schools.models import protected_ids

from .ball import Ball
from .consulting import consultation_dates
from .deviating import deviation_dates
from .head_to_read import refusals_to_read
from .meetings_to_call import meetings_to_call
from .models import Case, Feedback, HolderInterval, Obligation
from .obligations import AUTUMN_CONTACT, KINDS, PLACE, PLAN_AUTUMN
from .report_todo import report_dates
from .second_to_do import prepared_dates
from .stand_ins import stand_ins_to_name, stands_in
from .unreachable import unreachable_dates

PAGES = {
    "acknowledge_request": "cases:assess_request",
    "answer_request": "cases:assess_request",
    "take_over": "cases:assess_request",
    "answer_question": "cases:answer_question",
    "first_contact": "cases:record_first_contact",
    "give_feedback": "cases:give_feedback",
    "respond_to_no": "cases:respond_to_no",
    "do_next_step": "cases:record_step",
    "follow_up": "cases:record_step",
    "try_again": "cases:record_step",
    "call_meeting": "cases:call_meeting",
    "answer_call": "cases:answer_call",
    "hold_meeting": "cases:record_meeting",
    "check_advice": "cases:check_advice",
    "answer_objection": "cases:answer_lift",
    PLACE: "cases:place_request",
    PLAN_AUTUMN: "cases:plan_autumn",
    AUTUMN_CONTACT: "cases:record_step",
    "review_stalled": "cases:set_next_step",
}
"""Where each kind is done. Pages about a request take the request's id, the others the obligation's."""

"""Who can hold something in a case."""

BY_OBLIGATION = {
    "cases:record_step", "cases:check_advice", "cases:answer_lift", "cases:set_next_step", "cases:answer_call",
    "cases:record_meeting", "cases:place_request", "cases:plan_autumn",
}  # fmt: skip


def page_of(obligation: Obligation) -> str:
    """Return the address of the page where `obligation` is fulfilled; the case page where it has none of its own."""
    name = PAGES.get(obligation.kind)
    if name in BY_OBLIGATION:
        return reverse(name, args=[obligation.pk])
    if name and obligation.referral_id:
        return reverse(name, args=[obligation.referral_id])
    return reverse("cases:case_detail", args=[obligation.case_id])


@dataclass(frozen=True)
class Row:
    """One thing to do."""

    key: str
    title: str | Promise
    pupil_id: UUID | None
    label: str
    due: Due
    due_on: date
    url: str
    button: str | Promise
    child_days: int | None = None
    holder: Membership | None = None
    is_mine: bool = False
    stands_in_for: Membership | None = None
    detail: str = ""
    is_reading: bool = False


@dataclass(frozen=True)
class Group:
    """The rows of one heading."""

    code: str
    title: str | Promise
    rows: list[Row]


@dataclass(frozen=True)
class Waiting:
    """What others hold in my cases."""

    pupil_id: UUID
    label: str
    task: str | Promise
    unit: Unit
    due: Due
    days: int
    url: str


@dataclass(frozen=True)
class ToDo:
    """The whole start page of one person on one day."""

    groups: list[Group]
    waiting: list[Waiting] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many things there are to do, reading included."""
        return sum(len(group.rows) for group in self.groups)

    @property
    def late(self) -> int:
        """How many of them are late."""
        return sum(len(group.rows) for group in self.groups if group.code == "late")


def to_do_of(reader: Membership, today: date) -> ToDo:
    """Return what `reader` and the reader's unit must do, late first, and what they wait for."""
    rows = [_row(obligation, reader, today) for obligation in _held_by(reader)]
    ours = (
        *school_dates(reader, today),
        *report_dates(reader, today),
        *refusals_to_read(reader, today),
        *meetings_to_call(reader, today),
        *prepared_dates(reader, today),
        *consultation_dates(reader, today),
        *deviation_dates(reader, today),
        *stand_ins_to_name(reader, today),
        *unreachable_dates(reader, today),
    )
    rows += [_school_row(each, today) for each in ours]
    return ToDo(_grouped(rows, today), _waiting(reader, today))


def _held_by(reader: Membership) -> Iterable[Obligation]:
    """Return what the reader's unit holds; for a head of social services also what nobody below has been given.

    An area manager of schools reads no case that has not been lifted, and gets only what was lifted.
    """
    holders = HolderInterval.objects.filter(to_at=None)
    if reader.role == Role.UNIT_HEAD and reader.side == Side.SOCIAL:
        below = Unit.objects.below(reader.unit)
        holders = holders.filter(Q(unit=reader.unit_id) | Q(unit__in=below, person=None))
    elif permits(reader, Object.STEP, Action.CHANGE):
        holders = holders.filter(unit=reader.unit_id)
    else:
        return []
    held = Obligation.objects.open().filter(pk__in=holders.values("obligation"))
    return held.exclude(case__pupil__in=protected_ids()).with_page_relations()


def _row(obligation: Obligation, reader: Membership, today: date) -> Row:
    ball = Ball(obligation, today)
    kind = KINDS[obligation.kind]
    absent = ball.person if stands_in(reader, ball.person, today) else None
    return Row(
        key=f"obligation-{obligation.pk}",
        title=kind.task,
        pupil_id=obligation.case.pupil_id,
        label=obligation.case.label,
        due=ball.due,
        due_on=obligation.due_on,
        url=page_of(obligation),
        button=kind.button,
        child_days=(today - obligation.case.child_time_from).days,
        holder=ball.person,
        is_mine=absent is not None or (ball.person is not None and ball.person.user_id == reader.user_id),
        stands_in_for=absent,
        detail=obligation.task,
        is_reading=kind.reading,
    )


def _school_row(school_date: SchoolDate, today: date) -> Row:
    return Row(
        key=school_date.key,
        title=school_date.title,
        pupil_id=school_date.pupil_id,
        label=school_date.label,
        due=due_on(school_date.due_on, today),
        due_on=school_date.due_on,
        url=school_date.url,
        button=school_date.button,
        is_reading=school_date.is_reading,
    )


def _grouped(rows: list[Row], today: date) -> list[Group]:
    """Sort rows under their headings: late, today, this week, later, to read. Empty headings are left out."""
    week_ends = today + timedelta(days=6 - today.weekday())
    headings = {
        "late": _("Late"), "today": _("Today"), "week": _("This week"), "later": _("Later"), "read": _("New to read"),
    }  # fmt: skip
    sorted_rows: dict[str, list[Row]] = {code: [] for code in headings}
    for row in sorted(rows, key=lambda row: (row.due_on, not row.is_mine, row.key)):
        sorted_rows[_heading(row, today, week_ends)].append(row)
    return [Group(code, title, sorted_rows[code]) for code, title in headings.items() if sorted_rows[code]]


def _heading(row: Row, today: date, week_ends: date) -> str:
    if row.due.state == "paused":
        return "later"
    if row.due_on < today:
        return "late"
    if row.is_reading:
        return "read"
    if row.due_on == today:
        return "today"
    return "week" if row.due_on <= week_ends else "later"


def _waiting(reader: Membership, today: date) -> list[Waiting]:
    """Return what other units hold in the reader's open cases, the longest wait first."""
    own = Unit.objects.below(reader.unit) if reader.role == Role.UNIT_HEAD else [reader.unit_id]
    held_by_others = HolderInterval.objects.filter(to_at=None).exclude(unit__in=own)
    cases = Case.objects.open().visible_to(reader)
    obligations = (
        Obligation.objects.open()
        .filter(case__in=cases, pk__in=held_by_others.values("obligation"))
        .with_page_relations()
        .order_by("started_on", "pk")
    )
    return [_waiting_row(Ball(obligation, today), today) for obligation in obligations]


def _waiting_row(ball: Ball, today: date) -> Waiting:
    obligation = ball.obligation
    return Waiting(
        pupil_id=obligation.case.pupil_id,
        label=obligation.case.label,
        task=ball.task,
        unit=ball.unit,
        due=ball.due,
        days=(today - obligation.started_on).days,
        url=reverse("cases:case_detail", args=[obligation.case_id]),
    )


def unread_feedback(case: Case) -> Iterable[Feedback]:
    """Return the feedback in `case` that the school has not acknowledged, oldest first."""
    return case.feedback.filter(acknowledged_at=None).order_by("sent_at", "pk")
