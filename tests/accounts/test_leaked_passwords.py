"""A password that is known from a leak is refused, looked up in a list on our own disk."""

import hashlib

import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from accounts.invitations import password_link
from accounts.leaked_passwords import NotLeakedValidator
from tests.factories.accounts import UserFactory


def write_list(path, passwords, with_count=True, end="\n"):
    digests = sorted(hashlib.sha1(one.encode(), usedforsecurity=False).hexdigest().upper() for one in passwords)
    path.write_text("".join(f"{digest}{':3' if with_count else ''}{end}" for digest in digests), encoding="ascii")
    return str(path)


def is_refused(password):
    try:
        NotLeakedValidator().validate(password)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize("with_count", [True, False])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_password_of_the_list_is_refused_and_no_other(tmp_path, settings, with_count, end):
    leaked = [f"läckt lösenord nummer {n}" for n in range(500)]
    settings.LEAKED_PASSWORDS_FILE = write_list(tmp_path / "leaked.txt", leaked, with_count, end)

    assert all(is_refused(one) for one in leaked)
    assert not any(is_refused(f"annat lösenord nummer {n}") for n in range(500))


@given(st.sets(st.text(min_size=1, max_size=5), max_size=12), st.text(min_size=1, max_size=5))
def test_a_list_of_any_length_is_looked_through(tmp_path_factory, leaked, other):
    path = write_list(tmp_path_factory.mktemp("lists") / "leaked.txt", leaked)
    with override_settings(LEAKED_PASSWORDS_FILE=path):
        assert all(is_refused(one) for one in leaked)
        assert is_refused(other) == (other in leaked)


def test_without_a_list_nothing_is_looked_up(settings):
    settings.LEAKED_PASSWORDS_FILE = ""

    assert not is_refused("läckt lösenord nummer 1")


def test_a_leaked_password_is_refused_where_one_is_chosen(client, db, settings, tmp_path):
    leaked, other = "korrekt häst batteri klammer", "korrekt häst batteri gem"
    settings.LEAKED_PASSWORDS_FILE = write_list(tmp_path / "leaked.txt", [leaked])
    invited = UserFactory()
    invited.set_unusable_password()
    invited.save()
    link = password_link(invited)

    refused = client.post(link, {"new_password1": leaked, "new_password2": leaked})
    taken = client.post(link, {"new_password1": other, "new_password2": other})

    assert refused.status_code == 422
    assert "known from a leak" in refused.content.decode()
    assert taken.status_code == 302
