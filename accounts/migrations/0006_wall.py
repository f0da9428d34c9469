"""Who may see and change people, units, memberships and sessions; and that what others brought is closed too."""

from django.db import migrations

from wall.policies import Guard, Open
from wall.roles import AUDIT, CITY, EVERYBODY, GATE, JOBS, SCHOOL, SOCIAL, SYSTEM, WEB, WORKER

AT_THE_GATE = "(SELECT my_kind()) = 'gate'"
MINE = "user_id = (SELECT me())"
MINE_OR_GATE = f"{AT_THE_GATE} OR {MINE}"
MANAGES = "(SELECT my_role()) IN ('principal', 'unit_head', 'system_admin')"
IN_MY_UNITS = "(unit_id = ANY ((SELECT my_units())::uuid[]) OR (SELECT my_role()) = 'system_admin')"
PEOPLE_KEEPERS = (SCHOOL, SOCIAL, SYSTEM)
STAFF = (SCHOOL, SOCIAL, CITY, AUDIT, SYSTEM)

# Nobody lengthens or widens a membership of one's own, whatever statement is run.
OWN_MEMBERSHIP = """
CREATE FUNCTION refuse_change_of_own_membership() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.user_id = public.me()
       AND to_jsonb(NEW) - 'chosen_at' IS DISTINCT FROM to_jsonb(OLD) - 'chosen_at' THEN
        RAISE EXCEPTION 'Nobody changes a membership of one''s own' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER own_membership_is_not_ones_own_to_change BEFORE UPDATE ON accounts_membership
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_own_membership();
"""

DEFER = "procrastinate_defer_jobs_v1(procrastinate_job_to_defer_v1[])"

OTHERS = f"""
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {WEB};
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {WEB};
DO $$ DECLARE named record; BEGIN
    FOR named IN SELECT p.oid::regprocedure AS signature FROM pg_proc p
                  WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'procrastinate%' LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC, {WEB}', named.signature);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO {WORKER}', named.signature);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers,
    procrastinate_workers TO {WORKER};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {WORKER};
ALTER FUNCTION {DEFER} SECURITY DEFINER;
ALTER FUNCTION {DEFER} SET search_path = pg_catalog, public, pg_temp;
GRANT EXECUTE ON FUNCTION {DEFER} TO {SCHOOL}, {", ".join(JOBS)};
"""


class Migration(migrations.Migration):
    """Puts the tables of people behind the wall."""

    dependencies = [
        ("accounts", "0005_identity"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]
    operations = [
        migrations.RunSQL("DROP TABLE IF EXISTS django_session"),
        migrations.RunSQL(OTHERS),
        migrations.RunSQL(OWN_MEMBERSHIP),
        Guard(
            "accounts_user",
            see={**dict.fromkeys((*STAFF, *JOBS), "true"), GATE: f"{AT_THE_GATE} OR id = (SELECT me())"},
            add=dict.fromkeys(PEOPLE_KEEPERS, MANAGES),
            change={**dict.fromkeys(STAFF, "id = (SELECT me())"), GATE: f"{AT_THE_GATE} OR id = (SELECT me())"},
            change_columns={key: ["language", "password", "last_login"] for key in (*STAFF, GATE)},
        ),
        Guard(
            "accounts_unit",
            see=dict.fromkeys(EVERYBODY, "true"),
            # Inviting locks the unit; closing one is not done from a page.
            change=dict.fromkeys(PEOPLE_KEEPERS, f"{MANAGES} AND {IN_MY_UNITS.replace('unit_id', 'id')}"),
            change_columns={key: ["closed_on"] for key in PEOPLE_KEEPERS},
        ),
        Guard(
            "accounts_membership",
            see={**dict.fromkeys((*STAFF, *JOBS), "true"), GATE: MINE},
            add=dict.fromkeys(PEOPLE_KEEPERS, f"{MANAGES} AND {IN_MY_UNITS} AND user_id <> (SELECT me())"),
            change={
                **dict.fromkeys(PEOPLE_KEEPERS, f"{MINE} OR {MANAGES} AND {IN_MY_UNITS}"),
                **dict.fromkeys((CITY, AUDIT), MINE),
            },
            change_columns={
                **{
                    key: ["title", "valid_to", "away_from", "away_to", "stand_in_id", "chosen_at"]
                    for key in PEOPLE_KEEPERS
                },
                **{key: ["chosen_at"] for key in (CITY, AUDIT)},
            },
        ),
        Guard(
            "accounts_session",
            see={**dict.fromkeys(STAFF, MINE), GATE: MINE_OR_GATE},
            see_columns={
                key: ["key_hash", "user_id", "membership_id", "created_at", "last_seen_at", "address", "agent"]
                for key in STAFF
            },
            add={GATE: AT_THE_GATE},
            change={GATE: AT_THE_GATE},
            remove={**dict.fromkeys(STAFF, MINE), GATE: MINE_OR_GATE},
        ),
        Guard(
            "account_emailaddress",
            see={**dict.fromkeys(STAFF, MINE), GATE: MINE_OR_GATE},
            add={GATE: AT_THE_GATE},
            change={GATE: AT_THE_GATE},
        ),
        Guard("account_emailconfirmation"),
        Guard(
            "mfa_authenticator",
            see={**dict.fromkeys(STAFF, MINE), GATE: MINE_OR_GATE},
            add={**dict.fromkeys(STAFF, MINE), GATE: MINE_OR_GATE},
            change={**dict.fromkeys(STAFF, MINE), GATE: MINE_OR_GATE},
            remove={**dict.fromkeys(STAFF, MINE), GATE: MINE_OR_GATE},
        ),
        *(Guard(table) for table in ("auth_group", "auth_group_permissions", "auth_permission", "django_content_type")),
        Open("django_migrations", SYSTEM),
    ]
