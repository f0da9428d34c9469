"""What a system administrator does with a source: enters it, changes it, gives it secrets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Membership
from audit import actions as audit
from schools.models import School

from ..access import may_keep_sources
from .models import SchoolSource, SourceSchool, SourceSecret
from .signing_in import seal

FIELDS = ("name", "provider", "address", "sign_in", "token_address", "client_id", "scope", "key_header", "endpoints",
          "days_back", "unmarked_is_open", "ignores_cancelled", "reports_back", "is_told", "own_address",
          "is_dry_run", "is_on")  # fmt: skip


class SourceNotAllowed(Exception):
    """The member may not keep sources."""


class SourceExists(Exception):
    """There is a source by that name."""


@transaction.atomic
def save_source(
    source: SchoolSource | None, *, values: dict[str, Any], schools: Sequence[School], by: Membership, at: datetime
) -> SchoolSource:
    """Enter a source, or change one. Schools that are taken off are no longer read; what was read stays.

    Secrets are bound to the hosts: after a change of address they have to be entered again.
    Raises SourceNotAllowed and SourceExists.
    """
    if not may_keep_sources(by):
        raise SourceNotAllowed
    is_new = source is None
    if source is None:
        source = SchoolSource(created_at=at, created_by=by)
    else:
        source = SchoolSource.objects.select_for_update(of=("self",)).get(pk=source.pk)
    if SchoolSource.objects.filter(name=values["name"]).exclude(pk=source.pk).exists():
        raise SourceExists
    for name in FIELDS:
        setattr(source, name, values[name])
    source.save()
    wanted = {school.pk for school in schools}
    known = set(SourceSchool.objects.filter(source=source).values_list("school", flat=True))
    SourceSchool.objects.bulk_create(SourceSchool(source=source, school_id=school) for school in wanted - known)
    SourceSchool.objects.filter(source=source, school__in=known - wanted).delete()
    audit.record(
        action="school source entered" if is_new else "school source changed",
        target=source,
        by=by,
        at=at,
        details={"schools": sorted(str(school) for school in wanted), "is_on": source.is_on},
    )
    return source


@transaction.atomic
def set_secret(source: SchoolSource, *, kind: str, secret: str, by: Membership, at: datetime) -> None:
    """Keep a secret, encrypted for the source's hosts; the one before is gone. Raises SourceNotAllowed, SourceError."""
    if not may_keep_sources(by):
        raise SourceNotAllowed
    SourceSecret.objects.filter(source=source, kind=kind).delete()
    SourceSecret.objects.create(
        source=source, kind=kind, sealed=seal(secret, source.hosts), hosts=source.hosts, set_at=at, set_by=by
    )
    audit.record(action="secret of a school source set", target=source, by=by, at=at, details={"kind": kind})
