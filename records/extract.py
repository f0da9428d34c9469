"""Everything one controller's unit holds about a pupil, as items that a person can screen one by one.

Fetched only through `visible_to`, so that the copy never holds more than its maker may read. Facts (dates, numbers,
states) are given out as they are; every free text and every named person other than the pupil is an item of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership
from attendance.models import (
    AbsenceInvestigation,
    AttendanceDay,
    Concern,
    InvestigationDuty,
    InvestigationTask,
    LessonAbsence,
    Measure,
    MeasureFollowUp,
    PeriodTotal,
    Sign,
    Signal,
)
from cases.models import (
    Case,
    ConcernReport,
    Consent,
    Decision,
    DecisionReason,
    Deviation,
    Disclosure,
    Event,
    Feedback,
    JointMeeting,
    Objection,
    ObjectionAnswer,
    PreparedNo,
    Question,
    QueuePlace,
    Referral,
    ReportAnswer,
    ReportExtension,
    ReportHandling,
    SchoolNote,
    SocialNote,
)
from cases.timeline import TITLES
from schools.models import Pupil

from .headings import heading
from .readings import readings_about

MASKED = gettext_lazy("[masked]")


@dataclass(frozen=True)
class Item:
    """A free text or a named person: given out or masked by whoever screens. Protected people begin as masked."""

    key: str
    title: str
    text: str
    is_person: bool = False
    is_protected: bool = False

    @property
    def digest(self) -> str:
        """The fingerprint of what was read when it was screened."""
        return sha256(self.text.encode()).hexdigest()


@dataclass
class Entry:
    """One row of the copy: facts as words, and the items that belong to it."""

    facts: dict[str, str]
    items: list[Item] = field(default_factory=list)


@dataclass
class Extract:
    """The whole copy: sections with their entries, and the people named in them."""

    sections: list[tuple[str, list[Entry]]]
    people: list[Item]

    @property
    def items(self) -> list[Item]:
        """All that has to be screened: people first, then texts in the order of the copy."""
        return self.people + [item for _title, entries in self.sections for entry in entries for item in entry.items]


class Named:
    """Collects people as they are met, so that each is screened once; says what stands for them in a fact."""

    def __init__(self) -> None:
        self.people: dict[str, Item] = {}

    def staff(self, member: Membership | None) -> str:
        """Return the mark of a member of staff, “{staff:…}”, that the screening later fills in."""
        if member is None:
            return ""
        key = f"staff:{member.user_id}"
        self.people.setdefault(key, Item(key, member.role_title, member.user.full_name, is_person=True))
        return f"{{{key}}} ({member.role_title}, {member.unit.short_name})"


@dataclass(frozen=True)
class Table:
    """How the rows of one table become entries: how they are asked for, their facts, texts and named staff."""

    title: str | Promise
    model: Any
    about: str
    facts: tuple[str, ...]
    texts: tuple[str, ...] = ()
    staff: tuple[str, ...] = ()
    order: tuple[str, ...] = ("pk",)


NOTES = ("case__pupil", ("written_at",), ("text",), ("written_by",), ("written_at", "pk"))
SOCIAL_OWN = (
    Table(gettext_lazy("The unit’s own notes"), SocialNote, *NOTES),
    Table(gettext_lazy("Refusals that a colleague read first"), PreparedNo, "referral__case__pupil", ("prepared_at",
          "code", "next_on", "missing_measure", "alternative", "ending", "ended_at"), ("rationale", "advice", "tried",
          "nevertheless", "why_back"), ("prepared_by", "ended_by"), ("prepared_at", "pk")),
    Table(gettext_lazy("How concern reports were handled"), ReportHandling, "report__pupil", ("arrived_at",
          "confirmed_at", "protection", "protection_at", "decision", "reason", "decided_at", "told_at", "not_told_at",
          "not_told_why", "outcome", "ended_at", "met_on"), ("words",), ("protection_by", "decided_by", "ended_by"),
          ("arrived_at", "pk")),
    Table(gettext_lazy("Longer times"), ReportExtension, "report__pupil", ("what", "ground", "was_due_on", "until",
          "decided_at"), ("words",), ("decided_by",), ("pk",)),
)  # fmt: skip
SCHOOL_OWN = (
    Table(gettext_lazy("The unit’s own notes"), SchoolNote, *NOTES),
    Table(gettext_lazy("Signals"), Signal, "pupil", ("crossed_on", "kind", "level", "unit", "valid_minutes",
          "invalid_minutes", "answer", "answered_at"), ("answer_note",), ("answered_by",), ("crossed_on", "pk")),
    Table(gettext_lazy("Concerns"), Concern, "pupil", ("logged_at", "signs", "talked", "harm_suspected", "answer",
          "answered_at"), ("text", "pupil_words", "answer_text"), ("logged_by", "answered_by"), ("logged_at", "pk")),
    Table(gettext_lazy("Measures"), Measure, "pupil", ("kind", "starts_on", "ends_on", "hours_a_week", "follow_up_on",
          "pupil_agrees", "ended_on"), ("in_words", "end_reason"), ("responsible", "added_by", "ended_by"),
          ("starts_on", "pk")),
    Table(gettext_lazy("Follow-ups of measures"), MeasureFollowUp, "measure__pupil", ("followed_up_at", "effect",
          "next_on"), ("note",), ("followed_up_by",), ("followed_up_at", "pk")),
    Table(gettext_lazy("Investigations of absence"), AbsenceInvestigation, "pupil", ("opened_on", "is_needed", "due_on",
          "setting_off", "keeping_up", "special_support", "special_support_on", "action_plan", "action_plan_on",
          "closed_at"), ("reason", "causes_in_words", "pattern", "conclusion", "left_undone"),
          ("lead", "opened_by", "closed_by"), ("opened_at", "pk")),
    Table(gettext_lazy("What was looked into"), InvestigationTask, "investigation__pupil", ("kind", "status",
          "changed_at"), ("own_words", "text"), ("changed_by",), ("investigation", "place")),
    Table(gettext_lazy("Who was told of the investigation"), InvestigationDuty, "investigation__pupil", ("kind",
          "due_on", "done_on"), ("note",), ("done_by",), ("due_on", "pk")),
)  # fmt: skip
CASE_TABLES = (
    Table(gettext_lazy("Concern reports"), ConcernReport, "pupil", ("reported_at", "channel", "school_unit", "to_unit",
          "asked_at", "wants_meeting"), ("reference",), ("reported_by",), ("reported_at", "pk")),
    Table(gettext_lazy("What the reporter was told"), ReportAnswer, "report__pupil", ("given_at", "word", "unit"), (),
          ("given_by",), ("pk",)),
    Table(gettext_lazy("Cases"), Case, "pupil", ("number", "opened_at", "closed_at", "outcome"), ("final_word",),
          ("opened_by", "closed_by"), ("opened_at", "pk")),
    Table(gettext_lazy("Requests for support"), Referral, "case__pupil", ("sent_at", "from_unit", "to_unit", "status",
          "received_at", "acknowledged_at"), (), ("sent_by", "handler"), ("sent_at", "pk")),
    Table(gettext_lazy("What was given to the other side"), Disclosure, "case__pupil", ("disclosed_at", "from_unit",
          "to_unit", "what", "ground", "read_at", "stopped_at"), ("content",), ("disclosed_by", "read_by"),
          ("disclosed_at", "pk")),
    Table(gettext_lazy("Consents"), Consent, "case__pupil", ("noted_at", "giver", "answer", "form", "scope",
          "interpreter", "given_on", "valid_to", "withdrawn_at", "to_unit"), (), ("noted_by",), ("noted_at", "pk")),
    Table(gettext_lazy("Questions and answers"), Question, "referral__case__pupil", ("asked_at", "answered_at"),
          ("text", "answer"), ("asked_by", "answered_by"), ("asked_at", "pk")),
    Table(gettext_lazy("Places in a queue"), QueuePlace, "referral__case__pupil", ("queued_at", "place", "expected_on"),
          ("interim",), ("queued_by",), ("queued_at", "pk")),
    Table(gettext_lazy("Joint meetings"), JointMeeting, "case__pupil", ("called_at", "calling_unit", "called_unit",
          "status", "family_invited", "chosen_at", "answered_at", "held_on"), ("question", "where", "why_not_invited",
          "refusal", "instead", "decisions"), ("called_by", "answered_by", "held_by"), ("called_at", "pk")),
    Table(gettext_lazy("Decisions"), Decision, "referral__case__pupil", ("decided_at", "answer", "next_on",
          "begins_with", "try_again_on"),
          ("advice",), ("decided_by",), ("decided_at", "pk")),
    Table(gettext_lazy("Why a request was declined or sent on"), DecisionReason, "decision__referral__case__pupil",
          ("code", "missing_measure", "alternative", "told_on"), ("rationale", "tried", "nevertheless"), (),
          ("decision__decided_at", "pk")),
    Table(gettext_lazy("Objections"), Objection, "case__pupil", ("raised_at", "ended_at", "outcome"),
          ("disagreement", "other_version"), ("raised_by", "other_version_by"), ("raised_at", "pk")),
    Table(gettext_lazy("Answers to objections"), ObjectionAnswer, "objection__case__pupil",
          ("answered_at", "unit", "code"), ("reason", "conditions"), ("answered_by",), ("answered_at", "pk")),
    Table(gettext_lazy("Deviations in the co-operation"), Deviation, "case__pupil",
          ("registered_at", "kind", "about_unit", "asks_lex_sarah", "responded_at"),
          ("happened", "consequence", "remedy", "response"), ("registered_by", "responded_by"),
          ("registered_at", "pk")),
    Table(gettext_lazy("Feedback"), Feedback, "case__pupil", ("sent_at", "kind",
          "read_at", "from_unit", "to_unit", "acknowledged_at"),
          ("text", "reply"), ("sent_by", "acknowledged_by"), ("sent_at", "pk")),
    Table(gettext_lazy("What happened"), Event, "case__pupil", ("at", "kind", "unit"), ("text",), ("by",), ("pk",)),
)  # fmt: skip


def extract_of(pupil: Pupil, reader: Membership) -> Extract:
    """Return what the reader's unit holds about the pupil."""
    named = Named()
    is_school = reader.side == "school"
    sections = [(_("Who the pupil is"), _identity(pupil, named, is_school))]
    if is_school:
        sections += [(_("Absence, day by day"), _absence(pupil)), (_("Absence from lessons"), _lessons(pupil))]
        sections.append((_("Absence, by periods"), _periods(pupil)))
    for table in (*(SCHOOL_OWN if is_school else SOCIAL_OWN), *CASE_TABLES):
        sections.append((str(table.title), _entries(table, pupil, reader, named)))
    sections.append((_("Who has read, by role and unit"), _readings(pupil)))
    return Extract([(title, entries) for title, entries in sections if entries], list(named.people.values()))


def _identity(pupil: Pupil, named: Named, is_school: bool) -> list[Entry]:
    facts = {_("Name"): pupil.full_name, _("Born"): str(pupil.born_on)}
    if not is_school:
        return [Entry(facts)]
    entries = [Entry(facts | {_("Protected identity"): str(pupil.get_protection_display())})]
    for one in pupil.identifiers.order_by("valid_from", "pk"):
        entries.append(Entry({str(one.get_kind_display()): one.value, **_period(one.valid_from, one.valid_to)}))
    for home in pupil.residences.order_by("valid_from", "pk"):
        facts = {_("Home"): f"{home.municipality_code} {home.district_code}".strip()}
        entries.append(Entry({**facts, **_period(home.valid_from, home.valid_to)}))
    for place in pupil.enrolments.select_related("class_group__school__unit").order_by("starts_on", "pk"):
        where = f"{place.class_group.school.unit.name}, {place.class_group.name}"
        entries.append(Entry({_("School and class"): where, **_period(place.starts_on, place.ends_on)}))
    for guardian in pupil.guardians.order_by("pk"):
        key = f"guardian:{guardian.pk}"
        named.people[key] = Item(key, _("Guardian"), guardian.full_name, True, guardian.is_protected)
        entries.append(Entry({_("Guardian"): f"{{{key}}}", _("Has custody"): _yes_or_no(guardian.has_custody)}))
    return entries


def _period(first: Any, last: Any) -> dict[str, str]:
    return {_("First day"): str(first), _("Last day"): str(last or "")}


def _yes_or_no(value: bool) -> str:
    return _("Yes") if value else _("No")


def _readings(pupil: Pupil) -> list[Entry]:
    return [
        Entry(
            {
                heading("day"): str(one.day),
                heading("unit"): one.unit,
                _("Role"): one.role,
                heading("kind"): one.kind,
                _("Times"): str(one.times),
            }
        )
        for one in readings_about(pupil)
    ]


def _absence(pupil: Pupil) -> list[Entry]:
    columns = ("day", "valid_minutes", "invalid_minutes", "other_minutes", "late_minutes", "source")
    days = AttendanceDay.objects.filter(pupil=pupil).select_related("source")
    return _plain(days.order_by("day", "source"), columns)


def _lessons(pupil: Pupil) -> list[Entry]:
    lessons = LessonAbsence.objects.filter(pupil=pupil).select_related("source").order_by("day", "starts_at", "source")
    return _plain(lessons, ("day", "starts_at", "minutes", "kind", "subject", "source"))


def _periods(pupil: Pupil) -> list[Entry]:
    columns = ("period_start", "period_end", "subject", "valid_minutes", "invalid_minutes", "other_minutes",
               "late_minutes", "absent_percent", "valid_percent", "invalid_percent", "source")  # fmt: skip
    return _plain(
        PeriodTotal.objects.filter(pupil=pupil).select_related("source").order_by("period_start", "pk"), columns
    )


def _plain(rows: Iterable[models.Model], columns: tuple[str, ...]) -> list[Entry]:
    return [Entry({heading(column): _shown(row, column) for column in columns}) for row in rows]


def _entries(table: Table, pupil: Pupil, reader: Membership, named: Named) -> list[Entry]:
    joined = [f"{name}__{relation}" for name in table.staff for relation in ("user", "unit")]
    joined += [name for name in table.facts if table.model._meta.get_field(name).is_relation]
    rows = table.model.objects.visible_to(reader).filter(**{table.about: pupil}).defer(None)
    rows = rows.select_related(*joined)
    return [_entry(table, row, named) for row in rows.order_by(*table.order)]


def _entry(table: Table, row: models.Model, named: Named) -> Entry:
    facts = {heading(name): _shown(row, name) for name in table.facts}
    facts |= {heading(name): named.staff(getattr(row, name)) for name in table.staff}
    label = table.model._meta.model_name
    texts = ((name, _as_text(getattr(row, name))) for name in table.texts)
    items = [Item(f"{label}:{row.pk}:{name}", heading(name), text) for name, text in texts if text]
    return Entry({heading: shown for heading, shown in facts.items() if shown}, items)


def _shown(row: models.Model, column: str) -> str:
    """Return a column as people read it: the words of a choice, a moment in Stockholm's time, a list with commas."""
    if isinstance(row, Event) and column == "kind":
        return str(TITLES.get(row.kind, row.kind))
    words: Callable[[], Any] | None = getattr(row, f"get_{column}_display", None)
    value = words() if words else getattr(row, column)
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return _yes_or_no(value)
    if isinstance(value, list):
        return ", ".join(_word(row, column, one) for one in value)
    return "" if value is None else str(value)


def _word(row: models.Model, column: str, code: Any) -> str:
    """Return the words of one code in a list of them."""
    causes = AbsenceInvestigation.Domain
    choices = {"signs": Sign, "scope": Consent.Scope, "setting_off": causes, "keeping_up": causes}.get(column)
    return str(dict(choices.choices).get(code, code)) if choices else str(code)


def _as_text(value: Any) -> str:
    """Return a text, or the content of a frozen copy line by line."""
    return "\n".join(_lines(value)) if isinstance(value, dict | list) else str(value)


def _lines(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _lines(inner, heading(key))
    elif isinstance(value, list):
        for inner in value:
            yield from _lines(inner, name)
    elif value not in (None, ""):
        yield f"{name}: {value}"


def filled_in(text: str, shown: dict[str, str]) -> str:
    """Put in what stands for each named person: the name, or that it is masked."""
    return re.sub(r"\{((?:staff|guardian):[^}]+)\}", lambda found: shown.get(found[1], str(MASKED)), text)
