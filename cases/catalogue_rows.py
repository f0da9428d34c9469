"""What the settings page says of a team's services: what applies, how full it is, what is planned, what has been."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from accounts.models import Membership, Unit
from socialservices.models import Service
from socialservices.routing import PROVIDER_KIND_NAMES, SCHOOL_FORM_NAMES, listed

from .models import Referral

AT_WORK = (Referral.Status.ACCEPTED, Referral.Status.ACTIVE)


@dataclass(frozen=True)
class ServiceRow:
    """One entry of the catalogue. `at_work` is how many requests the unit works with now in services of its kind."""

    service: Service
    at_work: int
    is_planned: bool
    may_change: bool

    @property
    def school_forms(self) -> str:
        """The school forms in words."""
        return listed(self.service.school_forms, SCHOOL_FORM_NAMES)

    @property
    def providers(self) -> str:
        """Whose schools, in words."""
        return listed(self.service.provider_kinds, PROVIDER_KIND_NAMES)

    @property
    def is_full(self) -> bool:
        """Whether there is no room left."""
        return self.service.capacity is not None and self.at_work >= self.service.capacity


def service_rows(unit: Unit, reader: Membership, today: date, *, may_change: bool) -> list[ServiceRow]:
    """Return what `unit` offers on `today` or will offer, kind by kind: two queries."""
    working = Referral.objects.received_by(reader).filter(to_unit=unit, status__in=AT_WORK).order_by()
    counts = dict(working.values_list("service__kind").annotate(Count("pk")))
    entries = Service.objects.filter(office=unit.pk).lasting(today).order_by("kind", "valid_from", "pk")
    return [
        ServiceRow(
            service=service,
            at_work=counts.get(service.kind, 0),
            is_planned=service.valid_from > today,
            may_change=may_change and service.kind != Service.Kind.INTAKE,
        )
        for service in entries.select_related("set_by__user", "ended_by__user")
    ]


def earlier_services(unit: Unit, today: date) -> list[Service]:
    """Return what `unit` offered once, the latest first; what was planned and never applied is not among it."""
    ended = Service.objects.filter(office=unit.pk, valid_to__lt=today, valid_from__lte=today)
    found = ended.select_related("set_by__user", "ended_by__user").order_by("-valid_to", "-valid_from", "pk")
    return [service for service in found if service.valid_to is None or service.valid_to >= service.valid_from]
