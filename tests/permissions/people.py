"""People in every seat, in memory: what is asked about them needs no database."""

from uuid import uuid4

from accounts.models import Membership, Unit
from accounts.permissions import Seat
from accounts.roles import Role, UnitKind

PLACES = {
    Seat.AREA_MANAGER: UnitKind.SCHOOL_AREA,
    Seat.TEAM_WORKER: UnitKind.TEAM,
    Seat.INTAKE_WORKER: UnitKind.INTAKE,
    Seat.UNIT_HEAD: UnitKind.SOCIAL_AREA,
    Seat.COORDINATOR: UnitKind.CITY,
    Seat.ANALYST: UnitKind.CITY,
    Seat.LOG_AUDITOR: UnitKind.CITY,
    Seat.SYSTEM_ADMIN: UnitKind.CITY,
}


def somebody(role: str, unit: Unit) -> Membership:
    """Return a person who acts in a role for a unit."""
    return Membership(id=uuid4(), role=role, unit=unit, user_id=uuid4())


def seated(seat: Seat) -> Membership:
    """Return somebody in a seat, in a unit where it is held."""
    role = Role.UNIT_HEAD if seat is Seat.AREA_MANAGER else Role(seat.value)
    return somebody(role, Unit(id=uuid4(), kind=PLACES.get(seat, UnitKind.SCHOOL)))
