"""What a retention rule counts and erases at a time: a case at the school, a pupil's absence of one school year …

The database lists them (the function `retention_subjects`, with ids and dates and never a name), so that a system
administrator, who may read no content, can still see how much is due.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import connection


@dataclass(frozen=True)
class Kind:
    """A kind of subject: the table whose ids it has, the day its time starts, and whether it is a period of rows."""

    name: str
    model: str
    counts_from: str
    period: str = ""


KINDS = {
    kind.name: kind
    for kind in (
        Kind("absence_year", "schools.pupil", "school_year_end", period="school_year"),
        Kind("signal", "attendance.signal", "enrolment_ended"),
        Kind("concern", "attendance.concern", "enrolment_ended"),
        Kind("measure", "attendance.measure", "enrolment_ended"),
        Kind("investigation", "attendance.absenceinvestigation", "enrolment_ended"),
        Kind("draft", "cases.requestdraft", "last_saved"),
        Kind("consultation", "cases.consultation", "last_note"),
        Kind("concern_draft", "attendance.concerndraft", "last_saved"),
        Kind("case_at_school", "cases.case", "case_closed"),
        Kind("pupil_at_school", "schools.pupil", "enrolment_ended"),
        Kind("case_at_social", "cases.case", "last_note"),
        Kind("report", "cases.concernreport", "last_note"),
        Kind("case", "cases.case", "both_let_go"),
        Kind("pupil", "schools.pupil", "both_let_go"),
        Kind("imported_file", "integrations.absenceimport", "import_closed"),
        Kind("undoable_import", "integrations.absenceimport", "import_closed"),
        Kind("abandoned_import", "integrations.absenceimport", "import_last_moved"),
        Kind("import", "integrations.absenceimport", "import_closed"),
        Kind("events_month", "audit.auditevent", "month_end", period="month"),
        Kind("readings_month", "audit.accessrecord", "month_end", period="month"),
        Kind("rights_request", "records.rightsrequest", "request_settled"),
        Kind("leaver", "accounts.user", "last_role_ended"),
        Kind("person", "accounts.user", "last_role_ended"),
    )
}


@dataclass(frozen=True)
class Subject:
    """One thing that can be erased: its id (and period), the day its time started, and what must go before it.

    `investigated_child_born_on` is given where social services have opened an investigation of the child.
    """

    kind: str
    key: str
    counted_from: date
    investigated_child_born_on: date | None = None
    needs: frozenset[str] = field(default_factory=frozenset)

    @property
    def name(self) -> str:
        """How other subjects name it among their needs."""
        return f"{self.kind}:{self.key}"

    @property
    def row_id(self) -> str:
        """The id of the row it is about, without the period."""
        return self.key.partition("|")[0]


def subjects_of(kind: str, until: date) -> Iterable[Subject]:
    """Return every subject of the kind whose time started on `until` or before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key, counted_from, born_on, needs FROM retention_subjects(%s, %s) ORDER BY key", [kind, until]
        )
        return [Subject(kind, key, day, born_on, frozenset(needs)) for key, day, born_on, needs in cursor.fetchall()]
