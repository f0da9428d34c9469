"""Taking away a lost second factor: the database itself checks who asks for whom, and whether two have agreed."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from wall.policies import Guard, GuardMore
from wall.roles import CLOCK, EVERYBODY, GATE, SCHOOL, SOCIAL, SYSTEM, WEB, WORKER

AT_THE_GATE = "(SELECT my_kind()) = 'gate'"
AS_ADMIN = "(SELECT my_role()) = 'system_admin'"
SIGNATURE = "take_away_second_factor(uuid, text, timestamptz)"

# The policies let nobody touch the second factor of another. This function does, for those who answer for the person.
TAKE_AWAY = """
CREATE FUNCTION take_away_second_factor(p_user uuid, p_password text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    today date := (p_at AT TIME ZONE 'Europe/Stockholm')::date;
BEGIN
    IF p_user = me() OR me() IS NULL OR NOT coalesce(my_role() = 'system_admin' OR my_role() IN ('principal', 'unit_head')
           AND EXISTS (SELECT FROM accounts_membership m WHERE m.user_id = p_user AND m.unit_id = ANY (my_units())), false) THEN
        RAISE EXCEPTION 'Nobody takes away this second factor' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF EXISTS (SELECT FROM accounts_membership m WHERE m.user_id = p_user AND m.role IN ('system_admin', 'log_auditor')
                  AND (m.valid_to IS NULL OR m.valid_to >= today))
       AND NOT (my_role() = 'system_admin' AND EXISTS (
           SELECT FROM accounts_factorreset r JOIN accounts_membership a ON a.id = r.asked_by_id
            WHERE r.user_id = p_user AND a.user_id <> me() AND a.role = 'system_admin'
              AND r.asked_at > now() - interval '24 hours')) THEN
        RAISE EXCEPTION 'Two have to agree to take away this second factor' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF p_password NOT LIKE '!%' THEN
        RAISE EXCEPTION 'Nobody chooses a password for another' USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM mfa_authenticator WHERE user_id = p_user;
    DELETE FROM accounts_session WHERE user_id = p_user;
    DELETE FROM accounts_factorreset WHERE user_id = p_user;
    UPDATE accounts_user SET password = p_password WHERE id = p_user AND p_password IS NOT NULL;
END $$;
"""
RIGHTS = f"""
REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC, {", ".join((WEB, WORKER, *EVERYBODY))};
GRANT EXECUTE ON FUNCTION {SIGNATURE} TO {SCHOOL}, {SOCIAL}, {SYSTEM};
"""


class Migration(migrations.Migration):
    """The tables of sign-in behind the wall."""

    dependencies = [("accounts", "0021_encrypt_second_factors"), ("accounts", "0006_wall")]
    operations = [
        migrations.CreateModel(
            name="FactorReset",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("asked_at", models.DateTimeField()),
                ("password_too", models.BooleanField(default=False)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.membership"
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"ordering": ["asked_at", "id"]},
        ),
        *(
            Guard(
                table,
                see={GATE: AT_THE_GATE, CLOCK: "true"},
                see_columns={CLOCK: columns},
                add={GATE: AT_THE_GATE},
                change={GATE: AT_THE_GATE},
                remove={GATE: AT_THE_GATE, CLOCK: "true"},
            )
            for table, columns in (
                ("accounts_failedtries", ["key", "changed_at"]),
                ("accounts_keptpost", ["key_hash", "kept_at"]),
            )
        ),
        # The clock removes what has ended; it learns nothing about whose it was.
        GuardMore(
            "accounts_session",
            see={CLOCK: "true"},
            see_columns={CLOCK: ["key_hash", "created_at", "last_seen_at"]},
            remove={CLOCK: "true"},
        ),
        Guard(
            "accounts_factorreset",
            **{verb: {SYSTEM: AS_ADMIN} for verb in ("see", "add", "change", "remove")},
        ),
        migrations.RunSQL(TAKE_AWAY, f"DROP FUNCTION {SIGNATURE}"),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
    ]
