"""What is done about measures: one is added, it is asked whether it helps, and it ends."""

from __future__ import annotations

from datetime import date, datetime
from typing import NotRequired, TypedDict, Unpack
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Membership
from accounts.roles import Role
from audit import actions as audit
from deadlines.school_days import SchoolCalendar
from deadlines.stockholm import stockholm_day
from schools.calendars import school_calendar
from schools.models import Pupil, School

from .access import may_add_measure, may_change_measure
from .actions import NotAllowed, ReasonIsMissing
from .follow_up_days import last_day_of_term, last_day_to_follow_up, last_day_to_start
from .models import Measure, MeasureFollowUp

RESPONSIBLE_ROLES = (Role.MENTOR, Role.STUDENT_HEALTH, Role.PRINCIPAL)
Kind, Effect = Measure.Kind, MeasureFollowUp.Effect


class WrongDay(Exception):
    """A day that the measure cannot have; `field` says which, `first` and `last` between which days it may lie."""

    def __init__(self, field: str, first: date, last: date | None = None) -> None:
        super().__init__(field)
        self.field, self.first, self.last = field, first, last


class MeasureHasEnded(Exception):
    """Somebody has ended the measure."""


class AlreadyFollowedUp(Exception):
    """Somebody has said meanwhile whether the measure helps."""


class Taken(TypedDict):
    """What is to be done; days as in Measure. `ends_on` and `hours_a_week` are of the kinds that need them."""

    kind: str
    in_words: str
    responsible: Membership
    starts_on: date
    follow_up_on: date
    pupil_agrees: str
    ends_on: NotRequired[date | None]
    hours_a_week: NotRequired[int | None]


@transaction.atomic
def add_measure(*, pupil: Pupil, submission: UUID, by: Membership, at: datetime, **taken: Unpack[Taken]) -> Measure:
    """Add a measure for the pupil. The same `submission` again gives the measure already added.

    Raises NotAllowed, WrongDay, and ReasonIsMissing for one in own words that has none.
    """
    if not may_add_measure(by, pupil) or not _may_be_responsible(taken["responsible"], by, at):
        raise NotAllowed
    if taken["kind"] == Kind.OWN and not taken["in_words"].strip():
        raise ReasonIsMissing
    _check_days(taken, calendar_of(by, at), stockholm_day(at))
    measure, is_new = Measure.objects.get_or_create(
        submission=submission,
        defaults={**taken, "pupil": pupil, "school_unit": by.unit, "added_at": at, "added_by": by},
    )
    if measure.added_by_id != by.pk:
        raise NotAllowed
    if is_new:
        audit.record(action="measure added", target=measure, by=by, at=at, details={"kind": measure.kind})
    return measure


def take_advice(*, pupil: Pupil, advice: str, from_day: date, by: Membership, at: datetime) -> Measure | None:
    """Add what social services advised as a measure in the school's own words, from `from_day` or as soon as may be.

    It is asked about as late as a measure may be. Returns None when `by` is nobody who adds measures for the pupil.
    """
    if not may_add_measure(by, pupil):
        return None
    calendar, today = calendar_of(by, at), stockholm_day(at)
    starts_on = min(max(from_day, today), last_day_to_start(calendar, today))
    return add_measure(
        pupil=pupil,
        submission=uuid4(),
        by=by,
        at=at,
        kind=Kind.OWN,
        in_words=advice[:300],
        responsible=by,
        starts_on=starts_on,
        follow_up_on=last_day_to_follow_up(calendar, starts_on, today),
        pupil_agrees=Measure.Agrees.NOT_ASKED,
    )


@transaction.atomic
def follow_up_measure(
    *,
    measure: Measure,
    effect: str,
    note: str = "",
    next_on: date | None,
    asked_on: date | None = None,
    by: Membership,
    at: datetime,
) -> MeasureFollowUp:
    """Say whether the measure helps. It goes on until `next_on`, and ends when there is no such day.

    `asked_on` is the day of the follow-up that the writer saw, None for whichever it is. What is said twice of the same
    day is said once. Raises MeasureHasEnded, AlreadyFollowedUp, NotAllowed, WrongDay.
    """
    said = {"effect": effect, "note": note, "next_on": next_on, "followed_up_by": by}
    before = measure.follow_ups.filter(was_due_on=asked_on, **said).first() if asked_on else None
    if before is not None and may_change_measure(by, measure):
        return before
    measure = _running(measure, by)
    if asked_on is not None and asked_on != measure.follow_up_on:
        raise AlreadyFollowedUp
    today = stockholm_day(at)
    if next_on is None and effect == Effect.TOO_EARLY:
        raise WrongDay("next_on", today)
    if next_on is not None:
        _check_next(next_on, calendar_of(by, at), today)
    told = MeasureFollowUp.objects.create(measure=measure, **said, followed_up_at=at, was_due_on=measure.follow_up_on)
    audit.record(action="measure followed up", target=measure, by=by, at=at, details={"effect": effect})
    if next_on is None:
        _end(measure, note.strip() or str(told.get_effect_display()), by, at)
    else:
        measure.follow_up_on = next_on
        measure.save(update_fields=["follow_up_on"])
    return told


@transaction.atomic
def end_measure(*, measure: Measure, reason: str, by: Membership, at: datetime) -> Measure:
    """End the measure today, for a reason; said twice it is said once.

    Raises MeasureHasEnded, NotAllowed, ReasonIsMissing.
    """
    ended = Measure.objects.filter(pk=measure.pk, ended_by=by, end_reason=reason).first()
    if ended is not None and may_change_measure(by, measure):
        return ended
    measure = _running(measure, by)
    if not reason.strip():
        raise ReasonIsMissing
    _end(measure, reason, by, at)
    return measure


@transaction.atomic
def hand_over_measure(*, measure: Measure, responsible: Membership, by: Membership, at: datetime) -> Measure:
    """Let somebody else at the school see to the measure from now on. To who has it already, it changes nothing.

    Raises MeasureHasEnded, NotAllowed.
    """
    measure = _running(measure, by)
    if not _may_be_responsible(responsible, by, at):
        raise NotAllowed
    if measure.responsible_id == responsible.pk:
        return measure
    details = {"from": str(measure.responsible_id), "to": str(responsible.pk)}
    measure.responsible = responsible
    measure.save(update_fields=["responsible"])
    audit.record(action="measure handed over", target=measure, by=by, at=at, details=details)
    return measure


def colleagues(reader: Membership, at: datetime) -> QuerySet[Membership]:
    """Return those at the reader's school who may see to a measure, by name."""
    return Membership.objects.working_in(reader.unit, RESPONSIBLE_ROLES, stockholm_day(at))


def calendar_of(reader: Membership, at: datetime) -> SchoolCalendar:
    """Return the calendar of the reader's school."""
    school = School.objects.get(unit=reader.unit_id)
    return school_calendar(school, today=stockholm_day(at))


def _running(measure: Measure, by: Membership) -> Measure:
    """Lock the measure and return it."""
    measure = Measure.objects.select_for_update(of=("self",)).get(pk=measure.pk)
    if not may_change_measure(by, measure):
        raise NotAllowed
    if measure.ended_on is not None:
        raise MeasureHasEnded
    return measure


def _end(measure: Measure, reason: str, by: Membership, at: datetime) -> None:
    measure.ended_on = stockholm_day(at)
    measure.ended_by = by
    measure.end_reason = reason
    measure.save(update_fields=["ended_on", "ended_by", "end_reason"])
    audit.record(action="measure ended", target=measure, by=by, at=at, details={})


def _may_be_responsible(member: Membership, by: Membership, at: datetime) -> bool:
    """Say whether somebody may see to a measure: a colleague at the school who works with pupils."""
    here = member.unit_id == by.unit_id and member.role in RESPONSIBLE_ROLES
    return here and member.is_active(stockholm_day(at))


def _check_days(taken: Taken, calendar: SchoolCalendar, today: date) -> None:
    starts_on, ends_on = taken["starts_on"], taken.get("ends_on")
    if starts_on > (last := last_day_to_start(calendar, today)):
        raise WrongDay("starts_on", today, last)
    last = last_day_to_follow_up(calendar, starts_on, today)
    if not max(starts_on, today) <= taken["follow_up_on"] <= last:
        raise WrongDay("follow_up_on", max(starts_on, today), last)
    if taken["kind"] not in Measure.TIME_LIMITED:
        return
    end = last_day_of_term(calendar, starts_on) if taken["kind"] == Kind.DISTANCE else None
    if ends_on is None or ends_on < max(starts_on, today) or (end is not None and ends_on > end):
        raise WrongDay("ends_on", max(starts_on, today), end)


def _check_next(next_on: date, calendar: SchoolCalendar, today: date) -> None:
    """A measure that goes on is asked about again: after today, at most 15 school days ahead."""
    last = last_day_to_follow_up(calendar, today, today)
    if not today < next_on <= last:
        raise WrongDay("next_on", today, last)
