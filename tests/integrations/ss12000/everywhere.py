"""Everything that the database holds, as text: where somebody must not be found."""

from __future__ import annotations

from django.db import connection


def all_tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        )
        return [row[0] for row in cursor.fetchall()]


def found_in_tables(words: list[str]) -> list[str]:
    """Return "table: word" for every word that stands anywhere in any row of any table."""
    found = []
    with connection.cursor() as cursor:
        for table in all_tables():
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM \"{table}\" t")
            text = cursor.fetchone()[0].casefold()
            found += [f"{table}: {word}" for word in words if word.casefold() in text]
    return found


def register_rows() -> dict[str, list[tuple]]:
    """Return the register as it stands, without ids and times of ours: what two ways of reaching it must agree on."""
    queries = {
        "pupils": "SELECT given_name, family_name, born_on, protection FROM schools_pupil",
        "numbers": "SELECT p.given_name, i.kind, i.value, i.valid_to FROM schools_pupilidentifier i "
        "JOIN schools_pupil p ON p.id = i.pupil_id",
        "classes": "SELECT name, grade, school_form FROM schools_classgroup",
        "enrolments": "SELECT p.given_name, g.name, e.starts_on, e.ends_on FROM schools_enrolment e "
        "JOIN schools_pupil p ON p.id = e.pupil_id JOIN schools_classgroup g ON g.id = e.class_group_id",
        "guardians": "SELECT p.given_name, g.given_name, g.family_name FROM schools_guardian g "
        "JOIN schools_pupil p ON p.id = g.pupil_id",
        "links": "SELECT p.given_name, s.person, s.gone_on FROM integrations_sourcepupil s "
        "JOIN schools_pupil p ON p.id = s.pupil_id",
        "groups": 'SELECT "group", g.name FROM integrations_sourceclass s '
        "JOIN schools_classgroup g ON g.id = s.class_group_id",
        "staged": "SELECT kind FROM integrations_stagedrecord",
        "until": "SELECT register_until, register_full_on, absence_until, absence_full_on "
        "FROM integrations_sourceschool",
        "asked": "SELECT status, counts FROM integrations_rosterdiff WHERE status = 'waiting'",
        "changes": "SELECT kind, key, before, after FROM integrations_rosterchange",
        "days": "SELECT p.given_name, d.day, d.valid_minutes, d.invalid_minutes, d.other_minutes, d.late_minutes "
        "FROM attendance_attendanceday d JOIN schools_pupil p ON p.id = d.pupil_id",
        "lessons": "SELECT p.given_name, l.day, l.starts_at, l.minutes, l.kind, l.subject "
        "FROM attendance_lessonabsence l JOIN schools_pupil p ON p.id = l.pupil_id",
        "class days": "SELECT g.name, d.day, d.offered_minutes, d.reported_minutes FROM attendance_classday d "
        "JOIN schools_classgroup g ON g.id = d.class_group_id",
    }
    rows = {}
    with connection.cursor() as cursor:
        for name, query in queries.items():
            cursor.execute(query)
            rows[name] = sorted(cursor.fetchall(), key=repr)
    return rows
