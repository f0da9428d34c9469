"""A request from elsewhere changes nothing: without the form's secret every POST is refused, signed in or not."""

from django.test import Client

from accounts.roles import Role
from tests.architecture.addresses import all_pages

UNSAFE = ("post", "put", "patch", "delete")


def let_through(client, paths):
    """Return what was not refused for want of the secret."""
    return [
        f"{method.upper()} {path}: {response.status_code}"
        for path in paths
        for method in UNSAFE
        if (response := getattr(client, method)(path)).status_code != 403
    ]


def test_every_address_refuses_a_strangers_post(db):
    strict = Client(enforce_csrf_checks=True)
    faults = let_through(strict, [page.path for page in all_pages()])

    assert not faults, "\n".join(faults)


def test_every_address_refuses_a_post_made_by_another_site_in_a_persons_name(cast, sign_in):
    faults = []
    for role in Role:
        strict = Client(enforce_csrf_checks=True)
        if role not in cast.by_role():
            continue
        sign_in(strict, cast.by_role()[role])
        faults += let_through(strict, [page.path for page in all_pages() if page.roles and role in page.roles])

    assert not faults, "\n".join(faults)


def test_a_check_that_is_left_out_is_found(db):
    assert let_through(Client(), ["/set-language/"])


def test_no_address_repeats_what_it_was_sent(client, db):
    sent = {"HTTP_X_SECRET": "seven-white-horses", "HTTP_COOKIE": "x=seven-white-horses"}
    told = [page.path for page in all_pages() if b"seven-white" in client.generic("TRACE", page.path, **sent).content]

    assert not told
