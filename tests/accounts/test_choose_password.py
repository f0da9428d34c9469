"""The one-time link of an invitation, and changing one's own password."""

import contextlib
import re

import pytest
from django.core import mail
from django.db import transaction
from django.urls import reverse

from accounts.invitations import password_link, send_invitation
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "långt ord med hästar"


@pytest.fixture
def invited():
    user = UserFactory()
    user.set_unusable_password()
    user.save()
    return user


def choose(client, link, password=PASSWORD):
    return client.post(link, {"new_password1": password, "new_password2": password})


def test_link_in_the_mail_lets_the_person_in(client, rf, invited, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        send_invitation(invited, rf.get("/"))
    link = re.search(r"http://testserver(/welcome/\S+)", mail.outbox[0].body)[1]

    assert client.get(link).status_code == 200
    assert choose(client, link).url == reverse("account_login")

    response = client.post(reverse("account_login"), {"login": invited.email, "password": PASSWORD})
    assert response.url == "/"
    assert client.session["_auth_user_id"] == str(invited.pk)


def test_link_works_once(client, invited):
    link = password_link(invited)
    choose(client, link)

    assert choose(client, link, "ett helt annat ord").status_code == 410
    assert client.get(link).status_code == 410
    invited.refresh_from_db()
    assert invited.check_password(PASSWORD)


def test_link_of_somebody_else_is_refused(client, invited):
    other = UserFactory()
    other.set_unusable_password()
    other.save()
    token = password_link(invited).split("/")[3]

    assert client.get(reverse("accounts:choose_password", args=[other.pk, token])).status_code == 410


def test_weak_password_is_refused(client, invited):
    link = password_link(invited)

    assert choose(client, link, "kort").status_code == 422
    invited.refresh_from_db()
    assert not invited.has_usable_password()


def test_somebody_with_a_password_gets_no_such_link(rf, invited, django_capture_on_commit_callbacks):
    invited.set_password(PASSWORD)
    invited.save()

    with django_capture_on_commit_callbacks(execute=True):
        send_invitation(invited, rf.get("/"))

    assert "/welcome/" not in mail.outbox[0].body


def test_changing_the_password_asks_for_the_old_one(client, invited):
    invited.set_password(PASSWORD)
    invited.save()
    client.force_login(invited)
    new = {"new_password1": "ännu längre ord med kor", "new_password2": "ännu längre ord med kor"}

    assert client.post(reverse("accounts:change_password"), {"old_password": "fel", **new}).status_code == 422
    assert client.post(reverse("accounts:change_password"), {"old_password": PASSWORD, **new}).status_code == 302
    assert client.get(reverse("accounts:account")).status_code == 200
    invited.refresh_from_db()
    assert invited.check_password("ännu längre ord med kor")


def test_no_mail_leaves_when_what_it_tells_is_not_stored(rf, invited, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), contextlib.suppress(ZeroDivisionError), transaction.atomic():
        send_invitation(invited, rf.get("/"))
        1 / 0  # noqa: B018

    assert mail.outbox == []
