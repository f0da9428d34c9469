"""Asking for every page with every row, as everybody, with one wall or both taken away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.db.models.expressions import RawSQL
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import gate
from accounts.confirming import KEY as CONFIRMED
from accounts.models import Membership, Unit
from accounts.permissions.verdicts import Verdict, verdict_on
from accounts.sessions import MEMBERSHIP_KEY
from attendance.models import (
    AbsenceInvestigation,
    AbsenceSource,
    Concern,
    InvestigationDuty,
    InvestigationTask,
    Measure,
    Signal,
)
from audit.models import AccessRecord
from cases.models import (
    Case,
    ConcernReport,
    Consent,
    Consultation,
    Deviation,
    Feedback,
    Objection,
    Obligation,
    Referral,
    RequestDraft,
)
from integrations.models import AbsenceImport, RosterDiff, SchoolSource
from oversight.models import LogExtract
from records.models import RetentionRun, RightsRequest
from schools.models import NamedReader, ProtectionPolicy, Pupil, PupilLink
from socialservices.models import Service
from tests.architecture.addresses import PLACEHOLDER, Page, all_pages
from tests.wall.world import World
from wall import identity

ROWS: dict[str, type[models.Model]] = {
    "pupil_id": Pupil, "case_id": Case, "referral_id": Referral, "obligation_id": Obligation, "concern_id": Concern,
    "signal_id": Signal, "draft_id": RequestDraft, "feedback_id": Feedback, "import_id": AbsenceImport,
    "membership_id": Membership, "link_id": PupilLink, "named_id": NamedReader, "policy_id": ProtectionPolicy,
    "record_id": AccessRecord, "extract_id": LogExtract, "request_id": RightsRequest, "run_id": RetentionRun,
    "consent_id": Consent, "source_id": SchoolSource, "measure_id": Measure,
    "investigation_id": AbsenceInvestigation, "task_id": InvestigationTask, "duty_id": InvestigationDuty,
    "absence_source_id": AbsenceSource, "diff_id": RosterDiff, "report_id": ConcernReport,
    "unit_id": Unit, "service_id": Service,
    "objection_id": Objection,
    "consultation_id": Consultation,
    "deviation_id": Deviation,
}  # fmt: skip
"""Which rows the ids in addresses are of."""

SKIPPED = {"account_logout", "accounts:choose_password", "demo:enter", "alive", "integrations:source_notice"}
QUESTIONS = ("visible_to", "overseen_by", "received_by")
PARTIAL = {"HTTP_HX_REQUEST": "true"}


@dataclass
class Findings:
    """What a crawl came to."""

    requests: int = 0
    seen: dict[str, set[str]] = field(default_factory=dict)
    leaks: list[str] = field(default_factory=list)
    errors: int = 0


def addresses(each: int) -> list[str]:
    """Return every address that can be asked for, with up to `each` rows where it takes one."""
    found: list[str] = []
    for page in all_pages():
        if page.name not in SKIPPED:
            found += addresses_of(page, each)
    return found


def addresses_of(page: Page, each: int) -> list[str]:
    """Return the addresses of one page."""
    names = [name for _kind, name in PLACEHOLDER.findall(page.route)]
    if not names:
        return [page.route, *([f"{page.route}?pupil={pk}" for pk in keys(Pupil, each)] if "new/" in page.route else [])]
    if names[0] == "pupil_id" and len(names) == 2 and names[1] in ROWS:
        return [reverse(page.name, args=pair) for pair in keys(ROWS[names[1]], each, pupil_of(ROWS[names[1]]), "pk")]
    if names == ["case_id", "unit_id"]:
        asked = dict.fromkeys(keys(Consent, Consent._base_manager.count(), "case", "to_unit"))
        return [reverse(page.name, args=pair) for pair in asked][:each]
    if len(names) > 1 or names[0] not in ROWS:
        return []
    return [reverse(page.name, args=[pk]) for pk in keys(ROWS[names[0]], each)]


def pupil_of(model: type[models.Model]) -> str:
    """Return the way from a row to the pupil whose address it has."""
    return "pupil" if hasattr(model, "pupil") else "investigation__pupil"


def keys(model: type[models.Model], each: int, *columns: str) -> list[Any]:
    """Return the keys of up to `each` rows, or some `columns` of them, spread over all there are.

    In the order in which they lie in the table: their keys are random, and the same rows are to be asked for each time.
    """
    rows = model._base_manager.order_by(RawSQL(f'"{model._meta.db_table}".ctid', ()))  # noqa: S611 (a table of ours)
    found = list(rows.values_list(*columns) if columns else rows.values_list("pk", flat=True))
    return found[:: max(1, len(found) // max(1, each))][:each]


def crawl(world: World, people: dict[str, Membership], each: int) -> Findings:
    """Ask for every address as each of `people` and note every canary in the answers, and every one that leaked."""
    findings = Findings()
    paths = addresses(each)
    for name, reader in people.items():
        client = signed_in(reader)
        findings.seen[name] = set()
        for path in paths:
            findings.requests += 1
            answer, status = answer_of(client, path)
            findings.errors += status >= 500
            seen = world.seen_in(answer)
            findings.seen[name] |= seen
            for mark in world.leaked_to(reader, seen):
                findings.leaks.append(f"{name} {path} ({status}): {mark} {world.canaries[mark].place}")
    return findings


def signed_in(reader: Membership) -> Client:
    """Return a browser in which the reader has signed in."""
    client = Client(raise_request_exception=False)
    client.force_login(reader.user)
    session = client.session
    session[MEMBERSHIP_KEY] = str(reader.pk)
    session[CONFIRMED] = timezone.now().isoformat()
    session.save()
    return client


def answer_of(client: Client, path: str) -> tuple[str, int]:
    """Ask for a page; what it changed is undone, so that every reader meets the same world."""
    with transaction.atomic():
        response = client.get(path, **(PARTIAL if path.count("/") == 2 else {}))
        body = response.content.decode(errors="replace") + str(dict(response.headers))
        transaction.set_rollback(True)
    return body, response.status_code


@contextmanager
def without_filters(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take the first wall away: every question that takes the reader gives everything, every gate stands open."""
    with monkeypatch.context() as patch:
        for queryset in querysets():
            for question in QUESTIONS:
                if question in vars(queryset):
                    patch.setattr(queryset, question, lambda self, reader: self.all())
        open_gates(patch)
        yield


def querysets() -> set[type]:
    """Return every class that answers a question which takes the reader, managers made of them included."""
    found: set[type] = set()
    for model in apps.get_models():
        manager = model._default_manager
        for kind in (type(manager.get_queryset()), type(manager)):
            found |= {base for base in kind.__mro__ if any(question in vars(base) for question in QUESTIONS)}
    return found


def open_gates(patch: pytest.MonkeyPatch) -> None:
    """Let everybody who is signed in through every gate that there is."""

    def open_to_all(name: str, method: str, *, is_signed_in: bool, role: str | None) -> Verdict:
        return verdict_on(name, method, is_signed_in=is_signed_in, role=role) if not is_signed_in else Verdict.OPEN

    patch.setattr(gate, "verdict_on", open_to_all)


@contextmanager
def without_policies(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take the second wall away: requests stay who they are, and go on as the owner, who passes every policy."""
    entered, becoming = identity.entered, identity.becoming

    @contextmanager
    def as_owner(*arguments: Any, **named: Any) -> Iterator[identity.Entered]:
        with entered(*arguments, **named) as who:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('role', 'none', true)")
            yield who

    @contextmanager
    def still_owner(db_role: str) -> Iterator[None]:
        yield

    with monkeypatch.context() as patch:
        patch.setattr(identity, "entered", as_owner)
        patch.setattr(identity, "becoming", still_owner)
        assert becoming is not still_owner
        yield
