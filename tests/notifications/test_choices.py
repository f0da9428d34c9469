"""Mail to me: one's own choices, and the list of what did not arrive."""

from __future__ import annotations

from datetime import time

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from notifications import actions
from notifications.models import Mail, MailChoice
from tests.factories.accounts import MembershipFactory, UserFactory
from wall import identity

pytestmark = pytest.mark.django_db

PAGE = reverse("notifications:choices")


def test_who_has_chosen_nothing_gets_everything_at_half_past_seven(client, cast, sign_in):
    form = sign_in(client, cast.counsellor).get(PAGE).context["form"]

    assert form.initial == {"has_digest": True, "digest_at": "07:30", "has_instant": True}


@pytest.mark.parametrize("name", ["mentor", "team_worker", "coordinator", "log_auditor", "system_admin"])
def test_everybody_changes_their_own_and_it_is_logged(client, cast, sign_in, name):
    member = getattr(cast, name)

    response = sign_in(client, member).post(PAGE, {"digest_at": "12:00"}, follow=True)

    assert response.redirect_chain == [(PAGE, 302)]
    chosen = MailChoice.objects.get()
    assert (chosen.user_id, chosen.has_digest, chosen.digest_at, chosen.has_instant) == (
        member.user_id, False, time(12), False,
    )  # fmt: skip
    event = AuditEvent.objects.get(action="mail_chosen")
    assert event.user_id == member.user_id
    assert event.details == {"digest": False, "digest_at": "12:00", "instant": False}


def test_choice_can_be_changed_again(client, cast, sign_in):
    browser = sign_in(client, cast.counsellor)
    browser.post(PAGE, {"digest_at": "12:00"})

    browser.post(PAGE, {"digest_at": "09:00", "has_digest": "on", "has_instant": "on"})

    assert MailChoice.objects.get().digest_at == time(9)


@pytest.mark.parametrize("at", ["", "03:00", "07:31", "noon"])
def test_a_time_that_is_not_offered_is_refused_at_the_field(client, cast, sign_in, at):
    response = sign_in(client, cast.counsellor).post(PAGE, {"digest_at": at})

    assert response.status_code == 422
    assert "digest_at" in response.context["form"].errors
    assert not MailChoice.objects.exists()


def test_that_something_is_late_has_no_switch(client, cast, sign_in):
    page = sign_in(client, cast.counsellor).get(PAGE)

    assert set(page.context["form"].fields) == {"has_digest", "digest_at", "has_instant"}
    assert "cannot be switched off" in page.content.decode()


def test_somebody_whose_roles_have_ended_opens_the_page(client):
    client.force_login(UserFactory())

    assert client.get(PAGE).status_code == 200
    assert client.post(PAGE, {"digest_at": "12:00"}).status_code == 302


def test_nobody_who_is_not_signed_in_opens_it(client):
    assert client.get(PAGE).status_code == 302


def test_nobody_chooses_for_another(cast):
    MailChoice.objects.create(user=cast.principal.user)

    with identity.acting_as(cast.counsellor):
        assert not MailChoice.objects.exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            MailChoice.objects.create(user=cast.mentor.user)


@pytest.fixture
def refused(cast) -> Mail:
    actions.put(kind=Mail.Kind.GIVEN, user_id=cast.mentor.user_id, about=1, at=timezone.now())
    actions.put(kind=Mail.Kind.GIVEN, user_id=cast.principal.user_id, about=1, at=timezone.now())
    mail = Mail.objects.filter(user=cast.mentor.user_id)
    mail.update(status=Mail.Status.REFUSED, ended_at=timezone.now(), code=550)
    return mail.get()


def test_system_administrator_sees_what_did_not_arrive_and_nothing_else(client, cast, sign_in, refused):
    page = sign_in(client, cast.system_admin).get(reverse("notifications:undelivered"))

    assert list(page.context["rows"]) == [refused]
    assert cast.mentor.user.email in page.content.decode()
    assert "(550)" in page.content.decode()


@pytest.mark.parametrize("name", ["mentor", "principal", "team_head", "coordinator", "log_auditor"])
def test_others_do_not(client, cast, sign_in, refused, name):
    assert sign_in(client, getattr(cast, name)).get(reverse("notifications:undelivered")).status_code == 403
    assert not Mail.objects.visible_to(getattr(cast, name)).exists()


def test_list_costs_the_same_with_many_rows(client, cast, sign_in, assert_constant_queries):
    def add_row():
        member = MembershipFactory()
        actions.put(kind=Mail.Kind.GIVEN, user_id=member.user_id, about=1, at=timezone.now())
        Mail.objects.filter(user=member.user_id).update(status="refused", ended_at=timezone.now())

    sign_in(client, cast.system_admin)
    assert_constant_queries(reverse("notifications:undelivered"), add_row)
