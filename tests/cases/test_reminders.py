"""Reminders: two working days before, on the day, two after to holder and manager; once each, none after the fact."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from threading import Barrier

import pytest
from django.db import connection

from cases.models import Hold, Obligation
from cases.reminders import remind, step_on, tell_late
from deadlines.stockholm import STOCKHOLM
from deadlines.working_days import add_working_days, is_working_day
from notifications.models import Mail, Reminder
from tests.factories.cases import Story, a_case
from wall import identity
from wall.roles import CLOCK

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 10, tzinfo=STOCKHOLM)
Step = Reminder.Step


def morning(day: date, hour: int = 8) -> datetime:
    return datetime.combine(day, time(hour), STOCKHOLM)


def run(day: date) -> None:
    with identity.working_as(CLOCK):
        remind(at=morning(day))
        tell_late(at=morning(day))


def held_by_worker() -> tuple[Story, Obligation]:
    story = a_case("acknowledged", at=MONDAY)
    obligation = story.open("answer_request")
    obligation.intervals.filter(to_at=None).update(person=story.cast.worker)
    return story, obligation


def given(obligation: Obligation) -> Counter:
    return Counter(Reminder.objects.filter(obligation=obligation.pk).values_list("user", "step"))


@pytest.mark.parametrize(
    ("due_on", "today", "step"),
    [
        (date(2026, 11, 27), date(2026, 11, 24), None),
        (date(2026, 11, 27), date(2026, 11, 25), Step.AHEAD),
        (date(2026, 11, 27), date(2026, 11, 26), Step.AHEAD),
        (date(2026, 11, 27), date(2026, 11, 27), Step.TODAY),
        (date(2026, 11, 27), date(2026, 11, 30), Step.LATE),
        (date(2026, 11, 27), date(2026, 12, 1), Step.STILL_LATE),
        (date(2026, 11, 27), date(2026, 12, 21), Step.STILL_LATE),
        (date(2026, 11, 28), date(2026, 11, 27), Step.TODAY),  # due on a Saturday: the Friday is its day
        (date(2026, 12, 28), date(2026, 12, 22), Step.AHEAD),  # 23 and 28 December are the two working days
        (date(2026, 12, 28), date(2026, 12, 21), None),
        (date(2026, 4, 2), date(2026, 4, 7), Step.LATE),  # Maundy Thursday, Tuesday after Easter
    ],
)
def test_steps_of_the_ladder(due_on, today, step):
    assert step_on(due_on, today) == step


def test_day_by_day_each_step_is_given_once_and_the_last_to_the_manager_too():
    story, obligation = held_by_worker()
    worker, head = story.cast.worker.user_id, story.cast.head.user_id

    day = MONDAY.date()
    while day < obligation.due_on + timedelta(days=14):
        run(day)
        run(day)
        day += timedelta(days=1)

    assert given(obligation) == {
        (worker, "ahead"): 1, (worker, "today"): 1, (worker, "late"): 1, (worker, "still"): 1, (head, "unit"): 1,
    }  # fmt: skip
    late = Mail.objects.get(kind=Mail.Kind.LATE, user=worker)
    assert late.counts == {"late": 1}
    assert late.created_at == morning(add_working_days(obligation.due_on, 1))
    assert all(is_working_day(row.reminded_on) for row in Reminder.objects.all())


def test_after_a_week_without_a_worker_the_latest_step_alone_is_given():
    story, obligation = held_by_worker()
    story.cast.worker.refresh_from_db()
    day = add_working_days(obligation.due_on, 4)

    run(day)

    worker, head = story.cast.worker.user_id, story.cast.head.user_id
    assert given(obligation) == {(worker, "still"): 1, (worker, "late"): 1, (head, "unit"): 1}
    assert Mail.objects.filter(kind=Mail.Kind.LATE, user=worker).count() == 1


def test_what_becomes_somebodys_own_later_in_the_day_and_is_late_never_says_the_same_again():
    story, obligation = held_by_worker()
    day = add_working_days(obligation.due_on, 1)
    run(day)
    other = a_case("acknowledged", cast=story.cast, at=MONDAY).open("answer_request")
    other.intervals.filter(to_at=None).update(person=story.cast.worker)

    with identity.working_as(CLOCK):
        tell_late(at=morning(day, 10))

    mails = Mail.objects.filter(user=story.cast.worker.user, kind=Mail.Kind.LATE).order_by("created_at")
    assert [mail.counts for mail in mails] == [{"late": 1}, {"late": 2}]


def test_many_late_things_are_one_mail():
    stories = [held_by_worker()]
    cast = stories[0][0].cast
    for _ in range(3):
        story = a_case("acknowledged", cast=cast, at=MONDAY)
        story.open("answer_request").intervals.filter(to_at=None).update(person=cast.worker)

    run(add_working_days(stories[0][1].due_on, 1))

    assert Mail.objects.get(kind=Mail.Kind.LATE, user=cast.worker.user_id).counts == {"late": 4}


def test_a_new_date_has_its_own_reminders():
    story, obligation = held_by_worker()
    run(obligation.due_on)
    later = add_working_days(obligation.due_on, 5)
    Obligation.objects.filter(pk=obligation.pk).update(due_on=later)

    run(later)

    assert given(obligation) == {(story.cast.worker.user_id, "today"): 2}


def test_what_is_done_or_rests_is_not_reminded_of():
    story, done = held_by_worker()
    _other, resting = held_by_worker()
    story.accept()
    Hold.objects.create(obligation=resting, started_on=MONDAY.date(), until=resting.due_on, reason="x")

    run(done.due_on)

    assert given(done) == given(resting) == {}


def test_while_the_holder_is_away_the_stand_in_is_reminded():
    story, obligation = held_by_worker()
    worker = story.cast.worker
    worker.away_from = worker.away_to = obligation.due_on
    worker.stand_in = story.cast.colleague
    worker.save()

    run(obligation.due_on)

    assert given(obligation) == {(story.cast.colleague.user_id, "today"): 1}


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_remind_and_tell_once():
    story, obligation = held_by_worker()
    day, start = add_working_days(obligation.due_on, 2), Barrier(2)

    def work(_worker: int) -> None:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            run(day)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))

    assert set(given(obligation).values()) == {1}
    assert Mail.objects.filter(kind=Mail.Kind.LATE, user=story.cast.worker.user_id).count() == 1
