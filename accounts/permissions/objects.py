"""Object by action by scope: security.md section 3 with the roles of product.md section 2."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..roles import Role, Side
from .words import Acting, Action, Object, Scope, Seat, Seated, seat_of

MENTOR, HEALTH, PRINCIPAL, OFFICE = Seat.MENTOR, Seat.STUDENT_HEALTH, Seat.PRINCIPAL, Seat.SCHOOL_ADMIN
AREA, TEAM, INTAKE, HEAD = Seat.AREA_MANAGER, Seat.TEAM_WORKER, Seat.INTAKE_WORKER, Seat.UNIT_HEAD
COORDINATOR, ANALYST, AUDITOR, ADMIN = Seat.COORDINATOR, Seat.ANALYST, Seat.LOG_AUDITOR, Seat.SYSTEM_ADMIN
READ, CREATE, CHANGE, DECIDE, GRANT = Action.READ, Action.CREATE, Action.CHANGE, Action.DECIDE, Action.GRANT

LINKED, SCHOOL, UNIT, OWN_TEAM = Scope.LINKED, Scope.SCHOOL, Scope.UNIT, Scope.TEAM
OWN, METADATA, AGGREGATE = Scope.OWN, Scope.METADATA, Scope.AGGREGATE
NARROWED = METADATA | AGGREGATE

OBJECTS: dict[Object, dict[Seat, dict[Action, Scope]]] = {
    Object.PUPIL: {
        MENTOR: {READ: LINKED},
        HEALTH: {READ: LINKED},
        PRINCIPAL: {READ: SCHOOL, CHANGE: SCHOOL},
        OFFICE: {READ: SCHOOL, CHANGE: SCHOOL},
        TEAM: {READ: OWN_TEAM},
        INTAKE: {READ: OWN_TEAM},
        HEAD: {READ: UNIT},
    },
    Object.ABSENCE: {
        MENTOR: {READ: LINKED},
        HEALTH: {READ: LINKED},
        PRINCIPAL: {READ: SCHOOL},
        OFFICE: {READ: SCHOOL},
    },
    Object.IMPORT: {
        PRINCIPAL: {READ: SCHOOL, CREATE: SCHOOL},
        OFFICE: {READ: SCHOOL, CREATE: SCHOOL},
    },
    Object.SOURCE: {ADMIN: {READ: UNIT, CREATE: UNIT, CHANGE: UNIT}},
    Object.SIGNAL: {
        MENTOR: {READ: LINKED, DECIDE: LINKED},
        HEALTH: {READ: LINKED, DECIDE: LINKED},
        PRINCIPAL: {READ: SCHOOL, DECIDE: SCHOOL},
    },
    Object.LINES: {
        MENTOR: {READ: SCHOOL},
        HEALTH: {READ: SCHOOL},
        PRINCIPAL: {READ: SCHOOL, CHANGE: SCHOOL},
    },
    Object.CONCERN: {
        MENTOR: {READ: OWN, CREATE: LINKED},
        HEALTH: {READ: LINKED, CREATE: LINKED, DECIDE: LINKED},
        PRINCIPAL: {READ: SCHOOL, CREATE: SCHOOL, DECIDE: SCHOOL},
    },
    Object.MEASURE: {
        MENTOR: {READ: LINKED, CREATE: LINKED, CHANGE: LINKED},
        HEALTH: {READ: LINKED, CREATE: LINKED, CHANGE: LINKED},
        PRINCIPAL: {READ: SCHOOL, CREATE: SCHOOL, CHANGE: SCHOOL},
    },
    Object.INVESTIGATION: {
        HEALTH: {READ: LINKED, CREATE: LINKED, CHANGE: LINKED},
        PRINCIPAL: {READ: SCHOOL, CREATE: SCHOOL, CHANGE: SCHOOL, DECIDE: SCHOOL},
    },
    Object.CASE: {
        HEALTH: {READ: LINKED, DECIDE: LINKED},
        PRINCIPAL: {READ: SCHOOL, DECIDE: SCHOOL},
        AREA: {READ: UNIT | METADATA},
        TEAM: {READ: OWN_TEAM},
        INTAKE: {READ: OWN_TEAM},
        HEAD: {READ: UNIT},
        COORDINATOR: {READ: UNIT | METADATA},
        ANALYST: {READ: UNIT | AGGREGATE},
    },
    Object.STEP: {
        HEALTH: {READ: LINKED, CHANGE: LINKED},
        PRINCIPAL: {READ: SCHOOL, CHANGE: SCHOOL},
        AREA: {READ: UNIT | METADATA, CHANGE: UNIT},
        TEAM: {READ: OWN_TEAM, CHANGE: OWN_TEAM},
        INTAKE: {READ: OWN_TEAM, CHANGE: OWN_TEAM},
        HEAD: {READ: UNIT, CHANGE: UNIT},
        COORDINATOR: {READ: UNIT | METADATA},
    },
    Object.REQUEST: {
        HEALTH: {READ: LINKED, CREATE: LINKED, CHANGE: LINKED},
        PRINCIPAL: {READ: SCHOOL, CREATE: SCHOOL, CHANGE: SCHOOL},
        TEAM: {READ: OWN_TEAM, CHANGE: OWN_TEAM, DECIDE: OWN_TEAM},
        INTAKE: {READ: OWN_TEAM, CHANGE: OWN_TEAM, DECIDE: OWN_TEAM},
        HEAD: {READ: UNIT, CHANGE: UNIT, DECIDE: UNIT},
    },
    Object.CONCERN_REPORT: {
        MENTOR: {READ: OWN, CREATE: LINKED},
        HEALTH: {READ: OWN, CREATE: LINKED},
        PRINCIPAL: {READ: SCHOOL, CREATE: SCHOOL},
        OFFICE: {READ: OWN, CREATE: SCHOOL},
        INTAKE: {READ: OWN_TEAM, DECIDE: OWN_TEAM},
        HEAD: {READ: UNIT, DECIDE: UNIT},
    },
    Object.CONSULTATION: {
        HEALTH: {READ: SCHOOL, CREATE: SCHOOL},
        PRINCIPAL: {READ: SCHOOL, CREATE: SCHOOL},
        TEAM: {READ: OWN_TEAM, DECIDE: OWN_TEAM},
        INTAKE: {READ: OWN_TEAM, DECIDE: OWN_TEAM},
        HEAD: {READ: UNIT, DECIDE: UNIT},
    },
    Object.SHARED: {
        HEALTH: {READ: LINKED},
        PRINCIPAL: {READ: SCHOOL},
        TEAM: {READ: OWN_TEAM},
        INTAKE: {READ: OWN_TEAM},
        HEAD: {READ: UNIT},
    },
    Object.FEEDBACK: {
        HEALTH: {READ: LINKED, CHANGE: LINKED},
        PRINCIPAL: {READ: SCHOOL, CHANGE: SCHOOL},
        TEAM: {READ: OWN_TEAM, CREATE: OWN_TEAM},
        INTAKE: {READ: OWN_TEAM, CREATE: OWN_TEAM},
        HEAD: {READ: UNIT, CREATE: UNIT},
    },
    Object.NOTE: {
        HEALTH: {READ: SCHOOL, CREATE: SCHOOL},
        PRINCIPAL: {READ: SCHOOL, CREATE: SCHOOL},
        AREA: {READ: OWN, CREATE: OWN},
        TEAM: {READ: OWN_TEAM, CREATE: OWN_TEAM},
        INTAKE: {READ: OWN_TEAM, CREATE: OWN_TEAM},
        HEAD: {READ: OWN, CREATE: OWN},
    },
    Object.LIFT: {
        PRINCIPAL: {READ: SCHOOL, DECIDE: SCHOOL},
        AREA: {READ: UNIT, DECIDE: UNIT},
        HEAD: {READ: UNIT, DECIDE: UNIT},
    },
    Object.OBJECTION: {
        HEALTH: {READ: LINKED},
        PRINCIPAL: {READ: SCHOOL, DECIDE: SCHOOL},
        AREA: {READ: UNIT, DECIDE: UNIT},
        TEAM: {READ: OWN_TEAM, CREATE: OWN_TEAM},
        INTAKE: {READ: OWN_TEAM, CREATE: OWN_TEAM},
        HEAD: {READ: UNIT, CREATE: UNIT, DECIDE: UNIT},
        COORDINATOR: {READ: UNIT, DECIDE: UNIT},
    },
    Object.DEVIATION: {
        HEALTH: {READ: OWN, CREATE: SCHOOL},
        PRINCIPAL: {READ: SCHOOL, CREATE: SCHOOL, DECIDE: SCHOOL},
        AREA: {READ: UNIT, DECIDE: UNIT},
        TEAM: {READ: OWN, CREATE: OWN_TEAM},
        INTAKE: {READ: OWN, CREATE: OWN_TEAM},
        HEAD: {READ: UNIT, CREATE: UNIT, DECIDE: UNIT},
    },
    Object.STALLED: {
        PRINCIPAL: {READ: SCHOOL, CHANGE: SCHOOL},
        AREA: {READ: UNIT | METADATA, CHANGE: UNIT},
        HEAD: {READ: UNIT, CHANGE: UNIT},
        COORDINATOR: {READ: UNIT | METADATA, CHANGE: UNIT},
    },
    Object.FIGURES: {
        PRINCIPAL: {READ: SCHOOL | AGGREGATE},
        AREA: {READ: UNIT | AGGREGATE},
        HEAD: {READ: UNIT | AGGREGATE},
        COORDINATOR: {READ: UNIT | AGGREGATE},
        ANALYST: {READ: UNIT | AGGREGATE},
    },
    Object.SETTING: {
        MENTOR: {READ: SCHOOL},
        HEALTH: {READ: SCHOOL},
        PRINCIPAL: {READ: SCHOOL, CHANGE: SCHOOL},
        OFFICE: {READ: SCHOOL},
        TEAM: {READ: UNIT},
        INTAKE: {READ: UNIT},
        HEAD: {READ: UNIT, CHANGE: UNIT},
    },
    Object.PERSON: {
        PRINCIPAL: {READ: SCHOOL, GRANT: SCHOOL},
        AREA: {READ: UNIT, GRANT: UNIT},
        HEAD: {READ: UNIT, GRANT: UNIT},
        ADMIN: {READ: UNIT, GRANT: UNIT},
    },
    Object.LOG: {AUDITOR: {READ: UNIT}},
    Object.CLAIM: {
        HEALTH: {CREATE: SCHOOL},
        PRINCIPAL: {CREATE: SCHOOL},
        INTAKE: {CREATE: UNIT},
        HEAD: {CREATE: UNIT},
    },
    Object.PROTECTED: {},
}
"""Who may do what with what, and how far it reaches. What is not here is refused."""

ELSEWHERE: dict[Object, Promise] = {
    Object.LOG: _(
        "Kept apart for each authority; only its own auditor reads all of it. A principal sees who has read about the "
        "school's own pupils, a head of social services who in the own units has read about their cases."
    ),
    Object.CONCERN_REPORT: _(
        "Everybody at the school makes reports; the one who made it and the principal name who else may know of it. "
        "Why and how social services decide stays with them: the school is told one of three words."
    ),
    Object.CLAIM: _("Ends by itself after 24 hours; the auditor is told that it happened, not about whom."),
    Object.PROTECTED: _("No role is enough: only people named for this very pupil. To others the pupil is not there."),
}
"""Objects whose rule is more than a role and a scope: what the table does not say about them."""


def permits(reader: Seated, thing: Object, action: Action) -> Scope:
    """Return how far `reader` may do `action` with `thing`; Scope.NOTHING when not at all."""
    seat = seat_of(reader)
    if seat is None:
        return Scope.NOTHING
    return OBJECTS[thing].get(seat, {}).get(action, Scope.NOTHING)


def roles_that_may(action: Action, thing: Object, side: Side) -> frozenset[Role]:
    """Return the roles on `side` that may do `action` with `thing`, however far it reaches."""
    seats = {seat for seat, rights in OBJECTS[thing].items() if action in rights}
    return frozenset(role for role in Role if seat_of(_Somebody(role, side)) in seats)


@dataclass(frozen=True)
class _Somebody:
    """Anybody who acts in a role on a side."""

    role: str
    side: Side


def may_within(reader: Acting, thing: Object, action: Action, unit: UUID, *, above: Iterable[UUID | None] = ()) -> bool:
    """Say whether `reader` may do `action` with a `thing` that belongs to `unit`, which lies below the units `above`.

    A right to dates or figures only is no right to the thing. Whether the reader is linked to the pupil is settled by
    `visible_to`; here such a right reaches the reader's own unit.
    """
    scope = permits(reader, thing, action)
    if not scope or scope & NARROWED:
        return False
    if Scope.UNIT in scope:
        return reader.side == Side.CITY or reader.unit_id in {unit, *above}
    return reader.unit_id == unit
