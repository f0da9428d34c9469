"""Which offices and teams serve this pupil, and why the others do not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from socialservices.models import District, Service

STOCKHOLM = "0180"
UPPER_SECONDARY = "gy"

# The order in which a school reads them: teams first, the intake office last.
KINDS_IN_ORDER = [*(kind for kind in Service.Kind if kind != Service.Kind.INTAKE), Service.Kind.INTAKE]

# Named here because the register of schools lies on the other side of the wall.
SCHOOL_FORM_NAMES = {
    "fsk": gettext_lazy("preschool class"),
    "gr": gettext_lazy("compulsory school"),
    "gran": gettext_lazy("adapted compulsory school"),
    "gy": gettext_lazy("upper secondary school"),
}
PROVIDER_KIND_NAMES = {
    "municipal": gettext_lazy("municipal schools"),
    "independent": gettext_lazy("independent schools"),
    "state": gettext_lazy("state schools"),
}


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
    """The catalogue as one pupil meets it.

    `serving`: those that take the pupil, teams first, the intake office last. `not_serving`: teams where the pupil
    lives that do not, each with why ("takes years 4–9"). `missing`: kinds of team that other districts have and the
    pupil's has not. A pupil from another municipality is served by none: that municipality's own offices do.
    """

    serving: list[Service]
    not_serving: list[tuple[Service, list[str]]]
    missing: list[Service.Kind]


def services_for(facts: PupilFacts, today: date) -> list[Service]:
    """Return the offices and teams that serve the pupil, teams first, the intake office last."""
    return routing_for(facts, today).serving


def routing_for(facts: PupilFacts, today: date) -> Routing:
    """Sort the catalogue in force on `today` by whether it serves the pupil; three queries."""
    catalogue = (
        Service.objects.current(today)
        .filter(office__unit__closed_on=None)
        .select_related("office__unit")
        .prefetch_related("office__districts")
    )
    successors = dict(District.objects.values_list("code", "replaced_by"))
    return sort_catalogue(facts, current_district(facts.district_code, successors), catalogue)


def sort_catalogue(facts: PupilFacts, district_code: str, catalogue: Iterable[Service]) -> Routing:
    """Sort catalogue entries by whether they serve a pupil who lives in `district_code`."""
    in_order = sorted(
        catalogue, key=lambda service: (KINDS_IN_ORDER.index(Service.Kind(service.kind)), service.office.unit.name)
    )
    near = [service for service in in_order if covers(service, facts, district_code)]
    judged = [(service, hindrances(service, facts)) for service in near]
    near_kinds = {service.kind for service in near}
    all_kinds = {service.kind for service in in_order}
    lives_here = facts.municipality_code == STOCKHOLM
    return Routing(
        serving=[service for service, why in judged if not why],
        not_serving=[(service, why) for service, why in judged if why],
        missing=[kind for kind in KINDS_IN_ORDER if lives_here and kind in all_kinds - near_kinds],
    )


def covers(service: Service, facts: PupilFacts, district_code: str) -> bool:
    """Tell whether the office serves the pupil's district; an office without districts serves the whole city."""
    districts = {district.code for district in service.office.districts.all()}
    return not districts or (facts.municipality_code == STOCKHOLM and district_code in districts)


def hindrances(service: Service, facts: PupilFacts) -> list[str]:
    """Say, in the reader's language, why the service does not take the pupil; empty when it does.

    Capacity is not among them: a full team queues, with a place and a date. The intake office takes everyone who lives
    in its district.
    """
    if facts.municipality_code != STOCKHOLM:
        return [_("takes pupils who live in Stockholm")]
    if service.kind == Service.Kind.INTAKE:
        return []
    reasons = [school_hindrance(service, facts), provider_hindrance(service, facts), absence_hindrance(service, facts)]
    return [reason for reason in reasons if reason]


def school_hindrance(service: Service, facts: PupilFacts) -> str | None:
    """Say which years or school forms the service takes, when the pupil's is not among them.

    Upper secondary school counts its years from 1 again, so years are compared only within the same count.
    """
    is_same_count = (facts.school_form == UPPER_SECONDARY) == (service.school_forms == [UPPER_SECONDARY])
    if is_same_count and not service.grade_from <= facts.grade <= service.grade_to:
        if service.grade_from == 0:
            return _("takes preschool class to year %(to)s") % {"to": service.grade_to}
        return _("takes years %(from)s–%(to)s") % {"from": service.grade_from, "to": service.grade_to}
    if facts.school_form not in service.school_forms:
        return _("takes pupils in %(where)s") % {"where": listed(service.school_forms, SCHOOL_FORM_NAMES)}
    return None


def provider_hindrance(service: Service, facts: PupilFacts) -> str | None:
    """Say whose schools the service takes pupils from, when the pupil's is not among them."""
    if facts.provider_kind in service.provider_kinds:
        return None
    return _("takes pupils in %(where)s") % {"where": listed(service.provider_kinds, PROVIDER_KIND_NAMES)}


def absence_hindrance(service: Service, facts: PupilFacts) -> str | None:
    """Say how much absence the service is for, when the pupil's is known and outside."""
    if facts.absence_percent is None or service.absence_from <= facts.absence_percent <= service.absence_to:
        return None
    if service.absence_to == 100:
        return _("takes pupils from %(from)s%% absence") % {"from": service.absence_from}
    return _("takes pupils with %(from)s–%(to)s%% absence") % {"from": service.absence_from, "to": service.absence_to}


def listed(codes: Iterable[str], names: Mapping[str, object]) -> str:
    """Return the names of the codes as running text: "a, b"."""
    return ", ".join(str(names.get(code, code)) for code in codes)


def current_district(code: str, successors: dict[str, str | None]) -> str:
    """Return the district that `code` is part of now, following what replaced it."""
    while successors.get(code):
        code = str(successors[code])
    return code
