"""Takes in the rows of a source: what they say about protection first, then only what the register needs.

Tolerant where the standard is stretched (unknown enums, times without zone, numbers in any usual form), strict where
something could go to the wrong person: ids are UUIDs, fields have the standard's names, or nothing is read at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from deadlines.stockholm import STOCKHOLM
from schools.models import SchoolForm
from schools.personal_numbers import PersonalNumberError, parse_personal_number
from schools.protection import is_marked

from .problems import SourceError

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
NOT_PROTECTED = "Ingen"
OTHER_NAMES = {"firstname", "lastname", "surname", "first_name", "last_name", "given_name", "family_name", "fname",
               "lname", "civicnumber", "civic_no", "civic_number", "securitymarker", "security_marking", "personid",
               "display_name", "start_time", "student_id"}  # fmt: skip
FORMS = {
    "FKLASS": SchoolForm.PRESCHOOL_CLASS,
    "FK": SchoolForm.PRESCHOOL_CLASS,
    "fsk": SchoolForm.PRESCHOOL_CLASS,
    "GR": SchoolForm.COMPULSORY,
    "gr": SchoolForm.COMPULSORY,
    "GRS": SchoolForm.ADAPTED_COMPULSORY,
    "TR": SchoolForm.ADAPTED_COMPULSORY,
    "S": SchoolForm.ADAPTED_COMPULSORY,
    "gran": SchoolForm.ADAPTED_COMPULSORY,
    "GY": SchoolForm.UPPER_SECONDARY,
    "gy": SchoolForm.UPPER_SECONDARY,
    "GYS": SchoolForm.UPPER_SECONDARY,
}
"""Skolform as the standard, Edlevo and Skolverket write it. Others (fritids, adults) are not ours and are left out."""


class ProtectedPerson(Exception):
    """The row is about somebody with protected identity, or may be: nothing of it is taken in."""


class UnmarkedPerson(ProtectedPerson):
    """The row does not say whether the identity is protected."""


class BadRow(Exception):
    """One row cannot be taken in; the others can."""


@dataclass(frozen=True)
class Told:
    """How a source's rows are to be read."""

    today: date
    unmarked_is_open: bool = False
    ignores_cancelled: bool = False


@dataclass
class PersonRow:
    """A pupil, as far as the register needs it."""

    id: str
    given: str
    family: str
    number: str = ""
    number_kind: str = ""
    born: str = ""
    is_deceased: bool = False
    enrolments: list[dict[str, Any]] = field(default_factory=list)
    guardians: list[str] = field(default_factory=list)
    protected_guardians: int = 0


def id_of(row: Any, *, kind: str) -> str:
    """Return the row's UUID. Raises SourceError when this is not SS 12000 at all."""
    if not isinstance(row, dict):
        raise SourceError("list_not_understood", kind=kind)
    if {str(name).casefold() for name in row} & OTHER_NAMES:
        raise SourceError("other_field_names", kind=kind)
    value = row.get("id")
    if not isinstance(value, str) or not UUID.fullmatch(value.lower()):
        raise SourceError("ids_are_not_uuids", kind=kind)
    return value.lower()


def reference(value: Any) -> str:
    """Return the id in a reference, empty where there is none."""
    found = value.get("id") if isinstance(value, dict) else None
    return found.lower() if isinstance(found, str) and UUID.fullmatch(found.lower()) else ""


def check_open(row: dict[str, Any], *, unmarked_is_open: bool, is_reference: bool = False) -> None:
    """Raise ProtectedPerson unless the row plainly says that the identity is not protected.

    A reference need not repeat it: then the person's own row decides. Only the exact word counts.
    """
    marking = row.get("securityMarking")
    names = " ".join(str(row.get(name) or "") for name in ("givenName", "familyName", "displayName"))
    if marking not in (None, NOT_PROTECTED) or is_marked(names):
        raise ProtectedPerson
    if marking is None and not is_reference and not unmarked_is_open:
        raise UnmarkedPerson


def person(row: Any, told: Told, *, school: str) -> PersonRow:
    """Read a pupil of the school unit with the id `school`. Raises ProtectedPerson, BadRow and SourceError."""
    source_id = id_of(row, kind="persons")
    check_open(row, unmarked_is_open=told.unmarked_is_open)
    given, family = _text(row.get("givenName")), _text(row.get("familyName"))
    if not given or not family:
        raise BadRow
    taken = PersonRow(source_id, given[:80], family[:80], is_deceased=row.get("personStatus") == "Avliden")
    taken.number, taken.number_kind, born = _number(row.get("civicNo"), told.today)
    birth_date = day_of(row.get("birthDate"))
    taken.born = str(birth_date or born or "")
    taken.enrolments = list(_enrolments(row.get("enrolments"), school, told))
    for responsible in _list(row.get("responsibles")):
        if isinstance(responsible, dict) and responsible.get("relationType") in {None, "Vårdnadshavare", "Förälder"}:
            _take_guardian(responsible.get("person"), taken, told)
    return taken


def guardian(row: Any, told: Told) -> tuple[str, dict[str, str]]:
    """Read a guardian: id and name, no number, no address. Raises ProtectedPerson, BadRow and SourceError."""
    source_id = id_of(row, kind="persons")
    check_open(row, unmarked_is_open=told.unmarked_is_open)
    given, family = _text(row.get("givenName")), _text(row.get("familyName"))
    if not given or not family:
        raise BadRow
    return source_id, {"given": given[:80], "family": family[:80]}


def is_strange(row: Any) -> bool:
    """Say whether a row is not of SS 12000 at all; it is let through every filter, so that reading it is refused."""
    try:
        id_of(row, kind="")
    except SourceError:
        return True
    return False


def is_enrolled_at(row: Any, schools: set[str]) -> bool:
    """Say whether a person's row tells of a time at one of the school units: what the filter asked for."""
    return is_strange(row) or any(reference(one.get("enroledAt")) in schools for one in _dicts(row, "enrolments"))


def group(row: Any, told: Told) -> tuple[dict[str, Any], list[str]]:
    """Read a class, and the ids of members that it marks as protected. Raises BadRow and SourceError."""
    source_id = id_of(row, kind="groups")
    name = _text(row.get("displayName"))
    if not name:
        raise BadRow
    members, protected = [], []
    for membership in _dicts(row, "groupMemberships"):
        who = membership.get("person")
        try:
            check_open(who if isinstance(who, dict) else {}, unmarked_is_open=True, is_reference=True)
        except ProtectedPerson:
            protected.append(reference(who))
            continue
        if reference(who) and is_running(membership, told.today):
            first = day_of(membership.get("startDate"))
            members.append([reference(who), first.isoformat() if first else ""])
    is_open = is_running(row, told.today)
    form = FORMS.get(str(row.get("schoolType")), "")
    return {"id": source_id, "name": name[:20], "form": str(form), "members": members, "is_open": is_open}, [
        one for one in protected if one
    ]


def duty(row: Any, told: Told) -> dict[str, Any]:
    """Read what somebody does at a school: a role, and mentor of which groups. Raises ProtectedPerson, SourceError."""
    source_id = id_of(row, kind="duties")
    who = row.get("person") if isinstance(row.get("person"), dict) else {}
    check_open(who, unmarked_is_open=True, is_reference=True)
    roles = [one for one in _dicts(row, "assignmentRole") if is_running(one, told.today)]
    mentor_of = [reference(one.get("group")) for one in roles if one.get("assignmentRoleType") == "Mentor"]
    return {
        "id": source_id,
        "role": _text(row.get("dutyRole"))[:60],
        "name": _text(who.get("displayName"))[:160],
        "mentor_of": [found for found in mentor_of if found],
        "is_health_team": any(one.get("assignmentRoleType") == "Elevhälsopersonal" for one in roles),
        "is_open": is_running(row, told.today),
    }


def is_running(row: dict[str, Any], today: date) -> bool:
    """Say whether something with a start and an end runs today, both days included."""
    first, last = day_of(row.get("startDate")), day_of(row.get("endDate"))
    return (first is None or first <= today) and (last is None or last >= today)


def day_of(value: Any) -> date | None:
    """Return the date in a text, which may go on with a time."""
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None


def time_of(value: Any) -> datetime | None:
    """Return a moment; one without a zone is Swedish time, as in servers that forget it."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip().replace(" ", "+") if value.count(" ") == 1 else value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=STOCKHOLM)


def modified_at(row: Any) -> datetime | None:
    """Return when the source changed the row."""
    meta = row.get("meta") if isinstance(row, dict) else None
    return time_of(meta.get("modified")) if isinstance(meta, dict) else None


def _take_guardian(who: Any, taken: PersonRow, told: Told) -> None:
    try:
        check_open(who if isinstance(who, dict) else {}, unmarked_is_open=True, is_reference=True)
    except ProtectedPerson:
        taken.protected_guardians += 1
        return
    if reference(who):
        taken.guardians.append(reference(who))


def _enrolments(value: Any, school: str, told: Told) -> Iterator[dict[str, Any]]:
    """Give the times at one school unit, in the forms of school that are ours."""
    for row in _list(value):
        if not isinstance(row, dict) or reference(row.get("enroledAt")) != school:
            continue
        form, first = FORMS.get(str(row.get("schoolType"))), day_of(row.get("startDate"))
        if form is None or first is None or (row.get("cancelled") is True and not told.ignores_cancelled):
            continue
        year = row.get("schoolYear")
        last = day_of(row.get("endDate"))
        yield {
            "from": first.isoformat(),
            "to": last.isoformat() if last else "",
            "form": form.value,
            "year": year if isinstance(year, int) and 0 <= year <= 10 else None,
        }


def _number(value: Any, today: date) -> tuple[str, str, date | None]:
    """Return the personal number in its normal form, its kind and its date; nothing when it cannot be read."""
    text = value.get("value") if isinstance(value, dict) else value
    if not isinstance(text, str) or not text.strip():
        return "", "", None
    try:
        number = parse_personal_number(text, today=today)
    except PersonalNumberError:
        return "", "", None
    return number.value, number.kind.value, number.date


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dicts(row: Any, name: str) -> list[dict[str, Any]]:
    value = row.get(name) if isinstance(row, dict) else None
    return [one for one in _list(value) if isinstance(one, dict)]
