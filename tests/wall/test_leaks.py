"""Nothing leaks with either wall taken away, and nobody misses what is theirs (G2, G3, G4)."""

from __future__ import annotations

import pytest

from tests.wall.crawl import Findings, crawl, without_filters, without_policies
from tests.wall.world import World, make_world

pytestmark = pytest.mark.django_db

AT_LEAST = 10_000
MANY, SOME = 10, 3
ROLES = (
    "mentor_1", "other_mentor", "counsellor_1", "principal_1", "school_admin", "area_manager_1", "worker_1", "head_1",
    "area_head_1", "other_worker_1", "third_worker_1", "intake_worker", "other_counsellor_1", "counsellor_2",
    "worker_2", "coordinator_1", "district_coordinator", "analyst_1", "log_auditor", "system_admin",
)  # fmt: skip
"""Every role and every kind of stranger; the second school and district have one pair of eyes each."""


@pytest.fixture
def world() -> World:
    return make_world()


def told(findings: Findings) -> str:
    """Return the first leaks and how much was asked."""
    return f"{len(findings.leaks)} leaks in {findings.requests} requests:\n" + "\n".join(findings.leaks[:40])


def test_nothing_leaks_when_every_filter_and_gate_is_gone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with without_filters(monkeypatch):
        findings = crawl(world, {name: world.people[name] for name in ROLES}, MANY)

    assert findings.requests >= AT_LEAST
    assert not findings.leaks, told(findings)


def test_nothing_leaks_when_the_policies_are_gone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    people = {name: world.people[name] for name in ROLES[: len(ROLES) // 2]}
    with without_policies(monkeypatch):
        alone = crawl(world, people, SOME)
    both = crawl(world, people, SOME)

    assert not alone.leaks, told(alone)
    assert not both.leaks, told(both)
    missed = {name: alone.seen[name] - both.seen[name] for name in people}
    assert not any(missed.values()), {
        name: sorted(world.canaries[mark].place for mark in marks) for name, marks in missed.items() if marks
    }
    assert sum(len(seen) for seen in both.seen.values()) > 150


def test_with_both_walls_gone_the_same_crawl_sees_thousands(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the crawl is not blind."""
    people = {name: world.people[name] for name in ("mentor_1", "worker_2", "system_admin", "coordinator_1")}

    with without_filters(monkeypatch), without_policies(monkeypatch):
        findings = crawl(world, people, 2 * SOME)

    assert len(findings.leaks) > 1000, told(findings)
