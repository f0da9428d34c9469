"""What a source has deleted: three shapes are seen in the wild, and whatever is not one of them stops the reading."""

from __future__ import annotations

from typing import Any

from .problems import SourceError
from .rows import UUID

KINDS = {
    "absence": "absences",
    "activity": "activities",
    "attendance": "attendances",
    "attendanceevent": "attendanceEvents",
    "attendanceschedule": "attendanceSchedules",
    "calendarevent": "calendarEvents",
    "duty": "duties",
    "grade": "grades",
    "group": "groups",
    "organisation": "organisations",
    "person": "persons",
    "placement": "placements",
    "programme": "programmes",
    "resource": "resources",
    "room": "rooms",
    "schoolunitoffering": "schoolUnitOfferings",
    "studyplan": "studyPlans",
    "syllabus": "syllabuses",
}
LISTS = {name.casefold(): name for name in KINDS.values()} | {"activitites": "activities"}
"""`activitites` is how the standard itself spells it; others spell it right."""


def deleted_in(answer: Any, endpoint: str = "deletedEntities") -> list[Any]:
    """Return (list's name, id) for everything in one page. Raises SourceError for a shape that is not known.

    `{"data": {"persons": [id, …], "activitites": […]}}`, the same with `activities`, and
    `{"data": [{"entityType": "Person", "id": id}, …]}`.
    """
    data = answer.get("data") if isinstance(answer, dict) else answer
    if isinstance(data, dict):
        lists = {_list_named(name): _ids(ids) for name, ids in data.items()}
        return [(name, _id(one)) for name, ids in lists.items() for one in ids]
    if isinstance(data, list):
        return [(_kind_of(row), _id(row.get("id"))) for row in data]
    raise SourceError("deleted_not_understood")


def _list_named(name: str) -> str:
    known = LISTS.get(str(name).casefold())
    if known is None:
        raise SourceError("deleted_not_understood")
    return known


def _kind_of(row: Any) -> str:
    kind = row.get("entityType") if isinstance(row, dict) else None
    known = KINDS.get(str(kind).casefold())
    if known is None:
        raise SourceError("deleted_not_understood")
    return known


def _ids(value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise SourceError("deleted_not_understood")
    return value


def _id(value: Any) -> str:
    if not isinstance(value, str) or not UUID.fullmatch(value.lower()):
        raise SourceError("deleted_not_understood")
    return value.lower()
