"""Weeks of a year in short: real workers, a week without them, a kill; then every check, and each check broken once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from bench.school_year.checks import expected, faults_of_open_cases, faults_of_reminders
from bench.school_year.free_days import is_work_day
from bench.school_year.mails import MailBox, faults_of_mail
from bench.school_year.playing import Plan, Year, faults_of_jobs, play
from cases.rebuilding import differing
from deadlines.working_days import is_working_day

CHRISTMAS = Plan(
    date(2026, 12, 7), days=36, cases=12, casts=1, kills=2, still_from=date(2026, 12, 14), seed=3, begins_within=0.3
)


@pytest.mark.django_db(transaction=True)
def test_weeks_over_christmas_with_one_week_of_downtime_and_kills():
    played = play(CHRISTMAS, afterwards=every_check_catches)

    assert {name: faults[:5] for name, faults in played.faults.items() if faults} == {}
    assert played.counts["workers killed"] == 2
    assert played.counts["cases"] >= 12
    assert {"no_answer", "request_sent"} <= set(played.counts["of each kind"])


def every_check_catches(year: Year, box: MailBox) -> None:
    a_case_without_a_holder_is_found()
    reminders_are_compared(year)
    silences_are_compared(year)
    events_and_rows_are_compared()
    mails_are_judged(year, box)
    a_job_that_never_ends_is_found()


@contextmanager
def changed(statement: str, *parameters: object) -> Iterator[None]:
    """Have a row changed past all guards inside the block."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("cases_obligation", "cases_holderinterval", "cases_event"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, parameters)
        assert cursor.rowcount == 1, statement
        yield
        transaction.set_rollback(True)


def a_case_without_a_holder_is_found() -> None:
    with changed(
        "UPDATE cases_holderinterval SET to_at = now() "
        "WHERE id = (SELECT max(id) FROM cases_holderinterval WHERE to_at IS NULL)"
    ):
        assert any("held by 0" in fault for fault in faults_of_open_cases())


def reminders_are_compared(year: Year) -> None:
    found = expected(year.ticks)
    assert found.must
    user, obligation, due_on, step = min(found.must)
    one = "user_id = %s AND obligation = %s AND due_on = %s AND step = %s"
    row = (user, obligation, due_on, step)
    with changed(f"DELETE FROM simulated.given WHERE {one}", *row):
        assert faults_of_reminders(found)[0].startswith("reminder missing")
    with changed(f"INSERT INTO simulated.given SELECT * FROM simulated.given WHERE {one}", *row):
        assert "2 times" in faults_of_reminders(found)[0]
    with changed(f"UPDATE simulated.given SET due_on = due_on + 100 WHERE {one}", *row):
        assert any("without cause" in fault for fault in faults_of_reminders(found))


def silences_are_compared(year: Year) -> None:
    first = "(SELECT min(id) FROM cases_event WHERE kind = 'no_answer')"
    with changed(f"UPDATE cases_event SET changes = changes - 0 WHERE id = {first}"):
        assert any("not noted" in fault for fault in expected(year.ticks).faults)
    with changed(f"UPDATE cases_event SET changes = jsonb_build_array(changes -> 0) || changes WHERE id = {first}"):
        assert any("counted twice" in fault for fault in expected(year.ticks).faults)
    with changed(f"UPDATE cases_event SET at = at - interval '2 hours' WHERE id = {first}"):
        assert any("silence noted at" in fault for fault in expected(year.ticks).faults)


def events_and_rows_are_compared() -> None:
    with changed(
        "UPDATE cases_obligation SET due_on = due_on + 1 "
        "WHERE id = (SELECT id FROM cases_obligation WHERE stopped_at IS NULL LIMIT 1)"
    ):
        assert [parts for _case, parts in differing()] == [["obligations"]]


def mails_are_judged(year: Year, box: MailBox) -> None:
    one = box.letters[0]
    wrong: list[tuple[str, Callable[[], object]]] = [
        ("mail at", lambda: replace(one, at=one.at + timedelta(hours=13), key="new")),
        ("the same twice", lambda: replace(one, key="new")),
        ("names", lambda: replace(one, body="Alva", key="new")),
        ("of kind unknown", lambda: replace(one, body="!", key="new")),
    ]
    for words, letter in wrong:
        assert any(words in fault for fault in faults_of_mail([*box.letters, letter()], year.killed_on)), words
    assert any("the same mail 2 times" in fault for fault in faults_of_mail([one, one], []))


def a_job_that_never_ends_is_found() -> None:
    with changed("INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('mail', 'x', 'doing')"):
        assert faults_of_jobs()


def test_the_days_off_that_were_written_by_hand_are_those_of_the_product():
    days = [date(2026, 8, 17) + timedelta(days=number) for number in range(370)]

    assert [day for day in days if is_work_day(day) != is_working_day(day)] == []
