"""Takes a file all the way in, as the pages and tasks do."""

from datetime import UTC, datetime

from attendance.models import AttendanceDay, ClassDay, LessonAbsence, PeriodTotal
from integrations import actions
from tests.integrations.confirming import read_confirmed

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY_HEADINGS = "Elev-id;Datum;Erbjuden;Rapporterad;Giltig;Ogiltig"


def read(principal, *lines, at=AT, content=None, source=None, name="vecka 47.csv"):
    """Read a file whose columns are confirmed if nobody has done it, and return the import."""
    content = content if content is not None else "\n".join(lines).encode()
    absence_import = actions.upload_absence_file(
        unit=principal.unit, file_name=name, content=content, by=principal, at=at, source=source
    )
    return read_confirmed(absence_import, principal, at)


def store(absence_import, principal, at=AT):
    """Approve a preview, having looked at what is unusual, and store it."""
    actions.approve_import(absence_import, by=principal, at=at, has_looked=True)
    absence_import.refresh_from_db()
    actions.apply_import(absence_import, at=at)
    actions.judge_import(absence_import, at=at)
    return absence_import


def bring_in(principal, *lines, at=AT, **how):
    """Read a file and store it."""
    return store(read(principal, *lines, at=at, **how), principal, at)


def undo(absence_import, principal, at=AT):
    """Take back what an import stored."""
    actions.ask_to_undo(absence_import=absence_import, by=principal, at=at)
    absence_import.refresh_from_db()
    return actions.undo_import(absence_import, at=at)


def stored():
    """Return everything that is stored as absence, in an order of its own, without the rows' own ids."""
    return {
        model.__name__: sorted(model.objects.values_list(*columns), key=str)
        for model, columns in (
            (ClassDay, ("class_group", "day", "source", "offered_minutes", "reported_minutes")),
            (AttendanceDay, ("pupil", "day", "source", "valid_minutes", "invalid_minutes", "other_minutes",
                             "late_minutes", "offered_minutes", "reported_minutes")),
            (LessonAbsence, ("pupil", "day", "starts_at", "source", "minutes", "kind", "subject")),
            (PeriodTotal, ("pupil", "source", "granularity", "period_start", "period_end", "subject", "valid_minutes",
                           "invalid_minutes", "reported_minutes", "offered_minutes", "absent_percent", "valid_percent",
                           "invalid_percent", "unreported_percent", "is_approximate")),
        )
    }  # fmt: skip
