"""The school platform of 2020: up to 1,302 users reached 60 pupils with protected identity. Here nobody reaches one.

Every person is tried against every protected pupil, 78,120 pairs: in what the application asks for, in what the
database gives the person's own role, and, for some of every role, on every page.
"""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.confirming import KEY as CONFIRMED
from accounts.sessions import MEMBERSHIP_KEY
from attendance.models import Concern, Signal
from cases.models import Case, Disclosure, Event, Feedback, Obligation, Referral, RequestDraft, SchoolNote, SocialNote
from schools.models import NamedReader, Protection, Pupil, PupilLink
from tests.architecture.addresses import PLACEHOLDER, all_pages
from tests.attendance.searching import search
from tests.confirmed import confirmed
from tests.wall.stockholm_2020 import CANARY, PEOPLE, PROTECTED, about_protected_pupils, make_city
from wall import identity

pytestmark = pytest.mark.django_db
SEARCHED = [CANARY, "K", "Q-0001", ""]


@pytest.fixture(scope="module")
def city_of_2020(django_db_setup, django_db_blocker):
    """The city, once for all the tests: each works in a transaction within this one, and all is undone at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_city()
        transaction.set_rollback(True)


@pytest.fixture
def city(city_of_2020, db):
    return city_of_2020


def pairs_seen(city, rows_of):
    """Return the pairs of person and protected pupil for which `rows_of` gives something."""
    hidden = {pupil.pk for pupil in city.protected}
    return [(person.pk, pupil) for person in city.people for pupil in hidden & set(rows_of(person))]


def test_the_city_is_as_large_as_in_2020(city):
    assert len(city.people) == PEOPLE == 1302
    assert len(city.protected) == PROTECTED == 60
    assert len({person.role for person in city.people}) >= 10


def test_no_pair_is_seen_in_what_the_application_asks_for(city):
    for_pupils = [Signal, Concern, RequestDraft, PupilLink]

    assert not pairs_seen(city, lambda person: Pupil.objects.visible_to(person).values_list("pk", flat=True))
    assert not pairs_seen(city, lambda person: Pupil.objects.named_to(person).values_list("pk", flat=True))
    sample = list(city.of_each_role(3))
    for model in for_pupils:
        for person in sample:
            assert not model.objects.visible_to(person).filter(pupil__in=city.protected).exists(), (model, person.role)
    for model in (Case, Referral, Obligation, Event, Disclosure, Feedback, SchoolNote, SocialNote):
        for person in sample:
            assert not model.objects.visible_to(person).exists(), (model, person.role)


def rows_seen(conditions):
    """Return how many rows about protected pupils each table gives whoever the database takes the asker for now.

    A table, or a column of it, that the role has no right to gives none: that is the wall between the authorities.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t FROM unnest(%s::text[], %s::text[]) AS asked(t, c) WHERE has_column_privilege(t, c, 'SELECT')",
            [[table for table, _column in conditions], [column for _table, column in conditions]],
        )
        open_tables = {table for (table,) in cursor.fetchall()}
        counts = [
            f"SELECT '{table}', count({column}) FROM {table} WHERE {condition}"
            for (table, column), condition in conditions.items()
            if table in open_tables
        ]
        if not counts:
            return {}
        cursor.execute(" UNION ALL ".join(counts))
        return {table: many for table, many in cursor.fetchall() if many}


def rows_seen_by_all(city, conditions):
    """Return, for each person who sees any, what the person's own role in the database gives."""
    seen = {}
    for person in city.people:
        with identity.acting_as(person):
            rows = rows_seen(conditions)
        if rows:
            seen[person] = rows
    return seen


def test_no_pair_is_seen_in_the_database_itself(city):
    """1,302 people x 60 pupils = 78,120 pairs, in every table that points at a pupil or at a case."""
    conditions = about_protected_pupils(city)
    assert len(conditions) >= 20

    assert rows_seen_by_all(city, conditions) == {}


def test_the_pairs_are_seen_in_the_database_when_the_restrictive_rule_is_gone(city):
    """The control: the same statements find rows once the rule that hides protected pupils is dropped."""
    conditions = about_protected_pupils(city)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_policies WHERE policyname = 'never' AND schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"DROP POLICY never ON {table}")

    seen = rows_seen_by_all(city, conditions)
    assert len(seen) > 300
    assert {table for rows in seen.values() for table in rows} >= {
        "schools_pupil", "schools_pupilidentifier", "schools_guardian", "attendance_concern", "cases_case",
    }  # fmt: skip


def test_the_pairs_are_seen_when_nobody_is_protected(city):
    """The control: the same question over the same people must find something once the protection is gone."""
    Pupil.objects.update(protection=Protection.NONE)

    seen = pairs_seen(city, lambda person: Pupil.objects.visible_to(person).values_list("pk", flat=True))
    assert len(seen) > 1000


def test_a_named_reader_sees_the_pupils_named_and_no_other(city):
    now = timezone.now()
    granter, reader, second = [person for person in city.people if person.role == "principal"][:3]
    mine = [pupil for pupil in city.protected if pupil.enrolments.filter(class_group__school=reader.unit_id).exists()]
    for pupil in mine[:2]:
        NamedReader.objects.create(
            pupil=pupil, membership=reader, granted_by=granter, granted_at=now, confirmed_by=second, confirmed_at=now
        )

    seen = pairs_seen(city, lambda person: Pupil.objects.named_to(person).values_list("pk", flat=True))
    assert {(reader.pk, pupil.pk) for pupil in mine[:2]} == set(seen)
    assert not pairs_seen(city, lambda person: Pupil.objects.visible_to(person).values_list("pk", flat=True))


def addresses_of(city):
    """Return every address, with what belongs to a protected pupil wherever it takes an id."""
    pupil, case = city.protected[0], city.cases[0]
    ids = {
        "pupil_id": pupil.pk,
        "case_id": case.pk,
        "referral_id": case.referrals.first().pk,
        "obligation_id": case.obligations.first().pk,
        "signal_id": pupil.signals.first().pk,
        "concern_id": pupil.concerns.first().pk,
        "draft_id": RequestDraft.objects.get(pupil=pupil).pk,
        "link_id": pupil.links.first().pk,
        "feedback_id": case.feedback.first().pk,
    }
    pages = [page for page in all_pages() if page.roles and page.name != "account_logout"]
    for page in pages:
        names = [name for _kind, name in PLACEHOLDER.findall(page.route)]
        if set(names) <= set(ids):
            yield PLACEHOLDER.sub(lambda found: str(ids[found[2]]), page.route)


def test_no_page_of_any_role_shows_a_protected_pupil(client, city):
    def found_by(person, asked, body):
        found = sorted(set(city.canaries.findall(body)))
        return [(person.role, asked, found)] if found else []

    addresses = list(addresses_of(city))
    pupil = city.protected[0]
    guesses = [f"/concerns/new/?pupil={pupil.pk}", f"/requests/new/?pupil={pupil.pk}"]
    shown, tried = [], 0
    # Whether each page works for each role is asked elsewhere; here an error page must not tell either.
    client.raise_request_exception = False
    for person in city.of_each_role(1):
        client.force_login(person.user)
        session = client.session
        session[MEMBERSHIP_KEY] = str(person.pk)
        session[CONFIRMED] = timezone.now().isoformat()
        session.save()
        confirmed(client)
        for address in [*addresses, *guesses]:
            shown += found_by(person, address, client.get(address).text.replace(address, ""))
        for words in SEARCHED:
            # What was typed is echoed in the search box and nowhere else.
            shown += found_by(person, words, search(client, words).text.replace(f'value="{words}"', ""))
        tried += len(addresses) + len(guesses) + len(SEARCHED)
    assert tried > 500
    assert not shown


def test_the_pages_are_not_blind(client, city):
    """The control: without protection the same words are found on pages."""
    Pupil.objects.update(protection=Protection.NONE)
    person = next(person for person in city.people if person.role == "student_health" and person.unit.name)
    client.force_login(person.user)

    assert city.canaries.search(client.get("/pupils/").content.decode())
