"""Loads the registers that schools stand on: areas, providers, school units and school years. May be run again."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from accounts.models import Unit
from accounts.roles import UnitKind
from schools.models import BreakDay, Provider, School, SchoolForm, SchoolYear, Term
from schools.regional_pattern import school_year_name, usual_breaks, usual_terms

SCHOOL_UNITS = Path(__file__).parent / "data" / "school_units_stockholm.csv"
SCHOOL_YEARS = (2025, 2026, 2027)

PROVIDER_KINDS = {
    "Kommunal": Provider.Kind.MUNICIPAL,
    "Fristående": Provider.Kind.INDEPENDENT,
    "Statlig": Provider.Kind.STATE,
}

# The areas are invented: how the education administration groups its schools was not found in public material.
INNER_CITY, WEST, SOUTH = "Grundskoleområde Innerstaden", "Grundskoleområde Västerort", "Grundskoleområde Söderort"
AREA_OF_POSTCODE = dict.fromkeys(("111", "112", "113", "114", "115", "116", "118"), INNER_CITY) | {
    str(prefix): WEST for prefix in range(160, 170)
}


class RegisterRowError(Exception):
    """A row of the register cannot be read; the message names row and column."""


@dataclass(frozen=True)
class SchoolRow:
    """One school unit as the national register gives it."""

    school_unit_code: str
    name: str
    municipality_code: str
    provider_kind: str
    provider_name: str
    organisation_number: str
    school_forms: tuple[str, ...]
    grades: tuple[int, ...]
    postcode: str
    postal_town: str

    @property
    def authority(self) -> str:
        """The controller: the provider (huvudman), by its organisation number."""
        return f"provider:{self.organisation_number}"

    @property
    def area(self) -> str | None:
        """The area that a municipal school belongs to; other schools stand alone."""
        if self.provider_kind != Provider.Kind.MUNICIPAL:
            return None
        return AREA_OF_POSTCODE.get(self.postcode[:3], SOUTH)


@transaction.atomic
def load_schools(city: Unit, path: Path = SCHOOL_UNITS) -> int:
    """Create or update areas, providers and schools from the register, and return how many schools it holds.

    A school is known by its school unit code: a new name renames its unit. Schools that have left the register stay,
    for cases may hang on them. Raises RegisterRowError.
    """
    rows = list(read_school_rows(path))
    known = {school.school_unit_code: school.unit for school in School.objects.select_related("unit")}
    named = {(row.area, row.authority) for row in rows if row.area}
    areas = {name: load_area(city, name, authority) for name, authority in named}
    providers = {row.organisation_number: row for row in rows}
    loaded = {number: load_provider(row) for number, row in providers.items()}
    for row in rows:
        unit = known.get(row.school_unit_code) or Unit(kind=UnitKind.SCHOOL)
        load_school(row, unit, loaded[row.organisation_number], areas.get(row.area or ""))
    return len(rows)


def read_school_rows(path: Path) -> Iterator[SchoolRow]:
    """Read the register's rows. Raises RegisterRowError, naming the row and what is wrong with it."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file, delimiter=";"), start=2):
            try:
                yield school_row(row)
            except (KeyError, ValueError) as error:
                raise RegisterRowError(f"{path.name}, row {number}: {error}") from error


def school_row(row: dict[str, str]) -> SchoolRow:
    """Turn a row with the register's headings into ours. Raises KeyError or ValueError."""
    if not (len(row["skolenhetskod"]) == 8 and row["skolenhetskod"].isdecimal()):
        raise ValueError("skolenhetskod must be 8 digits")
    return SchoolRow(
        school_unit_code=row["skolenhetskod"],
        name=row["namn"],
        municipality_code=row["kommunkod"],
        provider_kind=PROVIDER_KINDS[row["huvudmannatyp"]],
        provider_name=row["huvudman"],
        organisation_number=row["organisationsnummer"],
        school_forms=tuple(SchoolForm(form).value for form in row["skolformer"].split("|")),
        grades=tuple(sorted({int(grade) for grade in row["arskurser"].split("|")})),
        postcode=row["postnummer"],
        postal_town=row["postort"],
    )


def load_area(city: Unit, name: str, authority: str) -> Unit:
    """Create or update one area of municipal schools."""
    short_name = name.removeprefix("Grundskoleområde ")
    area, _created = Unit.objects.update_or_create(
        kind=UnitKind.SCHOOL_AREA,
        name=name,
        defaults={"short_name": short_name, "parent": city, "authority": authority},
    )
    return area


def load_provider(row: SchoolRow) -> Provider:
    """Create or update a provider, known by its organisation number."""
    provider, _created = Provider.objects.update_or_create(
        organisation_number=row.organisation_number,
        defaults={"kind": row.provider_kind, "name": row.provider_name},
    )
    return provider


def load_school(row: SchoolRow, unit: Unit, provider: Provider, area: Unit | None) -> None:
    """Create or update one school and its unit, which may be new."""
    unit.name, unit.short_name, unit.parent, unit.authority = row.name, row.name, area, row.authority
    unit.save()
    School.objects.update_or_create(
        unit=unit,
        defaults={
            "provider": provider,
            "school_unit_code": row.school_unit_code,
            "school_forms": list(row.school_forms),
            "grades": list(row.grades),
            "municipality_code": row.municipality_code,
            "postal_town": row.postal_town,
        },
    )


@transaction.atomic
def load_school_years(first_years: Iterable[int] = SCHOOL_YEARS) -> int:
    """Give every provider the school years it lacks, after the regional pattern, and return how many were made.

    A school year that exists is left alone: providers edit theirs.
    """
    there = set(SchoolYear.objects.values_list("provider", "name"))
    missing = [
        (provider, year)
        for provider in Provider.objects.all()
        for year in first_years
        if (provider.pk, school_year_name(year)) not in there
    ]
    made = SchoolYear.objects.bulk_create(school_year_of(provider, year) for provider, year in missing)
    in_order = list(zip(made, (year for _provider, year in missing), strict=True))
    Term.objects.bulk_create(term for made_year, year in in_order for term in terms_of(made_year, year))
    BreakDay.objects.bulk_create(day for made_year, year in in_order for day in break_days_of(made_year, year))
    return len(made)


def school_year_of(provider: Provider, first_year: int) -> SchoolYear:
    """Return an unsaved school year after the regional pattern."""
    autumn, spring = usual_terms(first_year)
    return SchoolYear(provider=provider, name=school_year_name(first_year), starts_on=autumn.first, ends_on=spring.last)


def terms_of(school_year: SchoolYear, first_year: int) -> list[Term]:
    """Return the unsaved terms of a school year, named as in Sweden: "HT 2026", "VT 2027"."""
    autumn, spring = usual_terms(first_year)
    return [
        Term(school_year=school_year, name=f"HT {first_year}", starts_on=autumn.first, ends_on=autumn.last),
        Term(school_year=school_year, name=f"VT {first_year + 1}", starts_on=spring.first, ends_on=spring.last),
    ]


def break_days_of(school_year: SchoolYear, first_year: int) -> list[BreakDay]:
    """Return the unsaved break days of a school year."""
    return [
        BreakDay(school_year=school_year, kind=BreakDay.Kind.BREAK, day=day, name=name)
        for name, days in usual_breaks(first_year).items()
        for day in days.days()
    ]
