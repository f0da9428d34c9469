"""What PostgreSQL's own catalogue says about the wall: every fault in words."""

from __future__ import annotations

from django.db import connection

from wall.roles import BACKUP, EVERYBODY, SCHOOL, SOCIAL, WEB, WORKER

EXEMPT = {
    "procrastinate_jobs": "the queue: arguments are ids only; the worker's login alone reads it",
    "procrastinate_events": "the queue's own log of states",
    "procrastinate_periodic_defers": "when a periodic task was last put in the queue",
    "procrastinate_workers": "which workers live",
}
"""Tables without row-level security, each with its reason."""

SCHOOL_ONLY = ("attendance_%", "integrations_%", "cases_schoolnote", "cases_requestdraft", "schools_guardian",
               "schools_pupilidentifier", "schools_residence", "schools_enrolment")  # fmt: skip
SOCIAL_ONLY = ("cases_socialnote",)

TABLES = """
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
   AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
"""
OPEN_FUNCTIONS = """
SELECT p.oid::regprocedure::text FROM pg_proc p
 WHERE p.pronamespace = 'public'::regnamespace AND has_function_privilege('public', p.oid, 'EXECUTE')
   AND p.prorettype <> 'trigger'::regtype
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""
LOOSE_DEFINERS = """
SELECT p.oid::regprocedure::text FROM pg_proc p
 WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
   AND NOT EXISTS (SELECT FROM unnest(p.proconfig) setting WHERE setting LIKE 'search_path=%')
"""
VIEWS = """
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND
       (c.relkind = 'm' OR c.relkind = 'v' AND NOT coalesce(c.reloptions @> '{security_invoker=true}', false))
"""
STRONG_LOGINS = """
SELECT rolname FROM pg_roles r WHERE rolname = ANY (%s)
   AND (rolsuper OR rolbypassrls OR rolcreaterole OR EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid))
"""
DIRECT_RIGHTS = """
SELECT grantee || ' on ' || table_name FROM information_schema.role_table_grants
 WHERE table_schema = 'public' AND grantee = ANY (%s) AND table_name NOT LIKE 'procrastinate%%'
"""
RIGHTS_ON = """
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
   AND c.relname LIKE ANY (%s) AND has_any_column_privilege(%s, c.oid, 'SELECT, INSERT, UPDATE')
"""
UNPROTECTED = """
SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'pupil_id'
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT a.attisdropped
   AND EXISTS (SELECT FROM unnest(%s::text[]) role WHERE has_any_column_privilege(role, c.oid, 'SELECT'))
   AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND NOT p.polpermissive
                      AND pg_get_expr(p.polqual, p.polrelid) LIKE '%%hidden_from_me%%')
"""
RIGHTS_ON_PARTS = """
SELECT c.relname FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
   AND EXISTS (SELECT FROM unnest(%s::text[]) role
                WHERE has_any_column_privilege(role, c.oid, 'SELECT, INSERT, UPDATE')
                   OR has_table_privilege(role, c.oid, 'DELETE, TRUNCATE'))
"""
PERMISSIVE_TRUE = """
SELECT tablename || '.' || policyname FROM pg_policies
 WHERE schemaname = 'public' AND 'public' = ANY (roles)
"""


def faults() -> list[str]:
    """Return everything in the database's catalogue that the wall does not allow."""
    logins = [WEB, WORKER]
    return [
        *(f"{name} has no forced row-level security" for name in asked(TABLES) if name not in EXEMPT),
        *(f"{name} may be called by everybody" for name in asked(OPEN_FUNCTIONS)),
        *(f"{name} runs as its owner on whatever search_path" for name in asked(LOOSE_DEFINERS)),
        *(f"{name} is a view that does not ask as its reader" for name in asked(VIEWS)),
        *(f"{name} is too strong to serve with" for name in asked(STRONG_LOGINS, [*logins, *EVERYBODY])),
        *(f"{right}: a login has a right of its own" for right in asked(DIRECT_RIGHTS, [*logins, "PUBLIC"])),
        *(f"{name}: social services have a right to it" for name in asked(RIGHTS_ON, list(SCHOOL_ONLY), SOCIAL)),
        *(f"{name}: schools have a right to it" for name in asked(RIGHTS_ON, list(SOCIAL_ONLY), SCHOOL)),
        *(f"{name} does not hide protected pupils" for name in asked(UNPROTECTED, list(EVERYBODY))),
        *(
            f"{name} is a part of a table and may be reached past it"
            for name in asked(RIGHTS_ON_PARTS, [*logins, *EVERYBODY])
        ),
        *(f"{name} holds for every role there is" for name in asked(PERMISSIVE_TRUE)),
    ]


def asked(query: str, *parameters: object) -> list[str]:
    """Return the first column of what the catalogue answers."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters or None)
        return [row[0] for row in cursor.fetchall()]


def backup_reads_and_never_writes() -> bool:
    """Say whether the role for dumps passes row-level security and can change nothing."""
    query = """SELECT rolbypassrls AND NOT rolsuper AND NOT EXISTS (
                   SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
                      AND has_table_privilege(r.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))
                 FROM pg_roles r WHERE rolname = %s"""
    return asked(query, BACKUP) == [True]
