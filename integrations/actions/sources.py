"""Makes a source of files, and says what its words mean."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Membership, Unit
from attendance.models import AbsenceSource
from attendance.sources import make_source
from audit import actions as audit

from .moving import check_may_import

DEFINITIONS = ("name", "system", "late_counts_as", "unreported_counts_as", "day_rule")


@transaction.atomic
def create_source(*, unit: Unit, said: dict[str, Any], by: Membership, at: datetime) -> AbsenceSource:
    """Make a source of files with what is said of its words. Raises ImportNotAllowed."""
    check_may_import(by, unit)
    told = {name: said[name] for name in DEFINITIONS}
    source = make_source(unit=unit, kind=AbsenceSource.Kind.FILE, at=at, **told)
    audit.record(action="absence source made", target=source, by=by, at=at, details=_codes(source))
    return source


@transaction.atomic
def define_source(*, source: AbsenceSource, said: dict[str, Any], by: Membership, at: datetime) -> AbsenceSource:
    """Say what the source's words mean, and whether it is the one that counts. Raises ImportNotAllowed.

    Only one source of a school counts: when this one does, no other does.
    """
    check_may_import(by, source.unit)
    sources = AbsenceSource.objects.select_for_update(of=("self",)).filter(unit=source.unit_id)
    source = {row.pk: row for row in sources}[source.pk]
    for name in DEFINITIONS:
        setattr(source, name, said[name])
    if said.get("is_counted") and not source.is_counted:
        AbsenceSource.objects.filter(unit=source.unit_id, is_counted=True).update(is_counted=False, changed_at=at)
        source.is_counted = True
    source.changed_at = at
    source.save()
    audit.record(action="absence source defined", target=source, by=by, at=at, details=_codes(source))
    return source


def _codes(source: AbsenceSource) -> dict[str, Any]:
    """Return what the source means, as codes: never its name, which somebody has written."""
    return {name: getattr(source, name) for name in (*DEFINITIONS[1:], "is_counted")}
