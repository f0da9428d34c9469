"""Who sees a finished draft, who says who sends, and who counts the pupils that no team takes."""

import django.db.models.deletion
from django.db import migrations, models

from audit.history import KeepHistory
from wall.policies import PROTECTED, Guard
from wall.roles import CITY, SCHOOL

WRITES = "(SELECT my_role()) IN ('student_health', 'principal')"
MINE = "writer_id = (SELECT my_membership())"
LEFT_TO_ME = "(SELECT my_role()) = 'principal' AND ready_at IS NOT NULL AND school_unit_id = (SELECT my_unit())"
MY_SCHOOL = "school_unit_id = (SELECT my_unit())"
MY_PUPIL = "pupil_id IN (SELECT my_pupils())"
NO_PROTECTED = PROTECTED.format(pupil="pupil_id")
SETS = "unit_id = (SELECT my_unit()) AND (SELECT my_role()) = 'principal' AND set_by_id = (SELECT my_membership())"
DRAFT = f"{WRITES} AND ({MINE} OR {LEFT_TO_ME})"


class Migration(migrations.Migration):
    """Every draft has its school; the guards of drafts, settings and gaps."""

    dependencies = [("cases", "0022_drafts_settings_and_gaps")]
    operations = [
        migrations.AlterField(
            "requestdraft",
            "school_unit",
            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.unit"),
        ),
        Guard(
            "cases_requestdraft",
            see={SCHOOL: DRAFT},
            add={SCHOOL: f"{MINE} AND {WRITES} AND {MY_SCHOOL} AND {MY_PUPIL}"},
            change={SCHOOL: DRAFT},
            change_columns={SCHOOL: ["content", "saved_at", "ready_at", "sent_back_at", "sent_back_why", "school_unit_id"]},
            remove={SCHOOL: DRAFT},
            never=NO_PROTECTED,
        ),
        Guard(
            "cases_requestsetting",
            see={SCHOOL: f"{WRITES} AND unit_id = (SELECT my_unit())"},
            add={SCHOOL: SETS},
            change={SCHOOL: "unit_id = (SELECT my_unit()) AND (SELECT my_role()) = 'principal'"},
            check={SCHOOL: SETS},
            change_columns={SCHOOL: ["principal_sends", "set_at", "set_by_id"]},
        ),
        Guard(
            "cases_servicegap",
            see={SCHOOL: f"{WRITES} AND {MY_SCHOOL}", CITY: "(SELECT my_role()) IN ('coordinator', 'analyst')"},
            see_columns={
                CITY: ["id", "school_unit_id", "municipality_code", "district_code", "grade", "school_form",
                       "provider_kind", "absence_percent", "first_noted_at", "last_noted_at"],
            },
            add={SCHOOL: f"{WRITES} AND {MY_SCHOOL} AND {MY_PUPIL} AND noted_by_id = (SELECT my_membership())"},
            change={SCHOOL: f"{WRITES} AND {MY_SCHOOL}"},
            change_columns={SCHOOL: ["last_noted_at"]},
            never=NO_PROTECTED,
        ),
        KeepHistory("cases_requestsetting", key="unit_id"),
        KeepHistory("cases_servicegap"),
    ]  # fmt: skip
