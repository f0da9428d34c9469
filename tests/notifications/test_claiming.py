"""Two workers and one person: while one mail is on its way, the next of its kind waits, and they never say the same."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from deadlines.stockholm import STOCKHOLM
from notifications.actions import put
from notifications.models import STUCK_AFTER, Mail
from notifications.sending import claim
from tests.factories.accounts import MembershipFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 25, 10, tzinfo=STOCKHOLM)


def two_mails(kind: Mail.Kind) -> None:
    user = MembershipFactory().user
    for about in ("first", "second"):
        put(kind=kind, user_id=user.pk, about=about, at=AT)


@pytest.mark.parametrize("kind", [Mail.Kind.REQUEST, Mail.Kind.GIVEN])
def test_the_second_waits_while_the_first_is_on_its_way(kind):
    two_mails(kind)

    assert claim(AT) is not None
    assert claim(AT) is None
    assert Mail.objects.filter(status=Mail.Status.WAITING).count() == 1


def test_the_second_goes_when_the_first_has_arrived():
    two_mails(Mail.Kind.REQUEST)
    first = claim(AT)

    Mail.objects.filter(pk=first.pk).update(status=Mail.Status.SENT, ended_at=AT)

    assert claim(AT) is not None


def test_one_that_a_worker_has_left_on_its_way_keeps_nobody_waiting_for_long():
    two_mails(Mail.Kind.REQUEST)
    claim(AT)

    assert claim(AT + STUCK_AFTER + timedelta(seconds=1)) is not None


def test_mails_to_two_people_go_at_the_same_time():
    for _person in range(2):
        put(kind=Mail.Kind.REQUEST, user_id=MembershipFactory().user.pk, about="one", at=AT)

    assert claim(AT) is not None
    assert claim(AT) is not None
