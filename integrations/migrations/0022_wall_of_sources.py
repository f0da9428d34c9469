"""Sources are the system administrator's, comparisons the school's; secrets are read by the reading job alone."""

from django.db import migrations

from audit.history import KeepHistory
from wall.policies import Guard, GuardMore
from wall.roles import IMPORT, SCHOOL, SYSTEM

MINE = "unit_id = (SELECT my_unit()) AND (SELECT my_role()) IN ('principal', 'school_admin')"
OF_MINE = "diff_id IN (SELECT id FROM integrations_rosterdiff)"
ADMIN = "(SELECT my_role()) = 'system_admin'"
ALL = {IMPORT: "true"}
NOT_HIDDEN = "pupil_id IS NULL OR NOT (pupil_id = ANY ((SELECT hidden_from_me())::uuid[]))"


# A page of the administrator's asks for a test or a reading; what goes out goes out from the worker.
MAY_ASK = f"GRANT EXECUTE ON FUNCTION procrastinate_defer_jobs_v1(procrastinate_job_to_defer_v1[]) TO {SYSTEM}"


class Migration(migrations.Migration):
    """Puts sources behind the wall, and lets the reading job keep the register."""

    dependencies = [
        ("integrations", "0021_school_sources"),
        ("schools", "0013_history"),
        ("cases", "0013_history"),
    ]
    operations = [
        Guard(
            "integrations_schoolsource",
            see={SYSTEM: ADMIN} | ALL,
            add={SYSTEM: ADMIN},
            change={SYSTEM: ADMIN} | ALL,
            change_columns={IMPORT: ["tested", "tested_at"]},
        ),
        Guard(
            "integrations_sourcesecret",
            see={SYSTEM: ADMIN} | ALL,
            see_columns={SYSTEM: ["id", "source_id", "kind", "hosts", "set_at", "set_by_id"]},
            add={SYSTEM: ADMIN},
            remove={SYSTEM: ADMIN},
        ),
        Guard(
            "integrations_sourceschool",
            see={SYSTEM: ADMIN} | ALL,
            add={SYSTEM: ADMIN},
            change=ALL,
            remove={SYSTEM: ADMIN},
        ),
        Guard("integrations_syncrun", see={SYSTEM: ADMIN} | ALL, add=ALL, change=ALL),
        Guard("integrations_stagedrecord", see=ALL, add=ALL, change=ALL, remove=ALL),
        Guard("integrations_sourcepupil", see=ALL, add=ALL, change=ALL, never=NOT_HIDDEN, spared=[IMPORT]),
        Guard("integrations_sourceclass", see=ALL, add=ALL),
        Guard(
            "integrations_rosterdiff",
            see={SCHOOL: MINE} | ALL,
            add=ALL,
            change={SCHOOL: MINE} | ALL,
            change_columns={SCHOOL: ["kinds", "answered_at", "answered_by_id", "status"]},
        ),
        Guard(
            "integrations_rosterchange",
            see={SCHOOL: OF_MINE} | ALL,
            add=ALL,
            remove=ALL,
            never=NOT_HIDDEN,
            spared=[IMPORT],
        ),
        migrations.RunSQL(MAY_ASK, migrations.RunSQL.noop),
        KeepHistory("integrations_schoolsource", without=["tested"]),
        KeepHistory("integrations_sourcepupil"),
        # What the job may keep of the register: it adds and ends, and never removes.
        GuardMore("schools_pupil", add=ALL, change=ALL, change_columns={IMPORT: ["given_name", "family_name"]}),
        GuardMore("schools_pupilidentifier", add=ALL, change=ALL, change_columns={IMPORT: ["valid_to"]}),
        GuardMore("schools_guardian", add=ALL),
        GuardMore("schools_classgroup", add=ALL),
        GuardMore("schools_enrolment", add=ALL, change=ALL, change_columns={IMPORT: ["ends_on", "class_group_id"]}),
    ]
