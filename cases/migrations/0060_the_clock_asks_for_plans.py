"""The clock may also write that a plan for the autumn is asked for, as always without a word and without an actor."""

from django.db import migrations

BEFORE = "by_id IS NULL AND kind = 'no_answer' AND text = ''"
AFTER = "by_id IS NULL AND kind IN ('no_answer', 'autumn_plan_asked') AND text = ''"
ASKS = "ALTER POLICY also_add_clock ON cases_event WITH CHECK ({})"


class Migration(migrations.Migration):
    """Widens one policy by one kind of event."""

    dependencies = [("cases", "0059_autumn_plan")]
    operations = [migrations.RunSQL(ASKS.format(AFTER), ASKS.format(BEFORE))]
