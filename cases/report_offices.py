"""The intake offices that reports are made to, and which of them a pupil belongs to."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import Unit
from schools.models import Pupil
from socialservices.models import District, Office
from socialservices.routing import STOCKHOLM, current_district


def intake_offices() -> QuerySet[Unit]:
    """Return the units of all intake offices that are open, by name, with their office."""
    open_offices = Unit.objects.filter(office__kind=Office.Kind.INTAKE, closed_on=None)
    return open_offices.select_related("office").order_by("name", "pk")


def office_of(pupil: Pupil) -> Office | None:
    """Return the intake office where `pupil` lives; None where that is not known, or in another municipality."""
    home = pupil.residences.filter(valid_to=None).first()
    if home is None or home.municipality_code != STOCKHOLM:
        return None
    successors = dict(District.objects.values_list("code", "replaced_by"))
    serving = Office.objects.filter(kind=Office.Kind.INTAKE, unit__closed_on=None)
    district = current_district(home.district_code, successors)
    return serving.filter(districts=district).select_related("unit").order_by("unit__name", "pk").first()
