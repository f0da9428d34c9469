"""Who serves which pupil: tables over district, year, school form, provider and absence."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from django.utils.translation import override

from socialservices.models import Service
from socialservices.registers import load_districts, load_offices
from socialservices.routing import PupilFacts, hindrances, routing_for, services_for
from tests.factories.accounts import UnitFactory
from tests.factories.socialservices import OfficeFactory, ServiceFactory

TODAY = date(2026, 11, 23)
PUPIL = PupilFacts(
    municipality_code="0180",
    district_code="farsta",
    grade=7,
    school_form="gr",
    provider_kind="municipal",
    absence_percent=60,
)


@pytest.fixture
def catalogue(db):
    load_districts()
    load_offices(UnitFactory(city=True))


def names(services):
    return [service.office.unit.name for service in services]


FARSTA = ["SST Farsta", "SST+ Farsta", "Farsta närvaroteam", "Mottagning barn och unga Farsta"]


SERVED_BY = [
    ({}, FARSTA),
    ({"absence_percent": None}, FARSTA),
    ({"absence_percent": 50}, FARSTA),
    ({"absence_percent": 49.9}, [FARSTA[0], FARSTA[2], FARSTA[3]]),
    ({"absence_percent": 4}, FARSTA[2:]),
    ({"provider_kind": "independent"}, [FARSTA[0], FARSTA[2], FARSTA[3]]),
    ({"grade": 3}, FARSTA[1:]),
    ({"grade": 4}, FARSTA),
    ({"grade": 0, "school_form": "fsk"}, FARSTA[1:]),
    ({"school_form": "gran"}, FARSTA),
    ({"school_form": "gy", "grade": 1}, ["Studiesteg1", FARSTA[3]]),
    ({"school_form": "gy", "grade": 3, "provider_kind": "independent"}, ["Studiesteg1", FARSTA[3]]),
    ({"district_code": "bromma"}, ["SST Bromma", "Bromma närvaroteam", "Mottagning barn och unga Bromma"]),
    (
        {"district_code": "rinkeby-kista"},  # went into Järva in 2023
        ["SST Järva", "SST+ Järva", "Järva närvaroteam", "Mottagning barn och unga Järva"],
    ),
    ({"district_code": ""}, []),
    ({"district_code": "nowhere"}, []),
    ({"municipality_code": "0182", "district_code": ""}, []),
    ({"municipality_code": "0182", "district_code": "farsta"}, []),
]


@pytest.mark.usefixtures("catalogue")
def test_a_pupil_is_served_by(subtests):
    for differs, expected in SERVED_BY:
        with subtests.test(**differs):
            assert names(services_for(replace(PUPIL, **differs), TODAY)) == expected


@pytest.mark.usefixtures("catalogue")
def test_the_intake_office_serves_everyone_in_its_district(subtests):
    for form, provider, absence in product(
        ["fsk", "gr", "gran", "gy"], ["municipal", "independent", "state"], [0, 100, None]
    ):
        facts = replace(PUPIL, school_form=form, provider_kind=provider, absence_percent=absence, grade=1)
        with subtests.test(form=form, provider=provider, absence=absence):
            assert names(services_for(facts, TODAY))[-1] == "Mottagning barn och unga Farsta"


@pytest.mark.usefixtures("catalogue")
def test_teams_that_do_not_serve_say_why():
    facts = replace(PUPIL, grade=2, provider_kind="independent", absence_percent=15)

    why = {service.office.unit.name: reasons for service, reasons in routing_for(facts, TODAY).not_serving}

    assert why == {
        "SST Farsta": ["takes years 4–9"],
        "SST+ Farsta": ["takes pupils in municipal schools", "takes pupils from 50% absence"],
        "Studiesteg1": ["takes pupils in upper secondary school"],
    }


@pytest.mark.parametrize(
    ("service", "facts", "expected"),
    [
        ({"grade_from": 4, "grade_to": 9}, {"grade": 3}, ["takes years 4–9"]),
        ({"grade_from": 4, "grade_to": 9}, {"grade": 0, "school_form": "fsk"}, ["takes years 4–9"]),
        ({"grade_from": 0, "grade_to": 6}, {"grade": 7}, ["takes preschool class to year 6"]),
        ({"school_forms": ["gr"]}, {"school_form": "gran"}, ["takes pupils in compulsory school"]),
        (
            {"school_forms": ["gr", "gran"]},
            {"school_form": "gy", "grade": 7},
            ["takes pupils in compulsory school, adapted compulsory school"],
        ),
        (
            {"school_forms": ["gy"], "grade_from": 1, "grade_to": 3},
            {"grade": 2},
            ["takes pupils in upper secondary school"],
        ),
        ({"provider_kinds": ["independent"]}, {}, ["takes pupils in independent schools"]),
        ({"absence_from": 20, "absence_to": 49}, {}, ["takes pupils with 20–49% absence"]),
        ({"absence_from": 20, "absence_to": 49}, {"absence_percent": None}, []),
        ({"is_taking_in": False, "capacity": 0}, {}, []),  # a full team queues
        ({}, {"municipality_code": "0182"}, ["takes pupils who live in Stockholm"]),
        ({"kind": "intake", "grade_to": 0, "grade_from": 0}, {}, []),
        ({"kind": "intake"}, {"municipality_code": "0182"}, ["takes pupils who live in Stockholm"]),
    ],
)
def test_why_a_service_does_not_take_a_pupil(service, facts, expected):
    columns = {"kind": "sst", "grade_from": 4, "grade_to": 9, "school_forms": ["gr", "gran"]}
    entry = Service(**{**columns, "provider_kinds": ["municipal"], **service})

    assert hindrances(entry, replace(PUPIL, **facts)) == expected


@pytest.mark.usefixtures("catalogue")
def test_kinds_of_team_that_the_district_lacks_are_named():
    assert routing_for(replace(PUPIL, district_code="bromma"), TODAY).missing == [Service.Kind.SST_PLUS]
    assert routing_for(PUPIL, TODAY).missing == []
    assert routing_for(replace(PUPIL, municipality_code="0182"), TODAY).missing == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("valid_from", "valid_to", "is_offered"),
    [
        (date(2026, 11, 23), None, True),
        (date(2026, 11, 24), None, False),
        (date(2026, 1, 1), date(2026, 11, 23), True),
        (date(2026, 1, 1), date(2026, 11, 22), False),
    ],
)
def test_only_entries_in_force_are_offered(valid_from, valid_to, is_offered):
    ServiceFactory(valid_from=valid_from, valid_to=valid_to)

    assert bool(services_for(PUPIL, TODAY)) is is_offered


@pytest.mark.django_db
def test_a_closed_team_is_not_offered():
    ServiceFactory(office=OfficeFactory(unit__closed_on=date(2026, 6, 30)))

    assert services_for(PUPIL, TODAY) == []


@pytest.mark.usefixtures("catalogue")
def test_routing_costs_three_queries(django_assert_num_queries):
    with django_assert_num_queries(3):
        names(routing_for(PUPIL, TODAY).serving)


@pytest.mark.usefixtures("catalogue")
def test_percent_signs_survive_translation():
    with override("sv"):
        why = routing_for(replace(PUPIL, absence_percent=15), TODAY).not_serving

    assert all("%%" not in reason for _service, reasons in why for reason in reasons)
