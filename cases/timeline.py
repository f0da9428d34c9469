"""What happened in a case: in order, for one reader; and the ledger rebuilt from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit
from deadlines.templatetags.days import day_words, short_day

from .declining import facts_beyond
from .models import (
    Case,
    Decision,
    DecisionReason,
    Event,
    Feedback,
    JointMeeting,
    Question,
    QueuePlace,
    notes_of,
)
from .obligations import LiftAnswer

TITLES: dict[str, str | Promise] = {
    "request_sent": _("Request sent"),
    "request_opened": _("Request opened by the receiver"),
    "request_acknowledged": _("Request acknowledged"),
    "request_accepted": _("Yes – the request is accepted"),
    "question_asked": _("Question to the school"),
    "question_answered": _("Answer from the school"),
    "request_queued": _("In the queue: no room yet"),
    "request_redirected": _("Request sent on to another unit"),
    "placing_asked": _("Sent on for the second time: the coordinator decides which unit takes it"),
    "request_placed": _("The coordinator has decided which unit takes the request"),
    "request_declined": _("No"),
    "request_withdrawn": _("Request withdrawn"),
    "consents_noted": _("New answers about consent"),
    "consent_withdrawn": _("Consent withdrawn"),
    "handler_chosen": _("Handler chosen"),
    "advice_followed": _("The school follows the advice"),
    "talk_proposed": _("The school wants to talk first"),
    "lifted_to_managers": _("Lifted to managers"),
    "other_version_written": _("The other side's version"),
    "no_answer": _("No answer"),
    "lift_answered": _("Manager's answer"),
    "first_contact_made": _("First contact made"),
    "feedback_given": _("Feedback"),
    "feedback_acknowledged": _("Feedback acknowledged"),
    "work_completed": _("The work is completed"),
    "work_interrupted": _("The work was interrupted"),
    "next_step_set": _("Next step decided"),
    "step_done": _("Step done"),
    "autumn_plan_asked": _("A plan for the autumn is asked for"),
    "autumn_planned": _("The autumn is planned"),
    "handed_over": _("Handed over"),
    "paused": _("Paused"),
    "resumed": _("The pause ended"),
    "date_moved": _("New date"),
    "no_change": _("No change, because"),
    "reminded": _("Reminder"),
    "meeting_called": _("Called to a joint meeting"),
    "meeting_times_proposed": _("Other times for the joint meeting"),
    "meeting_agreed": _("Yes to the joint meeting"),
    "meeting_declined": _("No to the joint meeting"),
    "meeting_held": _("Joint meeting held"),
    "case_closed": _("Case closed"),
}

UNTOLD = _("Stays with social services: no consent covers that the school is told.")
"""What a school reads where it may not know why (law.md 6.1)."""


@dataclass(frozen=True)
class Item:
    """One line of the timeline as one reader sees it."""

    at: datetime
    title: str | Promise
    who: Membership | None
    unit: Unit | None
    text: str = ""
    details: tuple[tuple[str | Promise, str], ...] = ()
    is_internal: bool = False
    kind: str = ""


def timeline_of(case: Case, reader: Membership) -> list[Item]:
    """Return what happened in `case`, newest first: what `reader` may see, and the notes of the reader's own unit."""
    events = list(
        Event.objects.visible_to(reader).filter(case=case).select_related("by__user", "unit", "referral__to_unit")
    )
    written = _written_in(case, events, reader)
    # What happened in one moment keeps its order: the later row stands above.
    items = [_item(event, written) for event in reversed(events)]
    notes = notes_of(reader).objects.visible_to(reader).filter(case=case).select_related("written_by__user", "unit")
    items += [
        Item(note.written_at, _("Internal note"), note.written_by, note.unit, note.text, is_internal=True, kind="note")
        for note in notes
    ]
    return sorted(items, key=lambda item: item.at, reverse=True)


@dataclass(frozen=True)
class Answered:
    """An answer, and why it was given where the reader may know."""

    decision: Decision
    given: DecisionReason | None


def _written_in(case: Case, events: list[Event], reader: Membership) -> dict[Any, Any]:
    """Fetch the questions, answers and feedback that the events point at, in a fixed number of queries."""
    subjects = [event.subject for event in events if event.subject]
    found: dict[Any, Any] = {}
    for rows in (
        Question.objects.filter(referral__case=case, pk__in=subjects),
        Feedback.objects.filter(case=case, pk__in=subjects),
        QueuePlace.objects.filter(referral__case=case, pk__in=subjects).defer(None),
        JointMeeting.objects.filter(case=case, pk__in=subjects),
    ):
        found |= {row.pk: row for row in rows}
    decisions = Decision.objects.filter(referral__case=case, pk__in=subjects).select_related("next_holder")
    reasons = DecisionReason.objects.visible_to(reader).filter(decision__in=subjects).select_related("code").defer(None)
    why = {given.decision_id: given for given in reasons}
    return found | {decision.pk: Answered(decision, why.get(decision.pk)) for decision in decisions}


def _item(event: Event, written: dict[Any, Any]) -> Item:
    subject = written.get(event.subject)
    text, details = _words(event, subject)
    title = TITLES[event.kind]
    return Item(event.at, title, event.by, event.unit, text, tuple(details), kind=event.kind)


def _words(event: Event, subject: Any) -> tuple[str, list[tuple[str | Promise, str]]]:
    """Return the event's main text and its further facts."""
    if isinstance(subject, Question):
        return (subject.answer if event.kind == "question_answered" else subject.text), []
    if isinstance(subject, Feedback):
        return (subject.reply if event.kind == "feedback_acknowledged" else subject.text), []
    if isinstance(subject, Answered):
        return subject.given.rationale if subject.given else "", _facts_of_answer(
            subject.decision, subject.given, _("Proposed") if event.kind == "placing_asked" else _("Next with")
        )
    if isinstance(subject, QueuePlace):
        expected = short_day(subject.expected_on)
        return subject.interim, [(_("Place in the queue"), str(subject.place)), (_("Expected to begin"), expected)]
    if isinstance(subject, JointMeeting):
        return _words_of_meeting(event.kind, subject)
    if event.kind == "lift_answered":
        code, _colon, reason = event.text.partition(": ")
        return reason, [(_("Answer"), str(LiftAnswer(code).label))]
    return event.text, []


def _words_of_meeting(kind: str, meeting: JointMeeting) -> tuple[str, list[tuple[str | Promise, str]]]:
    match kind:
        case "meeting_called":
            return meeting.question, []
        case "meeting_agreed" if meeting.chosen_at is not None:
            when = f"{day_words(meeting.chosen_at)} {timezone.localtime(meeting.chosen_at):%H:%M}"
            return "", [(_("Time"), when), (_("Where"), meeting.where)]
        case "meeting_declined":
            return meeting.refusal, [(_("What instead"), meeting.instead)]
        case "meeting_held":
            return meeting.decisions, []
        case _times:
            return "", []


def _facts_of_answer(
    decision: Decision, given: DecisionReason | None, next_with: str | Promise
) -> list[tuple[str | Promise, str]]:
    facts: list[tuple[str | Promise, str]] = []
    if given and given.code:
        facts.append((_("Reason"), given.code.title))
    facts += facts_beyond(given) if given else []
    if given is None and decision.answer != Decision.Answer.ACCEPTED:
        facts.append((_("Why"), str(UNTOLD)))
    if decision.advice:
        facts.append((_("The school should now"), decision.advice))
    if decision.begins_with:
        facts.append((_("Begins in another way"), str(decision.get_begins_with_display())))
    if decision.try_again_on:
        facts.append((_("New try with the pupil"), short_day(decision.try_again_on)))
    if decision.next_holder:
        facts.append((next_with, decision.next_holder.short_name))
    if decision.next_on:
        facts.append((_("At the latest"), short_day(decision.next_on)))
    return facts


def rebuild(events: Iterable[Event]) -> dict[str, Any]:
    """Rebuild the ledger of one case from its events alone, in the order they were written.

    Returns whether it is open, the status of each request, and of each open obligation its kind, unit, person,
    date and pause. A property test holds this against what is stored.
    """
    state: dict[str, Any] = {"open": True, "outcome": "", "statuses": {}, "obligations": {}}
    for event in events:
        for change in event.changes:
            _apply(state, change)
    return state


def _apply(state: dict[str, Any], change: dict[str, Any]) -> None:
    """Apply one change of an event to a state being rebuilt."""
    held = state["obligations"]
    match change["do"]:
        case "status":
            state["statuses"][change["referral"]] = change["status"]
        case "close":
            state["open"], state["outcome"] = False, change["outcome"]
        case "silence" | "objection":
            pass
        case "start":
            held[change["obligation"]] = {
                "kind": change["kind"], "unit": change["unit"], "person": change["person"],
                "due_on": change["due_on"], "paused_until": None,
            }  # fmt: skip
        case "stop":
            del held[change["obligation"]]
        case "hand_over":
            held[change["obligation"]] |= {"unit": change["unit"], "person": change["person"]}
        case "pause":
            held[change["obligation"]]["paused_until"] = change["until"]
        case "resume":
            held[change["obligation"]] |= {"due_on": change["due_on"], "paused_until": None}
        case "date":
            held[change["obligation"]]["due_on"] = change["due_on"]
