"""The permission matrix by itself, without a database: it is what the reviewed documents say, and is read rightly.

docs/who-may-enter.md and docs/permissions.md are the record that a person has approved: a change of the matrix that is
not in them is red here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from uuid import UUID, uuid4

from django.utils import translation

from accounts.permissions import (
    CONTENT_ROLES,
    DAYS_AT_MOST,
    ELSEWHERE,
    EXCLUSIVE_ROLES,
    NARROWED,
    OBJECTS,
    PAGES,
    TWO_PERSON_ROLES,
    Action,
    Anybody,
    Everyone,
    Object,
    Scope,
    Seat,
    excludes,
    last_possible_day,
    may_within,
    permits,
    roles_that_may,
    seat_of,
)
from accounts.permissions.rules import ENDS_SOON
from accounts.permissions.told import matrix, role_rules
from accounts.permissions.verdicts import Verdict, verdict_on
from accounts.roles import Role, Side

DOCS = Path(__file__).parents[2] / "docs"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
MARKS = {"": set(), "○": {"GET"}, "●": {"GET", "POST"}, "▸": {"POST"}}
OWN, PARENT, GRANDPARENT, OTHER = (uuid4() for _ in range(4))


@dataclass
class Somebody:
    """A person in a role, without a database."""

    role: str
    side: Side = Side.SCHOOL
    unit_id: UUID = OWN


def tables(name: str) -> list[list[list[str]]]:
    """Return the tables of a document, each as rows of cells."""
    text = (DOCS / name).read_text(encoding="utf-8")
    blocks = re.findall(r"(?:^\|.*\|$\n?)+", text, flags=re.M)
    return [
        [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in block.splitlines()] for block in blocks
    ]


def test_pages_open_to_those_whom_the_document_names():
    closed, public = tables("who-may-enter.md")
    with translation.override(None):
        roles = {str(role.label): role for role in Role}
    said = {row[1]: dict(zip(closed[0], row, strict=True)) for row in closed[2:]}
    said_public = {row[1]: (set(row[2].split(", ")), row[3]) for row in public[2:]}

    for name, methods in PAGES.items():
        if name in said_public:
            reasons = {opens.reason if isinstance(opens, Anybody) else None for opens in methods.values()}
            assert (set(methods), reasons) == (said_public[name][0], {said_public[name][1]}), name
            continue
        for label, role in roles.items():
            found = {method for method, opens in methods.items() if isinstance(opens, Everyone) or role in opens}
            assert found == MARKS[said[name][label]], (name, label)
        assert not any(isinstance(opens, Anybody) for opens in methods.values()), name
    assert set(PAGES) == set(said) | set(said_public)


def test_pages_of_everybody_signed_in_are_open_without_a_role():
    for name, methods in PAGES.items():
        opened_to_all = [opens for opens in methods.values() if opens == frozenset(Role)]
        assert not opened_to_all or name in {"cases:todo", "cases:calendar"}, name
        mine = name.startswith(("mfa_", "account_")) or name in {
            "accounts:account", "accounts:change_password", "accounts:no_membership", "accounts:switch",
            "accounts:sessions", "accounts:end_session", "accounts:end_other_sessions", "accounts:stay",
            "accounts:confirm_demo", "notifications:choices",
        }  # fmt: skip
        public = any(isinstance(opens, Anybody) for opens in methods.values())
        assert public or mine == all(isinstance(opens, Everyone) for opens in methods.values()), name


def test_objects_are_those_of_the_document():
    text = (DOCS / "permissions.md").read_text(encoding="utf-8")
    said = {}
    for part in text.split("\n## ")[1:]:
        title, _, rest = part.partition("\n")
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in rest.splitlines() if line[:1] == "|"]
        said[title] = {tuple(row) for row in rows[2:]}
    with translation.override(None):
        found = {part.title: {(row.who, row.may, row.letters) for row in part.rows} for part in matrix()}

        rules = role_rules()

    assert found == {title: rows for title, rows in said.items() if title != "Rules about roles"}
    assert rules == re.findall(r"^- (.*)$", text.partition("\n## Rules about roles\n")[2], flags=re.M)


def test_matrix_says_what_the_table_holds():
    with translation.override(None):
        told = {(part.key, row.who): row.letters for part in matrix() for row in part.rows}
    for thing, seats in OBJECTS.items():
        for seat, rights in seats.items():
            words = ", ".join(f"{action.value} {scope.letters}" for action, scope in rights.items())
            assert told[thing.value, str(seat.label)] == words
    assert set(OBJECTS) == set(Object)
    assert set(ELSEWHERE) == {Object.LOG, Object.CLAIM, Object.PROTECTED, Object.CONCERN_REPORT}


def test_verdicts_follow_the_rows():
    for name, method in product(PAGES, METHODS):
        opens = PAGES[name].get("GET" if method == "HEAD" else method)
        public = any(isinstance(one, Anybody) for one in PAGES[name].values())
        somehow = frozenset().union(
            *(frozenset(Role) if isinstance(one, Everyone | Anybody) else one for one in PAGES[name].values())
        )
        for_all = any(isinstance(one, Everyone) for one in PAGES[name].values())
        for role in (None, *Role, "nobody"):
            got = verdict_on(name, method, is_signed_in=True, role=role)
            if not public and not for_all and role not in somehow:
                assert got is (Verdict.NO_MEMBERSHIP if role is None else Verdict.REFUSED), (name, method, role)
            elif opens is None:
                assert got is Verdict.NO_SUCH_METHOD
            else:
                assert got is (Verdict.OPEN if public or for_all or role in opens else Verdict.REFUSED)
        got = verdict_on(name, method, is_signed_in=False, role=None)
        wanted = Verdict.SIGN_IN if not public else Verdict.OPEN if opens else Verdict.NO_SUCH_METHOD
        assert got is wanted, (name, method)


def test_an_unknown_name_is_refused_to_everybody():
    for role, signed_in in product((None, *Role), (True, False)):
        for name in ("", "nothing", "cases:nothing"):
            assert verdict_on(name, "GET", is_signed_in=signed_in, role=role) is Verdict.REFUSED


def test_rules_differ_by_method():
    mixed = {"GET": frozenset({Role.MENTOR, Role.PRINCIPAL}), "POST": frozenset({Role.PRINCIPAL})}
    PAGES["tests:mixed"] = mixed
    try:
        for method, role, wanted in (
            ("GET", Role.MENTOR, Verdict.OPEN),
            ("HEAD", Role.MENTOR, Verdict.OPEN),
            ("POST", Role.MENTOR, Verdict.REFUSED),
            ("POST", Role.PRINCIPAL, Verdict.OPEN),
            ("PUT", Role.PRINCIPAL, Verdict.NO_SUCH_METHOD),
            ("GET", Role.ANALYST, Verdict.REFUSED),
        ):
            assert verdict_on("tests:mixed", method, is_signed_in=True, role=role) is wanted
    finally:
        del PAGES["tests:mixed"]


def test_seats():
    for role, side in product(Role, Side):
        wanted = Seat.AREA_MANAGER if (role, side) == (Role.UNIT_HEAD, Side.SCHOOL) else Seat(role.value)
        assert seat_of(Somebody(role, side)) is wanted
    assert seat_of(Somebody("nobody")) is None
    assert set(Seat.values) == {*Role.values, "area_manager"}
    assert permits(Somebody("nobody"), Object.PUPIL, Action.READ) is Scope.NOTHING


def test_letters_are_those_of_the_design():
    letters = {one.name: one.letters for one in Scope}
    assert letters == {
        "LINKED": "l", "SCHOOL": "s", "UNIT": "u", "TEAM": "t", "OWN": "o", "METADATA": "m", "AGGREGATE": "a",
    }  # fmt: skip
    assert not Scope.NOTHING
    assert len({one.value for one in Scope}) == 7
    assert NARROWED == Scope.METADATA | Scope.AGGREGATE


def test_how_far_each_scope_reaches():
    for scope in Scope:
        OBJECTS[Object.PROTECTED][Seat.MENTOR] = {Action.READ: scope}
        try:
            for side in Side:
                reader = Somebody(Role.MENTOR, side)
                narrow = bool(scope & NARROWED)
                everywhere = side == Side.CITY and scope is Scope.UNIT
                for unit, above, near in (
                    (OWN, (), True),
                    (OTHER, (OWN, None), scope is Scope.UNIT),
                    (OTHER, (PARENT, OWN), scope is Scope.UNIT),
                    (OTHER, (PARENT, GRANDPARENT), False),
                    (OTHER, (), False),
                ):
                    wanted = not narrow and (near or everywhere)
                    assert may_within(reader, Object.PROTECTED, Action.READ, unit, above=above) == wanted
                assert not may_within(reader, Object.PROTECTED, Action.CHANGE, OWN)
                assert not may_within(Somebody(Role.ANALYST, side), Object.PROTECTED, Action.READ, OWN)
        finally:
            del OBJECTS[Object.PROTECTED][Seat.MENTOR]
    OBJECTS[Object.PROTECTED][Seat.MENTOR] = {Action.READ: Scope.UNIT | Scope.METADATA}
    try:
        assert not may_within(Somebody(Role.MENTOR), Object.PROTECTED, Action.READ, OWN)
    finally:
        del OBJECTS[Object.PROTECTED][Seat.MENTOR]


def test_roles_that_may():
    for side, thing, action in product(Side, Object, Action):
        wanted = {role for role in Role if permits(Somebody(role, side), thing, action)}
        assert roles_that_may(action, thing, side) == wanted


def test_rules_about_roles():
    assert {Role.SYSTEM_ADMIN, Role.LOG_AUDITOR} == EXCLUSIVE_ROLES == TWO_PERSON_ROLES
    assert set(Role) - EXCLUSIVE_ROLES == CONTENT_ROLES
    for one, other in product(Role, Role):
        assert excludes(one, other) == (one != other and (one in EXCLUSIVE_ROLES or other in EXCLUSIVE_ROLES))
    assert DAYS_AT_MOST == 366
    assert timedelta(days=30) == ENDS_SOON


def test_twelve_months_end_the_day_before_the_same_date():
    for first, last in (
        (date(2026, 11, 25), date(2027, 11, 24)),
        (date(2027, 1, 1), date(2027, 12, 31)),
        (date(2027, 3, 1), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2029, 2, 28)),
        (date(2028, 2, 28), date(2029, 2, 27)),
        (date(2028, 3, 29), date(2029, 3, 28)),
        (date(2027, 3, 29), date(2028, 3, 28)),
    ):
        assert last_possible_day(first) == last
        assert last - first <= timedelta(days=DAYS_AT_MOST)
