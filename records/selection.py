"""Which subjects may be erased on a day: those whose time has gone and that nothing kept depends on."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from datetime import date, timedelta
from hashlib import sha256

from .policy import Policy, Rule
from .subjects import Subject, subjects_of

Selection = dict[str, list[Subject]]
"""Subjects by the name of their rule, in the order in which the rules are carried out."""


def due(policy: Policy, today: date, *, compartment: str = "", among: Collection[str] | None = None) -> Selection:
    """Return what may be erased on `today`, of one compartment or of all.

    With `among` given (names of subjects) only those: what must go with a subject must be among them, or be gone.
    """

    def is_due(rule: Rule, subject: Subject) -> bool:
        erasable = rule.erasable_from(subject.counted_from, subject.investigated_child_born_on)
        return erasable <= today and (among is None or subject.name in among)

    return select(policy, is_due, lambda rule: latest_start(rule, today), compartment=compartment)


def select(
    policy: Policy, is_wanted: Callable[[Rule, Subject], bool], until: Callable[[Rule], date], *, compartment: str = ""
) -> Selection:
    """Return the subjects that are wanted and whose needs are either gone already or wanted, too."""
    chosen: Selection = {}
    names: set[str] = set()
    for rule in policy.rules:
        if compartment and rule.compartment != compartment:
            continue
        wanted = [one for one in subjects_of(rule.subject, until(rule)) if is_wanted(rule, one) and one.needs <= names]
        chosen[rule.name] = wanted
        names |= {one.name for one in wanted}
    return chosen


def latest_start(rule: Rule, today: date) -> date:
    """Return a day that no subject due on `today` can have started after; a little generous in leap years."""
    return today.replace(year=today.year - rule.years, day=min(today.day, 28)) + timedelta(days=3 - rule.days)


def as_lists(selection: Selection) -> dict[str, list[str]]:
    """Return the names of the subjects by rule, sorted: what is stored in a proposal."""
    return {rule: sorted(one.name for one in subjects) for rule, subjects in selection.items() if subjects}


def fingerprint(lists: dict[str, list[str]]) -> str:
    """Return the fingerprint of such lists."""
    return sha256(json.dumps(lists, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
