"""Somebody who has lost every second factor gets help from those who answer for them, and from nobody else."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.db import InternalError, ProgrammingError, connection, transaction
from django.test import Client

from accounts.models import Session
from audit.models import AuditEvent
from tests.factories.accounts import MembershipFactory
from wall.identity import acting_as

pytestmark = pytest.mark.django_db
PASSWORD = "långt ord med hästar"


def with_factors(member):
    """Return a member with password, code app, reserve codes and one living session."""
    member.user.set_password(PASSWORD)
    member.user.save()
    Client().force_login(member.user)
    totp.TOTP.activate(member.user, totp.generate_totp_secret())
    RecoveryCodes.activate(member.user)
    return member


def address(member):
    return f"/people/{member.pk}/second-factor/"


def reset(client, sign_in, confirm, by, member, **fields):
    """Let somebody take away a second factor."""
    confirm(sign_in(client, by))
    return client.post(address(member), fields)


def has_factors(member):
    return Authenticator.objects.filter(user=member.user).exists()


def test_manager_takes_it_away_and_every_session_ends(
    client, cast, sign_in, confirm, django_capture_on_commit_callbacks
):
    lost = with_factors(cast.mentor)

    with django_capture_on_commit_callbacks(execute=True):
        assert reset(client, sign_in, confirm, cast.principal, lost).url == "/people/"

    assert not has_factors(lost)
    assert not Session.objects.filter(user=lost.user).exists()
    event = AuditEvent.objects.get(action="second_factor_reset")
    assert event.target_id == str(lost.user.pk)
    (letter,) = mail.outbox
    assert letter.to == [lost.user.email]
    assert cast.principal.user.family_name not in letter.body
    assert "http" not in letter.body


def test_forgotten_password_stops_working_and_a_link_is_mailed(
    client, cast, sign_in, confirm, django_capture_on_commit_callbacks
):
    lost = with_factors(cast.mentor)

    with django_capture_on_commit_callbacks(execute=True):
        reset(client, sign_in, confirm, cast.principal, lost, password_too="on")

    lost.user.refresh_from_db()
    assert not lost.user.has_usable_password()
    assert [("/welcome/" in letter.body) for letter in mail.outbox] == [False, True]


def test_nobody_takes_away_ones_own(client, cast, sign_in, confirm):
    own = with_factors(cast.principal)

    assert reset(client, sign_in, confirm, own, own).status_code == 403
    assert has_factors(own)


def test_manager_of_another_unit_does_not_find_the_person(client, cast, sign_in, confirm):
    lost = with_factors(cast.other_counsellor)

    assert reset(client, sign_in, confirm, cast.principal, lost).status_code == 404
    assert has_factors(lost)


def test_it_asks_to_confirm_first(client, cast, sign_in):
    lost = with_factors(cast.mentor)
    sign_in(client, cast.principal)

    assert client.post(address(lost)).status_code == 302
    assert has_factors(lost)


def test_two_have_to_agree_about_who_reads_the_log(client, cast, sign_in, confirm, django_capture_on_commit_callbacks):
    lost = with_factors(cast.log_auditor)
    second = MembershipFactory(system_admin=True, unit=cast.system_admin.unit)

    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            reset(client, sign_in, confirm, cast.system_admin, lost)
        assert has_factors(lost)
    assert not mail.outbox
    confirm(sign_in(client, second))
    assert "Another system administrator has asked" in client.get(address(lost)).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address(lost))

    assert not has_factors(lost)
    assert len(mail.outbox) == 1
    assert AuditEvent.objects.filter(action="second_factor_reset_asked").count() == 2


def call(by, user):
    """Ask the database itself, as somebody would who got round the pages."""
    with acting_as(by), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT take_away_second_factor(%s, NULL, now())", [user.pk])


@pytest.mark.parametrize("name", ["principal", "mentor", "other_counsellor", "team_head", "coordinator", "analyst"])
def test_database_refuses_whoever_does_not_answer_for_the_person(cast, name):
    lost = with_factors(cast.counsellor if name == "mentor" else cast.log_auditor)

    with pytest.raises((ProgrammingError, InternalError)):
        call(getattr(cast, name), lost.user)
    assert has_factors(lost)


def test_database_refuses_one_administrator_alone(cast):
    lost = with_factors(cast.log_auditor)

    with pytest.raises(ProgrammingError, match="Two have to agree"):
        call(cast.system_admin, lost.user)
    assert has_factors(lost)
