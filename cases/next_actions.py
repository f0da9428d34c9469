"""What one reader can do in one case right now, the most wanted first."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.permissions import Action, Object, permits

from . import access
from .ball import Ball, CaseState
from .models import Referral
from .obligations import ANSWER_CALL, HOLD_MEETING, LIFT, STEPS
from .todo import PAGES, page_of

Status = Referral.Status


@dataclass(frozen=True)
class Link:
    """A page where something can be done."""

    text: str | Promise
    url: str


@dataclass(frozen=True)
class NextActions:
    """`first` is what the ball asks of the reader's unit; `others` what else can be done; `clock` changes the ball."""

    first: list[Link]
    others: list[Link]
    clock: list[Link]


def next_actions(state: CaseState, reader: Membership) -> NextActions:
    """Return what `reader` can do in the case of `state`; nothing when it is closed."""
    if not state.case.is_open:
        return NextActions([], [], [])
    held = [ball for ball in state.balls if access.may_do(reader, ball.obligation)]
    due = [ball for ball in held if ball.obligation.kind in PAGES and _may_fulfil(reader, ball)]
    first = list({link.url: link for link in (Link(_button(ball), page_of(ball.obligation)) for ball in due)}.values())
    taken = {link.url for link in first}
    beside = (_of_team, _of_both, _of_school, _of_anybody)
    others = [link for found in beside for link in found(state, reader) if link.url not in taken]
    return NextActions(first, others, _of_clock(held[0]) if held else [])


def _may_fulfil(reader: Membership, ball: Ball) -> bool:
    return ball.obligation.kind != LIFT or access.may_answer_lift(reader, ball.obligation)


def _button(ball: Ball) -> str | Promise:
    """Return the button of the obligation; the two halves of a case often wait side by side, so steps say what."""
    return ball.kind.task if ball.obligation.kind not in STEPS else ball.kind.button


def _of_team(state: CaseState, reader: Membership) -> list[Link]:
    """Return what those who work with the pupil can do beside what is due."""
    referral = state.referral
    if referral is None or not access.may_work(reader, referral):
        return []
    pages = [
        (_("Give feedback"), "cases:give_feedback"),
        (_("Complete the work"), "cases:complete_work"),
        (_("Interrupt the work"), "cases:interrupt_work"),
    ]
    return [Link(text, reverse(name, args=[referral.pk])) for text, name in pages]


def _of_school(state: CaseState, reader: Membership) -> list[Link]:
    """Return what the case's school can do beside what is due."""
    case, referral = state.case, state.referral
    if not access.may_speak_for_school(reader, case):
        return []
    links = [Link(_("Request support"), f"{reverse('cases:request_support')}?pupil={case.pupil_id}")]
    if referral is not None and referral.can_become(Status.WITHDRAWN):
        links.append(Link(_("Withdraw the request"), reverse("cases:withdraw_request", args=[referral.pk])))
    if access.may_close(reader, case):
        links.append(Link(_("Close the case"), reverse("cases:close_case", args=[case.pk])))
    return links


def _of_both(state: CaseState, reader: Membership) -> list[Link]:
    """Return the call to a joint meeting, while none waits."""
    referral = state.referral
    waits = any(ball.obligation.kind in {ANSWER_CALL, HOLD_MEETING} for ball in state.balls)
    if referral is None or waits or not access.may_call_meeting(reader, referral):
        return []
    return [Link(_("Call a joint meeting"), reverse("cases:call_meeting", args=[referral.pk]))]


def _of_anybody(state: CaseState, reader: Membership) -> list[Link]:
    """Return what everybody who works with the case can do where another side takes part."""
    if state.referral is None or not permits(reader, Object.DEVIATION, Action.CREATE):
        return []
    return [Link(_("Register a deviation"), reverse("cases:register_deviation", args=[state.case.pk]))]


def _of_clock(ball: Ball) -> list[Link]:
    """Return how the date and the holder of what the reader's unit holds can be changed."""
    obligation = ball.obligation
    pages = [(_("Hand over"), "cases:hand_over"), (_("No change, because …"), "cases:say_no_change")]
    if not obligation.is_statutory:
        pages.append((_("Set new date"), "cases:move_date"))
        pages.append(
            (_("End the pause"), "cases:resume") if ball.paused_until else (_("Pause the clock"), "cases:pause")
        )
    return [Link(text, reverse(name, args=[obligation.pk])) for text, name in pages]
