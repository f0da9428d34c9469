"""The digest: the start page's own numbers, once a working day, and nothing when there is nothing new."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import Membership
from cases.digests import send_digests
from cases.reminders import remind
from deadlines.stockholm import STOCKHOLM
from deadlines.working_days import add_working_days
from notifications import actions
from notifications.models import Mail
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import ConcernFactory
from tests.factories.cases import Story, a_case
from wall import identity
from wall.roles import CLOCK

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 10, tzinfo=STOCKHOLM)


def morning(day, hour=7, minute=30):
    return datetime.combine(day, time(hour, minute), STOCKHOLM)


def digest_of(member: Membership, day) -> Mail | None:
    return Mail.objects.filter(once=actions.digest_print(member.user_id, day)).first()


@pytest.fixture
def story() -> Story:
    return a_case("declined", at=MONDAY)


def test_numbers_of_the_mail_are_those_of_the_page(story, client, sign_in, time_machine):
    school = story.pupil.enrolments.get()
    ConcernFactory(enrolment=school, logged_by=story.cast.counsellor)
    day = story.open("respond_to_no").due_on + timedelta(days=1)
    at = morning(add_working_days(day - timedelta(days=1), 1))
    time_machine.move_to(at, tick=False)

    send_digests(at=at)

    for member in (story.cast.counsellor, story.cast.principal):
        counts = digest_of(member, at.date()).counts
        page = sign_in(client, member).get(reverse("cases:todo")).context["to_do"]
        assert counts == {group.code: len(group.rows) for group in page.groups}
        assert sum(counts.values()) == page.count > 1
        assert counts["late"] == page.late >= 1


def test_nobody_gets_two_a_day(story):
    at = morning(MONDAY.date())

    assert send_digests(at=at) > 0
    assert send_digests(at=at) == 0
    assert send_digests(at=at + timedelta(hours=5)) == 0


def test_the_same_rows_are_not_told_twice(story):
    tuesday, wednesday = MONDAY.date() + timedelta(days=1), MONDAY.date() + timedelta(days=2)
    counsellor = story.cast.counsellor

    send_digests(at=morning(tuesday))
    send_digests(at=morning(wednesday))

    assert digest_of(counsellor, tuesday).status == Mail.Status.WAITING
    assert digest_of(counsellor, wednesday).status == Mail.Status.QUIET


def test_a_reminder_makes_it_new(story):
    due = story.open("respond_to_no").due_on
    counsellor = story.cast.counsellor
    held = story.open("respond_to_no").intervals.get(to_at=None)
    held.person = counsellor
    held.save()
    before, ahead = add_working_days(due, -3), add_working_days(due, -2)
    sent = {}

    for day in (before, ahead):
        with identity.working_as(CLOCK):
            remind(at=morning(day))
        send_digests(at=morning(day))
        sent[day] = digest_of(counsellor, day)

    assert sent[before].prints != sent[ahead].prints
    assert sent[ahead].status == Mail.Status.WAITING


def test_who_has_nothing_to_do_gets_nothing():
    member = MembershipFactory()

    assert send_digests(at=morning(MONDAY.date())) == 0
    assert digest_of(member, MONDAY.date()).status == Mail.Status.QUIET


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 21, 9, tzinfo=STOCKHOLM),
        datetime(2026, 12, 24, 9, tzinfo=STOCKHOLM),
        datetime(2026, 6, 19, 9, tzinfo=STOCKHOLM),
        datetime(2026, 11, 23, 7, 29, tzinfo=STOCKHOLM),
        datetime(2026, 11, 23, 18, 0, tzinfo=STOCKHOLM),
    ],
)
def test_none_at_weekends_on_holidays_or_at_night(story, at):
    assert send_digests(at=at) == 0
    assert not Mail.objects.filter(kind=Mail.Kind.DIGEST).exists()


@pytest.mark.parametrize("day", [date(2026, 3, 27), date(2026, 3, 30), date(2026, 10, 23), date(2026, 10, 26)])
def test_half_past_seven_is_half_past_seven_in_winter_and_summer(day):
    story = a_case(at=datetime(2026, 2, 2, 10, tzinfo=STOCKHOLM))

    assert send_digests(at=morning(day, 7, 29)) == 0
    assert send_digests(at=morning(day)) > 0
    assert digest_of(story.cast.head, day) is not None


def choose(member, **changes):
    chosen = {"has_digest": True, "digest_at": time(7, 30), "has_instant": True, **changes}
    actions.choose(user=member.user, by=member, at=MONDAY, **chosen)


def test_it_comes_at_the_time_chosen_or_not_at_all(story):
    day = MONDAY.date()
    choose(story.cast.counsellor, digest_at=time(12))
    choose(story.cast.principal, has_digest=False)

    send_digests(at=morning(day))
    assert digest_of(story.cast.counsellor, day) is None
    send_digests(at=morning(day, 12, 0))

    assert digest_of(story.cast.counsellor, day).status == Mail.Status.WAITING
    assert digest_of(story.cast.principal, day) is None


def test_one_that_was_missed_comes_later_the_same_day_and_not_for_days_before(story):
    friday = MONDAY.date() + timedelta(days=4)

    assert send_digests(at=morning(friday, 11, 15)) > 0

    assert Mail.objects.filter(kind=Mail.Kind.DIGEST, user=story.cast.counsellor.user).count() == 1


def test_who_is_away_or_has_left_is_left_alone_and_the_stand_in_is_told(story):
    day = MONDAY.date()
    away, left = story.cast.counsellor, story.cast.principal
    stand_in = MembershipFactory(unit=away.unit)
    Membership.objects.filter(pk=away.pk).update(away_from=day, away_to=day, stand_in=stand_in)
    Membership.objects.filter(pk=left.pk).update(valid_to=day - timedelta(days=1))

    send_digests(at=morning(day))

    assert digest_of(away, day) is None
    assert digest_of(left, day) is None
    assert digest_of(stand_in, day).status == Mail.Status.WAITING


def test_somebody_with_two_roles_gets_one_with_the_sum(story):
    day = MONDAY.date()
    other = a_case("declined", at=MONDAY)
    both = MembershipFactory(user=story.cast.counsellor.user, unit=other.cast.counsellor.unit)

    send_digests(at=morning(day))

    one, there = digest_of(both, day).counts, digest_of(other.cast.counsellor, day).counts
    assert sum(one.values()) == 2 * sum(there.values())


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_put_one_digest_for_each():
    story = a_case("declined", at=MONDAY)
    at, start = morning(MONDAY.date()), Barrier(2)

    def work(_worker: int) -> int:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            return send_digests(at=at)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))

    digests = Mail.objects.filter(kind=Mail.Kind.DIGEST)
    assert digests.filter(user=story.cast.counsellor.user).count() == 1
    assert digests.count() == digests.values("user").distinct().count() > 3
