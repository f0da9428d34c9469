"""Loading the schools: everything in the register, once, and the city's own edits kept."""

from datetime import date

import pytest

from accounts.models import Unit
from accounts.roles import UnitKind
from schools.models import BreakDay, Provider, School, SchoolYear, Term
from schools.registers import SCHOOL_UNITS, RegisterRowError, load_school_years, load_schools, read_school_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return Unit.objects.create(kind=UnitKind.CITY, name="Stockholms stad", short_name="Staden")


def test_every_school_of_the_register_is_loaded(city):
    assert load_schools(city) == 155
    assert School.objects.count() == 155
    assert School.objects.filter(provider__kind=Provider.Kind.MUNICIPAL).count() == 74
    assert Unit.objects.filter(kind=UnitKind.SCHOOL).count() == 155


def test_a_school_carries_what_the_register_says(city):
    load_schools(city)

    school = School.objects.select_related("unit__parent", "provider").get(school_unit_code="44673074")
    assert school.unit.name == "Abrahamsbergsskolan"
    assert school.unit.parent.name == "Grundskoleområde Västerort"
    assert school.provider.organisation_number == "2120000142"
    assert school.school_forms == ["fsk", "gr"]
    assert school.grades == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert school.municipality_code == "0180"


def test_municipal_schools_stand_in_an_area_and_others_alone(city):
    load_schools(city)

    assert not School.objects.filter(provider__kind="municipal", unit__parent=None).exists()
    assert not School.objects.filter(provider__kind="independent", unit__parent__isnull=False).exists()
    assert Unit.objects.filter(kind=UnitKind.SCHOOL_AREA, parent=city).count() == 3


def test_loading_again_changes_nothing(city):
    load_schools(city)
    before = set(School.objects.values_list("unit", "school_unit_code", "unit__name"))
    load_schools(city)

    assert set(School.objects.values_list("unit", "school_unit_code", "unit__name")) == before
    assert Provider.objects.count() == 61


def test_a_new_name_renames_the_unit(city, tmp_path):
    load_schools(city)
    unit = School.objects.get(school_unit_code="44673074").unit
    renamed = tmp_path / "units.csv"
    renamed.write_text(SCHOOL_UNITS.read_text(encoding="utf-8").replace("Abrahamsbergsskolan", "Nya skolan"))

    load_schools(city, renamed)

    unit.refresh_from_db()
    assert unit.name == "Nya skolan"
    assert School.objects.count() == 155


@pytest.mark.parametrize(
    ("wrong", "right", "says"),
    [
        ("4467307X", "44673074", "row 2: skolenhetskod must be 8 digits"),
        (";Okänd;", ";Kommunal;", "row 2: 'Okänd'"),
        (";fsk|xx;", ";fsk|gr;", "row 2: 'xx' is not a valid SchoolForm"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_and_nothing_is_loaded(city, tmp_path, wrong, right, says):
    broken = tmp_path / "units.csv"
    broken.write_text(SCHOOL_UNITS.read_text(encoding="utf-8").replace(right, wrong, 1))

    with pytest.raises(RegisterRowError, match=says):
        load_schools(city, broken)

    assert not School.objects.exists()


def test_the_register_has_no_two_rows_for_one_school():
    codes = [row.school_unit_code for row in read_school_rows(SCHOOL_UNITS)]

    assert len(codes) == len(set(codes))


def test_every_provider_gets_three_school_years_with_terms_and_breaks(city):
    load_schools(city)

    assert load_school_years() == 61 * 3
    provider = Provider.objects.get(organisation_number="2120000142")
    year = SchoolYear.objects.get(provider=provider, name="2026/27")
    assert list(year.terms.values_list("name", "starts_on", "ends_on")) == [
        ("HT 2026", date(2026, 8, 17), date(2026, 12, 22)),
        ("VT 2027", date(2027, 1, 12), date(2027, 6, 10)),
    ]
    assert year.break_days.count() == 15


def test_a_school_year_that_the_provider_has_edited_is_kept(city):
    load_schools(city)
    load_school_years()
    term = Term.objects.filter(name="HT 2026").first()
    term.starts_on = date(2026, 8, 20)
    term.save()
    BreakDay.objects.filter(school_year=term.school_year, name="Lovdag").delete()

    assert load_school_years() == 0

    term.refresh_from_db()
    assert term.starts_on == date(2026, 8, 20)
    assert not BreakDay.objects.filter(school_year=term.school_year, name="Lovdag").exists()
