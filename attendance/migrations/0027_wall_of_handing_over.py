"""Who leads an investigation and who sees to a measure may change; all else is guarded as before."""

from django.db import migrations

from wall.policies import PROTECTED, Guard
from wall.roles import SCHOOL

WORKS_WITH = (
    "(SELECT my_role()) IN ('mentor', 'student_health', 'principal') AND school_unit_id = (SELECT my_unit())"
    " AND pupil_id IN (SELECT my_pupils())"
)
INVESTIGATES = (
    "(SELECT my_role()) IN ('student_health', 'principal') AND school_unit_id = (SELECT my_unit())"
    " AND pupil_id IN (SELECT my_pupils())"
)
OPENS = (
    f"{INVESTIGATES} AND opened_by_id = (SELECT my_membership()) AND (is_needed OR (SELECT my_role()) = 'principal')"
)
WRITTEN = [
    "setting_off", "keeping_up", "causes_in_words", "special_support", "special_support_on", "action_plan",
    "action_plan_on", "pattern", "conclusion", "left_undone", "closed_at", "closed_by_id",
]  # fmt: skip


class Migration(migrations.Migration):
    """Lets the school change the two."""

    dependencies = [("attendance", "0026_wall_of_concern_drafts")]
    operations = [
        Guard(
            "attendance_measure",
            see={SCHOOL: WORKS_WITH},
            add={SCHOOL: f"{WORKS_WITH} AND added_by_id = (SELECT my_membership())"},
            change={SCHOOL: WORKS_WITH},
            change_columns={SCHOOL: ["follow_up_on", "ended_on", "ended_by_id", "end_reason", "responsible_id"]},
            never=PROTECTED.format(pupil="pupil_id"),
        ),
        Guard(
            "attendance_absenceinvestigation",
            see={SCHOOL: INVESTIGATES},
            add={SCHOOL: OPENS},
            change={SCHOOL: INVESTIGATES},
            change_columns={SCHOOL: [*WRITTEN, "lead_id"]},
            never=PROTECTED.format(pupil="pupil_id"),
        ),
    ]
