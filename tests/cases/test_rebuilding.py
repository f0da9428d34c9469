"""The ledger is what its events say: every state is rebuilt, and whatever is changed past the actions is caught."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from cases.rebuilding import differing
from tests.factories.cases import STATES, a_case

pytestmark = pytest.mark.django_db


TABLES = ("cases_obligation", "cases_holderinterval", "cases_hold", "cases_event")


def sql(statement: str, *parameters: object) -> None:
    """Change rows as no action would: with the guards of the tables off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, parameters)


def parts_that_differ() -> list[list[str]]:
    return [parts for _case, parts in differing()]


def test_every_state_is_rebuilt(cast):
    for state in STATES:
        a_case(state, cast=cast)

    assert parts_that_differ() == []


def test_a_date_that_was_moved_past_the_actions_is_found():
    story = a_case("acknowledged")

    sql("UPDATE cases_obligation SET due_on = due_on + 7 WHERE case_id = %s", story.case.pk)

    assert parts_that_differ() == [["obligations"]]


def test_so_is_a_holder_who_was_exchanged():
    story = a_case("accepted")

    sql("UPDATE cases_holderinterval SET unit_id = %s WHERE to_at IS NULL", story.cast.other_worker.unit_id)

    assert parts_that_differ() == [["obligations"]]


def test_and_an_event_that_was_taken_away():
    story = a_case("acknowledged")

    sql("DELETE FROM cases_event WHERE case_id = %s AND kind = 'request_acknowledged'", story.case.pk)

    assert parts_that_differ() == [["statuses", "obligations"]]


def test_events_that_cannot_be_played_are_found_too():
    story = a_case("acknowledged")

    sql("DELETE FROM cases_event WHERE case_id = %s AND kind = 'request_sent'", story.case.pk)

    assert parts_that_differ() == [["events"]]


def test_a_pause_that_was_ended_past_the_actions_is_found():
    story = a_case("paused")

    sql("UPDATE cases_hold SET ended_at = %s", story.at + timedelta(days=1))

    assert parts_that_differ() == [["obligations"]]


def test_the_command_ends_with_1_when_something_differs(capsys):
    story = a_case("acknowledged")
    call_command("check_ledger")
    assert "1 cases rebuilt, 0 differ." in capsys.readouterr().out
    sql("UPDATE cases_obligation SET due_on = due_on + 7 WHERE case_id = %s", story.case.pk)

    with pytest.raises(SystemExit) as end:
        call_command("check_ledger")

    assert end.value.code == 1
    assert capsys.readouterr().out.startswith(f"! {story.case.pk}: obligations")
