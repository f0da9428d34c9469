"""What the server answers: filters, pages and lookups after the standard, and the ways they are got wrong."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from tests.ss12000_server.server import Source

Query = list[tuple[str, str]]
NEEDED = {
    "calendarEvents": {"startTime.onOrAfter", "startTime.onOrBefore"},
    "aggregatedAttendance": {"startDate", "endDate"},
    "deletedEntities": {"after"},
}
NOT_FILTERS = {"limit", "pageToken", "expand", "expandReferenceNames", "sortkey"}
SHAPED = {"displayName", "securityMarking"}


class NotAnswered(Exception):
    """The server refuses, with a status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def list_answer(source: Source, name: str, query: Query) -> Any:
    """Return one page of a list."""
    how, told = source.behaviour, dict(query)
    if name not in source.data.lists and name != "deletedEntities":
        raise NotAnswered(404)
    if how.names_fail and "expandReferenceNames" in told:
        raise NotAnswered(500)
    if how.no_expand and "attendance" in [value for key, value in query if key == "expand"]:
        raise NotAnswered(403)
    token = told.get("pageToken", "")
    filters = [pair for pair in query if pair[0] not in NOT_FILTERS]
    start, filters, names = _opened(source, token, filters, query)
    if NEEDED.get(name, set()) - {key for key, _ in filters}:
        raise NotAnswered(422 if how.paging == "forgetful" else 400)
    if name == "deletedEntities":
        return _deleted(source, filters)
    rows = [row for row in source.data.lists[name] if _fits(source, name, row, filters)]
    if name in how.empty:
        rows = []
    size = len(rows) + 1 if how.ignores_limit else min(how.page_size, int(told.get("limit", 1000)))
    page = [shown(source, name, row, names) for row in rows[start : start + size]]
    more = start + size < len(rows)
    token = _next(source, start + size, filters, names) if more else ""
    if how.endless and rows:
        page = [shown(source, name, row, names) for row in rows[:size]]
        source.used += 1
        token = "for-ever" if how.endless == "same" else f"on-{source.used}"
    if how.list_key == "bare":
        return [shown(source, name, row, names) for row in rows]
    return {name if how.list_key == "own" else "data": page, "pageToken": token or None}


def _opened(source: Source, token: str, filters: Query, query: Query) -> tuple[int, Query, list[str]]:
    """Return where a token leads, which filters hold there, and what is expanded."""
    how = source.behaviour
    expands = [value for key, value in query if key == "expand"]
    if not token:
        return 0, filters, expands
    if token == "for-ever" or token.startswith("on-"):
        return 0, filters, expands
    if how.expires > 0:
        how.expires -= 1
        raise NotAnswered(410)
    if how.paging == "forgetful":
        return int(token), filters, expands  # a plain offset: whatever is not said again is forgotten
    start, kept, names = json.loads(token)
    if how.paging == "repeat":
        if [list(pair) for pair in filters] != kept:
            raise NotAnswered(400)
    elif filters:
        raise NotAnswered(400)
    return start, [tuple(pair) for pair in kept], names


def _next(source: Source, start: int, filters: Query, names: list[str]) -> str:
    return str(start) if source.behaviour.paging == "forgetful" else json.dumps([start, filters, names])


def _fits(source: Source, name: str, row: dict[str, Any], filters: Query) -> bool:
    if row.get("is_listed") is False:
        return False
    ignored = source.behaviour.ignores
    told = dict(filters)
    if "*" in ignored:
        return True
    if name == "persons" and not ignored & {"relationship.*"} and not _has_relation(source, row, told):
        return False
    wanted = {"organisations": {"schoolUnitCode": "schoolUnitCode"}, "groups": {"groupType": "groupType"}}.get(name, {})
    if any(key in told and key not in ignored and row.get(field) != told[key] for key, field in wanted.items()):
        return False
    place = {"groups": "organisation", "duties": "dutyAt"}.get(name)
    if place and "organisation" in told and "organisation" not in ignored:
        here = {told["organisation"]} | ({source.data.above} if name == "duties" else set())
        if row[place]["id"] not in here:
            return False
    since = told.get("meta.modified.after") if "meta.modified.after" not in ignored else None
    if since and _moment(row["meta"]["modified"]) <= _moment(since):
        return False
    if name == "calendarEvents":
        first, last = _moment(told["startTime.onOrAfter"]), _moment(told["startTime.onOrBefore"])
        return first <= _moment(row["startTime"]) <= last
    return not (name == "aggregatedAttendance" and row["startDate"] != told["startDate"])


def _has_relation(source: Source, row: dict[str, Any], told: dict[str, str]) -> bool:
    kind, at = told.get("relationship.entity.type"), told.get("relationship.organisation")
    if kind == "enrolment":
        last = told.get("relationship.endDate.onOrAfter", "")
        return any(
            one["enroledAt"]["id"] == at and (not last or one.get("endDate", "9999") >= last)
            for one in row["enrolments"]
        )
    if kind == "responsibleFor.enrolment":
        people = source.data.lists["persons"]
        return any(row["id"] == one["person"]["id"] for pupil in people for one in pupil.get("responsibles", []))
    return True


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo("Europe/Stockholm"))


def shown(source: Source, name: str, row: dict[str, Any], expands: list[str]) -> dict[str, Any]:
    """Return a row as it is sent."""
    told = {key: value for key, value in row.items() if key != "is_listed"}
    if source.behaviour.naive_times:
        told["meta"] = {key: value.removesuffix("Z") + "123" for key, value in row["meta"].items()}
    embedded: dict[str, Any] = {}
    if name == "calendarEvents" and "attendance" in expands and not source.behaviour.ignores_expand:
        found = source.data.lists["attendances"]
        embedded["attendance"] = [one for one in found if one["calendarEvent"]["id"] == row["id"]]
    if "activity" in expands:
        found = [one for one in source.data.lists["activities"] if one["id"] == row["activity"]["id"]]
        embedded["activity"] = found[0] if found else None
    return told | ({"_embedded": embedded} if embedded else {})


def looked_up(source: Source, name: str, body: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Return rows by id, as a bare list."""
    ids = next(iter(body.values()))
    if source.behaviour.no_lookup and name == "attendances":
        raise NotAnswered(404)
    if len(ids) > source.behaviour.lookup_at_most:
        raise NotAnswered(503)
    rows = source.data.lists[name]
    if name == "attendances":
        found = [row for row in rows if row["calendarEvent"]["id"] in ids or row["id"] in ids]
    else:
        found = [row for row in rows if row["id"] in ids]
    return [shown(source, name, row, []) for row in found]


def _deleted(source: Source, filters: Query) -> Any:
    wanted = {value for key, value in filters if key == "entities"}
    kinds = {"persons": "Person", "groups": "Group", "activities": "Activity", "attendances": "Attendance",
             "calendarEvents": "CalendarEvent"}  # fmt: skip
    gone = {name: ids for name, ids in source.data.deleted.items() if not wanted or kinds[name] in wanted}
    shape = source.behaviour.deleted_shape
    if shape == "flat":
        flat = [{"entityType": kinds[name], "id": one, "deletedAt": "2026-11-20T10:00:00Z"}
                for name, ids in gone.items() for one in ids]  # fmt: skip
        return {"data": flat, "pageToken": None}
    if shape == "odd":
        return {"data": {"removedPeople": gone.get("persons", [])}, "pageToken": None}
    if shape == "standard":
        gone = {"activitites" if name == "activities" else name: ids for name, ids in gone.items()}
        gone.setdefault("activitites", [])
    return {"data": gone, "pageToken": None}
