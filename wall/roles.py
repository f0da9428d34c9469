"""The roles of the database. They belong to the whole server, so their names are fixed."""

OWNER = "narvaro_owner"
WEB = "narvaro_web"
WORKER = "narvaro_worker"
BACKUP = "narvaro_backup"

SCHOOL = "narvaro_school"
SOCIAL = "narvaro_social"
CITY = "narvaro_city"
"""Coordinators and analysts: dates, codes and units, never a text or a name."""
AUDIT = "narvaro_audit"
SYSTEM = "narvaro_system"
GATE = "narvaro_gate"
"""Before somebody has signed in, and for somebody who has no role here."""

IMPORT = "narvaro_import"
OUTBOX = "narvaro_outbox"
CLOCK = "narvaro_clock"

SIDES = (SCHOOL, SOCIAL, CITY, AUDIT, SYSTEM, GATE)
"""What the web server's login can become, one at a time, by SET LOCAL ROLE. None of them can log in."""

JOBS = (IMPORT, OUTBOX, CLOCK)
"""What the worker's login can become."""

COUNTED = (SCHOOL, SOCIAL)
"""What it can become too, as one member at a time, to count what waits on that member's start page (docs/adr/0025)."""

LOGINS = (OWNER, WEB, WORKER)
EVERYBODY = (*SIDES, *JOBS)


def short(role: str) -> str:
    """Return a role's name without the product's: "school"."""
    return role.removeprefix("narvaro_")
