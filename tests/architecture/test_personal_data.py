"""Every column is classed in docs/personal-data.toml, and what is personal says why, for whom and how long."""

import tomllib

import pytest
from django.apps import apps

from tests.architecture.sources import ROOT

PERSONAL = {"identity", "contact", "sensitive", "conduct", "staff", "link", "secret"}
CLASSES = PERSONAL | {"fact", "plain"}
PURPOSE = {"why", "seen_by", "kept"}
# Django's and procrastinate's own bookkeeping; jobs are given ids only.
WITHOUT_PEOPLE = {"contenttypes", "auth", "procrastinate"}


def register():
    """Return the register."""
    return tomllib.loads((ROOT / "docs" / "personal-data.toml").read_text(encoding="utf-8"))


def columns_of_tables():
    """Return the columns of every table, by the table's model."""
    return {
        model._meta.label_lower: {field.name for field in model._meta.concrete_fields}
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label not in WITHOUT_PEOPLE and not model._meta.proxy
    }


def faults_of(register, tables):
    """Return what is missing, left over, said twice or without a reason."""
    classed = register["tables"]
    faults = [f"{table} is not in the register" for table in sorted(tables.keys() - classed.keys())]
    faults += [f"{table} no longer exists" for table in sorted(classed.keys() - tables.keys())]
    for table in sorted(tables.keys() & classed.keys()):
        entry = classed[table]
        faults += [f"{table}: “{key}” is no class" for key in sorted(entry.keys() - CLASSES - PURPOSE)]
        listed = [column for name in CLASSES & entry.keys() for column in entry[name]]
        faults += [f"{table}.{column} is not classed" for column in sorted(tables[table] - set(listed))]
        faults += [f"{table}.{column} no longer exists" for column in sorted(set(listed) - tables[table])]
        faults += [f"{table}.{column} is classed twice" for column in sorted(set(listed)) if listed.count(column) > 1]
        if PERSONAL & entry.keys():
            faults += [f"{table} does not say “{key}”" for key in sorted(PURPOSE) if not entry.get(key)]
            if entry.get("kept") not in register["terms"]:
                faults.append(f"{table} is kept for a time that is not among the terms")
    return faults


def test_every_column_is_classed():
    faults = faults_of(register(), columns_of_tables())

    assert not faults, "\n".join(faults)


GOOD = {"terms": {"school": "a year"}, "tables": {"a.b": {"why": "w", "seen_by": "s", "kept": "school", "link": ["x"]}}}


@pytest.mark.parametrize(
    ("entry", "columns", "fault"),
    [
        ({}, {"x", "new"}, "a.b.new is not classed"),
        ({"plain": ["gone"]}, {"x"}, "a.b.gone no longer exists"),
        ({"plain": ["x"]}, {"x"}, "a.b.x is classed twice"),
        ({"harmless": ["x"]}, {"x"}, "a.b: “harmless” is no class"),
        ({"why": ""}, {"x"}, "a.b does not say “why”"),
        ({"kept": "forever"}, {"x"}, "a.b is kept for a time that is not among the terms"),
    ],
)
def test_fault_in_the_register_is_found(entry, columns, fault):
    broken = {**GOOD, "tables": {"a.b": GOOD["tables"]["a.b"] | entry}}

    assert not faults_of(GOOD, {"a.b": {"x"}})
    assert faults_of(broken, {"a.b": columns}) == [fault]


def test_new_and_old_tables_are_found():
    assert faults_of(GOOD, {"c.d": set()}) == ["c.d is not in the register", "a.b no longer exists"]
