"""To whom a request about a pupil can go: the school register's facts, given to the routing of social services."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attendance.figures import absence_of
from schools.models import Pupil
from socialservices.models import Service
from socialservices.routing import PupilFacts, Routing, routing_for

from .models import Referral


@dataclass(frozen=True)
class Offer:
    """A service as it is offered to the one who asks.

    `answer_days` is how many calendar days its unit has taken from request to answer on average over the last twelve
    months, None with fewer than five answers. `at_work` is how many requests the service works with now.
    """

    service: Service
    answer_days: int | None = None
    at_work: int = 0

    @property
    def label(self) -> str | Promise:
        """What the one who asks reads: who, what they offer, how soon they answer and whether there is room."""
        unit = self.service.office.unit.short_name
        if self.service.kind == Service.Kind.INTAKE:
            return _("Not sure – let the intake office choose (%(unit)s)") % {"unit": unit}
        told = [f"{unit} – {self.service.offers.rstrip('.')}.", self._soon(), self._room()]
        return " ".join(part for part in told if part)

    def _soon(self) -> str:
        if self.answer_days is None:
            return ""
        told = ngettext("Answers in %(days)d day on average.", "Answers in %(days)d days on average.", self.answer_days)
        return told % {"days": self.answer_days}

    def _room(self) -> str:
        if not self.service.is_taking_in:
            return _("Not taking in just now: the answer may take longer.")
        if self.service.capacity is None:
            return ""
        return _("Has room.") if self.at_work < self.service.capacity else _("Full just now: you may have to wait.")


def offers_of(services: Iterable[Service]) -> list[Offer]:
    """Return the services with how soon their units answer and how much they have to do; one query."""
    found = list(services)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM how_services_answer(%s)", [[service.pk for service in found]])
        known = {pk: (days, at_work) for pk, days, at_work in cursor.fetchall()}
    return [Offer(service, *known.get(service.pk, (None, 0))) for service in found]


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


def units_to_place(referral: Referral, today: date) -> QuerySet[Service]:
    """Return the services a coordinator chooses among: those that take the pupil, and the one that has the request."""
    current = Service.objects.current(today).filter(office__unit__closed_on=None).select_related("office__unit")
    return current.filter(Q(pk__in=right_units_for(referral, today).values("pk")) | Q(pk=referral.service_id))


def routing_of(pupil: Pupil, today: date) -> Routing:
    """Return which services take `pupil` on `today`, and why the others do not."""
    return routing_for(facts_about(pupil, today), today)
