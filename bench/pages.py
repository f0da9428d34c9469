"""How much dearer the daily pages of the demo city are than the barest page, and how they grow with the cases."""

from __future__ import annotations

import statistics
import time

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Membership  # noqa: E402
from accounts.roles import Role  # noqa: E402
from accounts.sessions import MEMBERSHIP_KEY  # noqa: E402
from bench.report import Report  # noqa: E402

BARE = "/help/"
ROUNDS = 15
PAGES = {
    "to do of a counsellor": (Role.STUDENT_HEALTH, "/"),
    "signals of a counsellor": (Role.STUDENT_HEALTH, "/signals/"),
    "cases of a counsellor": (Role.STUDENT_HEALTH, "/cases/"),
    "incoming of a team": (Role.TEAM_WORKER, "/intake/"),
    "stalled cases of the city": (Role.COORDINATOR, "/stalled/"),
}
"""What is measured: who opens which page."""
DEARER = "<= 12"
QUERIES = "<= 40"


def browser_of(role: Role) -> Client:
    """Return a client signed in as the busiest person in `role`: the one whose unit is party to most cases."""
    busiest = Membership.objects.active(timezone.localdate()).filter(role=role).select_related("user")
    member = max(busiest, key=lambda each: (each.unit.party_to.count(), str(each.pk)))
    client = Client(headers={"host": "127.0.0.1"})
    session = client.session
    session[SESSION_KEY] = str(member.user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = member.user.get_session_auth_hash()
    session[MEMBERSHIP_KEY] = str(member.pk)
    session.save()
    client.cookies["sessionid"] = str(session.session_key)
    return client


def seconds(client: Client, path: str) -> float:
    """Return how long the page takes once."""
    started = time.perf_counter()
    response = client.get(path)
    taken = time.perf_counter() - started
    if response.status_code != 200:
        raise SystemExit(f"{path} answered {response.status_code}")
    return taken


def main() -> None:
    """Measure each page turn about with the bare one, so that a busy machine slows both."""
    report = Report()
    for name, (role, path) in PAGES.items():
        client = browser_of(role)
        seconds(client, path), seconds(client, BARE)
        pairs = [(seconds(client, path), seconds(client, BARE)) for _ in range(ROUNDS)]
        ratio = statistics.median(page for page, _ in pairs) / statistics.median(bare for _, bare in pairs)
        report.figure(f"{name}, of the barest page", ratio, "x", DEARER)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        report.figure(f"{name}, queries", len(queries), "queries", QUERIES)
    report.exit()


if __name__ == "__main__":
    main()
