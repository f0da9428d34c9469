"""Figures of concern reports for those who follow up: counts alone, and those already protected (law.md section 8).

Nobody in the city may see a report, so the database counts, and lets out only what may be shown. It is also the only
place where a small number of them is hidden: whoever asks as the city never gets it. What is counted are twelve whole
months as they stood at the end of the last one. Nobody can ask for another period and subtract.
"""

from django.db import migrations

from wall.roles import CITY, SOCIAL

FEW, SHARE_NEEDS, ROUNDED_TO = 5, 20, 5
"""As in followup/small_numbers.py; a test holds the two together."""


def day(moment: str) -> str:
    """Return SQL for the day in Stockholm to which a moment belongs."""
    return f"({moment} AT TIME ZONE 'Europe/Stockholm')::date"


def by_then(moment: str) -> str:
    """Return SQL for that day where it is in the period or before it, NULL where it comes after."""
    return f"CASE WHEN {day(moment)} <= p_through THEN {day(moment)} END"


# Least and most per cent that the part can be. They are the same where neither the part nor the rest is small.
BOUNDS = f"""
CREATE FUNCTION protected_share(p_figure text, p_part bigint, p_whole bigint)
RETURNS TABLE (figure text, reason_id uuid, whole bigint, at_least bigint, at_most bigint)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT p_figure, NULL::uuid,
           CASE WHEN p_whole = 0 OR p_whole >= {FEW} THEN {ROUNDED_TO} * round(p_whole / {ROUNDED_TO}.0)::bigint END,
           CASE WHEN p_whole < {SHARE_NEEDS} THEN NULL
                WHEN p_part BETWEEN 1 AND {FEW} - 1 THEN 0
                WHEN p_whole - p_part BETWEEN 1 AND {FEW} - 1 THEN (p_whole - {FEW} + 1) * 100 / p_whole
                ELSE p_part * 100 / p_whole END,
           CASE WHEN p_whole < {SHARE_NEEDS} THEN NULL
                WHEN p_part BETWEEN 1 AND {FEW} - 1 THEN (({FEW} - 1) * 100 + p_whole - 1) / p_whole
                WHEN p_whole - p_part BETWEEN 1 AND {FEW} - 1 THEN 100
                ELSE p_part * 100 / p_whole END
$$;
REVOKE ALL ON FUNCTION protected_share(text, bigint, bigint) FROM PUBLIC;
"""

# Merged are all below FEW, and then the smallest of the others until the merged are FEW together.
THROUGH = f"""
CREATE FUNCTION report_figures_through(p_through date, p_units uuid[])
RETURNS TABLE (figure text, reason_id uuid, whole bigint, at_least bigint, at_most bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
WITH period AS (SELECT (p_through + 1 - interval '12 months')::date AS since),
report AS (
    SELECT h.report_id, h.reason_id, {day("h.arrived_at")} AS arrived, {by_then("h.protection_at")} AS assessed,
           {by_then("h.decided_at")} AS decided, {by_then("h.told_at")} AS told, {by_then("h.ended_at")} AS ended,
           CASE WHEN {day("h.decided_at")} <= p_through THEN h.decision ELSE '' END AS decision,
           coalesce(r.asked_at <= h.decided_at, false) AND h.not_told_at IS NULL AS to_tell
      FROM cases_reporthandling h JOIN cases_concernreport r ON r.id = h.report_id
      JOIN schools_pupil p ON p.id = r.pupil_id
     WHERE p.protection = 'none' AND h.not_found_at IS NULL AND (p_units IS NULL OR r.to_unit_id = ANY (p_units))
),
arrived AS (SELECT report.* FROM report, period WHERE arrived BETWEEN since AND p_through),
decided AS (
    SELECT report.* FROM report, period
     WHERE decided BETWEEN since AND p_through AND decision IN ('opened', 'not_opened')
),
arrived_in_time AS (
    SELECT count(*) FILTER (WHERE assessed <= arrived + 1) AS part, count(*) AS whole
      FROM arrived WHERE assessed IS NOT NULL OR arrived + 1 < p_through
),
decided_in_time AS (
    SELECT count(*) FILTER (WHERE decided <= arrived + 14) AS part, count(*) AS whole
      FROM arrived WHERE decision <> 'ongoing' AND (decided IS NOT NULL OR arrived + 14 < p_through)
),
told_in_time AS (
    SELECT count(*) FILTER (WHERE told <= decided + 7) AS part, count(*) AS whole
      FROM decided WHERE to_tell AND (told IS NOT NULL OR decided + 7 < p_through)
),
opened AS (SELECT count(*) FILTER (WHERE decision = 'opened') AS part, count(*) AS whole FROM decided),
investigated AS (
    SELECT report.*, (decided + interval '4 months')::date AS within, EXISTS (
               SELECT FROM cases_reportextension e
                WHERE e.report_id = report.report_id AND e.what = 'investigation' AND e.until >= ended
           ) AS prolonged
      FROM report WHERE decision = 'opened'
),
closed AS (SELECT investigated.* FROM investigated, period WHERE ended BETWEEN since AND p_through),
ends AS (
    SELECT count(*) FILTER (WHERE ended <= within) AS in_time,
           count(*) FILTER (WHERE ended > within AND prolonged) AS prolonged,
           count(*) FILTER (WHERE ended > within AND NOT prolonged) AS late, count(*) AS whole
      FROM closed
),
reason AS (
    SELECT c.reason_id, c.n, count(*) FILTER (WHERE c.n < {FEW}) OVER () AS small,
           sum(c.n) OVER smallest - c.n AS below
      FROM (SELECT d.reason_id, count(*) AS n, max(k.code) AS code FROM decided d
              JOIN socialservices_reasoncode k ON k.id = d.reason_id GROUP BY d.reason_id) c
    WINDOW smallest AS (ORDER BY c.n, c.code DESC, c.reason_id)
),
marked AS (
    SELECT reason.*, n < {FEW} OR small > 0 AND below < {FEW} AS merged FROM reason
)
SELECT s.* FROM arrived_in_time, protected_share('protection', part, whole) s
UNION ALL SELECT s.* FROM decided_in_time, protected_share('decision', part, whole) s
UNION ALL SELECT s.* FROM told_in_time, protected_share('told', part, whole) s
UNION ALL SELECT s.* FROM opened, protected_share('opened', part, whole) s
UNION ALL SELECT s.* FROM ends, protected_share('investigation', in_time, whole) s
UNION ALL SELECT s.figure, s.reason_id, s.whole, CASE WHEN late = 0 OR late >= {FEW} THEN s.at_least END,
                 CASE WHEN late = 0 OR late >= {FEW} THEN s.at_most END
            FROM ends, protected_share('prolonged', prolonged, ends.whole) s
UNION ALL SELECT 'running', NULL, CASE WHEN count(*) = 0 OR count(*) >= {FEW} THEN count(*) END, NULL, NULL
            FROM investigated WHERE ended IS NULL AND within < p_through
UNION ALL SELECT 'reason', reason_id, n, NULL, NULL FROM marked WHERE NOT merged
UNION ALL SELECT 'reason', NULL, CASE WHEN sum(n) >= {FEW} THEN sum(n)::bigint END, NULL, NULL
            FROM marked WHERE merged HAVING count(*) > 0
$$;
REVOKE ALL ON FUNCTION report_figures_through(date, uuid[]) FROM PUBLIC;
"""

# Whose they are is asked of the identity, never of the role: a school's manager counts with the city's rights, too.
ASKED = f"""
CREATE FUNCTION report_figures()
RETURNS TABLE (through date, figure text, reason_id uuid, whole bigint, at_least bigint, at_most bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT last.through, f.* FROM
        (SELECT date_trunc('month', now() AT TIME ZONE 'Europe/Stockholm')::date - 1 AS through) last,
        report_figures_through(last.through, CASE my_side() WHEN 'city' THEN NULL ELSE my_units() END) f
     WHERE my_side() = 'city' AND my_role() IN ('coordinator', 'analyst')
        OR my_side() = 'social' AND my_role() IN ('unit_head', 'coordinator')
       AND EXISTS (SELECT FROM accounts_unit u WHERE u.id = ANY (my_units()) AND u.kind = 'intake')
$$;
REVOKE ALL ON FUNCTION report_figures() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report_figures() TO {SOCIAL}, {CITY};
"""


class Migration(migrations.Migration):
    """Lets the city count what it cannot see."""

    dependencies = [("cases", "0050_second_identical_no")]
    operations = [
        migrations.RunSQL(BOUNDS),
        migrations.RunSQL(THROUGH),
        migrations.RunSQL(ASKED),
    ]
