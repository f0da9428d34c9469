"""Where the city's coordinators are: in the district of a unit, and above the districts the city."""

from __future__ import annotations

from datetime import date

from accounts.models import Membership, Unit
from accounts.roles import Role, UnitKind


def district_of(unit: Unit, today: date) -> Unit | None:
    """Return the district that `unit` belongs to; None where it has no coordinator on `today` to answer."""
    district = unit.parent
    if district is None or district.kind != UnitKind.SOCIAL_AREA:
        return None
    answers = Membership.objects.working_in(district, [Role.COORDINATOR], today)
    return district if answers.exists() else None


def the_city() -> Unit | None:
    """Return the city's own unit, where there is one."""
    return Unit.objects.filter(kind=UnitKind.CITY).order_by("pk").first()


def coordinating_unit(unit: Unit, today: date) -> Unit | None:
    """Return the unit whose coordinator decides about requests to `unit`: its district, else the city."""
    return district_of(unit, today) or the_city()
