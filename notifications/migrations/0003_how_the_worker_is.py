"""How the worker is, in times and numbers: asked by the worker's own login and by system administrators' pages.

Tables of the queue belong to the worker's login alone (accounts/migrations/0006). These functions give no argument of
any job, only names of tasks.
"""

from django.db import migrations

from wall.roles import EVERYBODY, SYSTEM, WEB, WORKER

FUNCTIONS = f"""
CREATE FUNCTION worker_state() RETURNS TABLE (beat_at timestamptz, ended_at timestamptz, waiting bigint, oldest_at timestamptz, failed bigint, since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT (SELECT max(last_heartbeat) FROM public.procrastinate_workers),
           (SELECT e.at FROM public.procrastinate_events e WHERE e.type IN ('succeeded', 'failed') ORDER BY e.id DESC LIMIT 1),
           count(*), min(due.at),
           (SELECT count(*) FROM public.procrastinate_jobs j WHERE j.status = 'failed' AND EXISTS (
               SELECT FROM public.procrastinate_events e
                WHERE e.job_id = j.id AND e.type = 'failed' AND e.at > now() - interval '1 day')),
           (SELECT e.at FROM public.procrastinate_events e ORDER BY e.id LIMIT 1)
      FROM public.procrastinate_jobs j
     CROSS JOIN LATERAL (SELECT coalesce(j.scheduled_at, (SELECT min(e.at) FROM public.procrastinate_events e WHERE e.job_id = j.id), now()) AS at) due
     WHERE j.status = 'todo' AND due.at <= now()
$$;
CREATE FUNCTION worker_runs() RETURNS TABLE (task_name text, due_at timestamptz, status text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT DISTINCT ON (d.task_name) d.task_name::text, to_timestamp(d.defer_timestamp), coalesce(j.status::text, '')
      FROM public.procrastinate_periodic_defers d LEFT JOIN public.procrastinate_jobs j ON j.id = d.job_id
     ORDER BY d.task_name, d.defer_timestamp DESC
$$;
REVOKE ALL ON FUNCTION worker_state(), worker_runs() FROM PUBLIC, {", ".join((WEB, WORKER, *EVERYBODY))};
GRANT EXECUTE ON FUNCTION worker_state(), worker_runs() TO {WORKER}, {SYSTEM};
"""


class Migration(migrations.Migration):
    """Adds the two questions."""

    dependencies = [
        ("notifications", "0002_wall"),
        ("accounts", "0006_wall"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]
    operations = [migrations.RunSQL(FUNCTIONS, "DROP FUNCTION worker_state(); DROP FUNCTION worker_runs()")]
