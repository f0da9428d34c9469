"""Reads docs/retention.toml: the policy that people decide on and the program that runs are the same file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import get_language

from .subjects import KINDS, Kind
from .terms import calendar_year_after, erasable_from, turns

COMPARTMENTS = ("files", "school", "social", "log", "shared", "accounts")
"""In the order in which they are carried out, each in a transaction of its own; what is shared after both sides."""

SIDES = {"school", "social"}
RULE_KEYS = {
    "name", "compartment", "record", "record_sv", "subject", "counts_from", "years", "days", "finished",
    "age_if_investigated", "source", "source_if_investigated", "erase",
}  # fmt: skip
NEEDED_KEYS = {"name", "compartment", "record", "record_sv", "subject", "counts_from", "source", "erase"}
STEP_KEYS = {"table", "by", "within", "side", "columns", "unless"}
PLANNED_KEYS = {"record", "source", "why"}


class WrongPolicy(Exception):
    """The file names something that does not exist, or leaves something out; says what."""


@dataclass(frozen=True)
class Step:
    """Rows of one table that go, or columns of them that are overwritten."""

    table: str
    by: str = ""
    within: str = ""
    side: str = ""
    columns: tuple[tuple[str, Any], ...] = ()
    unless: tuple[tuple[str, Any], ...] = ()

    @cached_property
    def model(self) -> type[models.Model]:
        """The table's model."""
        return apps.get_model(self.table)


@dataclass(frozen=True)
class Rule:
    """One kind of record in one compartment: from when it counts, how long it is kept and what then goes."""

    name: str
    compartment: str
    record: str
    record_sv: str
    subject: str
    counts_from: str
    source: str
    erase: tuple[Step, ...]
    years: int = 0
    days: int = 0
    finished: str = ""
    age_if_investigated: int = 0
    source_if_investigated: str = ""

    @property
    def kind(self) -> Kind:
        """The kind of subject."""
        return KINDS[self.subject]

    @property
    def title(self) -> str:
        """What kind of record it is, in the reader's language."""
        return self.record_sv if get_language() == "sv" else self.record

    def erasable_from(self, counted_from: date, investigated_child_born_on: date | None = None) -> date:
        """Return the first day on which the subject may be erased."""
        day = erasable_from(counted_from, years=self.years, days=self.days)
        if self.age_if_investigated and investigated_child_born_on:
            return max(day, turns(investigated_child_born_on, self.age_if_investigated))
        return day

    def to_be_done_by(self, erasable: date) -> date | None:
        """Return the last day for the erasure where the law sets one."""
        return calendar_year_after(erasable) if self.finished == "calendar_year_after" else None


@dataclass(frozen=True)
class Policy:
    """All rules in the order in which they are carried out, what has none and why, and the fingerprint of the file."""

    rules: tuple[Rule, ...]
    sources: dict[str, str]
    planned: tuple[dict[str, str], ...]
    kept: dict[str, str]
    fingerprint: str

    def of(self, compartment: str) -> list[Rule]:
        """Return the rules of one compartment."""
        return [rule for rule in self.rules if rule.compartment == compartment]

    @property
    def tables(self) -> set[str]:
        """The tables that a rule erases rows of, or that are kept for a stated reason."""
        return {step.table for rule in self.rules for step in rule.erase if not step.columns} | self.kept.keys()


def load_policy(file: Path | None = None) -> Policy:
    """Return the policy in `file`, by default docs/retention.toml. Raises WrongPolicy with everything wrong in it."""
    content = (file or settings.BASE_DIR / "docs" / "retention.toml").read_bytes()
    told = tomllib.loads(content.decode())
    faults = list(faults_of(told))
    if faults:
        raise WrongPolicy("\n".join(faults))
    rules = sorted((_rule(entry) for entry in told["rule"]), key=lambda rule: COMPARTMENTS.index(rule.compartment))
    return Policy(
        rules=tuple(rules),
        sources=told["sources"],
        planned=tuple(told.get("planned", [])),
        kept=told.get("kept", {}),
        fingerprint=sha256(content).hexdigest(),
    )


def _rule(entry: dict[str, Any]) -> Rule:
    steps = (step | {key: tuple(step.get(key, {}).items()) for key in ("columns", "unless")} for step in entry["erase"])
    return Rule(**(entry | {"erase": tuple(Step(**step) for step in steps)}))


def faults_of(told: dict[str, Any]) -> Iterator[str]:
    """Give what is wrong in a policy file, in words."""
    yield from (f"“{key}” is not a part of the policy" for key in told.keys() - {"sources", "rule", "planned", "kept"})
    rules = told.get("rule", [])
    for key in ("name", "subject"):
        values = [rule.get(key) for rule in rules]
        yield from (f"two rules have the {key} “{value}”" for value in sorted(set(values)) if values.count(value) > 1)
    for rule in rules:
        for fault in _faults_of_rule(rule, told.get("sources", {})):
            yield f"{rule.get('name', 'a rule without name')}: {fault}"
    for entry in told.get("planned", []):
        if entry.keys() != PLANNED_KEYS or entry.get("source") not in told.get("sources", {}):
            yield f"planned “{entry.get('record')}” needs record, why and a known source"
    for table, reason in told.get("kept", {}).items():
        if _model(table) is None or len(str(reason)) < 15:
            yield f"kept {table}: no such table, or no reason"


def _faults_of_rule(rule: dict[str, Any], sources: dict[str, str]) -> Iterator[str]:
    yield from (f"“{key}” is not known" for key in sorted(rule.keys() - RULE_KEYS))
    missing = sorted(NEEDED_KEYS - rule.keys())
    yield from (f"“{key}” is missing" for key in missing)
    if missing:
        return
    kind = KINDS.get(rule["subject"])
    if rule["compartment"] not in COMPARTMENTS:
        yield f"there is no compartment “{rule['compartment']}”"
    for key in ("source", "source_if_investigated"):
        if rule.get(key) is not None and rule[key] not in sources:
            yield f"there is no source “{rule[key]}”"
    if rule.get("finished", "calendar_year_after") != "calendar_year_after":
        yield f"“{rule['finished']}” is no last day"
    if not all(isinstance(rule.get(key, 0), int) and rule.get(key, 0) >= 0 for key in ("years", "days")):
        yield "years and days are whole numbers"
    if kind is None:
        yield f"there is no subject “{rule['subject']}”"
        return
    if rule["counts_from"] != kind.counts_from:
        yield f"“{kind.name}” counts from {kind.counts_from}, not from “{rule['counts_from']}”"
    if not (rule.get("years") or rule.get("days")) and kind.counts_from != "both_let_go":
        yield "says no time"
    for step in rule["erase"] or [{}]:
        yield from _faults_of_step(step, kind)


def _faults_of_step(step: dict[str, Any], kind: Kind) -> Iterator[str]:
    table = step.get("table", "")
    model = _model(table)
    if step.keys() - STEP_KEYS or model is None:
        yield f"a step names no known table, or an unknown word: {step}"
        return
    by_period_only = kind.period == "month"
    if by_period_only == ("by" in step) or bool(kind.period) != ("within" in step):
        yield f"{table}: “by” or “within” does not fit the subject {kind.name}"
        return
    if not by_period_only and _reached(model, step["by"]) != kind.model:
        yield f"{table}: “{step['by']}” does not lead to {kind.model}"
    for column in [*step.get("columns", {}), *step.get("unless", {}), *filter(None, [step.get("within")])]:
        if not _leads(model, column):
            yield f"{table} has no column “{column}”"
    if "side" in step and (step["side"] not in SIDES or not _has(model, "unit")):
        yield f"{table}: the side “{step['side']}” is unknown, or the table has no unit"


def _model(table: str) -> type[models.Model] | None:
    try:
        return apps.get_model(table)
    except (LookupError, ValueError):
        return None


def _has(model: type[models.Model], column: str) -> bool:
    try:
        return model._meta.get_field(column).concrete
    except FieldDoesNotExist:
        return False


def _leads(model: type[models.Model], path: str) -> bool:
    """Say whether there is such a column, or one at the end of a foreign key, "record__at"."""
    first, _, rest = path.partition("__")
    if not rest:
        return _has(model, path)
    related = model._meta.get_field(first).related_model if _has(model, first) else None
    return isinstance(related, type) and _leads(related, rest)


def _reached(model: type[models.Model], path: str) -> str | None:
    """Return the table at the end of a way of foreign keys, "referral__case"; “pk” is the table itself."""
    if path == "pk":
        return model._meta.label_lower
    for part in path.split("__"):
        if not _has(model, part):
            return None
        related = model._meta.get_field(part).related_model
        if not isinstance(related, type):
            return None
        model = related
    return model._meta.label_lower
