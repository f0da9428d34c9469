"""What somebody types before it is a concern is read by nobody else."""

from django.db import migrations

from wall.policies import PROTECTED, Guard
from wall.roles import SCHOOL

MINE = "writer_id = (SELECT my_membership()) AND (SELECT my_role()) IN ('mentor', 'student_health', 'principal')"
HERE = "school_unit_id = (SELECT my_unit()) AND pupil_id IN (SELECT my_pupils())"


class Migration(migrations.Migration):
    """Puts drafts of concerns behind the wall."""

    dependencies = [("attendance", "0025_concern_drafts")]
    operations = [
        Guard(
            "attendance_concerndraft",
            see={SCHOOL: MINE},
            add={SCHOOL: f"{MINE} AND {HERE}"},
            change={SCHOOL: MINE},
            change_columns={SCHOOL: ["content", "saved_at"]},
            remove={SCHOOL: MINE},
            never=PROTECTED.format(pupil="pupil_id"),
        ),
    ]
