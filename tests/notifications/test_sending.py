"""The outbox against a real mail server: each mail once, what is refused is seen, what fails for now is tried again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction

from accounts.models import User
from deadlines.stockholm import STOCKHOLM
from notifications import actions
from notifications.forgetting import forget_old
from notifications.models import STUCK_AFTER, Mail
from notifications.sending import WAITS, claim, send_due
from tests.factories.accounts import MembershipFactory
from tests.notifications.mail_server import Box, serving
from wall import identity
from wall.roles import OUTBOX

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 11, 27, 10, tzinfo=STOCKHOLM)


def a_mail(member=None, about="it", at=FRIDAY, kind=Mail.Kind.GIVEN, counts=None) -> Mail:
    member = member or MembershipFactory()
    actions.put(kind=kind, user_id=member.user_id, about=about, at=at, counts=counts)
    return Mail.objects.get(once=actions.print_of(kind, member.user_id, about))


def send(at=FRIDAY):
    with identity.becoming(OUTBOX):
        return send_due(lambda: at)


def now(mail: Mail) -> Mail:
    return Mail.objects.get(pk=mail.pk)


def test_mail_is_sent_once_and_says_nothing_of_anybody(box: Box):
    member = MembershipFactory()
    mail = a_mail(member)

    assert send() == {"sent": 1}
    assert send() == {}

    (letter,) = box.arrived
    assert box.receivers == [[member.user.email]]
    assert letter["Message-ID"] == f"<{mail.pk}@127.0.0.1>"
    assert letter["Auto-Submitted"] == "auto-generated"
    parts = [part.get_content() for part in letter.walk() if not part.is_multipart()]
    assert len(parts) == 2
    for text in [*parts, str(letter["Subject"])]:
        for name in (member.user.given_name, member.user.family_name, member.unit.name):
            assert name not in text
    assert "<img" not in parts[1]
    assert "http://127.0.0.1:8000/" in parts[0]
    assert parts[1].count("http") == 2  # the link to the start page, and its words
    assert now(mail).status == Mail.Status.SENT


def test_the_same_thing_is_put_in_the_outbox_once():
    member = MembershipFactory()

    a_mail(member, "it")
    a_mail(member, "it")
    a_mail(member, "something else")

    assert Mail.objects.count() == 2


def test_nothing_is_sent_of_a_change_that_was_not_made(box: Box):
    with transaction.atomic():
        a_mail()
        transaction.set_rollback(True)

    assert send() == {}
    assert box.arrived == []


def test_refused_receiver_is_written_down_and_the_next_gets_theirs(box: Box):
    refused, other = MembershipFactory(), MembershipFactory()
    box.refuses[refused.user.email] = f"550 5.1.1 no {refused.user.email} here"
    first = a_mail(refused)
    a_mail(other, at=FRIDAY + timedelta(seconds=1))

    assert send(FRIDAY + timedelta(minutes=1)) == {"refused": 1, "sent": 1}

    assert (now(first).status, now(first).code) == (Mail.Status.REFUSED, 550)
    assert box.receivers == [[other.user.email]]
    assert send(FRIDAY + timedelta(hours=3)) == {}


def test_a_full_mailbox_is_tried_again(box: Box):
    member = MembershipFactory()
    box.refuses[member.user.email] = "452 4.2.2 full"
    mail = a_mail(member)

    assert send() == {"waiting": 1}
    assert now(mail).code == 452
    box.refuses.clear()
    assert send(FRIDAY + WAITS[0]) == {"sent": 1}


def test_a_connection_dropped_before_the_mail_was_taken_is_tried_again(box: Box):
    box.drops = 1
    mail = a_mail()

    assert send() == {"waiting": 1}
    assert send(FRIDAY + timedelta(seconds=30)) == {}
    assert send(FRIDAY + WAITS[0]) == {"sent": 1}

    assert [letter["Message-ID"] for letter in box.arrived] == [f"<{mail.pk}@127.0.0.1>"]


def test_a_connection_dropped_after_the_mail_was_taken_can_double_it_and_the_receiver_can_tell(box: Box):
    box.takes_and_drops = 1
    a_mail()

    assert send() == {"waiting": 1}
    assert send(FRIDAY + WAITS[0]) == {"sent": 1}

    assert len(box.arrived) == 2
    assert len({letter["Message-ID"] for letter in box.arrived}) == 1


def test_a_drop_in_the_middle_does_not_stop_the_others(box: Box):
    box.drops = 1
    for minute in range(3):
        a_mail(at=FRIDAY + timedelta(minutes=minute))

    assert send(FRIDAY + timedelta(minutes=5)) == {"waiting": 1, "sent": 2}


def test_a_server_that_is_down_gets_everything_when_it_is_up(mail_port: int):
    for minute in range(3):
        a_mail(at=FRIDAY + timedelta(minutes=minute))
    at = FRIDAY + timedelta(minutes=5)

    assert send(at) == {"waiting": 1}  # after the first there is no use in asking for the others
    box = Box()
    with serving(box, mail_port):
        assert send(at + WAITS[0]) == {"sent": 3}
    assert len(box.arrived) == 3


def test_a_mail_is_given_up_after_all_its_tries(mail_port: int):
    mail = a_mail()
    at = FRIDAY

    for _try in WAITS:
        assert send(at) == {"waiting": 1}
        at = now(mail).not_before

    assert send(at) == {"given_up": 1}
    assert send(at + timedelta(days=3)) == {}


def test_what_a_killed_worker_left_is_sent_with_the_same_message_id(box: Box):
    mail = a_mail()
    with identity.becoming(OUTBOX):
        assert claim(FRIDAY) == mail

    assert send(FRIDAY + timedelta(minutes=5)) == {}
    assert send(FRIDAY + STUCK_AFTER + timedelta(minutes=1)) == {"sent": 1}
    assert box.arrived[0]["Message-ID"] == f"<{mail.pk}@127.0.0.1>"


@pytest.mark.parametrize(
    ("put_at", "left_at"),
    [
        (datetime(2026, 11, 27, 20, tzinfo=STOCKHOLM), datetime(2026, 11, 30, 7, 30, tzinfo=STOCKHOLM)),
        (datetime(2026, 11, 28, 11, tzinfo=STOCKHOLM), datetime(2026, 11, 30, 7, 30, tzinfo=STOCKHOLM)),
        (datetime(2026, 11, 27, 5, tzinfo=STOCKHOLM), datetime(2026, 11, 27, 7, 30, tzinfo=STOCKHOLM)),
        (datetime(2026, 12, 23, 19, tzinfo=STOCKHOLM), datetime(2026, 12, 28, 7, 30, tzinfo=STOCKHOLM)),
        (datetime(2026, 3, 28, 23, 30, tzinfo=STOCKHOLM), datetime(2026, 3, 30, 7, 30, tzinfo=STOCKHOLM)),
    ],
)
def test_nothing_leaves_at_night_at_weekends_or_on_holidays(box: Box, put_at: datetime, left_at: datetime):
    a_mail(at=put_at)

    moment = put_at
    while not box.arrived:
        send(moment)
        assert not box.arrived or moment >= left_at
        moment += timedelta(minutes=30)

    assert moment - timedelta(minutes=30) < left_at + timedelta(minutes=30)


def test_who_has_left_gets_nothing(box: Box):
    member = MembershipFactory(valid_to=date(2026, 11, 26))
    mail = a_mail(member)

    assert send() == {"quiet": 1}
    assert now(mail).status == Mail.Status.QUIET
    assert box.arrived == []


def choose(member, **changes):
    chosen = {"has_digest": True, "digest_at": datetime(2026, 1, 1, 7, 30).time(), "has_instant": True, **changes}  # noqa: DTZ001
    actions.choose(user=member.user, by=member, at=FRIDAY, **chosen)


def test_instant_mail_can_be_switched_off_and_late_cannot(box: Box):
    member = MembershipFactory()
    choose(member, has_digest=False, has_instant=False)
    a_mail(member, kind=Mail.Kind.GIVEN)
    a_mail(member, kind=Mail.Kind.REQUEST)
    a_mail(member, kind=Mail.Kind.LATE, counts={"late": 1})

    assert send() == {"quiet": 2, "sent": 1}
    assert box.subjects == ["Närvarobryggan: 1 late"]


@pytest.mark.parametrize(
    "address", ["a@example.com\r\nBcc: spy@example.com", "a@example.com, spy@example.com", "no address", ""]
)
def test_a_hostile_address_reaches_nobody(box: Box, address: str):
    member = MembershipFactory()
    User.objects.filter(pk=member.user_id).update(email=address)
    mail = a_mail(member)

    assert send() == {"refused": 1}
    assert now(mail).status == Mail.Status.REFUSED
    assert box.arrived == []


def test_a_hostile_name_is_not_in_the_mail(box: Box):
    member = MembershipFactory(
        user__given_name="Eva\r\nBcc: spy@example.com", user__family_name="<img src=http://spy.example>"
    )
    a_mail(member)

    assert send() == {"sent": 1}
    assert box.receivers == [[member.user.email]]
    assert "spy" not in box.arrived[0].as_string()


@pytest.mark.parametrize(
    ("counts", "language", "subject"),
    [
        ({"late": 1, "today": 1, "week": 1}, "sv", "Närvarobryggan: 3 att göra, 1 försenad"),
        ({"late": 2, "today": 1, "week": 1}, "sv", "Närvarobryggan: 4 att göra, 2 försenade"),
        ({"late": 1, "today": 1, "week": 1}, "en", "Närvarobryggan: 3 to do, 1 late"),
        ({"week": 1}, "sv", "Närvarobryggan: 1 att göra"),
        ({"late": 1, "unit": 2}, "sv", "Närvarobryggan: 1 att göra, 1 försenad"),
        ({"unit": 2}, "sv", "Närvarobryggan: 2 försenade i din enhet"),
    ],
)
def test_subject_carries_the_numbers_in_the_persons_language(box: Box, counts, language, subject):
    member = MembershipFactory(user__language=language)
    actions.put_digest(user_id=member.user_id, day=FRIDAY.date(), counts=counts, rows="x", at=FRIDAY)

    send()

    assert box.subjects == [subject]


def test_yesterdays_digest_is_not_sent_today(box: Box):
    member = MembershipFactory()
    actions.put_digest(user_id=member.user_id, day=FRIDAY.date(), counts={"late": 1}, rows="x", at=FRIDAY)

    assert send(FRIDAY + timedelta(days=3)) == {"quiet": 1}


def test_what_ended_a_month_ago_is_forgotten_and_what_waits_is_not(box: Box):
    a_mail()
    send()
    waiting = a_mail(about="later")

    with identity.becoming(OUTBOX):
        assert forget_old(FRIDAY + timedelta(days=29)) == 0
        assert forget_old(FRIDAY + timedelta(days=31)) == 1
    assert Mail.objects.get() == waiting


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_share_the_outbox_and_each_mail_leaves_once(box: Box):
    for second in range(20):
        a_mail(at=FRIDAY + timedelta(seconds=second))
    start, at = Barrier(2), FRIDAY + timedelta(minutes=1)

    def work(_worker: int) -> int:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            with identity.working_as(OUTBOX):
                return send_due(lambda: at)["sent"]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        sent = list(pool.map(work, range(2)))

    assert sum(sent) == 20
    assert len({letter["Message-ID"] for letter in box.arrived}) == len(box.arrived) == 20
    assert set(Mail.objects.values_list("status", "attempts")) == {("sent", 1)}


def test_what_comes_close_together_is_one_mail_and_the_next_of_the_day_says_something_else(box: Box):
    member = MembershipFactory()
    a_mail(member, 1)
    a_mail(member, 2)

    assert send() == {"sent": 1}
    a_mail(member, 3)
    assert send(FRIDAY + timedelta(hours=2)) == {"sent": 1}

    assert box.subjects == ["Närvarobryggan: 2 new on you", "Närvarobryggan: 3 new on you"]


def test_the_whole_digest_in_swedish(box: Box):
    member = MembershipFactory(user__language="sv")
    counts = {"late": 1, "today": 1, "week": 1, "later": 2, "read": 1}
    actions.put_digest(user_id=member.user_id, day=FRIDAY.date(), counts=counts, rows="x", at=FRIDAY)

    send()

    text = box.arrived[0].get_body(("plain",)).get_content()
    assert text.splitlines() == [
        "Hej!",
        "",
        "Du har 6 saker att göra:",
        "– 1 försenad",
        "– 1 i dag",
        "– 1 den här veckan",
        "– 2 senare",
        "– 1 att läsa",
        "",
        "Logga in för att se vad det gäller:",
        "http://127.0.0.1:8000/",
        "",
        "Av säkerhetsskäl står inga namn i mejlet.",
        "Vi skickar aldrig länkar till sidor där du ska skriva ditt lösenord.",
        "Ändra dina utskick: Mitt konto",
    ]


@pytest.mark.parametrize("hours", [12, 24, 36])
def test_what_could_not_leave_in_the_day_does_not_leave_at_night_or_at_the_weekend(box: Box, hours: int):
    a_mail()

    assert send(FRIDAY + timedelta(hours=hours)) == {}
    assert send(FRIDAY + timedelta(days=3)) == {"sent": 1}
