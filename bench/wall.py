"""What both walls and the log cost on 100,000 pupils and 100,000 cases, against the application's filter alone."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import django

os.environ["NB_LOGIN"] = "owner"  # makes the rows; each request becomes its own side all the same
django.setup()

from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

import audit.reading  # noqa: E402
from accounts.models import Membership, Session  # noqa: E402
from accounts.roles import Role  # noqa: E402
from accounts.sessions import MEMBERSHIP_KEY  # noqa: E402
from bench.report import Report  # noqa: E402
from cases.models import Case  # noqa: E402
from wall import identity  # noqa: E402

SIZES = [int(size) for size in os.environ.get("NB_WALL_SIZES", "10000,100000").split(",")]
ROUNDS = int(os.environ.get("NB_WALL_ROUNDS", "60"))
DEARER = "<= 1.3"
GROWS = "<= 1.1"

# As many units of either side as the city has schools; the numbers run on, so that sizes can be made one on another.
UNITS = """
INSERT INTO accounts_unit (id, kind, name, short_name, authority)
SELECT gen_random_uuid(), kind, 'Mätning ' || kind || ' ' || n, 'M' || n, 'provider:measure'
  FROM generate_series(1, 150) n, unnest(ARRAY['school', 'team']) kind ON CONFLICT DO NOTHING;
INSERT INTO schools_provider (id, kind, name, organisation_number)
SELECT gen_random_uuid(), 'municipal', 'Mätning', '0000000000' WHERE NOT EXISTS
       (SELECT FROM schools_provider WHERE organisation_number = '0000000000');
INSERT INTO schools_school (unit_id, provider_id, school_unit_code, school_forms, grades, municipality_code,
                            postal_town)
SELECT u.id, p.id, lpad((90000000 + row_number() OVER (ORDER BY u.name))::text, 8, '0'), '["gr"]', '[7]', '0180', ''
  FROM accounts_unit u, schools_provider p WHERE u.name LIKE 'Mätning school%' AND p.organisation_number = '0000000000'
   AND NOT EXISTS (SELECT FROM schools_school s WHERE s.unit_id = u.id);
INSERT INTO schools_schoolyear (provider_id, name, starts_on, ends_on)
SELECT p.id, '2026/27', '2026-08-17', '2027-06-11' FROM schools_provider p WHERE p.organisation_number = '0000000000'
    ON CONFLICT DO NOTHING;
INSERT INTO schools_classgroup (id, school_id, school_year_id, name, grade, school_form)
SELECT gen_random_uuid(), s.unit_id, y.id, '7' || n, 7, 'gr' FROM schools_school s
  JOIN schools_schoolyear y ON y.provider_id = s.provider_id, generate_series(1, 30) n
 WHERE s.school_unit_code LIKE '9%%' AND y.name = '2026/27' ON CONFLICT DO NOTHING;
INSERT INTO accounts_user (id, email, given_name, family_name, language, password, is_active, created_at)
SELECT gen_random_uuid(), 'measure-' || u.id || '@example.org', 'Mät', 'Person', 'sv', '!', true, now()
  FROM accounts_unit u WHERE u.name LIKE 'Mätning %%' ON CONFLICT DO NOTHING;
INSERT INTO accounts_membership (id, user_id, unit_id, role, title, valid_from, valid_to)
SELECT gen_random_uuid(), p.id, u.id, CASE u.kind WHEN 'school' THEN 'student_health' ELSE 'team_worker' END, '',
       current_date - 30, current_date + 300
  FROM accounts_unit u JOIN accounts_user p ON p.email = 'measure-' || u.id || '@example.org'
 WHERE NOT EXISTS (SELECT FROM accounts_membership m WHERE m.user_id = p.id);
"""

# Row n of a unit: most cases are closed, as in a register that has run for years.
PUPILS_AND_CASES = """
CREATE TEMP TABLE made AS
SELECT n, gen_random_uuid() AS pupil, gen_random_uuid() AS case_id, gen_random_uuid() AS referral,
       gen_random_uuid() AS obligation, (n %% 19) = 0 AS is_open, g.id AS class_id, g.school_id AS school,
       t.id AS team, sm.id AS sender, tm.id AS worker
  FROM generate_series({first}, {last}) n
  JOIN (SELECT id, school_id, row_number() OVER (ORDER BY school_id, name) - 1 AS place FROM schools_classgroup
         WHERE school_id IN (SELECT unit_id FROM schools_school WHERE school_unit_code LIKE '9%%')) g
    ON g.place = n %% 4500
  JOIN (SELECT id, row_number() OVER (ORDER BY name) - 1 AS place FROM accounts_unit WHERE name LIKE 'Mätning team%%') t
    ON t.place = n %% 150
  JOIN accounts_membership sm ON sm.unit_id = g.school_id
  JOIN accounts_membership tm ON tm.unit_id = t.id;
INSERT INTO schools_pupil (id, given_name, family_name, born_on, protection, alias)
SELECT pupil, 'Elev' || n, 'Mätt' || n, '2013-05-05', 'none', '' FROM made;
INSERT INTO schools_enrolment (pupil_id, class_group_id, starts_on) SELECT pupil, class_id, '2026-08-17' FROM made;
INSERT INTO cases_case (id, number, pupil_id, school_unit_id, class_name, opened_at, opened_by_id, child_time_from,
                        closed_at, closed_by_id, outcome, final_word, party_units)
SELECT case_id, 'M' || n, pupil, school, '7A', now() - interval '40 days', sender, current_date - 50,
       CASE WHEN NOT is_open THEN now() - interval '5 days' END, CASE WHEN NOT is_open THEN sender END,
       CASE WHEN is_open THEN '' ELSE 'improved' END, CASE WHEN is_open THEN '' ELSE 'Slut.' END, ARRAY[school, team]
  FROM made;
INSERT INTO cases_party (case_id, unit_id, started_at)
SELECT case_id, unit, now() - interval '40 days' FROM made, unnest(ARRAY[school, team]) unit;
INSERT INTO cases_referral (id, case_id, from_unit_id, to_unit_id, status, sent_at, sent_by_id, received_at,
                            received_by_id, acknowledged_at, acknowledged_by_id, routing)
SELECT referral, case_id, school, team, 'withdrawn', now() - interval '40 days', sender, now() - interval '39 days',
       worker, now() - interval '39 days', worker, '{{}}' FROM made;
INSERT INTO cases_disclosure (id, case_id, referral_id, from_unit_id, to_unit_id, ground, what, content, disclosed_at,
                              disclosed_by_id)
SELECT gen_random_uuid(), case_id, referral, school, team, 'consent_osl_10_1', 'request',
       jsonb_build_object('pupil', jsonb_build_object('name', 'Elev', 'born_on', '2013-05-05', 'class', '7A',
                          'grade', 7, 'school', 'M'), 'words', '{{}}'::jsonb, 'contact', '', 'absence', null,
                          'consents', '[]'::jsonb, 'written_on', '2026-10-01'),
       now() - interval '40 days', sender FROM made;
INSERT INTO cases_obligation (id, case_id, referral_id, kind, task, started_on, due_on, first_due_on, is_statutory,
                              stopped_at, outcome)
SELECT obligation, case_id, referral, 'review_stalled', '', current_date - 40, current_date + 5, current_date + 5,
       false,
       CASE WHEN NOT is_open THEN now() END, CASE WHEN is_open THEN '' ELSE 'case_closed' END FROM made;
INSERT INTO cases_holderinterval (obligation_id, unit_id, from_at, to_at, reason)
SELECT obligation, school, now() - interval '40 days', CASE WHEN NOT is_open THEN now() END, '' FROM made;
INSERT INTO cases_event (case_id, referral_id, kind, at, by_id, unit_id, is_substantive, text, changes)
SELECT case_id, referral, kind, now() - interval '40 days', sender, school, true, '', '[]'
  FROM made, unnest(ARRAY['request_sent', 'request_opened', 'request_acknowledged', 'request_withdrawn']) kind;
DROP TABLE made;
"""
QUIET = ("cases_case", "cases_party", "cases_referral", "cases_obligation", "cases_holderinterval", "cases_event")


def grow(first: int, last: int) -> None:
    """Make pupils and cases number `first` to `last`, with the triggers resting."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(UNITS.replace("%%", "%"))
        for table in QUIET:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(PUPILS_AND_CASES.format(first=first, last=last).replace("%%", "%"))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in QUIET:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def browser_of(member: Membership) -> Client:
    """Return a client signed in as the member."""
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(member.user)
    session = client.session
    session[MEMBERSHIP_KEY] = str(member.pk)
    session.save()
    return client


@contextmanager
def filter_alone() -> Iterator[None]:
    """Serve as a usual application does: as the tables' owner, its own filter the only wall, nothing logged.

    Nothing is collected for the log either, so the savepoint around its row is not paid for here; nor is the one around
    the view, because a usual application has no transaction outside of the view's own.
    """
    session, collecting = identity.session, audit.reading.collecting
    identity.session, audit.reading.collecting = usual_session, not_collecting
    try:
        yield
    finally:
        identity.session, audit.reading.collecting = session, collecting


@contextmanager
def not_collecting() -> Iterator[audit.reading.Reading]:
    """Take nothing in."""
    yield audit.reading.Reading()


@contextmanager
def usual_session(session_key: str | None, *, at: datetime) -> Iterator[identity.Entered]:
    """Find the session and the membership as Django would."""
    kept = Session.objects.filter(pk=identity.key_hash(session_key or "")).select_related("membership").first()
    if kept is None:
        yield identity.NOBODY
    else:
        yield identity.Entered(kept.data, kept.user_id, kept.membership_id, "")


def seconds(client: Client, path: str) -> float:
    """Return how long the page takes once."""
    started = time.perf_counter()
    response = client.get(path)
    taken = time.perf_counter() - started
    if response.status_code != 200:
        raise SystemExit(f"{path} answered {response.status_code}")
    return taken


def ratio(client: Client, path: str) -> float:
    """Return how many times dearer the page is behind both walls with the log, measured turn about."""
    walled: list[float] = []
    alone: list[float] = []
    for _ in range(ROUNDS):
        walled.append(seconds(client, path))
        with filter_alone():
            alone.append(seconds(client, path))
    return statistics.median(walled[3:]) / statistics.median(alone[3:])


def pages() -> dict[str, Callable[[], tuple[Membership, str]]]:
    """Return what is measured: who opens which page."""
    at_school = Membership.objects.filter(unit__name="Mätning school 7", role=Role.STUDENT_HEALTH)
    at_team = Membership.objects.filter(unit__name="Mätning team 7", role=Role.TEAM_WORKER)

    def case_of(members: Any) -> tuple[Membership, str]:
        member = members.select_related("user").get()
        case = Case.objects.filter(parties__unit=member.unit_id, closed_at=None).order_by("number").first()
        return member, reverse("cases:case_detail", args=[case.pk])

    return {
        "pupil list, school": lambda: (at_school.select_related("user").get(), reverse("attendance:pupil_list")),
        "case list, school": lambda: (at_school.select_related("user").get(), reverse("cases:case_list")),
        "case list, team": lambda: (at_team.select_related("user").get(), reverse("cases:case_list")),
        # At the start the team's own list is empty: all rows wait for the school.
        "case list with rows, team": lambda: (
            at_team.select_related("user").get(),
            reverse("cases:case_list") + "?show=waiting",
        ),
        "case page, school": lambda: case_of(at_school),
        "case page, team": lambda: case_of(at_team),
    }


def main() -> None:
    """Measure at each size; the last must hold, and the factor must not grow with the data."""
    if Case.objects.filter(number="M1").exists():
        raise SystemExit("the database holds an earlier run's rows: remove .local/postgres/measure-* and run again")
    report = Report()
    found: dict[str, list[float]] = {}
    made = 0
    for size in SIZES:
        grow(made + 1, size)
        made = size
        for name, chosen in pages().items():
            member, path = chosen()
            factor = ratio(browser_of(member), path)
            found.setdefault(name, []).append(factor)
            report.figure(f"{name}, {size} pupils and cases", factor, "x", DEARER)
    for name, factors in found.items():
        report.figure(f"{name}, factor at {SIZES[-1]} against {SIZES[0]}", factors[-1] / factors[0], "x", GROWS)
    report.exit()


if __name__ == "__main__":
    main()
