"""A school may have its own stricter version of the lines. No version is ever changed, so there is no history to keep."""

import django.db.models.deletion
from django.db import migrations, models

from wall.policies import Guard
from wall.roles import CITY, IMPORT, SCHOOL

SETS_LINES = (
    "(SELECT my_role()) = 'principal' AND school_id = (SELECT my_unit()) AND set_by_id = (SELECT my_membership())"
)

# What apps above hold, and pages about absence show. The bodies are read when they are asked, not when they are made.
# Everybody at a school may know when its absence came; who has a case is known to those who read the case. That there
# is a concern about a pupil of one's own may be known, as concern_traces tells pupil by pupil; here it is asked once.
TOLD_FROM_ABOVE = f"""
CREATE FUNCTION when_absence_came(p_unit uuid) RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF p_unit IS DISTINCT FROM my_unit() AND NOT (session_user = current_user AND my_kind() IS NULL) THEN
        RETURN NULL;
    END IF;
    RETURN (SELECT max(closed_at) FROM integrations_absenceimport WHERE unit_id = p_unit AND status = 'applied');
END $$;

CREATE FUNCTION my_open_cases() RETURNS TABLE (pupil_id uuid, case_id uuid, opened_at timestamptz)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT c.pupil_id, c.id, c.opened_at FROM cases_case c
                  WHERE c.closed_at IS NULL AND c.school_unit_id = my_unit();
END $$;

CREATE FUNCTION my_pupils_with_concern() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT DISTINCT c.pupil_id FROM attendance_concern c WHERE c.pupil_id IN (SELECT my_pupils())
$$;
REVOKE ALL ON FUNCTION when_absence_came(uuid), my_open_cases(), my_pupils_with_concern() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION when_absence_came(uuid), my_open_cases(), my_pupils_with_concern() TO {SCHOOL};
"""


class Migration(migrations.Migration):
    """Widens rules, and lets a principal add one for the own school."""

    dependencies = [
        ("accounts", "0001_initial"),
        ("attendance", "0017_kinds_of_signals"),
        ("schools", "0013_history"),
    ]
    operations = [
        migrations.RunSQL(TOLD_FROM_ABOVE),
        migrations.AddField(
            "thresholdrule",
            "school",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="schools.school",
            ),
        ),
        migrations.AddField(
            "thresholdrule",
            "based_on",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="attendance.thresholdrule",
            ),
        ),
        migrations.AddField(
            "thresholdrule",
            "set_by",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField("thresholdrule", "set_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "thresholdrule", "reason", models.CharField(blank=True, default="", max_length=300), preserve_default=False
        ),
        migrations.AddConstraint(
            "thresholdrule",
            models.CheckConstraint(
                name="lines_of_a_school_have_ground_and_name",
                condition=models.Q(("based_on", None), ("school", None), ("set_at", None), ("set_by", None))
                | models.Q(
                    ("based_on__isnull", False),
                    ("school__isnull", False),
                    ("set_at__isnull", False),
                    ("set_by__isnull", False),
                    models.Q(("reason", ""), _negated=True),
                ),
            ),
        ),
        Guard(
            "attendance_thresholdrule",
            see={SCHOOL: "school_id IS NULL OR school_id = (SELECT my_unit())", IMPORT: "true", CITY: "true"},
            add={SCHOOL: SETS_LINES},
        ),
    ]
