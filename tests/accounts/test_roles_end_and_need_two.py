"""Roles end within a year, some need two persons, some exclude each other: said by actions and by the database."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.models import Membership
from accounts.permissions import (
    TWO_PERSON_ROLES,
    excludes,
    last_possible_day,
)
from accounts.roles import Role
from audit.models import AuditEvent
from tests.confirmed import confirmed
from tests.factories.accounts import MembershipFactory, UserFactory

PEOPLE = "/people/"


def invite(by, role, email="ny@example.com", **changed):
    today = timezone.localdate()
    given = {"unit": by.unit, "given_name": "Ny", "family_name": "Person", "title": ""}
    given |= {"valid_from": today, "valid_to": last_possible_day(today), **changed}
    return actions.invite_person(role=role, email=email, by=by, at=timezone.now(), **given)


@pytest.fixture
def second_admin(cast):
    return MembershipFactory(system_admin=True, unit=cast.system_admin.unit)


def test_longer_than_a_year_is_refused_by_action_and_database(cast):
    today = timezone.localdate()
    with pytest.raises(actions.TooLong):
        invite(cast.principal, Role.MENTOR, valid_to=today + timedelta(days=367))
    with pytest.raises(actions.DayNotPossible):
        invite(cast.principal, Role.MENTOR, valid_to=today - timedelta(days=1))
    membership = invite(cast.principal, Role.MENTOR, valid_to=today + timedelta(days=366))
    for changed in (
        {"valid_to": today + timedelta(days=367)},
        {"valid_to": None},
        {"valid_to": today + timedelta(days=400), "renewed_on": today - timedelta(days=1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.filter(pk=membership.pk).update(**changed)


def test_a_manager_renews_what_ends_soon(client, cast, sign_in):
    today = timezone.localdate()
    Membership.objects.filter(pk=cast.mentor.pk).update(valid_to=today + timedelta(days=30))
    page = sign_in(client, cast.principal).get(PEOPLE).content.decode()
    assert page.count("Ends within 30 days") == page.count("Renew for 12 months") == 1

    client.post(reverse("accounts:renew_membership", args=[cast.mentor.pk]))

    cast.mentor.refresh_from_db()
    assert (cast.mentor.renewed_on, cast.mentor.valid_to) == (today, last_possible_day(today))
    assert "Ends within 30 days" not in client.get(PEOPLE).content.decode()
    assert AuditEvent.objects.filter(action="membership_renewed", target_id=str(cast.mentor.pk)).exists()


def test_not_soon_is_31_days(client, cast, sign_in):
    Membership.objects.filter(pk=cast.mentor.pk).update(valid_to=timezone.localdate() + timedelta(days=31))

    assert "Ends within 30 days" not in sign_in(client, cast.principal).get(PEOPLE).content.decode()


def test_nobody_renews_oneself_nor_what_has_ended_nor_what_needs_two(client, cast, sign_in, second_admin):
    url = "accounts:renew_membership"
    assert sign_in(client, cast.principal).post(reverse(url, args=[cast.principal.pk])).status_code == 403
    assert sign_in(client, cast.system_admin).post(reverse(url, args=[second_admin.pk])).status_code == 403
    Membership.objects.filter(pk=cast.mentor.pk).update(valid_to=timezone.localdate() - timedelta(days=1))

    for membership, by in ((cast.principal, cast.principal), (second_admin, cast.system_admin)):
        with pytest.raises(actions.NotAllowed):
            actions.renew_membership(membership=membership, by=by, at=timezone.now())
    with pytest.raises(actions.DayNotPossible):
        actions.renew_membership(membership=cast.mentor, by=cast.principal, at=timezone.now())
    page = sign_in(client, cast.principal).post(reverse(url, args=[cast.mentor.pk]), follow=True).content.decode()
    assert "Invite the person anew" in page


@pytest.mark.parametrize("role", sorted(TWO_PERSON_ROLES))
def test_one_person_proposes_and_another_confirms(client, cast, sign_in, second_admin, role):
    proposed = invite(cast.system_admin, role)
    today = timezone.localdate()
    confirm = reverse("accounts:confirm_membership", args=[proposed.pk])

    assert proposed.is_waiting
    assert not proposed.is_active(today)
    assert proposed not in Membership.objects.active(today)
    assert "Waits for a second person" in sign_in(client, cast.system_admin).get(PEOPLE).content.decode()
    assert "Confirm the role" not in client.get(PEOPLE).content.decode()
    assert confirmed(client).post(confirm).status_code == 403
    assert sign_in(client, proposed).get("/").url == "/no-membership/"

    assert "Confirm the role" in sign_in(client, second_admin).get(PEOPLE).content.decode()
    confirmed(client).post(confirm)

    proposed.refresh_from_db()
    assert (proposed.invited_by, proposed.confirmed_by) == (cast.system_admin.user, second_admin.user)
    assert proposed.is_active(today)
    assert proposed in Membership.objects.active(today)
    assert AuditEvent.objects.filter(action="membership_confirmed", membership_id=second_admin.pk).exists()
    assert client.post(confirm).status_code == 403


def test_who_gets_the_role_or_may_not_give_it_does_not_confirm_it(cast, second_admin):
    proposed = invite(cast.system_admin, Role.LOG_AUDITOR)
    for by in (cast.system_admin, proposed, cast.principal, cast.coordinator):
        with pytest.raises(actions.NotAllowed):
            actions.confirm_membership(membership=proposed, by=by, at=timezone.now())
    with pytest.raises(actions.NotAllowed):
        actions.confirm_membership(membership=cast.mentor, by=cast.principal, at=timezone.now())


def test_the_database_knows_a_second_person_from_the_first(cast, second_admin):
    proposed = invite(cast.system_admin, Role.LOG_AUDITOR)
    now = timezone.now()
    for changed in (
        {"confirmed_by": cast.system_admin.user, "confirmed_at": now},
        {"confirmed_by": proposed.user, "confirmed_at": now},
        {"confirmed_by": None, "confirmed_at": now},
        {"confirmed_by": second_admin.user, "confirmed_at": None},
        {"invited_by": proposed.user},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.filter(pk=proposed.pk).update(**changed)


def test_other_roles_need_one_person(cast):
    mentor = invite(cast.principal, Role.MENTOR)

    assert mentor.is_active(timezone.localdate())
    assert mentor.invited_by == cast.principal.user


@pytest.mark.django_db
@pytest.mark.parametrize(("held", "given"), list(product(Role, Role)))
def test_the_database_keeps_apart_what_the_rules_exclude(held, given):
    user = UserFactory()
    confirmed = {"confirmed_at": timezone.now()}
    MembershipFactory(user=user, role=held, **confirmed)

    if excludes(held, given):
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            MembershipFactory(user=user, role=given, **confirmed)
        assert actions.constraint_of(refusal.value) == "membership_roles_exclude"
    else:
        MembershipFactory(user=user, role=given, **confirmed)


def test_roles_one_after_the_other_do_not_exclude_each_other(cast):
    today = timezone.localdate()
    Membership.objects.filter(pk=cast.mentor.pk).update(valid_to=today)

    for first in (today, today - timedelta(days=1)):
        with pytest.raises(actions.RolesExclude):
            invite(cast.system_admin, Role.LOG_AUDITOR, cast.mentor.user.email, valid_from=first, valid_to=today)
    tomorrow = today + timedelta(days=1)
    later = invite(cast.system_admin, Role.LOG_AUDITOR, cast.mentor.user.email, valid_from=tomorrow, valid_to=tomorrow)

    assert later.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=cast.mentor.pk).update(valid_to=tomorrow)


def test_the_same_role_twice_at_the_same_time_is_refused(cast):
    with pytest.raises(actions.AlreadyMember):
        invite(cast.principal, Role.MENTOR, cast.mentor.user.email)


def test_the_page_says_why_roles_exclude_each_other(client, cast, sign_in, confirm):
    today = timezone.localdate()
    data = {"given_name": "N", "family_name": "N", "email": cast.mentor.user.email, "unit": cast.system_admin.unit.pk}
    data |= {"role": Role.LOG_AUDITOR, "valid_from": today.isoformat(), "valid_to": today.isoformat()}

    response = confirm(sign_in(client, cast.system_admin)).post(reverse("accounts:invite_person"), data)

    assert response.status_code == 422
    assert "exclude each other" in response.content.decode()


def test_the_form_knows_the_longest_time(client, cast, sign_in, confirm):
    today = timezone.localdate()
    page = confirm(sign_in(client, cast.principal)).get(reverse("accounts:invite_person")).content.decode()
    assert f'value="{last_possible_day(today).isoformat()}"' in page
    data = {"given_name": "N", "family_name": "N", "email": "n@example.com", "unit": cast.principal.unit.pk}
    data |= {"role": Role.MENTOR, "valid_from": "2026-11-25", "valid_to": "2028-11-25"}

    response = client.post(reverse("accounts:invite_person"), data)

    assert response.status_code == 422
    assert "a year at most" in response.content.decode()


def test_the_first_two_administrators_are_given_by_nobody(cast, second_admin):
    assert second_admin.invited_by is None
    assert second_admin.is_active(timezone.localdate())
