"""To whom a request about a pupil can go: the school register's facts, given to the routing of social services."""

from __future__ import annotations

from datetime import date

from attendance.figures import absence_of
from schools.models import Pupil
from socialservices.routing import PupilFacts, Routing, routing_for


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


def routing_of(pupil: Pupil, today: date) -> Routing:
    """Return which services take `pupil` on `today`, and why the others do not."""
    return routing_for(facts_about(pupil, today), today)
