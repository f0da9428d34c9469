"""Loading districts, offices, the catalogue and the reasons: what law.md says, once, and people's edits kept."""

from datetime import UTC, date, datetime

import pytest

from accounts.models import Unit
from accounts.roles import UnitKind
from socialservices.actions import set_service
from socialservices.models import District, Office, ReasonCode, Service
from socialservices.registers import REASON_CODES, load_districts, load_offices, load_reason_codes
from tests.factories.accounts import MembershipFactory, UnitFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def city():
    return UnitFactory(city=True)


def test_eleven_districts_are_current_and_six_are_replaced():
    assert load_districts() == 11
    assert District.objects.filter(replaced_by=None).count() == 11
    assert dict(District.objects.exclude(replaced_by=None).values_list("code", "replaced_by")) == {
        "rinkeby-kista": "jarva",
        "spanga-tensta": "jarva",
        "norrmalm": "norra-innerstaden",
        "ostermalm": "norra-innerstaden",
        "hagersten-liljeholmen": "hagersten-alvsjo",
        "alvsjo": "hagersten-alvsjo",
    }
    assert District.objects.get(code="jarva").formed_on == date(2023, 7, 1)


def test_every_current_district_has_an_intake_an_sst_and_an_attendance_team(city):
    load_districts()
    load_offices(city)

    for district in District.objects.filter(replaced_by=None):
        kinds = set(Service.objects.filter(office__districts=district).values_list("kind", flat=True))
        assert {"intake", "sst", "attendance_team"} <= kinds, district.name


def test_sst_plus_exists_only_where_the_city_has_it(city):
    load_districts()
    load_offices(city)

    with_sst_plus = District.objects.filter(offices__services__kind="sst_plus").values_list("name", flat=True)
    assert set(with_sst_plus) == {"Enskede-Årsta-Vantör", "Farsta", "Järva", "Kungsholmen", "Skärholmen"}


def test_sst_plus_takes_municipal_schools_and_half_the_time_away(city):
    load_districts()
    load_offices(city)

    for service in Service.objects.filter(kind="sst_plus"):
        assert service.provider_kinds == ["municipal"]
        assert (service.grade_from, service.grade_to) == (0, 9)
        assert (service.absence_from, service.absence_to) == (50, 100)


def test_studiesteg_is_one_team_for_the_whole_city(city):
    load_districts()
    load_offices(city)

    team = Office.objects.get(services__kind="study_step")
    assert not team.districts.exists()
    assert team.unit.parent.name == "Arbetsmarknadsförvaltningen"


def test_offices_stand_under_their_districts_administration_and_that_under_the_city(city):
    load_districts()
    load_offices(city)

    intake = Unit.objects.get(name="Mottagning barn och unga Farsta")
    assert intake.kind == UnitKind.INTAKE
    assert intake.parent.name == "Socialtjänsten Farsta"
    assert intake.parent.kind == UnitKind.SOCIAL_AREA
    assert intake.parent.parent == city


def test_loading_again_changes_nothing(city):
    load_districts()
    first = load_offices(city)
    units = set(Unit.objects.values_list("pk", "name", "parent"))
    load_districts()

    assert load_offices(city) == first == Office.objects.count() == Service.objects.count() == 39
    assert set(Unit.objects.values_list("pk", "name", "parent")) == units
    assert District.objects.count() == 17


def test_a_teams_own_edit_of_its_catalogue_entry_is_kept(city):
    load_districts()
    load_offices(city)
    Service.objects.filter(kind="sst", office__districts="farsta").update(is_taking_in=False, capacity=3)

    load_offices(city)

    service = Service.objects.get(kind="sst", office__districts="farsta")
    assert (service.is_taking_in, service.capacity) == (False, 3)


def test_what_a_head_has_set_and_ended_since_is_left_alone(city):
    load_districts()
    load_offices(city)
    first = Service.objects.get(kind="sst", office__districts="farsta")
    head = MembershipFactory(team_head=True, unit=first.office.unit)
    facts = {**first.facts(), "capacity": 3}
    set_service(
        office=first.office,
        kind="sst",
        facts=facts,
        valid_from=date(2026, 12, 1),
        why="Färre platser.",
        by=head,
        at=NOW,
    )
    rows = list(Service.objects.order_by("pk").values())

    load_offices(city)

    assert list(Service.objects.order_by("pk").values()) == rows
    assert Service.objects.filter(kind="sst", office=first.office).count() == 2


def test_missing_information_and_a_full_team_are_no_reasons():
    load_reason_codes()

    codes = set(ReasonCode.objects.values_list("code", flat=True))
    assert not codes & {"INSUFFICIENT_INFO", "CAPACITY_QUEUE"}
    assert {"SCHOOL_RESPONSIBILITY", "PUPIL_NOT_MOTIVATED", "WRONG_DISTRICT", "OTHER"} <= codes


def test_every_reason_for_a_no_demands_something_of_somebody_by_some_time():
    load_reason_codes()

    reasons = ReasonCode.objects.for_declining(TODAY)
    assert reasons.count() == 19
    for reason in reasons:
        assert reason.demands_sv, reason.code
        assert reason.demands_en, reason.code
        assert reason.next_holder_side in {"school", "social"}, reason.code
        assert 1 <= reason.next_step_days <= 20, reason.code


def test_why_a_report_was_not_opened_stays_with_social_services():
    load_reason_codes()

    for_reports = ReasonCode.objects.filter(channel=ReasonCode.Channel.CONCERN_REPORT)
    assert not for_reports.filter(code="TOO_SEVERE_FOR_TEAM").exists()
    assert set(for_reports.filter(is_shown_to_school=True).values_list("code", flat=True)) == {
        "WRONG_DISTRICT",
        "WRONG_MUNICIPALITY",
        "MOVED_OR_LEFT",
        "ADULT",
        "DUPLICATE",
    }


def test_loading_reasons_again_adds_none():
    first = load_reason_codes()
    load_reason_codes()

    assert ReasonCode.objects.count() == first


def test_a_newer_version_of_a_reason_closes_the_older_the_day_before(tmp_path):
    load_reason_codes()
    newer = tmp_path / "reasons.toml"
    newer.write_text(REASON_CODES.read_text(encoding="utf-8").replace("2026-01-01", "2027-01-01"))

    load_reason_codes(newer)
    load_reason_codes(newer)
    load_reason_codes()

    versions = ReasonCode.objects.filter(code="OTHER", channel="support_request").order_by("valid_from")
    assert list(versions.values_list("valid_from", "valid_to")) == [
        (date(2026, 1, 1), date(2026, 12, 31)),
        (date(2027, 1, 1), None),
    ]
    assert ReasonCode.objects.for_declining(date(2026, 12, 31)).get(code="OTHER").valid_to == date(2026, 12, 31)
    assert ReasonCode.objects.for_declining(date(2027, 1, 1)).get(code="OTHER").valid_to is None
