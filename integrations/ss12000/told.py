"""What a connection test and a run have found, in plain words."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .models import SyncRun
from .problems import text_of

WHAT: dict[str, Promise] = {
    "sign_in": gettext_lazy("Sign-in"),
    "clock": gettext_lazy("The server’s clock"),
    "school": gettext_lazy("School"),
    "organisations": gettext_lazy("School units (organisations)"),
    "persons": gettext_lazy("Pupils and guardians (persons)"),
    "groups": gettext_lazy("Classes (groups)"),
    "duties": gettext_lazy("Staff (duties)"),
    "activities": gettext_lazy("Subjects (activities)"),
    "deletedEntities": gettext_lazy("What was deleted (deletedEntities)"),
    "calendarEvents": gettext_lazy("Lessons (calendarEvents)"),
    "attendance_in_lessons": gettext_lazy("Attendance together with lessons"),
    "attendances": gettext_lazy("Attendance by itself (attendances)"),
    "absences": gettext_lazy("Granted leave (absences)"),
    "aggregatedAttendance": gettext_lazy("Sums of attendance (aggregatedAttendance)"),
}
COUNTS: dict[str, Promise] = {
    "people": gettext_lazy("pupils read"),
    "protected": gettext_lazy("held aside for protected identity"),
    "held_aside": gettext_lazy("protected here, left alone"),
    "protected_guardians": gettext_lazy("guardians held aside"),
    "bad": gettext_lazy("rows that could not be read"),
    "not_asked_for": gettext_lazy("rows that we had not asked for"),
    "new_class": gettext_lazy("new classes"),
    "new_pupil": gettext_lazy("new pupils"),
    "link": gettext_lazy("matched by personal number"),
    "class": gettext_lazy("change class"),
    "name": gettext_lazy("new names"),
    "number": gettext_lazy("new personal numbers"),
    "guardian": gettext_lazy("new guardians"),
    "end": gettext_lazy("have left"),
    "conflict": gettext_lazy("not clear"),
    "lessons": gettext_lazy("lessons read"),
    "reported": gettext_lazy("reports of attendance read"),
    "unreported": gettext_lazy("lessons not reported"),
    "unknown": gettext_lazy("rows about pupils who are not matched"),
    "new": gettext_lazy("new rows of absence"),
    "changed": gettext_lazy("changed rows of absence"),
    "removed": gettext_lazy("removed rows of absence"),
    "signals": gettext_lazy("new signals"),
}
"""The counts that a journal shows; the others are for the supplier's eyes and stand in the command's answer."""

WHY: dict[str, Promise] = {
    "deceased": gettext_lazy("The source says that the pupil has died. Look after it by hand."),
    "several_classes": gettext_lazy("The source has the pupil in several classes at once."),
    "no_class": gettext_lazy("The source has the pupil in no class."),
    "no_birth_date": gettext_lazy("The source gives neither personal number nor birth date."),
    "birth_date": gettext_lazy("The birth date is another than here."),
    "number_twice": gettext_lazy("Several pupils here have the number."),
    "two_ids": gettext_lazy("The source has the same number on two persons."),
    "number_changed": gettext_lazy("The personal number is another than here. It is never changed by itself."),
    "class_without_grade": gettext_lazy("We cannot tell which year the class is."),
}


def lines_of(tested: list[dict[str, Any]]) -> list[tuple[str, bool, str]]:
    """Return what each thing tried is called, whether it works, and what that means."""
    return [
        (_name(line), line["code"] == "ok" and not line["numbers"].get("not_asked_for"), _meaning(line))
        for line in tested
    ]


def _name(line: dict[str, Any]) -> str:
    name = str(WHAT.get(line["what"], line["what"]))
    return f"{name} {line['numbers']['school']}" if "school" in line["numbers"] else name


def _meaning(line: dict[str, Any]) -> str:
    numbers = line["numbers"]
    if line["code"] == "clock_is_wrong":
        return _("It is %(n)s seconds wrong. We go by the server’s own times, so nothing is missed.") % {
            "n": numbers["seconds"]
        }
    if line["code"] == "no_clock":
        return _("The server does not say what time it is.")
    if line["code"] != "ok":
        return text_of(line["code"])
    if line["what"] == "persons":
        return " ".join(_people(numbers))
    if line["what"] == "school":
        return _("The server knows the school.")
    if line["what"] == "clock":
        return _("The clock is right.")
    n = numbers.get("rows", 0)
    return ngettext("Works. %(n)s row in the first answer.", "Works. %(n)s rows in the first answer.", n) % {"n": n}


def _people(numbers: dict[str, Any]) -> list[str]:
    n = numbers["rows"]
    told = [ngettext("Works. %(n)s row in the first answer.", "Works. %(n)s rows in the first answer.", n) % {"n": n}]
    if n and not numbers["marked"]:
        told.append(_("The server does not say who has protected identity: everybody would be held aside."))
    if numbers["not_asked_for"]:
        told.append(_("The server gives people whom we did not ask for. We leave them out ourselves."))
    if n and not numbers["numbers"]:
        told.append(_("No personal numbers: pupils can only be matched by the source’s own id."))
    return told


def run_facts(run: SyncRun) -> list[str]:
    """Return the counts of a run as short phrases."""
    return [f"{run.counts[name]} {words}" for name, words in COUNTS.items() if run.counts.get(name)]
