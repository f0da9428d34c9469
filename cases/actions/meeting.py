"""A joint meeting: called, answered (yes, other times, no), held; decisions only, and the next date always."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from accounts.models import Membership, Unit
from accounts.roles import Side
from cases import access
from cases.consents import may_share_more
from cases.ledger import AlreadyDone, Entry, NotAllowed, entry
from cases.models import Disclosure, JointMeeting, Obligation, Referral
from cases.obligations import ANSWER_CALL, CALL_MEETING, HOLD_MEETING
from deadlines.stockholm import stockholm_day

from .disclosing import ConsentIsMissing, tell

Status = JointMeeting.Status
CHANGED = [
    "times", "status", "chosen_at", "refusal", "instead", "answered_at", "answered_by", "held_on", "decisions",
    "held_by",
]  # fmt: skip
"""What may change once a meeting is called."""


def call_meeting(
    *,
    referral: Referral,
    question: str,
    times: list[datetime],
    where: str,
    family_invited: bool,
    why_not_invited: str,
    by: Membership,
    at: datetime,
) -> JointMeeting:
    """Call the other unit of `referral` to decide `question` at one of `times`; it answers within five working days.

    Raises AlreadyDone while a meeting about the request waits, NotAllowed, or ConsentIsMissing when the school may not
    share the question.
    """
    with entry(case=referral.case, kind="meeting_called", by=by, at=at, referral=referral) as happening:
        about = happening.request
        if not access.may_call_meeting(by, about):
            raise NotAllowed
        if about.meetings.open().exists():
            raise AlreadyDone
        ours, theirs = _sides(happening, by)
        if by.side == Side.SCHOOL and not may_share_more(about, happening.today):
            raise ConsentIsMissing
        _share(happening, question)
        meeting = JointMeeting.objects.create(
            case=happening.case, referral=about, calling_unit=ours, called_unit=theirs, question=question, where=where,
            times=times, family_invited=family_invited, called_at=at, called_by=by,
            why_not_invited="" if family_invited else _share(happening, why_not_invited),
        )  # fmt: skip
        happening.subject = meeting.pk
        happening.stop(CALL_MEETING, referral=about)
        happening.start(ANSWER_CALL, unit=theirs, referral=about)
    return meeting


def accept_time(*, obligation: Obligation, chosen_at: datetime, by: Membership, at: datetime) -> JointMeeting:
    """Say yes to one of the times; the unit that called holds the meeting on that day. Raises NotAllowed for others."""
    with _answering(obligation, "meeting_agreed", by, at) as (happening, meeting):
        if chosen_at not in meeting.times:
            raise NotAllowed
        meeting.status, meeting.chosen_at = Status.AGREED, chosen_at
        holder = _still_party(happening, meeting.calling_unit, by)
        due_on = max(stockholm_day(chosen_at), happening.today)
        happening.start(HOLD_MEETING, unit=holder, due_on=due_on, referral=meeting.referral)
    return meeting


def propose_times(*, obligation: Obligation, times: list[datetime], by: Membership, at: datetime) -> JointMeeting:
    """Propose other times: the ball goes to the other unit, which answers within five working days."""
    with _answering(obligation, "meeting_times_proposed", by, at) as (happening, meeting):
        other = meeting.other_than(_unit_of(happening, by).pk)
        meeting.times = times
        happening.start(ANSWER_CALL, unit=_still_party(happening, other, by), referral=meeting.referral)
    return meeting


def decline_call(*, obligation: Obligation, refusal: str, instead: str, by: Membership, at: datetime) -> JointMeeting:
    """Say no to the meeting: why, and what instead."""
    with _answering(obligation, "meeting_declined", by, at) as (happening, meeting):
        meeting.status = Status.DECLINED
        meeting.refusal, meeting.instead = _share(happening, refusal), _share(happening, instead)
    return meeting


def record_meeting(
    *,
    obligation: Obligation,
    held_on: date,
    decisions: str,
    next_task: str,
    next_unit: Unit,
    next_on: date,
    by: Membership,
    at: datetime,
) -> JointMeeting:
    """Note what the meeting decided, and who follows it up on `next_on`."""
    with _meeting_of(obligation, HOLD_MEETING, "meeting_held", by, at) as (happening, meeting):
        meeting.status, meeting.held_on, meeting.held_by = Status.HELD, held_on, by
        meeting.decisions = _share(happening, decisions)
        meeting.save(update_fields=CHANGED)
        told = _share(happening, next_task)
        happening.start("follow_up", unit=next_unit, due_on=next_on, referral=meeting.referral, task=told[:300])
    return meeting


@contextmanager
def _answering(obligation: Obligation, kind: str, by: Membership, at: datetime) -> Iterator[tuple[Entry, JointMeeting]]:
    """Open an entry in which the unit that was asked answers; the meeting is saved with who answered and when."""
    with _meeting_of(obligation, ANSWER_CALL, kind, by, at) as (happening, meeting):
        meeting.answered_at, meeting.answered_by = at, by
        yield happening, meeting
        meeting.save(update_fields=CHANGED)


@contextmanager
def _meeting_of(
    obligation: Obligation, due: str, kind: str, by: Membership, at: datetime
) -> Iterator[tuple[Entry, JointMeeting]]:
    """Open an entry about the open meeting that `obligation` of the kind `due` belongs to, and fulfil it.

    Raises AlreadyDone if somebody was faster, NotAllowed for those whose unit does not hold it.
    """
    with entry(case=obligation.case, kind=kind, by=by, at=at, referral=obligation.referral) as happening:
        current = Obligation.objects.select_for_update(of=("self",)).get(pk=obligation.pk)
        if current.stopped_at is not None:
            raise AlreadyDone
        if current.kind != due or not access.may_do(by, current):
            raise NotAllowed
        meeting = happening.request.meetings.open().select_related("calling_unit", "called_unit").get()
        happening.subject = meeting.pk
        happening.stop_one(current)
        yield happening, meeting


def _sides(happening: Entry, by: Membership) -> tuple[Unit, Unit]:
    """Return the two units of the entry's request: the one `by` speaks for, and the other."""
    units = happening.case.school_unit, happening.request.to_unit
    return units if by.side == Side.SCHOOL else (units[1], units[0])


def _unit_of(happening: Entry, by: Membership) -> Unit:
    return _sides(happening, by)[0]


def _still_party(happening: Entry, unit: Unit, by: Membership) -> Unit:
    """Return `unit` while it has part in the case; else the unit that `by` speaks for."""
    is_party = happening.case.parties.filter(unit=unit, ended_at=None).exists()
    return unit if is_party else _unit_of(happening, by)


def _share(happening: Entry, text: str) -> str:
    """Return what the other unit may read of `text`: the school's words are frozen copies and rest on consent."""
    if happening.actor.side != Side.SCHOOL:
        return text
    return tell(happening, happening.request, Disclosure.What.MEETING, text)
