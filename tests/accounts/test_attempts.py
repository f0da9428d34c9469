"""Signing in, failing to and being refused leave a row in the log: not lost, not flooded, and no address in clear."""

import json

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.db import ProgrammingError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import attempts, throttle
from accounts.models import FailedTries
from audit.actions import record_attempt
from audit.models import AuditEvent, Link
from tests.factories.accounts import MembershipFactory, UnitFactory, UserFactory
from wall import identity

pytestmark = pytest.mark.django_db
PASSWORD = "långt ord med hästar"
SCHOOLS = "provider:2120000142"
ADDRESS = "192.0.2.7"


def with_password(membership):
    membership.user.set_password(PASSWORD)
    membership.user.save()
    return membership


@pytest.fixture
def mentor():
    return with_password(MembershipFactory(mentor=True))


def enter(client, email, password=PASSWORD, address=ADDRESS):
    return client.post("/sign-in/", {"login": email, "password": password}, REMOTE_ADDR=address)


def written(action):
    return list(AuditEvent.objects.filter(action=action))


def all_that_is_written():
    return json.dumps(list(AuditEvent.objects.values()), default=str)


def test_signing_in_and_out_is_written_in_the_log_of_the_persons_authority(client, mentor):
    enter(client, mentor.user.email)
    client.post("/sign-out/")

    (entered,), (left,) = written("signed_in"), written("signed_out")
    assert (entered.target_id, entered.authority, entered.user_id) == (str(mentor.user_id), SCHOOLS, None)
    assert entered.details == {"ways": ["password"]}
    assert (left.user_id, left.membership_id, left.authority) == (mentor.user_id, mentor.pk, SCHOOLS)


def test_a_wrong_password_is_written_about_the_person_and_says_from_where_only_as_a_code(client, mentor):
    enter(client, mentor.user.email.upper(), "fel")

    (row,) = written("sign_in_failed")
    assert (row.target_type, row.target_id, row.authority) == ("accounts.user", str(mentor.user_id), SCHOOLS)
    assert row.details == {"way": "password", "from": attempts.digest(ADDRESS)}
    for told in (ADDRESS, mentor.user.email, "fel"):
        assert f'"{told}"' not in all_that_is_written()


def test_an_unknown_address_stands_as_a_code_that_only_this_server_can_make(client, settings):
    enter(client, "Nagon.Hemlig@example.com", "fel")
    enter(client, " nagon.hemlig@EXAMPLE.com", "fel")

    first, second = written("sign_in_failed")
    assert (first.target_type, first.authority, first.user_id) == ("nobody", "city", None)
    assert first.target_id == second.target_id == attempts.digest("nagon.hemlig@example.com")
    assert "hemlig" not in all_that_is_written().lower()
    settings.ENCRYPTION_KEYS = ["another"]
    assert attempts.digest("nagon.hemlig@example.com") != first.target_id


def test_somebody_who_works_on_both_sides_is_in_both_logs_each_for_itself(client, mentor):
    MembershipFactory(team_worker=True, user=mentor.user, unit=UnitFactory(team=True, authority="board:farsta"))

    enter(client, mentor.user.email, "fel")

    assert {row.authority for row in written("sign_in_failed")} == {SCHOOLS, "board:farsta"}
    assert len({json.dumps(row.details) for row in written("sign_in_failed")}) == 1


def test_somebody_without_any_role_is_in_the_citys_log(client):
    user = UserFactory()

    enter(client, user.email, "fel")

    (row,) = written("sign_in_failed")
    assert (row.target_id, row.authority) == (str(user.pk), "city")


def test_a_wrong_code_and_a_wrong_passkey_are_written(client, mentor):
    totp.TOTP.activate(mentor.user, totp.generate_totp_secret())
    enter(client, mentor.user.email)
    credential = {"credential": json.dumps({"id": "x"})}
    client.post("/sign-in/verify/", {"code": "000000"})
    client.post("/sign-in/verify/", credential)
    Client().post("/sign-in/passkey/", credential)

    assert not written("signed_in")
    told = [(row.target_type, row.target_id, row.details["way"]) for row in written("sign_in_failed")]
    person = ("accounts.user", str(mentor.user_id))
    assert told == [(*person, "code"), (*person, "passkey"), ("nobody", "", "passkey")]


def test_confirming_and_failing_to_is_written_as_the_person_in_the_role(client, mentor):
    client.force_login(mentor.user)
    client.post("/account/confirm/", {"password": "fel"})
    client.post("/account/confirm/", {"password": PASSWORD})

    (failed,), (done,) = written("confirming_failed"), written("confirmed")
    for row in (failed, done):
        assert (row.user_id, row.membership_id, row.authority) == (mentor.user_id, mentor.pk, SCHOOLS)
    assert failed.details["way"] == "password"


def test_being_refused_a_page_and_a_row_is_written_with_the_ids_asked_for(client, mentor):
    client.force_login(mentor.user)
    foreign = MembershipFactory().pk

    assert client.get("/people/").status_code == 403
    assert client.get(reverse("attendance:pupil_detail", args=[foreign])).status_code == 404
    assert client.post("/people/", {"name": "Hemlig"}).status_code in (403, 405)

    page, row, method = written("refused")
    assert (page.target_type, page.target_id, page.details) == (
        "page", "accounts:people", {"answer": 403, "method": "GET"}
    )  # fmt: skip
    assert row.details == {"answer": 404, "method": "GET", "asked": {"pupil_id": str(foreign)}}
    assert (row.user_id, row.membership_id, row.authority) == (mentor.user_id, mentor.pk, SCHOOLS)
    assert method.details["method"] == "POST"
    assert "Hemlig" not in all_that_is_written()


def test_addresses_that_there_are_not_and_people_who_are_not_in_leave_no_refusal(client, mentor):
    client.get("/people/")
    client.get("/wp-login.php")
    client.get(reverse("accounts:choose_password", args=[mentor.user_id, "hemlig-lank"]))
    client.force_login(mentor.user)
    client.get("/wp-login.php")

    assert not written("refused")
    assert "hemlig-lank" not in all_that_is_written()


def test_a_row_survives_when_the_request_itself_is_rolled_back(client, mentor, monkeypatch):
    """The page breaks after the failure was noted: what the request wrote, its count too, is gone; the row is not."""

    def broken(*arguments, **named):
        raise RuntimeError("broken")

    client.raise_request_exception = False
    monkeypatch.setattr("allauth.account.views.LoginView.form_invalid", broken)
    counters = throttle.password_counters(mentor.user.email, ADDRESS)

    assert enter(client, mentor.user.email, "fel").status_code == 500

    assert len(written("sign_in_failed")) == 1
    assert not FailedTries.objects.filter(pk__in=[throttle._stored(one) for one in counters]).exists()


def test_no_row_no_answer(client, mentor, monkeypatch):
    client.raise_request_exception = False

    def full(**named):
        raise OSError("the disk is full")

    monkeypatch.setattr("audit.actions.record_attempt", full)

    response = enter(client, mentor.user.email)

    assert response.status_code == 500
    assert "sessionid" not in response.cookies
    assert enter(client, mentor.user.email, "fel").status_code == 500


def test_a_locked_account_leaves_no_more_rows_and_the_last_one_says_that_it_locked(client, mentor):
    for _ in range(15):
        enter(client, mentor.user.email, "fel")

    rows = written("sign_in_failed")
    assert len(rows) == throttle.PER_ACCOUNT
    assert [row.details.get("locks", False) for row in rows] == [False] * 9 + [True]


def test_a_flood_from_many_addresses_leaves_no_more_rows_than_the_limit(client, monkeypatch):
    monkeypatch.setattr(attempts, "FAILURES", throttle.Counter("log of failures", 5))
    for number in range(9):
        enter(client, f"nobody{number}@example.com", "fel", address=f"198.51.100.{number}")

    rows = written("sign_in_failed")
    assert len(rows) == 5
    assert [row.details.get("more_are_left_out", False) for row in rows] == [False] * 4 + [True]


def test_the_flood_ends_after_a_quarter_of_an_hour_and_rows_come_again(client, monkeypatch, time_machine):
    monkeypatch.setattr(attempts, "FAILURES", throttle.Counter("log of failures", 2))
    for minutes, expected in ((0, 2), (14, 2), (16, 3)):
        time_machine.move_to(f"2026-11-25T10:{minutes:02}:00+01:00", tick=False)
        for number in range(3 if minutes == 0 else 1):
            enter(client, f"nobody{minutes}-{number}@example.com", "fel", address=f"198.51.100.{number}")
        assert len(written("sign_in_failed")) == expected


def test_whoever_knocks_at_one_page_after_another_fills_no_log_and_no_other_is_silenced(client, mentor):
    client.force_login(mentor.user)
    for _ in range(attempts.REFUSED + 5):
        client.get("/people/")
    assert len(written("refused")) == attempts.REFUSED
    assert written("refused")[-1].details["more_are_left_out"]

    client.force_login(MembershipFactory(mentor=True).user)
    client.get("/people/")
    assert len(written("refused")) == attempts.REFUSED + 1


def test_the_gate_writes_in_the_logs_of_the_person_alone_and_of_nothing_else(mentor):
    def write(authority, action="sign_in_failed", target=("accounts.user", str(mentor.user_id))):
        with identity.gate():
            record_attempt(action=action, target=target, by=None, at=timezone.now(), details={}, authority=authority)

    write(SCHOOLS)
    write("city")
    for refused in (
        lambda: write("board:farsta"),
        lambda: write(SCHOOLS, action="protection_lifted"),
        lambda: write(SCHOOLS, target=("nobody", "x")),
    ):
        with pytest.raises(ProgrammingError, match="row-level security"):
            refused()


def test_rows_about_signing_in_are_links_of_the_chain(client, mentor):
    enter(client, mentor.user.email, "fel")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    (row,) = written("sign_in_failed")
    assert Link.objects.filter(authority=SCHOOLS, entry_table="audit_auditevent", entry_id=row.pk).exists()
