"""A mailbox that fails and a unit in which nobody works are things to do for whoever answers for them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from notifications.actions import print_of
from notifications.models import Mail
from schools.actions.protection import protect_pupil
from tests.factories.accounts import MembershipFactory
from tests.factories.cases import a_case

TODO = reverse("cases:todo")
DAY = timedelta(days=1)


def mail_to(person, status, days_ago=1):
    """Let a mail to `person` have ended with `status`."""
    ended = timezone.now() - days_ago * DAY
    return Mail.objects.create(
        user=person.user, kind=Mail.Kind.DIGEST, once=print_of(person.pk, status, days_ago), created_at=ended,
        not_before=ended, status=status, ended_at=ended, code=550 if status == Mail.Status.REFUSED else None,
    )  # fmt: skip


def said(person):
    return f"Mail to {User.objects.get(pk=person.user_id).full_name} does not arrive"


@pytest.mark.parametrize("status", [Mail.Status.REFUSED, Mail.Status.GIVEN_UP])
def test_the_head_has_it_to_do_when_somebodys_mail_does_not_arrive(cast, enter, status):
    mail_to(cast.worker, status)

    assert said(cast.worker) in enter(cast.head).get(TODO).text


def test_it_is_over_when_a_later_mail_arrives(cast, enter):
    mail_to(cast.worker, Mail.Status.REFUSED, days_ago=2)
    mail_to(cast.worker, Mail.Status.SENT, days_ago=1)

    assert "does not arrive" not in enter(cast.head).get(TODO).text


def test_a_manager_who_gets_no_mail_is_for_the_manager_above(cast, enter):
    mail_to(cast.head, Mail.Status.REFUSED)

    assert "does not arrive" not in enter(cast.head).get(TODO).text
    assert said(cast.head) in enter(cast.area_head).get(TODO).text


def test_nobody_else_is_told(cast, enter):
    mail_to(cast.worker, Mail.Status.REFUSED)

    for other in (cast.principal, cast.counsellor, cast.area_manager, cast.area_head, cast.colleague, cast.worker):
        assert "does not arrive" not in enter(other).get(TODO).text


def test_a_unit_that_holds_something_and_has_nobody_is_for_the_manager_above(cast, enter):
    a_case("acknowledged", cast=cast)
    assert "Nobody works in" not in enter(cast.area_head).get(TODO).text
    yesterday = timezone.localdate() - DAY
    here = Membership.objects.filter(unit=cast.worker.unit)
    here.update(valid_from=yesterday - 30 * DAY, valid_to=yesterday)

    page = enter(cast.area_head).get(TODO)

    assert f"Nobody works in {cast.worker.unit.name}" in page.text
    assert "1 thing waits there and nobody can take it" in page.text
    MembershipFactory(team_worker=True, unit=cast.worker.unit)
    assert "Nobody works in" not in enter(cast.area_head).get(TODO).text


def test_what_is_held_about_a_protected_pupil_is_not_counted(cast, enter):
    story = a_case("acknowledged", cast=cast)
    yesterday = timezone.localdate() - DAY
    Membership.objects.filter(unit=cast.worker.unit).update(valid_from=yesterday - 30 * DAY, valid_to=yesterday)
    assert "Nobody works in" in enter(cast.area_head).get(TODO).text
    protect_pupil(pupil=story.pupil, kind="secrecy_flag", by=cast.principal, at=timezone.now())

    assert "Nobody works in" not in enter(cast.area_head).get(TODO).text


def test_a_unit_that_holds_nothing_may_be_empty(cast, enter):
    Membership.objects.filter(unit=cast.worker.unit).update(
        valid_from=timezone.localdate() - 30 * DAY, valid_to=timezone.localdate() - DAY
    )

    assert "Nobody works in" not in enter(cast.area_head).get(TODO).text


def test_one_dead_mailbox_and_eleven_cost_the_same(cast, enter, assert_constant_queries):
    enter(cast.head)

    assert_constant_queries(
        TODO,
        lambda: mail_to(MembershipFactory(team_worker=True, unit=cast.worker.unit), Mail.Status.REFUSED),
    )
