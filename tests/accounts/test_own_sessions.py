"""Where one is signed in: seen, ended one by one or all at once, and ended by what makes them untrustworthy."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Session
from accounts.sessions import SessionStore
from audit.models import AuditEvent
from tests.accounts.sessions import end_by_idleness
from tests.factories.accounts import MembershipFactory

pytestmark = pytest.mark.django_db
PASSWORD = "långt ord med hästar"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Safari/604.1"


@pytest.fixture
def member():
    """Return somebody with a password."""
    member = MembershipFactory(mentor=True)
    member.user.set_password(PASSWORD)
    member.user.save()
    return member


def browser(member, agent=EDGE, address="192.0.2.7"):
    """Return a browser in which somebody has signed in."""
    client = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    assert client.post("/sign-in/", {"login": member.user.email, "password": PASSWORD}).status_code == 302
    return client


def is_signed_in(client):
    return client.get("/account/").status_code == 200


def test_page_shows_each_place_in_words_and_half_an_address(member):
    browser(member, PHONE, "198.51.100.23")
    here = browser(member)

    text = here.get("/account/sessions/").content.decode()

    assert text.index("Edge, Windows") < text.index("(here and now)") < text.index("Safari, iPhone")
    assert "198.51.100.x" in text
    assert "198.51.100.23" not in text


def test_page_shows_no_session_of_others(member):
    other = MembershipFactory(mentor=True)
    other.user.set_password(PASSWORD)
    other.user.save()
    browser(other, PHONE)

    assert "iPhone" not in browser(member).get("/account/sessions/").content.decode()


def test_one_session_is_ended_and_the_others_go_on(member):
    lost, here = browser(member, PHONE), browser(member)
    row = Session.objects.get(user=member.user, agent=PHONE)

    assert here.post("/account/sessions/end/", {"session": row.pk}).url == "/account/sessions/"

    assert not is_signed_in(lost)
    assert is_signed_in(here)
    assert AuditEvent.objects.filter(action="session_ended", target_id=str(member.user.pk)).count() == 1


def test_session_of_somebody_else_is_not_ended(member):
    other = MembershipFactory(mentor=True)
    other.user.set_password(PASSWORD)
    other.user.save()
    theirs = browser(other)
    row = Session.objects.get(user=other.user)

    assert browser(member).post("/account/sessions/end/", {"session": row.pk}).status_code == 404
    assert is_signed_in(theirs)


def test_all_others_are_ended_at_once(member):
    others, here = [browser(member, PHONE), browser(member, PHONE)], browser(member)

    here.post("/account/sessions/end-others/")

    assert [is_signed_in(client) for client in [*others, here]] == [False, False, True]
    assert AuditEvent.objects.get(action="other_sessions_ended").details == {"sessions": 2}


def test_new_password_ends_the_others(member):
    other, here = browser(member, PHONE), browser(member)
    new = "ännu längre ord med kor"
    fields = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}

    assert here.post("/account/password/", fields).status_code == 302

    assert not is_signed_in(other)
    assert is_signed_in(here)
    assert Session.objects.filter(user=member.user).count() == 1


def test_closed_account_is_refused_at_the_next_request(member):
    here = browser(member)
    member.user.is_active = False
    member.user.save()

    assert not is_signed_in(here)


def test_twenty_quiet_minutes_end_a_session_and_less_does_not(member):
    here = browser(member)
    rows = Session.objects.filter(user=member.user)
    rows.update(last_seen_at=timezone.now() - timedelta(minutes=19))
    assert is_signed_in(here)

    end_by_idleness(here)
    assert not is_signed_in(here)


def test_staying_signed_in_starts_the_twenty_minutes_anew(member):
    here = browser(member)
    rows = Session.objects.filter(user=member.user)
    rows.update(last_seen_at=timezone.now() - timedelta(minutes=19))

    assert here.post("/account/stay/").status_code == 204

    assert rows.get().last_seen_at > timezone.now() - timedelta(minutes=1)


def test_ten_hours_are_the_longest_whatever_happens(member):
    here = browser(member)
    Session.objects.filter(user=member.user).update(created_at=timezone.now() - timedelta(hours=10, seconds=1))

    assert here.post("/account/stay/").status_code == 401
    assert not is_signed_in(here)


def test_page_warns_in_time(member):
    text = browser(member).get("/account/").content.decode()

    assert 'data-idle-seconds="1200"' in text
    assert 'data-warn-seconds="120"' in text
    assert "Stay signed in" in text


def test_signed_out_pages_warn_of_nothing(client):
    assert "data-idle-seconds" not in client.get("/sign-in/").content.decode()


def test_asking_whether_the_process_serves_signs_nobody_out(member):
    here = browser(member)

    assert here.get("/livez/").status_code == 200
    assert is_signed_in(here)


def test_new_key_does_not_make_the_ten_hours_longer(member):
    here = browser(member)
    began = timezone.now() - timedelta(hours=9)
    Session.objects.filter(user=member.user).update(created_at=began)
    old = here.session.session_key

    session = here.session
    session.cycle_key()

    assert session.session_key != old
    assert Session.objects.get(user=member.user).created_at == began


def test_stored_session_says_nothing(member):
    browser(member)

    assert str(member.user.pk) not in Session.objects.get(user=member.user).data
    assert "eJ" not in Session.objects.get(user=member.user).data[:8]


def test_ended_session_is_removed_after_half_a_day(member):
    browser(member)
    rows = Session.objects.filter(user=member.user)
    rows.update(last_seen_at=timezone.now() - timedelta(hours=1))
    SessionStore.clear_expired()
    assert rows.exists()
    rows.update(last_seen_at=timezone.now() - timedelta(hours=13))
    SessionStore.clear_expired()

    assert not rows.exists()
