"""What the school has seen stays in the school: no other side has any right here, but for counted dates of signals."""

from django.db import migrations

from wall.policies import PROTECTED, Guard, Open
from wall.roles import CITY, IMPORT, SCHOOL

# That there is a concern, and where it stands, may be known by those who may not read it; never what it says.
# Outside a request, with nobody's identity on, the owner's own commands ask of every pupil.
TRACES = f"""
CREATE FUNCTION may_know_of(p_pupil uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT p_pupil IN (SELECT my_pupils()) OR session_user = current_user AND my_kind() IS NULL
$$;

CREATE FUNCTION concern_traces(p_pupils uuid[])
RETURNS TABLE (id uuid, pupil_id uuid, logged_at timestamptz, logged_by_id uuid, submission uuid, answer varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.id, c.pupil_id, c.logged_at, c.logged_by_id, c.submission, c.answer FROM attendance_concern c
     WHERE c.pupil_id IN (SELECT asked FROM unnest(p_pupils) asked WHERE may_know_of(asked))
     ORDER BY c.logged_at DESC, c.id
$$;

CREATE FUNCTION has_concern(p_pupil uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM attendance_concern c WHERE c.pupil_id = p_pupil) AND may_know_of(p_pupil)
$$;
REVOKE ALL ON FUNCTION may_know_of(uuid), concern_traces(uuid[]), has_concern(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION concern_traces(uuid[]), has_concern(uuid) TO {SCHOOL};
"""

MY_PUPIL = "pupil_id IN (SELECT my_pupils())"
READS_SIGNALS = f"(SELECT my_role()) <> 'school_admin' AND {MY_PUPIL}"
ANSWERS = "(SELECT my_role()) IN ('student_health', 'principal') AND school_unit_id = (SELECT my_unit())"
WRITTEN_BY_ME = (
    "school_unit_id = (SELECT my_unit()) AND "
    "logged_by_id IN (SELECT id FROM accounts_membership WHERE user_id = (SELECT me()))"
)
# An overseer sees that a signal was, in which class, and when it was answered; never about whom.
COUNTED = (
    "(SELECT my_side()) = 'city' OR class_group_id IN "
    "(SELECT id FROM schools_classgroup WHERE school_id = ANY ((SELECT my_units())::uuid[]))"
)
NO_PROTECTED = PROTECTED.format(pupil="pupil_id")
OPEN = {IMPORT: "true"}


def absence(table: str) -> Guard:
    """Guard the rows of absence: read by those who work with the pupil, brought in by the import alone."""
    return Guard(table, see={SCHOOL: MY_PUPIL} | OPEN, add=OPEN, change=OPEN, remove=OPEN, never=NO_PROTECTED)


class Migration(migrations.Migration):
    """Puts absence, signals and concerns behind the wall."""

    dependencies = [("attendance", "0001_initial"), ("schools", "0002_wall")]
    operations = [
        migrations.RunSQL(TRACES),
        Guard(
            "attendance_classday",
            see={SCHOOL: "class_group_id IN (SELECT id FROM schools_classgroup)"} | OPEN,
            add=OPEN,
            change=OPEN,
            remove=OPEN,
        ),
        absence("attendance_attendanceday"),
        absence("attendance_lessonabsence"),
        absence("attendance_evaluation"),
        Open("attendance_thresholdrule", SCHOOL, IMPORT, CITY),
        Guard(
            "attendance_signal",
            see={SCHOOL: READS_SIGNALS, CITY: COUNTED} | OPEN,
            see_columns={CITY: ["id", "class_group_id", "level_percent", "crossed_on", "answer", "answered_at"]},
            add=OPEN,
            change={SCHOOL: READS_SIGNALS},
            change_columns={SCHOOL: ["answer", "answer_note", "answered_at", "answered_by_id", "watch_until"]},
            never=NO_PROTECTED,
        ),
        Guard(
            "attendance_concern",
            see={SCHOOL: f"{WRITTEN_BY_ME} OR {ANSWERS} AND {MY_PUPIL}"},
            add={
                SCHOOL: f"logged_by_id = (SELECT my_membership()) AND school_unit_id = (SELECT my_unit()) AND {MY_PUPIL}"
            },
            change={SCHOOL: ANSWERS},
            change_columns={SCHOOL: ["answer", "answer_text", "answered_at", "answered_by_id"]},
            never=NO_PROTECTED,
        ),
    ]
