"""What a school does about what it sees: logs a concern, says what becomes of it, answers a signal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NotRequired, TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from accounts.models import Membership, Unit
from accounts.roles import Role
from audit import actions as audit
from deadlines.stockholm import stockholm_day
from deadlines.working_days import add_working_days
from schools.models import Pupil

from .access import may_answer_concern, may_answer_signal, may_log_concern
from .models import Concern, ConcernDraft, Signal

DAYS_TO_ANSWER_A_CONCERN = 5
WATCH = timedelta(days=14)


class NotAllowed(Exception):
    """The member does not work with the pupil, or not in a role that may do this."""


class ConcernAlreadyAnswered(Exception):
    """Somebody has said what becomes of the concern."""


class SignalAlreadyAnswered(Exception):
    """Somebody has answered the signal."""


class ReasonIsMissing(Exception):
    """An answer that needs words has none."""


class Seen(TypedDict):
    """What somebody has seen; `talk_by` is the last day for a talk that is still to come."""

    signs: list[str]
    text: str
    pupil_words: NotRequired[str]
    talked: str
    talk_by: NotRequired[date | None]
    harm_suspected: str


@transaction.atomic
def log_concern(
    *, pupil: Pupil, submission: UUID, by: Membership, at: datetime, based_on: str = "", **seen: Unpack[Seen]
) -> Concern:
    """Log what `by` has seen, give it to student health to answer, and answer the pupil's open signals with it.

    The same `submission` again gives the concern already logged. The draft that was sent is gone; `based_on` is when it
    was saved (ISO 8601). Raises NotAllowed.
    """
    if not may_log_concern(by, pupil):
        raise NotAllowed
    today = stockholm_day(at)
    concern, is_new = Concern.objects.get_or_create(
        submission=submission,
        defaults={
            **seen,
            "pupil": pupil,
            "school_unit": by.unit,
            "logged_at": at,
            "logged_by": by,
            "holder": holder_of_concerns(by.unit, today),
            "due_on": add_working_days(today, DAYS_TO_ANSWER_A_CONCERN),
        },
    )
    if concern.logged_by_id != by.pk:
        raise NotAllowed
    if is_new:
        holder = str(concern.holder_id) if concern.holder_id else None
        audit.record(action="concern logged", target=concern, by=by, at=at, details={"holder": holder})
        for signal in _open_signals(pupil):
            _answer(signal, Signal.Answer.CONCERN, "", by, at)
        _forget_draft(pupil, str(submission), based_on, by)
    return concern


def _forget_draft(pupil: Pupil, window: str, based_on: str, by: Membership) -> None:
    """Remove the draft that was sent; what another window has typed since is kept."""
    draft = ConcernDraft.objects.filter(pupil=pupil, writer=by).first()
    if draft is not None and (draft.is_of(window) or draft.saved_at.isoformat() == based_on):
        draft.delete()


@transaction.atomic
def answer_concern(
    *, concern: Concern, answer: str, text: str, also: Iterable[Concern] = (), by: Membership, at: datetime
) -> list[Concern]:
    """Say what becomes of a concern, and with the same words of others about the pupil; each writer can read it.

    One of `also` that somebody has answered meanwhile keeps that answer; what is said twice is said once. Returns the
    concerns answered, this one first. Raises ConcernAlreadyAnswered, NotAllowed, ReasonIsMissing.
    """
    if not text.strip():
        raise ReasonIsMissing
    asked = [concern.pk, *(other.pk for other in also)]
    locked = {
        row.pk: row for row in Concern.objects.select_for_update(of=("self",)).filter(pk__in=asked).order_by("pk")
    }
    concerns = [locked[key] for key in dict.fromkeys(asked)]
    if any(not may_answer_concern(by, row) or row.pupil_id != concern.pupil_id for row in concerns):
        raise NotAllowed
    if concerns[0].answered_by_id == by.pk and (concerns[0].answer, concerns[0].answer_text) == (answer, text):
        return concerns[:1]
    if concerns[0].answer:
        raise ConcernAlreadyAnswered
    answered = [row for row in concerns if not row.answer]
    for row in answered:
        _say_what_becomes(row, answer, text, by, at)
    return answered


def _say_what_becomes(concern: Concern, answer: str, text: str, by: Membership, at: datetime) -> None:
    concern.answer = answer
    concern.answer_text = text
    concern.answered_at = at
    concern.answered_by = by
    concern.save(update_fields=["answer", "answer_text", "answered_at", "answered_by"])
    audit.record(action="concern answered", target=concern, by=by, at=at, details={"answer": answer})


@transaction.atomic
def answer_signal(*, signal: Signal, answer: str, note: str = "", by: Membership, at: datetime) -> list[Signal]:
    """Answer a signal and with it the pupil's other open ones; they stay silent until a higher line is crossed.

    WATCH lasts 14 calendar days, the last one included; HANDLED needs a `note`. Returns the signals answered.
    Raises SignalAlreadyAnswered, NotAllowed, ReasonIsMissing.
    """
    if not may_answer_signal(by, signal):
        raise NotAllowed
    if answer == Signal.Answer.HANDLED and not note.strip():
        raise ReasonIsMissing
    signals = _open_signals(signal.pupil)
    today = stockholm_day(at)
    asked = next((row for row in signals if row.pk == signal.pk), None)
    if asked is None or (asked.answer and asked.watch_until and asked.watch_until >= today):
        raise SignalAlreadyAnswered
    for row in signals:
        _answer(row, answer, note, by, at)
    return signals


def holder_of_concerns(unit: Unit, today: date) -> Membership | None:
    """Return who answers the school's concerns: the first of student health by name who is not away, else a principal.

    None when the school has nobody; the concern is then the unit's own.
    """
    members = Membership.objects.active(today).filter(unit=unit).select_related("user")
    for role in (Role.STUDENT_HEALTH, Role.PRINCIPAL):
        present = [member for member in members.filter(role=role) if not member.is_away(today)]
        if present:
            return present[0]
    return None


def _open_signals(pupil: Pupil) -> list[Signal]:
    """Lock and return the pupil's signals that nobody has answered for good."""
    still_open = Signal.objects.filter(pupil=pupil, answer__in=["", Signal.Answer.WATCH])
    return list(still_open.select_for_update(of=("self",)).order_by("crossed_on", "pk"))


def _answer(signal: Signal, answer: str, note: str, by: Membership, at: datetime) -> None:
    signal.answer = answer
    signal.answer_note = note
    signal.answered_at = at
    signal.answered_by = by
    signal.watch_until = stockholm_day(at) + WATCH if answer == Signal.Answer.WATCH else None
    signal.save(update_fields=["answer", "answer_note", "answered_at", "answered_by", "watch_until"])
    audit.record(action="signal answered", target=signal, by=by, at=at, details={"answer": answer})
