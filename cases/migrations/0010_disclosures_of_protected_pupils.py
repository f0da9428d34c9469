"""What a school has given away is seen with its case: about a protected pupil by nobody."""

from django.db import migrations

from wall.policies import Guard
from wall.roles import SCHOOL, SOCIAL

WRITES_AT_SCHOOL = "(SELECT my_role()) IN ('student_health', 'principal')"
IN_CASE = "EXISTS (SELECT FROM cases_case c WHERE c.id = case_id)"
TO_MY_UNIT = "to_unit_id = ANY ((SELECT my_units())::uuid[])"
ADDS = f"disclosed_by_id = (SELECT my_membership()) AND {IN_CASE}"


class Migration(migrations.Migration):
    """Writes the guard of disclosures anew: at the school, too, the case must be the reader's to see."""

    dependencies = [("cases", "0004_wall"), ("schools", "0012_wall_of_links")]
    operations = [
        Guard(
            "cases_disclosure",
            see={
                SCHOOL: f"{WRITES_AT_SCHOOL} AND from_unit_id = (SELECT my_unit()) AND {IN_CASE}",
                SOCIAL: f"{IN_CASE} AND {TO_MY_UNIT}",
            },
            add={SCHOOL: ADDS, SOCIAL: ADDS},
            change={SOCIAL: f"{IN_CASE} AND {TO_MY_UNIT}"},
            change_columns={SOCIAL: ["read_at", "read_by_id"]},
        ),
    ]
