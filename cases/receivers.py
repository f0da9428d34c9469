"""To whom a request about a pupil can go: the school register's facts, given to the routing of social services."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.db.models import QuerySet

from attendance.figures import absence_of
from schools.models import Pupil
from socialservices.models import Service
from socialservices.routing import PupilFacts, Routing, routing_for

from .models import Referral


def facts_about(pupil: Pupil, today: date) -> PupilFacts:
    """Return what decides which services take `pupil`; absence counts only where enough of it was reported."""
    group = pupil.enrolments.select_related("class_group__school__provider").get(ends_on=None).class_group
    home = pupil.residences.filter(valid_to=None).first()
    absence = absence_of(pupil, today)
    return PupilFacts(
        municipality_code=home.municipality_code if home else "",
        district_code=home.district_code if home else "",
        grade=group.grade,
        school_form=group.school_form,
        provider_kind=group.school.provider.kind,
        absence_percent=absence.percent if absence.is_reliable else None,
    )


def frozen_facts(pupil: Pupil, today: date) -> dict[str, Any]:
    """Return what a request carries with it of these facts, ready for JSON."""
    facts = asdict(facts_about(pupil, today))
    del facts["absence_percent"]
    return facts


def right_units_for(referral: Referral, today: date) -> QuerySet[Service]:
    """Return the services to which a request can be sent on: those that take the pupil, except the unit's own.

    Asked of the facts that came with the request, never of the school's register, and not of the absence: the unit
    that sends on may not have been given it. Where no service is known to take the pupil, the unit chooses among all.
    """
    current = Service.objects.current(today).filter(office__unit__closed_on=None).exclude(office=referral.to_unit_id)
    current = current.select_related("office__unit")
    if not referral.routing:
        return current
    routing = routing_for(PupilFacts(**referral.routing, absence_percent=None), today)
    return current.filter(pk__in=[service.pk for service in routing.serving]) if routing.serving else current


def routing_of(pupil: Pupil, today: date) -> Routing:
    """Return which services take `pupil` on `today`, and why the others do not."""
    return routing_for(facts_about(pupil, today), today)
