"""Which offices and teams serve this pupil, and why the others do not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from socialservices.models import District, Service

STOCKHOLM = "0180"


@dataclass(frozen=True)
class PupilFacts:
    """What routing needs to know about a pupil, in plain values: nothing here says who the pupil is.

    `district_code` is where the pupil lives (an old district counts as what replaced it); empty when unknown.
    `school_form` and `provider_kind` are the codes of the school register. `absence_percent` is the share of offered
    minutes, 0-100; None when unknown, which never excludes.
    """

    municipality_code: str
    district_code: str
    grade: int
    school_form: str
    provider_kind: str
    absence_percent: float | None = None


@dataclass(frozen=True)
class Routing:
    """The catalogue as one pupil meets it."""

    serving: list[Service]
    """Offices and teams that take this pupil, teams first, the intake office last."""
    not_serving: list[tuple[Service, list[str]]]
    """Teams where the pupil lives that do not, each with why: "takes years 4–9"."""
    not_where_pupil_lives: list[Service.Kind]
    """Kinds of team that serve other districts and have none where this pupil lives."""


def services_for(facts: PupilFacts, today: date) -> list[Service]:
    """Return the offices and teams that serve the pupil, teams first, the intake office last."""
    return routing_for(facts, today).serving


def routing_for(facts: PupilFacts, today: date) -> Routing:
    """Sort the catalogue in force on `today` by whether it serves the pupil. Two queries and one per prefetch."""
    catalogue = Service.objects.current(today).select_related("office__unit").prefetch_related("office__districts")
    district_code = current_district_code(facts.district_code)
    return sort_catalogue(facts, district_code, catalogue)
