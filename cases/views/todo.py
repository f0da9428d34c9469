"""Att göra: the start page of everybody."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from accounts.models import Membership
from accounts.permissions import Action, Object, permits
from accounts.roles import Role
from audit import reading
from cases import access
from cases.models import Feedback, Obligation
from cases.todo import Group, Row, ToDo, to_do_of

ELSEWHERE = {
    Role.COORDINATOR: "cases:stalled_list",
    Role.ANALYST: "followup:report",
    Role.SCHOOL_ADMIN: "integrations:import_list",
    Role.SYSTEM_ADMIN: "accounts:people",
    Role.LOG_AUDITOR: "oversight:workspace",
}
"""Where those begin who have no list of their own."""

MOST_ROWS = 20
NOON, EVENING = 12, 18


@dataclass(frozen=True)
class ShownRow:
    """A row, with the feedback that can be acknowledged in it; the very first row has the page's main button."""

    row: Row
    feedback: Feedback | None
    is_first: bool


def todo(request: MemberRequest) -> HttpResponse:
    """Say what waits for the reader today, late first, and what the reader waits for."""
    reader = request.membership
    if reader.role in ELSEWHERE:
        return redirect(ELSEWHERE[Role(reader.role)])
    to_do = to_do_of(reader, timezone.localdate())
    shows_all = request.GET.get("all") == "1"
    groups = _shown(to_do, reader, None if shows_all else MOST_ROWS)
    context = {
        "to_do": to_do,
        "groups": groups,
        "hidden": 0 if shows_all else max(0, to_do.count - MOST_ROWS),
        "greeting": _greeting(timezone.localtime().hour, request.user.given_name),
        "longest": max(to_do.waiting, key=lambda waiting: waiting.days, default=None),
        "may_log_concern": bool(permits(reader, Object.CONCERN, Action.CREATE)),
    }
    shown = [row.row.pupil_id for _group, rows in groups for row in rows if row.row.pupil_id is not None]
    reading.note(kind="list")
    reading.only([*shown, *(waiting.pupil_id for waiting in to_do.waiting)])
    return render(request, "cases/todo.html", context)


def _shown(to_do: ToDo, reader: Membership, most: int | None) -> list[tuple[Group, list[ShownRow]]]:
    """Return the groups with their first `most` rows in all, all of them for None."""
    feedback = _feedback_to_acknowledge(to_do, reader)
    shown: list[tuple[Group, list[ShownRow]]] = []
    left = to_do.count if most is None else most
    for group in to_do.groups:
        rows = [
            ShownRow(row, feedback.get(row.key), is_first=not shown and not place)
            for place, row in enumerate(group.rows[:left])
        ]
        left -= len(rows)
        if rows:
            shown.append((group, rows))
    return shown


def _feedback_to_acknowledge(to_do: ToDo, reader: Membership) -> dict[str, Feedback]:
    """Return, by row key, the feedback that the row asks to acknowledge: the oldest row has the oldest feedback."""
    if not any(row.is_reading for group in to_do.groups for row in group.rows):
        return {}
    unread: dict[UUID | None, list[Feedback]] = defaultdict(list)
    waiting = Feedback.objects.visible_to(reader).filter(acknowledged_at=None)
    for feedback in waiting.select_related("case", "from_unit").order_by("sent_at", "pk"):
        if access.may_acknowledge_feedback(reader, feedback):
            unread[feedback.referral_id].append(feedback)
    owed = Obligation.objects.open().visible_to(reader).filter(kind="acknowledge_feedback").order_by("due_on", "pk")
    return {
        f"obligation-{obligation.pk}": unread[obligation.referral_id].pop(0)
        for obligation in owed
        if unread[obligation.referral_id]
    }


def _greeting(hour: int, name: str) -> str:
    if hour < NOON:
        return _("Good morning %(name)s.") % {"name": name}
    if hour < EVENING:
        return _("Good afternoon %(name)s.") % {"name": name}
    return _("Good evening %(name)s.") % {"name": name}
