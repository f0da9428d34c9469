"""A unit may have times of its own for answering a call to a meeting and a question without a name, too."""

from django.db import migrations

# The list stands in cases/obligations.py, and a test holds the two together. Only this line of the function changes; a
# wording that is not found stops the migration.
MORE = """
DO $$ DECLARE told text; before text := '(''accept_handover'', 10), (''review_stalled'', 10)'; BEGIN
    told := pg_get_functiondef('check_unit_time_is_within()'::regprocedure);
    ASSERT strpos(told, before) > 0, 'check_unit_time_is_within is not what it was';
    EXECUTE replace(told, before, before || ', (''answer_call'', 10), (''answer_consultation'', 6)');
END $$;
"""


class Migration(migrations.Migration):
    """Adds two kinds to those that a unit may settle."""

    dependencies = [("cases", "0046_wall_of_meetings")]
    operations = [migrations.RunSQL(MORE)]
