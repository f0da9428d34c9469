"""A source tells us when something changes: asked for, renewed and given up; a call wakes us and is not believed."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client as Browser
from procrastinate.contrib.django.models import ProcrastinateJob

from integrations.ss12000 import tasks
from integrations.ss12000.models import SourceSubscription
from integrations.ss12000.subscriptions import hash_of, keep_subscription, note_notice, notices_to_read
from tests.factories.accounts import MembershipFactory
from tests.integrations.ss12000.conftest import NOW
from wall import identity

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(place, source):
    """Return the source's row, whose administrator wants to be told."""
    row = place.source
    row.is_told, row.own_address = True, "https://narvaro.example.org/"
    row.save()
    return row


@pytest.fixture
def waiting_jobs(db):
    return lambda: list(ProcrastinateJob.objects.order_by("id"))


@pytest.fixture
def keep(told, connect):
    def keep(at=NOW):
        told.refresh_from_db()
        keep_subscription(told, at=at, connect=connect)
        return SourceSubscription.objects.filter(source=told).first()

    return keep


def token_in(source):
    """Return the secret part of the address that the server was last given."""
    return source.subscriptions[-1]["target"].rstrip("/").rpartition("/")[2]


def call(source, body=b"", **headers):
    return Browser(enforce_csrf_checks=True).post(
        f"/imports/notices/{token_in(source)}/", data=body, content_type="application/json", **headers
    )


# --- Asked for, renewed, given up -------------------------------------------------------------------------------------


def test_a_subscription_is_asked_for_with_an_address_that_only_the_server_knows(keep, source):
    kept = keep()

    asked = source.subscriptions[-1]
    assert asked["target"].startswith("https://narvaro.example.org/imports/notices/")
    assert len(token_in(source)) >= 43
    assert kept.token_hash == hash_of(token_in(source))
    assert token_in(source) not in json.dumps([str(value) for value in vars(kept).values()])
    assert {one["resource"] for one in asked["resourceTypes"]} >= {"Organisation", "Person", "Group", "Duty"}
    assert (kept.remote_id, kept.expires_at, kept.failure) == (asked["id"], NOW + timedelta(days=30), "")


def test_a_server_that_wants_bare_words_gets_them(keep, source, how):
    how.subscriptions = "words"

    kept = keep()

    assert kept.remote_id
    assert "Person" in source.subscriptions[-1]["resourceTypes"]


def test_a_subscription_is_renewed_before_it_ends_by_a_patch_without_body(keep, source):
    first = keep()
    assert keep(NOW + timedelta(days=20)).expires_at == first.expires_at

    renewed = keep(NOW + timedelta(days=24))

    assert renewed.remote_id == first.remote_id
    assert renewed.expires_at == first.expires_at + timedelta(days=30)
    assert renewed.token_hash == first.token_hash
    assert [body for method, _path, body in source.changes if method == "PATCH"] == [b""]


def test_one_without_an_end_is_renewed_every_night(keep, source, how):
    how.subscriptions = "endless"
    assert keep().expires_at is None

    keep(NOW + timedelta(days=1))

    assert [method for method, *_rest in source.changes] == ["POST", "PATCH"]


def test_what_the_server_has_forgotten_is_asked_for_anew_with_another_address(keep, source):
    first = keep()
    before = token_in(source)
    source.subscriptions.clear()

    anew = keep(NOW + timedelta(days=29))

    assert anew.remote_id != first.remote_id
    assert token_in(source) != before
    assert not note_notice(before, at=NOW)


@pytest.mark.parametrize("change", [{"is_told": False}, {"is_on": False}])
def test_it_is_given_up_when_nobody_wants_it(keep, source, told, change):
    keep()
    type(told).objects.filter(pk=told.pk).update(**change)

    assert keep() is None
    assert source.subscriptions == []
    assert [method for method, *_rest in source.changes] == ["POST", "DELETE"]


def test_giving_up_what_the_server_has_forgotten_is_no_failure(keep, source, told):
    keep()
    source.subscriptions.clear()
    type(told).objects.filter(pk=told.pk).update(is_told=False)

    assert keep() is None


def test_a_new_address_of_ours_gives_the_old_one_up(keep, source, told):
    keep()
    type(told).objects.filter(pk=told.pk).update(own_address="https://ny.example.org/")

    keep()

    assert [one["target"].partition("/imports")[0] for one in source.subscriptions] == ["https://ny.example.org"]


@pytest.mark.parametrize(
    ("status", "failure"), [(404, "not_there"), (405, "not_there"), (403, "not_allowed"), (500, "server_failed")]
)
def test_a_server_without_subscriptions_is_told_of_in_plain_words(keep, how, status, failure):
    how.subscriptions = status

    kept = keep()

    assert (kept.failure, kept.remote_id) == (failure, "")
    assert kept.failure_text


@pytest.mark.parametrize("answer", [b"[]", b'{"id": ""}', b'{"id": {"a": 1}}', b'{"id": "' + b"x" * 300 + b'"}'])
def test_an_answer_that_names_no_subscription_is_none(keep, how, answer):
    how.subscriptions = answer

    assert keep().failure == "list_not_understood"


def test_a_failure_is_tried_again_and_forgotten_when_it_works(keep, how):
    how.subscriptions = 500
    assert keep().failure
    how.subscriptions = "standard"

    kept = keep(NOW + timedelta(days=1))

    assert (kept.failure, bool(kept.remote_id)) == ("", True)


def test_making_one_is_asked_for_once(keep, source, how):
    how.subscriptions = 503

    keep()

    assert [method for method, *_rest in source.changes] == ["POST"]


# --- Listened to ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b'{"modifiedEntites":["Person","Group"],"deletedEntities":true}',
        b'{"modifiedEntities":["Person"]}',
        b'{"deletedEntities":true}',
        b"",
        b"no json {{{",
        b"\xff" * 5000,
    ],
)
def test_a_call_is_answered_with_exactly_200_whatever_it_says(keep, source, body):
    keep()

    answer = call(source, body)

    assert (answer.status_code, answer.content) == (200, b"")
    assert SourceSubscription.objects.get().noticed_at is not None


def test_nobody_is_known_by_another_address_and_no_other_way_of_asking_is_open(keep, source, client):
    keep()
    assert client.post("/imports/notices/gissat/").status_code == 404
    assert client.get(f"/imports/notices/{token_in(source)}/").status_code == 405
    assert SourceSubscription.objects.get().noticed_at is None


def test_the_address_tells_somebody_signed_in_no_more(keep, source, client):
    keep()
    client.force_login(MembershipFactory(principal=True).user)

    assert client.post(f"/imports/notices/{token_in(source)}/").status_code == 200
    assert client.post("/imports/notices/gissat/").status_code == 404


def test_many_calls_are_one_and_one_after_is_another(keep, source, told):
    keep()
    token = token_in(source)
    for seconds in range(50):
        assert note_as_nobody(token, NOW + timedelta(seconds=seconds))
    assert SourceSubscription.objects.get().noticed_at == NOW

    assert notices_to_read(at=NOW + timedelta(minutes=1)) == [told.pk]
    assert notices_to_read(at=NOW + timedelta(minutes=2)) == []
    note_as_nobody(token, NOW + timedelta(minutes=3))
    assert notices_to_read(at=NOW + timedelta(minutes=4)) == []
    assert notices_to_read(at=NOW + timedelta(minutes=11)) == [told.pk]


def test_a_clock_that_goes_behind_loses_no_call(keep, source, told):
    keep()
    note_as_nobody(token_in(source), NOW)
    notices_to_read(at=NOW)

    note_as_nobody(token_in(source), NOW - timedelta(minutes=5))

    assert notices_to_read(at=NOW + timedelta(minutes=15)) == [told.pk]


def test_a_source_that_is_off_is_not_read(keep, source, told):
    keep()
    note_as_nobody(token_in(source), NOW)
    type(told).objects.filter(pk=told.pk).update(is_on=False)

    assert notices_to_read(at=NOW) == []


def test_a_call_has_every_school_of_the_source_read_once(keep, source, place, waiting_jobs):
    keep()
    note_as_nobody(token_in(source), NOW)

    tasks.listen(0)
    tasks.listen(60)

    asked = [job for job in waiting_jobs() if job.task_name == "integrations.read_school"]
    assert [(job.args["kind"], job.args["source_school_id"]) for job in asked] == [
        ("register", place.pk), ("absence", place.pk)
    ]  # fmt: skip
    assert {job.lock for job in asked} == {f"source {place.source_id}"}
    assert not any("is_full" in job.args and job.args["is_full"] for job in asked)


def test_the_database_lets_nobody_at_the_gate_read_or_change_a_subscription(keep):
    keep()
    for ask in (
        lambda: list(SourceSubscription.objects.values_list("remote_id")),
        lambda: SourceSubscription.objects.update(remote_id="x"),
        lambda: SourceSubscription.objects.all().delete(),
    ):
        with identity.gate(), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            ask()


def test_an_administrator_reads_everything_but_the_hash(keep):
    keep()
    with identity.acting_as(MembershipFactory(system_admin=True)):
        assert SourceSubscription.objects.values_list("remote_id", flat=True).get()
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            SourceSubscription.objects.values_list("token_hash", flat=True).get()


def note_as_nobody(token, at):
    with identity.gate():
        return note_notice(token, at=at)
