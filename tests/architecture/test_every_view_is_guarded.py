"""Who may enter is said at every view, is true, and is written in docs/who-may-enter.md."""

import pytest
from django.http import HttpResponse
from django.urls import path

from accounts.access import allow, public, signed_in
from accounts.roles import Role
from tests.architecture.addresses import NOT_OURS, all_pages, faults_of, walk

# An allowed reader of a row that does not exist: a page, another page, no such row, only to be sent, link used up.
FINE = {200, 204, 302, 404, 405, 410}


def test_every_view_says_who_may_enter():
    faults = [fault for page in all_pages() for fault in faults_of(page)]

    assert not faults, "\n".join(faults)


def test_views_of_others_that_are_listed_exist():
    assert set(NOT_OURS) <= {page.name for page in all_pages()}


def view(request):
    return HttpResponse()


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (view, "exactly one"),
        (allow()(view), "no role"),
        (public(reason="")(view), "needs a reason"),
        (signed_in(public(reason="Everybody may see it.")(view)), "exactly one"),
        (public(reason="Everybody may see it.")(allow(Role.MENTOR)(view)), "exactly one"),
    ],
)
def test_wrong_marks_are_found(broken, words):
    (page,) = walk([path("somewhere/", broken, name="somewhere")], "/", "")

    assert any(words in fault and "/somewhere/" in fault for fault in faults_of(page))


@pytest.mark.django_db
def test_signed_out_reaches_only_public_pages(client):
    faults = []
    for page in all_pages():
        response = client.get(page.path)
        to_sign_in = response.status_code == 302 and response.url.startswith("/sign-in/?next=")
        if page.public_reason is None and not to_sign_in:
            faults.append(f"{page.route}: {response.status_code} instead of the way to sign in")
        if page.public_reason is not None and (to_sign_in or response.status_code not in FINE):
            faults.append(f"{page.route}: {response.status_code}, though it is public")

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("role", Role)
def test_role_reaches_what_its_row_in_the_table_says(client, cast, sign_in, role):
    sign_in(client, cast.by_role()[role])
    faults = []
    for page in all_pages():
        if page.roles is None or page.name == "account_logout":
            continue
        status = client.get(page.path).status_code
        if status == 405:
            status = client.post(page.path).status_code
        # A download of codes that were never made: django-allauth says 403.
        fine = FINE | {422, 403} if page.name == "mfa_download_recovery_codes" else FINE | {422}
        if role in page.roles and status not in fine:
            faults.append(f"{page.route}: {status}, though {role.label} may enter")
        if role not in page.roles and status != 403:
            faults.append(f"{page.route}: {status}, though {role.label} may not enter")

    assert not faults, "\n".join(faults)
