"""Readings as people read them: when, who, as what, and which page in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime

from accounts.models import Membership, Unit
from accounts.roles import Role
from audit.models import AccessRecord

from .page_words import words_for
from .sampling import midnight

NOWHERE = UUID(int=0)


@dataclass(frozen=True)
class Line:
    """One reading; `who` is empty where names are left out."""

    record: AccessRecord
    who: str
    role: str
    unit: str
    page: str


def lines_of(records: Iterable[AccessRecord]) -> list[Line]:
    """Return readings with the names of people and units. Give records with `user` fetched."""
    records = list(records)
    units = dict(Unit.objects.filter(pk__in={record.unit_id for record in records}).values_list("pk", "name"))
    return [
        Line(
            record,
            who=record.user.full_name if record.user else "",
            role=role_words(record.role),
            unit=units.get(record.unit_id or NOWHERE, ""),
            page=words_for(record.page),
        )
        for record in records
    ]


def lines_about(pupil_id: UUID, since: date, until: date, reader: Membership) -> list[dict[str, str]]:
    """Return, for keeping, who has read about a pupil from `since` through `until`: roles and units, no names."""
    begins, ends = midnight(since), midnight(until + timedelta(days=1))
    records = AccessRecord.objects.overseen_by(reader).about(pupil_id).filter(at__gte=begins, at__lt=ends)
    units = dict(Unit.objects.filter(pk__in=records.values("unit_id")).values_list("pk", "name"))
    return [
        {
            "at": record.at.isoformat(),
            "role": record.role,
            "unit": units.get(record.unit_id or NOWHERE, ""),
            "page": record.page,
            "kind": record.kind,
        }
        for record in records.order_by("at", "pk")
    ]


def in_words(lines: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Return kept lines as they are shown."""
    return [
        {
            "at": _moment(line["at"]),
            "role": role_words(line["role"]),
            "unit": line["unit"],
            "page": words_for(line["page"]),
            "kind": AccessRecord.Kind(line["kind"]).label,
        }
        for line in lines
    ]


def role_words(role: str) -> str:
    """Return what a role is called; nothing for nobody."""
    return str(Role(role).label) if role in Role.values else ""


def _moment(text: str) -> datetime | None:
    return parse_datetime(text)
