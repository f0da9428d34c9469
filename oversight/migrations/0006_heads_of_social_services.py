"""A head of social services sees who in the own units has read about the pupils of their cases."""

from django.db import migrations

from wall.policies import GuardMore
from wall.roles import SOCIAL

# The cases are asked as the head sees them: a protected pupil's and another district's are not among them.
OF_MY_CASES = "pupils && (SELECT ARRAY(SELECT pupil_id FROM cases_case))"
HEAD = (
    "(SELECT my_role()) = 'unit_head' AND authority = (SELECT my_authority()) "
    f"AND unit_id = ANY ((SELECT my_units())::uuid[]) AND {OF_MY_CASES}"
)


class Migration(migrations.Migration):
    """Lets heads read their units' part of the log."""

    dependencies = [("oversight", "0005_history"), ("cases", "0013_history")]
    operations = [GuardMore("audit_accessrecord", see={SOCIAL: HEAD})]
