"""The log is erased by months, its chain still holds, and a row that somebody takes away by hand is still missed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from audit.models import AccessRecord, AuditEvent
from audit.verification import anchor_log, verify_log
from drill.tamper import guard, unguard, write_log
from records.policy import load_policy
from records.selection import due

AT = datetime(2031, 12, 1, 3, tzinfo=UTC)


@pytest.fixture
def log(people, settings, tmp_path):
    """A log of November 2026 in three authorities, anchored."""
    settings.LOG_ANCHOR_FILE = tmp_path / "anchors.jsonl"
    write_log(30)
    connection.check_constraints()
    anchor_log(AT)
    assert verify_log().findings == []


def taken_away_by_hand() -> None:
    with connection.cursor() as cursor:
        unguard(cursor)
        newest = "SELECT max(id) FROM audit_auditevent WHERE action <> 'log_erased'"
        cursor.execute(f"DELETE FROM audit_auditevent WHERE id = ({newest})")
        guard(cursor)


def test_month_is_due_when_five_years_have_gone_since_its_end(log):
    def months(day: date) -> set[str]:
        found = due(load_policy(), day)
        return {one.key for rule in ("events_log", "readings_log") for one in found[rule]}

    assert months(date(2031, 11, 30)) == set()
    assert "2026-11" in months(date(2031, 12, 1))


def test_chain_holds_after_the_erasure(log, erase_all):
    before = verify_log()

    erase_all(date(2031, 12, 1), AT)
    connection.check_constraints()

    assert not AccessRecord.objects.exists()
    assert not AuditEvent.objects.filter(at__year=2026).exclude(action="log_erased").exists()
    told = AuditEvent.objects.filter(action="log_erased")
    assert {event.authority for event in told} == {"city", "provider:2120000142", "board:farsta"}
    assert sum(event.details["rows"] for event in told) == 30
    after = verify_log()
    assert after.findings == []
    assert after.links > before.links


def test_row_taken_away_by_hand_is_still_missed(log, erase_all):
    erase_all(date(2031, 12, 1), AT)
    connection.check_constraints()

    taken_away_by_hand()

    assert any("is deleted" in finding for finding in verify_log().findings)


def test_what_tells_of_the_erasure_is_never_erased(log, erase_all):
    erase_all(date(2031, 12, 1), AT)
    connection.check_constraints()
    told = set(AuditEvent.objects.filter(action="log_erased").values_list("pk", flat=True))

    erase_all(date(2050, 12, 1), datetime(2050, 12, 1, 3, tzinfo=UTC))
    connection.check_constraints()

    assert told
    assert told <= set(AuditEvent.objects.filter(action="log_erased").values_list("pk", flat=True))
    assert verify_log().findings == []
