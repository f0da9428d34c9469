"""Loads the registers of social services: districts, offices and teams, their catalogue, reasons. May be run again."""

import csv
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from accounts.models import Unit
from accounts.roles import Side, UnitKind
from socialservices.models import District, Office, ReasonCode, Service

DATA = Path(__file__).parent / "data"
DISTRICTS = DATA / "districts_stockholm.csv"
OFFICES = DATA / "offices.toml"
REASON_CODES = DATA / "reason_codes.toml"

ONE_DAY = timedelta(days=1)
# A reason why a report was not opened asks nothing of the school; telling the reporter is an obligation of its own.
AFTER_A_REPORT = {"demands_sv": "", "demands_en": "", "next_holder_side": Side.SOCIAL, "next_step_days": 5}


@transaction.atomic
def load_districts(path: Path = DISTRICTS) -> int:
    """Create or update the districts, old ones with what replaced them, and return how many there are now."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    districts = {row["stadsdelsomrade"]: load_district(row) for row in rows}
    for row in rows:
        for old_name in filter(None, row["ersatter"].split("|")):
            old = districts[old_name]
            old.replaced_by = districts[row["stadsdelsomrade"]]
            old.save(update_fields=["replaced_by"])
    return sum(row["aktuellt"] == "ja" for row in rows)


def load_district(row: dict[str, str]) -> District:
    """Create or update one district; its code is its name in plain letters."""
    district, _created = District.objects.update_or_create(
        code=slugify(row["stadsdelsomrade"]),
        defaults={
            "name": row["stadsdelsomrade"],
            "formed_on": date.fromisoformat(row["bildat"]) if row["bildat"] else None,
        },
    )
    return district


@transaction.atomic
def load_offices(city: Unit, path: Path = OFFICES) -> int:
    """Create or update areas, offices and teams, give each its first catalogue entry, and return how many there are.

    Catalogue entries that exist are left alone: teams edit theirs.
    """
    register = tomllib.loads(path.read_text(encoding="utf-8"))
    current = {district.code: district for district in District.objects.filter(replaced_by=None)}
    loaded = 0
    for entry in register["offices"]:
        for district in districts_of(entry, current):
            area = load_area(city, register["areas"][entry["area"]], district)
            office = load_office(entry, area, district)
            if district and entry["kind"] == Office.Kind.INTAKE:
                set_report_phone(office, register["report_phones"].get(district.code, ""))
            load_service(entry, office)
            loaded += 1
    return loaded


def districts_of(entry: dict[str, Any], current: dict[str, District]) -> list[District | None]:
    """Return the districts that get an office of this kind; None stands for one office for the whole city."""
    if entry["districts"] == "all":
        return list(current.values())
    return [current[code] for code in entry["districts"]] or [None]


def load_area(city: Unit, names: dict[str, str], district: District | None) -> Unit:
    """Create or update the administration that offices and teams stand under."""
    area, _created = Unit.objects.update_or_create(
        kind=UnitKind.SOCIAL_AREA,
        name=named(names["name"], district),
        defaults={
            "short_name": named(names["short_name"], district),
            "parent": city,
            "authority": f"board:{district.code if district else slugify(names['short_name'])}"[:60],
        },
    )
    return area


def load_office(entry: dict[str, Any], area: Unit, district: District | None) -> Office:
    """Create or update one office or team and the district it serves."""
    unit, _created = Unit.objects.update_or_create(
        kind=UnitKind(entry["kind"]),
        name=named(entry["name"], district),
        defaults={
            "short_name": named(entry["short_name"], district),
            "parent": area,
            "authority": area.authority,
        },
    )
    office, _created = Office.objects.update_or_create(unit=unit, defaults={"kind": entry["kind"]})
    office.districts.set([district] if district else [])
    return office


def set_report_phone(office: Office, phone: str) -> None:
    """Write the number that reports are made to, where the register has one."""
    if phone and phone != office.report_phone:
        office.report_phone = phone
        office.save(update_fields=["report_phone"])


def load_service(entry: dict[str, Any], office: Office) -> None:
    """Give `office` its first catalogue entry of this kind. What its head has changed or ended since stays so."""
    if Service.objects.filter(office=office, kind=entry["service"]).exists():
        return
    Service.objects.create(
        office=office,
        kind=entry["service"],
        grade_from=entry["grades"][0],
        grade_to=entry["grades"][1],
        school_forms=entry["school_forms"],
        provider_kinds=entry["provider_kinds"],
        absence_from=entry["absence_percent"][0],
        absence_to=entry["absence_percent"][1],
        capacity=entry.get("capacity"),
        expected_weeks=entry.get("expected_weeks"),
        offers_sv=entry["offers_sv"],
        offers_en=entry["offers_en"],
        valid_from=entry["valid_from"],
    )


def named(pattern: str, district: District | None) -> str:
    """Fill the district's name into a name from the register."""
    return pattern.format(district=district.name if district else "")


@transaction.atomic
def load_reason_codes(path: Path = REASON_CODES) -> int:
    """Add the reasons, or newer versions of them, that are missing, and return how many the register holds.

    A version that exists is left alone. A newer one closes the older the day before it begins.
    """
    register = tomllib.loads(path.read_text(encoding="utf-8"))
    rows = [row for order, entry in enumerate(register["reasons"]) for row in reason_rows(entry, register, order)]
    for row in rows:
        load_reason(row)
    return len(rows)


def reason_rows(entry: dict[str, Any], register: dict[str, Any], order: int) -> Iterator[dict[str, Any]]:
    """Give the columns of a reason for support requests and, where it can be given there, for concern reports."""
    reason = {"valid_from": register["valid_from"], "order": order, **entry}
    concern_report = reason.pop("concern_report", None)
    yield {**reason, "channel": ReasonCode.Channel.SUPPORT_REQUEST}
    if concern_report:
        is_shown = concern_report == "shown"
        yield {
            **reason,
            **AFTER_A_REPORT,
            "channel": ReasonCode.Channel.CONCERN_REPORT,
            "is_shown_to_school": is_shown,
        }


def load_reason(row: dict[str, Any]) -> None:
    """Add one version of a reason unless it, or a later one, is there."""
    versions = ReasonCode.objects.filter(code=row["code"], channel=row["channel"])
    if versions.filter(valid_from__gte=row["valid_from"]).exists():
        return
    versions.filter(valid_to=None).update(valid_to=row["valid_from"] - ONE_DAY)
    ReasonCode.objects.create(**row)
