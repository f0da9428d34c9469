"""What was typed when a session ended comes back to the same person, once, and to nobody else."""

from datetime import timedelta
from urllib.parse import unquote
from uuid import uuid4

import pytest
from django.db import ProgrammingError, transaction
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from accounts.filling import fill
from accounts.kept import MINUTES
from accounts.models import KeptPost
from accounts.tasks import forget
from tests.accounts.sessions import end_by_idleness
from tests.factories.accounts import MembershipFactory
from wall import identity
from wall.roles import CLOCK

pytestmark = pytest.mark.django_db
PASSWORD = "långt ord med hästar"
CANARY = "Kim har berättat om sin mamma"


@pytest.fixture
def head(client):
    """Return a principal with a password, signed in."""
    member = MembershipFactory(principal=True)
    member.user.set_password(PASSWORD)
    member.user.save()
    return signed_in(client, member)


def signed_in(client, member):
    """Sign somebody in with their password."""
    client.post("/sign-in/", {"login": member.user.email, "password": PASSWORD})
    return member


def sign_in_again(client, member, address):
    """Sign in on the page that somebody was led to, and open what comes after."""
    return client.post(address, {"login": member.user.email, "password": PASSWORD}, follow=True)


def test_what_was_typed_is_shown_again_with_its_key(client, head):
    colleague = MembershipFactory(student_health=True, unit=head.unit)
    path = f"/people/{colleague.pk}/end/"
    end_by_idleness(client)

    answer = client.post(path, {"last_day": "not a day " + CANARY, "submission": "abc"})
    assert answer.url.startswith("/sign-in/?next=")
    page = sign_in_again(client, head, answer.url)

    text = page.content.decode()
    assert page.request["PATH_INFO"] == path
    assert f'value="not a day {CANARY}"' in text
    assert "You were signed out before this was saved. Check and send again." in text
    assert not KeptPost.objects.exists()
    assert CANARY not in client.get(unquote(answer.url.partition("next=")[2])).content.decode()


def test_table_does_not_hold_what_was_typed(client, head):
    end_by_idleness(client)
    client.post("/people/invite/", {"given_name": CANARY})

    (row,) = KeptPost.objects.values()
    assert CANARY not in str(row)


def test_somebody_else_gets_nothing_and_the_row_is_gone(client, head):
    other = MembershipFactory(principal=True, unit=head.unit)
    other.user.set_password(PASSWORD)
    other.user.save()
    colleague = MembershipFactory(student_health=True, unit=head.unit)
    end_by_idleness(client)
    answer = client.post(f"/people/{colleague.pk}/end/", {"last_day": CANARY})

    page = sign_in_again(client, other, answer.url)

    assert page.status_code == 200
    assert CANARY not in page.content.decode()
    assert not KeptPost.objects.exists()


def test_half_an_hour_is_the_longest(client, head):
    end_by_idleness(client)
    answer = client.post("/account/", {"text": CANARY})
    KeptPost.objects.update(kept_at=timezone.now() - timedelta(minutes=MINUTES, seconds=1))

    assert CANARY not in sign_in_again(client, head, answer.url).content.decode()
    assert not KeptPost.objects.exists()


def test_part_of_a_page_gets_401_and_the_way_to_sign_in(client, head):
    end_by_idleness(client)

    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/people/"}
    answer = client.post("/people/invite/", {"given_name": CANARY}, headers=headers)

    assert answer.status_code == 401
    assert answer.content == b""
    assert answer.headers["HX-Redirect"].startswith("/sign-in/?next=/people/invite/%3Fagain%3D")
    assert client.get("/people/", headers=headers).headers["HX-Redirect"] == "/sign-in/?next=/people/"


def test_address_without_a_page_gets_one_where_it_can_be_sent_again(client, head):
    colleague = MembershipFactory(student_health=True, unit=head.unit)
    path = f"/people/{colleague.pk}/back/"
    end_by_idleness(client)
    answer = client.post(path, {"reply": CANARY, "submission": str(uuid4())})

    text = sign_in_again(client, head, answer.url).content.decode()

    assert f'action="{path}"' in text
    assert CANARY in text
    assert 'name="submission"' in text


def test_nothing_is_kept_for_a_session_that_never_was(client):
    client.cookies["sessionid"] = "guessed"

    answer = client.post("/people/invite/", {"given_name": CANARY})

    assert answer.url == "/sign-in/?next=/people/invite/"
    assert not KeptPost.objects.exists()


def test_nothing_is_kept_without_the_forms_token(head, client):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    end_by_idleness(client)

    assert strict.post("/people/invite/", {"given_name": CANARY}).status_code == 403
    assert not KeptPost.objects.exists()


def test_passwords_are_not_kept(client, head):
    end_by_idleness(client)
    fields = {"old_password": PASSWORD, "new_password1": "a", "new_password2": "a"}

    answer = client.post("/account/password/", fields)
    page = sign_in_again(client, head, answer.url)

    assert page.status_code == 200
    assert PASSWORD not in page.content.decode()


def test_button_without_text_can_be_pressed_again(client, head):
    colleague = MembershipFactory(student_health=True, unit=head.unit)
    path = f"/people/{colleague.pk}/back/"
    end_by_idleness(client)

    text = sign_in_again(client, head, client.post(path).url).content.decode()

    assert f'action="{path}"' in text
    assert "Send again" in text


def test_signing_out_of_an_ended_session_leads_nowhere_strange(client, head):
    end_by_idleness(client)

    assert client.post("/sign-out/").url == "/sign-in/?next=/"


def test_too_late_to_stay_leaves_the_page_and_its_text_where_they_are(client, head):
    end_by_idleness(client)
    answer = client.post("/account/stay/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/"})

    assert answer.status_code == 401
    assert "HX-Redirect" not in answer.headers


PAGE = """<!doctype html><html><body><main id="main"><form method="post" action="/other/">
<input name="a" value="x"></form>
<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="t"><input type="text" name="a" value="old">
<textarea name="b" rows="2">
old &amp; text</textarea><select name="c"><option value="1" selected>1</option><option value="2">2</option></select>
<input type="checkbox" name="d" value="x"><input type="checkbox" name="e" value="y" checked>
<input type="radio" name="f" value="1" checked><input type="radio" name="f" value="2">
<button name="save">S &amp; é</button>
</form></main></body></html>"""


def test_every_kind_of_field_is_filled_and_the_rest_is_left_alone():
    data = QueryDict("a=%22new%22&b=<script>&c=2&d=x&f=2&save=1&gone=nobody+asks")

    page = fill(PAGE, data, "/here/")

    text = page.with_notice("<p>notice</p>")
    assert '<main id="main"><p>notice</p>' in text
    assert '<form method="post" action="/other/">\n<input name="a" value="x">' in text
    assert 'name="a" value="&quot;new&quot;"' in text
    assert '<textarea name="b" rows="2">\n&lt;script&gt;</textarea>' in text
    assert '<option value="1">1</option><option value="2" selected>2</option>' in text
    assert 'name="d" value="x" checked' in text
    assert 'name="e" value="y">' in text
    assert 'name="f" value="2" checked>' in text
    assert 'name="csrfmiddlewaretoken" value="t"' in text
    assert "S &amp; é" in text
    assert dict(page.left) == {"gone": ["nobody asks"]}


def test_form_keeps_the_key_that_makes_sending_it_twice_harmless(client):
    member = MembershipFactory(student_health=True)
    member.user.set_password(PASSWORD)
    member.user.save()
    signed_in(client, member)
    end_by_idleness(client)
    key = str(uuid4())
    answer = client.post("/concerns/new/", {"text": CANARY, "submission": key})

    text = sign_in_again(client, member, answer.url).content.decode()

    assert f'name="submission" value="{key}"' in text
    assert f"\n{CANARY}</textarea>" in text


def test_clock_removes_what_nobody_came_back_for_and_reads_none_of_it(client, head):
    end_by_idleness(client)
    client.post("/people/invite/", {"given_name": CANARY})
    KeptPost.objects.update(kept_at=timezone.now() - timedelta(minutes=MINUTES, seconds=1))

    forget(timestamp=0)

    assert not KeptPost.objects.exists()
    with identity.becoming(CLOCK), pytest.raises(ProgrammingError), transaction.atomic():
        list(KeptPost.objects.values("content"))
