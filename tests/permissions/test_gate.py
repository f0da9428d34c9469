"""Each answer of the gate by itself: in, to the sign-in page, no role, no such method, and no."""

import pytest

from tests.factories.accounts import MembershipFactory, UserFactory


def test_who_is_not_signed_in_is_sent_to_the_sign_in_page_and_back(db, client):
    answer = client.get("/account/sessions/")

    assert (answer.status_code, answer.url) == (302, "/sign-in/?next=/account/sessions/")


def test_public_pages_are_open_to_who_is_not_signed_in(db, client):
    assert client.get("/livez/").status_code == 200


def test_who_has_no_role_is_told_so(db, client):
    client.force_login(UserFactory())

    answer = client.get("/cases/")
    assert (answer.status_code, answer.url) == (302, "/no-membership/")


@pytest.fixture
def admin(db, client, sign_in):
    """Return a signed-in system administrator."""
    return sign_in(client, MembershipFactory(system_admin=True))


def test_a_role_opens_its_own_pages_and_no_others(admin):
    assert admin.get("/people/").status_code == 200
    assert admin.get("/cases/").status_code == 403


def test_a_method_that_no_row_names_is_answered_with_those_that_there_are(admin):
    answer = admin.put("/people/")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")


def test_an_address_that_is_not_there_is_said_to_be_missing(admin):
    assert admin.get("/nothing-here/").status_code == 404
