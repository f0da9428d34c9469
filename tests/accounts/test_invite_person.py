"""Inviting a person: who may, what is stored, which mail leaves."""

import re
from datetime import UTC, date, datetime

import pytest
from django.core import mail
from django.urls import reverse

from accounts import actions
from accounts.models import Membership, User
from accounts.roles import Role
from audit.models import AuditEvent
from tests.factories.accounts import UserFactory

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def invite(by, **changed):
    values = {
        "unit": by.unit,
        "role": Role.MENTOR,
        "email": "Nya.Namnet@example.com",
        "given_name": "Nya",
        "family_name": "Namnet",
        "title": "",
        "valid_from": date(2026, 11, 23),
        "valid_to": date(2027, 11, 22),
    }
    return actions.invite_person(**{**values, **changed}, by=by, at=AT)


def test_principal_invites_to_own_school(cast):
    membership = invite(cast.principal)

    assert membership.unit == cast.principal.unit
    assert membership.user.email == "nya.namnet@example.com"
    assert not membership.user.has_usable_password()
    event = AuditEvent.objects.get(action="person_invited")
    assert (event.target_id, event.membership_id) == (str(membership.pk), cast.principal.pk)


def test_somebody_known_keeps_the_name(cast):
    known = UserFactory(given_name="Kim", family_name="Känd")

    membership = invite(cast.principal, email=known.email)

    known.refresh_from_db()
    assert membership.user == known
    assert known.full_name == "Kim Känd"


@pytest.mark.parametrize("who", ["mentor", "counsellor", "team_worker", "coordinator", "analyst", "log_auditor"])
def test_others_than_managers_invite_nobody(cast, who):
    with pytest.raises(actions.NotAllowed):
        invite(getattr(cast, who), unit=cast.principal.unit)


def test_head_does_not_invite_to_another_unit(cast):
    with pytest.raises(actions.NotAllowed):
        invite(cast.team_head, unit=cast.other_team_worker.unit, role=Role.TEAM_WORKER)


def test_role_must_exist_in_the_unit(cast):
    with pytest.raises(actions.NotAllowed):
        invite(cast.principal, role=Role.TEAM_WORKER)


def test_nobody_invites_oneself(cast):
    with pytest.raises(actions.NotAllowed):
        invite(cast.principal, email=cast.principal.user.email.upper())


def test_same_role_twice_is_refused(cast):
    invite(cast.principal)

    with pytest.raises(actions.AlreadyMember):
        invite(cast.principal)


def test_page_invites_and_mails_a_link_without_personal_data(
    client, cast, sign_in, confirm, django_capture_on_commit_callbacks
):
    confirm(sign_in(client, cast.principal))
    data = {
        "given_name": "Nya",
        "family_name": "Namnet",
        "email": "nya@example.com",
        "unit": cast.principal.unit.pk,
        "role": Role.MENTOR,
        "title": "Mentor 7B",
        "valid_from": "2026-11-23",
        "valid_to": "2027-06-30",
    }

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("accounts:invite_person"), data, follow=True)

    assert "on its way to nya@example.com" in response.content.decode()
    (letter,) = mail.outbox
    assert letter.to == ["nya@example.com"]
    assert not re.search("Namnet|Almskolan|Mentor", letter.subject + letter.body)
    assert "/welcome/" in letter.body


def test_page_refuses_a_unit_out_of_sight(client, cast, sign_in, confirm):
    confirm(sign_in(client, cast.principal))
    data = {
        "given_name": "N",
        "family_name": "N",
        "email": "n@example.com",
        "valid_from": "2026-11-23",
        "valid_to": "2027-06-30",
    }
    data |= {"unit": cast.other_counsellor.unit.pk, "role": Role.MENTOR}

    response = client.post(reverse("accounts:invite_person"), data)

    assert response.status_code == 422
    assert not User.objects.filter(email="n@example.com").exists()


def test_page_keeps_what_was_typed_when_the_person_is_here_already(
    client, cast, sign_in, confirm, django_capture_on_commit_callbacks
):
    confirm(sign_in(client, cast.principal))
    data = {
        "given_name": "Typat",
        "family_name": "N",
        "email": cast.mentor.user.email,
        "valid_from": "2026-11-23",
        "valid_to": "2027-06-30",
    }
    data |= {"unit": cast.principal.unit.pk, "role": Role.MENTOR}

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("accounts:invite_person"), data)

    assert response.status_code == 422
    assert "already has this role" in response.content.decode()
    assert 'value="Typat"' in response.content.decode()
    assert Membership.objects.filter(user=cast.mentor.user).count() == 1
    assert mail.outbox == []
