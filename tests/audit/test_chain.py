"""The log is linked at commit, and whatever is done to it afterwards is found."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.db.utils import DatabaseError

from audit.actions import record
from audit.chain import heads
from audit.models import AuditEvent
from audit.verification import anchor_log, verify_log
from drill.tamper import AUTHORITIES, KINDS, LEAVE_IT_WHOLE, guard, unguard, write_log
from tests.factories.accounts import MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def anchored(settings, tmp_path, as_owner):
    """Have a log of three authorities, anchored; work as its owner."""
    settings.LOG_ANCHOR_FILE = tmp_path / "anchors.jsonl"
    write_log(30)
    with as_owner() as cursor:
        anchor_log(NOW)
        yield settings.LOG_ANCHOR_FILE
        guard(cursor)


def test_log_as_written_has_no_findings(anchored):
    verdict = verify_log()

    assert (verdict.links, verdict.anchors, verdict.erased, verdict.findings) == (30, 3, 0, [])


@pytest.mark.parametrize("chance", range(4))
@pytest.mark.parametrize("kind", KINDS)
def test_tampering_is_found(anchored, kind, chance):
    with transaction.atomic(), connection.cursor() as cursor:
        unguard(cursor)
        KINDS[kind](cursor, random.Random(chance))

    with pytest.raises(CommandError):
        call_command("verify_log", stdout=StringIO())


@pytest.mark.parametrize("kind", KINDS)
def test_without_anchors_a_cut_and_a_rewritten_chain_are_missed(anchored, kind):
    anchored.unlink()
    with transaction.atomic(), connection.cursor() as cursor:
        unguard(cursor)
        KINDS[kind](cursor, random.Random(1))

    assert bool(verify_log().findings) == (kind not in LEAVE_IT_WHOLE)


def test_authority_taken_away_whole_is_found(anchored):
    with transaction.atomic(), connection.cursor() as cursor:
        unguard(cursor)
        for table in ("audit_auditevent", "audit_accessrecord", "audit_link"):
            cursor.execute(f"DELETE FROM {table} WHERE authority = 'board:farsta'")

    assert [finding for finding in verify_log().findings if "board:farsta" in finding]


def test_chain_goes_on_after_an_anchor(anchored):
    write_log(9)
    anchor_log(NOW)

    verdict = verify_log()

    assert (verdict.links, verdict.anchors, verdict.findings) == (39, 6, [])


def test_anchor_without_news_is_a_sign_of_life(anchored):
    assert len(anchor_log(NOW)) == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda lines: [*lines[:1], lines[1].replace('"seq": 10', '"seq": 9'), *lines[2:]],
        lambda lines: [lines[0], *lines[2:]],
        lambda lines: [*lines, "{}"],
        lambda lines: [*lines, json.dumps(json.loads(lines[-1]) | {"seq": 11}, sort_keys=True)],
        lambda lines: [lines[1], lines[0], lines[2]],
    ],
    ids=["edited", "missing", "unreadable", "made up", "swapped"],
)
def test_spoilt_anchors_are_found(anchored: Path, spoil):
    anchored.write_text("\n".join(spoil(anchored.read_text().splitlines())) + "\n")

    assert verify_log().findings


def test_anchors_of_another_key_are_found(anchored, settings):
    settings.LOG_ANCHOR_KEY = "stolen"

    assert verify_log().findings


def erase(cursor, table, seqs):
    """Erase rows as an approved erasure does: the refusal steps aside, the rest of the triggers work."""
    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER only_added")
    linked = f"SELECT entry_id FROM audit_link WHERE entry_table = '{table}' AND authority = 'city' AND seq = ANY (%s)"
    cursor.execute(f"DELETE FROM {table} WHERE id IN ({linked})", [seqs])
    count = cursor.rowcount
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER only_added")
    return count


def test_erasure_on_schedule_is_told_and_accepted(anchored):
    with transaction.atomic(), connection.cursor() as cursor:
        gone = erase(cursor, "audit_accessrecord", [1, 2, 3, 4])
        gone += erase(cursor, "audit_auditevent", [1, 2, 3, 4])

    verdict = verify_log()

    assert (gone, verdict.erased, verdict.findings) == (4, 4, [])


def test_what_tells_of_an_erasure_is_kept(anchored):
    with transaction.atomic(), connection.cursor() as cursor:
        erase(cursor, "audit_accessrecord", [1, 2])
        erase(cursor, "audit_auditevent", list(range(1, 30)))

    assert AuditEvent.objects.filter(authority="city").values_list("action", flat=True).distinct().get() == "log_erased"
    assert verify_log().findings == []


@pytest.mark.parametrize("seq", [3, 4, 9, 10])
def test_row_that_goes_beside_an_erasure_is_found(anchored, seq):
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("audit_accessrecord", "audit_auditevent"):
            erase(cursor, table, [1, 2, 5, 6])
    with transaction.atomic(), connection.cursor() as cursor:
        unguard(cursor)
        for table in ("audit_accessrecord", "audit_auditevent"):
            erase(cursor, table, [seq])

    assert verify_log().findings


@pytest.mark.parametrize("table", ["audit_auditevent", "audit_accessrecord", "audit_link"])
@pytest.mark.parametrize("act", ["UPDATE {} SET authority = 'x'", "DELETE FROM {}"])
def test_owner_is_refused_too(anchored, table, act):
    with pytest.raises(DatabaseError, match="only added"), connection.cursor() as cursor:
        cursor.execute(act.format(table))


def test_strange_words_and_moments_are_linked_as_they_are(settings, tmp_path, as_owner):
    settings.LOG_ANCHOR_FILE = tmp_path / "anchors.jsonl"
    by = MembershipFactory()
    details = {"å": 'a"b\\c\n\t\x7f – 𝄞', "z": [1, 2.50, None, True], "aa": {"b": 1e21}}
    for moment in (NOW, datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)):
        record(action="tried", target=by, by=by, at=moment, details=details)

    with as_owner():
        assert verify_log().findings == []


def test_rows_of_one_transaction_are_linked_in_the_order_written(as_owner):
    by = MembershipFactory()
    with transaction.atomic():
        for number in range(5):
            record(action=f"act {number}", target=by, by=by, at=NOW)

    with as_owner() as cursor:
        cursor.execute("SELECT entry_id, seq FROM audit_link ORDER BY seq")
        linked = cursor.fetchall()
        (head,) = heads(cursor)
    assert [key for key, _seq in linked] == list(AuditEvent.objects.values_list("pk", flat=True))
    assert [seq for _key, seq in linked] == [1, 2, 3, 4, 5]
    assert head[1] == 5


def test_system_writes_for_an_authority():
    by = MembershipFactory()

    record(action="tried", target=by, by=None, at=NOW, authority=AUTHORITIES[1])

    assert AuditEvent.objects.get().authority == AUTHORITIES[1]
