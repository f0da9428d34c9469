"""What somebody else's system holds: a small school in the shapes of SS 12000:2020, all of it invented."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from schools.personal_numbers import invented_number

NAMESPACE = uuid.UUID("5f3c0d0e-0000-4000-8000-000000000000")
THEN = datetime(2026, 8, 10, 6, tzinfo=UTC)


def uid(name: str) -> str:
    """Return the same id for the same name, every time."""
    return str(uuid.uuid5(NAMESPACE, name))


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def meta(modified: datetime = THEN) -> dict[str, str]:
    return {"created": stamp(THEN), "modified": stamp(modified)}


@dataclass
class SchoolData:
    """Everything the server can be asked for, by the name of its list; the tests change it as they like."""

    code: str = "12345678"
    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    deleted: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("organisations", "persons", "groups", "duties", "activities", "calendarEvents", "attendances",
                     "absences", "aggregatedAttendance"):  # fmt: skip
            self.lists.setdefault(name, [])
        self.school, self.above = uid("school"), uid("above")
        self.lists["organisations"] += [
            {"id": self.above, "meta": meta(), "displayName": "Almskolan", "organisationType": "Skola"},
            {"id": self.school, "meta": meta(), "displayName": "Almskolan 7-9", "organisationType": "Skolenhet",
             "schoolUnitCode": self.code, "schoolTypes": ["GR"], "parentOrganisation": {"id": self.above}},
            {"id": uid("elsewhere"), "meta": meta(), "displayName": "Björkskolan", "organisationType": "Skolenhet",
             "schoolUnitCode": "87654321", "schoolTypes": ["GR"]},
        ]  # fmt: skip

    # --- people and classes -------------------------------------------------------------------------------------------

    def add_class(self, name: str, *, kind: str = "Klass", **more: Any) -> dict[str, Any]:
        row = {
            "id": uid(f"class {name}"),
            "meta": meta(),
            "displayName": name,
            "groupType": kind,
            "schoolType": "GR",
            "organisation": {"id": self.school},
            "startDate": "2026-08-17",
            "groupMemberships": [],
        } | more
        self.lists["groups"].append(row)
        return row

    def add_pupil(self, name: str, in_class: dict[str, Any] | None, *, year: int = 7, **more: Any) -> dict[str, Any]:
        number = len(self.lists["persons"])
        row: dict[str, Any] = {
            "id": uid(f"pupil {name}"), "meta": meta(), "givenName": name, "familyName": "Påhittad",
            "civicNo": {"value": invented_number(2013, number).value, "nationality": "SE"},
            "securityMarking": "Ingen", "personStatus": "Aktiv", "sex": "Okänt",
            "enrolments": [{"enroledAt": {"id": self.school}, "schoolType": "GR", "startDate": "2026-08-17",
                            "schoolYear": year, "cancelled": False}],
            "responsibles": [],
        } | more  # fmt: skip
        self.lists["persons"].append(row)
        if in_class is not None:
            in_class["groupMemberships"].append({"person": {"id": row["id"]}, "startDate": "2026-08-17"})
        return row

    def add_guardian(self, name: str, of: dict[str, Any], *, in_list: bool = True, **more: Any) -> dict[str, Any]:
        row = {"id": uid(f"guardian {name}"), "meta": meta(), "givenName": name, "familyName": "Förälder",
               "securityMarking": "Ingen", "enrolments": [], "is_listed": in_list} | more  # fmt: skip
        self.lists["persons"].append(row)
        of["responsibles"].append({"person": {"id": row["id"]}, "relationType": "Vårdnadshavare"})
        return row

    def add_mentor(self, name: str, of: dict[str, Any], *, at: str | None = None, **person: Any) -> dict[str, Any]:
        row = {"id": uid(f"duty {name}"), "meta": meta(), "dutyRole": "Lärare", "startDate": "2026-08-17",
               "person": {"id": uid(f"staff {name}"), "displayName": name} | person,
               "dutyAt": {"id": at or self.school},
               "assignmentRole": [{"group": {"id": of["id"]}, "assignmentRoleType": "Mentor"}]}  # fmt: skip
        self.lists["duties"].append(row)
        return row

    def move(self, pupil: dict[str, Any], to: dict[str, Any], *, on: str, at: datetime) -> None:
        """Change class: two groups are modified, and the person is not."""
        for group in self.lists["groups"]:
            for membership in group["groupMemberships"]:
                if membership["person"]["id"] == pupil["id"] and "endDate" not in membership:
                    membership["endDate"] = str(date.fromisoformat(on) - timedelta(days=1))
                    group["meta"] = meta(at)
        to["groupMemberships"].append({"person": {"id": pupil["id"]}, "startDate": on})
        to["meta"] = meta(at)

    def leave(self, pupil: dict[str, Any], *, on: str, at: datetime) -> None:
        """End the enrolment, as sources do: with a date on the person's row."""
        pupil["enrolments"][0]["endDate"] = on
        pupil["meta"] = meta(at)

    def delete(self, kind: str, row: dict[str, Any]) -> None:
        self.lists[kind].remove(row)
        self.deleted.setdefault(kind, []).append(row["id"])

    # --- lessons ------------------------------------------------------------------------------------------------------

    def add_lesson(self, subject: str, starts: str, ends: str, **more: Any) -> dict[str, Any]:
        """Add a lesson; times with their zone, as "2026-11-16T08:10:00+01:00"."""
        activity = uid(f"activity {subject}")
        if not any(row["id"] == activity for row in self.lists["activities"]):
            self.lists["activities"].append(
                {"id": activity, "meta": meta(), "displayName": subject, "calendarEventsRequired": True,
                 "startDate": "2026-08-17", "groups": [{"id": uid("class 7A")}], "organisation": {"id": self.school},
                 "activityType": "Undervisning"}
            )  # fmt: skip
        row = {"id": uid(f"lesson {subject} {starts}"), "meta": meta(), "activity": {"id": activity},
               "startTime": starts, "endTime": ends, "cancelled": False} | more  # fmt: skip
        self.lists["calendarEvents"].append(row)
        return row

    def report(self, lesson: dict[str, Any], pupil: dict[str, Any], present: int | None = None, **more: Any) -> Any:
        """Add what was reported: minutes present, `valid`, `invalid`, `other`; anything else goes as it is."""
        names = {"valid": "validAbsenceMinutes", "invalid": "invalidAbsenceMinutes", "other": "otherAttendanceMinutes"}
        row = {"id": uid(f"attendance {lesson['id']} {pupil['id']}"), "meta": meta(),
               "calendarEvent": {"id": lesson["id"]}, "student": {"id": pupil["id"]}, "isReported": True,
               "absenceReason": "Hemlig diagnos"}  # fmt: skip
        if present is not None:
            row["attendanceMinutes"] = present
        row |= {names.get(name, name): value for name, value in more.items()}
        self.lists["attendances"].append(row)
        return row


def a_school(pupils: int = 6) -> SchoolData:
    """Return a school with the classes 7A and 7B, pupils in turn in each, guardians and a mentor."""
    data = SchoolData()
    groups = [data.add_class("7A"), data.add_class("7B")]
    for number in range(pupils):
        pupil = data.add_pupil(f"Elev{number:03}", groups[number % 2])
        data.add_guardian(f"Mamma{number:03}", pupil, in_list=number % 3 != 0)
    data.add_class("7Ma1", kind="Undervisning")
    data.add_mentor("Mia Mentor", groups[0])
    return data
