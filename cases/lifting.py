"""What the page of an objection shows: who is waited for, and how often it has helped to lift a no."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, roles_that_may

from . import access
from .models import Objection, Obligation
from .obligations import LIFT


@dataclass(frozen=True)
class SoFar:
    """How many objections have been settled in the city, and how many of them changed the answer."""

    ended: int
    changed: int


@dataclass(frozen=True)
class Waited:
    """A unit whose answer is waited for, by when, and who answers for it; nobody where it has none today."""

    unit: Unit
    due_on: date
    who: Membership | None


def objections_so_far() -> SoFar | None:
    """Return how earlier objections ended; None while they are fewer than five."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ended, changed FROM objections_so_far()")
        ended, changed = cursor.fetchone()
    return None if ended is None else SoFar(ended, changed)


def so_far_in_words() -> str:
    """Say how often it has helped, in one sentence."""
    so_far = objections_so_far()
    if so_far is None:
        return _("Too few have been lifted to say how often it has led to a changed answer.")
    told = {"changed": so_far.changed, "ended": so_far.ended}
    return _("So far: %(changed)s of %(ended)s in the city led to a changed answer.") % told


def asked_in(objection: Objection) -> QuerySet[Obligation]:
    """Return what is still to be answered in `objection`, with units and dates and no words."""
    if objection.ended_at is not None:
        return Obligation.objects.none()
    return Obligation.objects.open().filter(kind=LIFT, referral=objection.referral_id).with_dates_and_units()


def asked_of(reader: Membership, objection: Objection) -> Obligation | None:
    """Return what `reader` may answer in `objection` now."""
    found = (one for one in asked_in(objection) if access.may_answer_objection(reader, objection, one))
    return next(found, None)


def waited_for(objection: Objection, today: date) -> list[Waited]:
    """Return whose answers are waited for."""
    rows = []
    for obligation in asked_in(objection):
        held = obligation.current_intervals[0]
        roles = roles_that_may(Action.DECIDE, Object.OBJECTION, held.unit.side)
        who = held.person or Membership.objects.working_in(held.unit, roles, today).order_by("pk").first()
        rows.append(Waited(held.unit, obligation.due_on, who))
    return rows
