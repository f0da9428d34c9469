"""A reading that is killed, wherever it is, ends in the same state as one that never was."""

from __future__ import annotations

import contextlib
import secrets
from datetime import timedelta

import pytest
from django.db import connection, transaction

from integrations.ss12000.client import Client
from integrations.ss12000.models import SyncRun
from tests.integrations.ss12000.conftest import NOW
from tests.integrations.ss12000.everywhere import register_rows
from tests.ss12000_server.data import a_school, meta

pytestmark = pytest.mark.django_db

KILLS = 50


class Killed(BaseException):
    """Nothing catches it: as when the process is gone."""


@pytest.fixture
def data():
    data = a_school(14)
    data.add_pupil("Hemligina", data.lists["groups"][0], securityMarking="Sekretessmarkering")
    return data


def test_a_connection_that_is_gone_pauses_the_run_and_the_next_goes_on(sync, source, how, place):
    how.dies_after = 4
    first = sync()
    assert (first.status, first.failure) == ("paused", "cut_off")

    how.dies_after = 0
    before = len(source.requests)
    second = sync(NOW + timedelta(hours=1))

    assert (second.pk, second.status) == (first.pk, "waiting")
    assert second.counts["new_pupil"] == 14
    assert second.counts["protected"] == 1
    assert "organisations" not in [path for _method, path, _query in source.requests[before:]]


def test_one_left_too_long_is_begun_anew(sync, how):
    how.dies_after = 4
    first = sync()
    how.dies_after = 0

    second = sync(NOW + timedelta(days=2))

    assert second.pk != first.pk
    assert SyncRun.objects.get(pk=first.pk).failure == "cut_off"


def test_a_token_that_expired_meanwhile_begins_that_list_anew(sync, how):
    how.dies_after = 4
    sync()
    how.dies_after, how.expires = 0, 1

    run = sync(NOW + timedelta(hours=1))

    assert run.counts["new_pupil"] == 14
    assert run.counts["people"] == 15


def test_killed_at_fifty_points_it_ends_as_if_nothing_had_happened(read_in, sync, data, place, source, monkeypatch):
    """Half of the kills are at a request, half at a statement to the database: before it, or when it is done."""
    read_in()
    night = NOW + timedelta(days=8)
    data.leave(data.lists["persons"][0], on="2026-11-21", at=night)
    data.move(data.lists["persons"][2], data.lists["groups"][1], on="2026-11-23", at=night)
    data.lists["persons"][4] |= {"familyName": "Nynamn", "meta": meta(night)}
    data.add_pupil("Nykomling", data.lists["groups"][0], meta=meta(night))
    later = night + timedelta(hours=1)
    whole = Kill()
    wanted = outcome(lambda: whole.around(lambda: sync(later), monkeypatch))
    assert wanted["changes"]

    for number in range(KILLS):
        kill = Kill("requests" if number % 2 else "statements", secrets.randbelow(whole.most[number % 2]))

        def killed_and_read_again(kill=kill):
            with contextlib.suppress(Killed):
                kill.around(lambda: sync(later), monkeypatch)
            assert kill.has_struck
            sync(later + timedelta(minutes=30))

        assert outcome(killed_and_read_again) == wanted, (kill.kind, kill.at)


def outcome(act):
    """Return what an act leads to, and undo it."""
    with transaction.atomic():
        act()
        rows = register_rows()
        transaction.set_rollback(True)
    return rows


class Kill:
    """Kills what is done inside at one request or statement; counts them, too."""

    def __init__(self, kind="", at=-1):
        self.kind, self.at = kind, at
        self.counts = {"requests": 0, "statements": 0}
        self.has_struck = False
        self.after = bool(secrets.randbelow(2))

    @property
    def most(self):
        return self.counts["statements"], self.counts["requests"]

    def step(self, kind, do):
        number = self.counts[kind]
        self.counts[kind] += 1
        strikes = kind == self.kind and number == self.at and not self.has_struck
        if strikes and not self.after:
            self.has_struck = True
            raise Killed
        result = do()
        if strikes:
            self.has_struck = True
            raise Killed
        return result

    def around(self, act, monkeypatch):
        send = Client._send
        with monkeypatch.context() as patch:
            patch.setattr(Client, "_send", lambda me, request: self.step("requests", lambda: send(me, request)))
            with connection.execute_wrapper(self.statement):
                act()

    def statement(self, execute, sql, params, many, context):
        if not sql.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")) or "advisory" in sql:
            return execute(sql, params, many, context)
        return self.step("statements", lambda: execute(sql, params, many, context))
