"""Who reads the numbers of what stands still, and what the clock needs to count it: dates, holders and states, no word."""

from django.db import migrations

from wall.policies import Guard, GuardMore
from wall.roles import CITY, CLOCK, SOCIAL

COORDINATES = (
    "(SELECT my_role()) = 'coordinator' "
    "AND ((SELECT my_side()) = 'city' OR unit_id = ANY ((SELECT my_units())::uuid[]))"
)

# When something was last done, for the clock too. Only that line of the function changes; a wording that is not found
# stops the migration.
ALSO = """
DO $$ DECLARE told text; before text := 'OR my_side() = ''city'' OR'; BEGIN
    told := pg_get_functiondef('last_acts(uuid[], text)'::regprocedure);
    ASSERT strpos(told, before) > 0, 'last_acts is not what it was';
    EXECUTE replace(told, before, before || ' current_setting(''role'') = ''narvaro_clock'' OR');
END $$;
GRANT EXECUTE ON FUNCTION last_acts(uuid[], text) TO narvaro_clock;
"""


class Migration(migrations.Migration):
    """Puts the counts behind the wall."""

    dependencies = [("cases", "0061_standstill_counts")]
    operations = [
        Guard(
            "cases_standstillcount",
            see={CITY: COORDINATES, SOCIAL: COORDINATES, CLOCK: "true"},
            add={CLOCK: "true"},
            remove={CLOCK: "true"},
        ),
        GuardMore(
            "cases_decision", see={CLOCK: "true"},
            see_columns={CLOCK: ["id", "referral_id", "answer", "lacks_advice", "next_holder_id", "next_on", "decided_at",
                                 "decided_by_id", "begins_with", "try_again_on"]},
        ),
        GuardMore(
            "cases_queueplace", see={CLOCK: "true"},
            see_columns={CLOCK: ["id", "referral_id", "place", "expected_on", "queued_at", "queued_by_id"]},
        ),
        migrations.RunSQL(ALSO),
    ]  # fmt: skip
