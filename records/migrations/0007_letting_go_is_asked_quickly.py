"""What was shared in a case that a side has let go of stays unseen; asked as a value, as the case's own policies ask."""

from django.db import migrations

ASKED = "ALTER POLICY let_go ON cases_disclosure USING ({words})"
VALUE = "(SELECT true FROM cases_case c WHERE c.id = case_id)"
EXISTS = "EXISTS (SELECT FROM cases_case c WHERE c.id = case_id)"


class Migration(migrations.Migration):
    """Says the condition in other words (cases/migrations/0014_keys_of_a_case.py has the reason)."""

    dependencies = [("records", "0006_history"), ("cases", "0014_keys_of_a_case")]
    operations = [migrations.RunSQL(ASKED.format(words=VALUE), ASKED.format(words=EXISTS))]
