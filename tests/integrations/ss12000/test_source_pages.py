"""The system administrator enters a source and its secrets; the school answers what it would change."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import Membership
from audit.models import RowHistory
from integrations.ss12000.connection_test import try_source
from integrations.ss12000.models import RosterDiff, SchoolSource, SourceSecret
from integrations.ss12000.signing_in import unseal
from integrations.ss12000.tasks import carry_out, read_sources
from schools.models import Pupil
from tests.confirmed import confirmed
from tests.factories.accounts import MembershipFactory
from wall import identity

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return MembershipFactory(system_admin=True)


@pytest.fixture
def as_admin(client, admin):
    client.force_login(admin.user)
    return confirmed(client)


@pytest.fixture
def typed(place):
    return {
        "name": "Ny källa",
        "provider": str(place.school.provider_id),
        "address": "https://api.example.org/v2.0/",
        "sign_in": "oauth",
        "token_address": "https://login.example.org/token",
        "client_id": "narvaro",
        "schools": place.school.school_unit_code,
        "endpoints": ["duties", "calendarEvents"],
        "days_back": "14",
        "is_dry_run": "on",
    }


def test_a_source_is_entered_and_changed(as_admin, typed, place):
    response = as_admin.post("/imports/sources/new/", typed)

    source = SchoolSource.objects.get(name="Ny källa")
    assert response.url == f"/imports/sources/{source.pk}/"
    assert source.address == "https://api.example.org/v2.0"
    assert source.endpoints == ["organisations", "persons", "groups", "duties", "calendarEvents"]
    assert (source.is_dry_run, source.is_on) == (True, False)
    assert [one.school_id for one in source.schools.all()] == [place.school.pk]
    as_admin.post(f"/imports/sources/{source.pk}/settings/", typed | {"name": "Nytt namn", "is_on": "on"})
    source.refresh_from_db()
    assert (source.name, source.is_on) == ("Nytt namn", True)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"address": "http://api.example.org"}, "must begin with https"),
        ({"address": "https://u:p@x.org"}, "no server by"),
        ({"token_address": ""}, "OAuth2 needs this"),
        ({"client_id": ""}, "OAuth2 needs this"),
        ({"schools": "99999999"}, "no school with the code: 99999999"),
        ({"key_header": "Host"}, "letters, digits"),
        ({"key_header": "a b"}, "letters, digits"),
        ({"name": "Elevregistret"}, "source by that name"),
        ({"days_back": "0"}, "greater than or equal to 1"),
    ],
)
def test_a_wrong_setting_is_told_at_its_field_and_nothing_typed_is_lost(as_admin, typed, settings, wrong, words):
    settings.SCHOOL_SOURCES_ON_THIS_MACHINE = False
    response = as_admin.post("/imports/sources/new/", typed | wrong)

    text = response.content.decode()
    assert response.status_code == 422
    assert words in text
    assert (wrong.get("name") or "Ny källa") in text


def test_a_secret_is_stored_sealed_and_never_shown(as_admin, place):
    address = f"/imports/sources/{place.source_id}/secret/"
    as_admin.post(address, {"credential": "mycket-hemligt"})

    secret = SourceSecret.objects.get(source=place.source)
    assert "hemligt" not in secret.sealed
    assert unseal(secret.sealed, place.source.hosts) == "mycket-hemligt"
    for path in (address, f"/imports/sources/{place.source_id}/", f"/imports/sources/{place.source_id}/settings/"):
        text = as_admin.get(path).content.decode()
        assert "hemligt" not in text
        assert secret.sealed not in text
    as_admin.post(address, {"credential": "ett-nytt"})
    assert unseal(SourceSecret.objects.get().sealed, place.source.hosts) == "ett-nytt"
    assert not RowHistory.objects.filter(table_name="integrations_sourcesecret").exists()


@pytest.mark.parametrize(
    ("typed_in", "words"),
    [
        ({}, "Enter the secret."),
        ({"credential": "två\nrader"}, "without line breaks"),
        ({"credential_certificate": "inget"}, "certificate and its private key"),
    ],
)
def test_a_secret_that_cannot_be_one_is_refused(as_admin, place, typed_in, words):
    response = as_admin.post(f"/imports/sources/{place.source_id}/secret/", typed_in)

    assert response.status_code == 422
    assert words in response.content.decode()


def test_the_database_itself_lets_no_page_read_a_secret(as_admin, admin, place):
    as_admin.post(f"/imports/sources/{place.source_id}/secret/", {"credential": "mycket-hemligt"})

    with identity.acting_as(admin):
        assert list(SourceSecret.objects.values_list("kind", flat=True)) == ["secret"]
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            SourceSecret.objects.values_list("sealed", flat=True).get()


def test_after_a_change_of_address_the_secret_is_asked_for_again(as_admin, typed, place):
    as_admin.post("/imports/sources/new/", typed)
    source = SchoolSource.objects.get(name="Ny källa")
    as_admin.post(f"/imports/sources/{source.pk}/secret/", {"credential": "mycket-hemligt"})
    assert "enter it again" not in as_admin.get(f"/imports/sources/{source.pk}/").content.decode()

    as_admin.post(f"/imports/sources/{source.pk}/settings/", typed | {"address": "https://evil.example.org/v2.0"})

    assert "enter it again" in as_admin.get(f"/imports/sources/{source.pk}/").content.decode()


def test_the_delicate_pages_ask_who_it_is(client, admin, place):
    client.force_login(admin.user)

    for page in ("new/", f"{place.source_id}/settings/", f"{place.source_id}/secret/"):
        assert client.get(f"/imports/sources/{page}").status_code == 302


def test_the_connection_test_tells_in_plain_words(as_admin, place, connect, how, data):
    how.forbidden, how.missing = {"attendances"}, {"aggregatedAttendance"}
    how.ignores = {"*"}
    for row in data.lists["persons"]:
        row.pop("securityMarking")

    lines = {line["what"]: line["code"] for line in try_source(place.source, at=timezone.now(), connect=connect)}

    assert lines["organisations"] == lines["school"] == lines["persons"] == lines["groups"] == "ok"
    assert (lines["attendances"], lines["aggregatedAttendance"]) == ("not_allowed", "not_there")
    text = as_admin.get(f"/imports/sources/{place.source_id}/").content.decode()
    assert "everybody would be held aside" in text
    assert "people whom we did not ask for" in text
    assert "Ask the supplier to open it for us" in text
    assert not [row["givenName"] for row in data.lists["persons"] if row["givenName"] in text]


def test_a_server_that_is_wrong_from_the_start_is_told_in_one_line(place, connect, how):
    how.raw = b'{"data": [{"id": "17"}]}'

    (line,) = try_source(place.source, at=timezone.now(), connect=connect)

    assert (line["what"], line["code"]) == ("organisations", "ids_are_not_uuids")


def test_the_school_sees_what_would_change_and_says_yes(client, sync, place, principal):
    sync()
    diff = place.diffs.get()
    client.force_login(principal.user)
    page = f"/imports/register/{diff.pk}/"
    text = client.get(page).content.decode()
    assert all(words in text for words in ("Elev000 Påhittad", "7A", "Mia Mentor", "New pupils"))

    client.post(page, {"kinds": ["new_class", "new_pupil"]})
    carry_out(str(diff.pk))

    assert Pupil.objects.count() == 6
    text = client.get(page).content.decode()
    assert "The changes are carried out" in text
    assert "Elev000" not in text


def test_nothing_ticked_refuses_everything(client, sync, place, principal):
    sync()
    diff = place.diffs.get()
    client.force_login(principal.user)

    client.post(f"/imports/register/{diff.pk}/", {})
    carry_out(str(diff.pk))

    diff.refresh_from_db()
    assert diff.status == "refused"
    assert not diff.changes.exists()
    assert not Pupil.objects.exists()


def test_two_answers_at_once_are_one(client, sync, say_yes, place, principal):
    sync()
    diff = place.diffs.get()
    say_yes()
    client.force_login(principal.user)

    response = client.post(f"/imports/register/{diff.pk}/", {"kinds": ["new_pupil"]}, follow=True)

    assert "has moved on meanwhile" in response.content.decode()


def test_another_school_does_not_see_it(client, sync, place):
    sync()
    client.force_login(MembershipFactory(principal=True).user)

    assert client.get(f"/imports/register/{place.diffs.get().pk}/").status_code == 404
    assert "Elevregistret" not in client.get("/imports/register/").content.decode()


def test_the_system_administrator_sees_numbers_and_no_names(as_admin, admin, sync, place):
    sync()

    text = as_admin.get(f"/imports/sources/{place.source_id}/").content.decode()

    assert "6 new pupils" in text
    assert "Elev000" not in text
    with identity.acting_as(Membership.objects.get(pk=admin.pk)), pytest.raises(DatabaseError), transaction.atomic():
        RosterDiff.objects.exists()


def test_every_night_each_school_of_a_source_that_is_on_is_read(place):
    read_sources(0)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args ->> 'kind', lock FROM procrastinate_jobs WHERE task_name = 'integrations.read_school' "
            "ORDER BY id"
        )
        rows = cursor.fetchall()
    assert rows == [(kind, f"source {place.source_id}") for kind in ("register", "absence")]


@pytest.mark.parametrize(
    ("page", "sent", "asked"),
    [
        ("test/", {}, ["integrations.try_source"]),
        ("read/", {"kind": "register"}, ["integrations.read_school"]),
        ("read/", {"kind": "absence"}, ["integrations.read_school"]),
        ("read/", {"kind": "everything"}, []),
    ],
)
def test_what_goes_out_is_asked_of_the_worker(as_admin, place, page, sent, asked):
    assert as_admin.post(f"/imports/sources/{place.source_id}/{page}", sent).status_code == 302

    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs")
        assert [row[0] for row in cursor.fetchall()] == asked
