"""What the tests of case pages share: a cast, and a way to enter as one of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Membership
from tests.confirmed import confirmed
from tests.factories.cases import Cast, make_cast


@pytest.fixture
def cast(db) -> Cast:
    """One school, its area, three teams and the city."""
    return make_cast()


@pytest.fixture
def enter(client: Client) -> Callable[[Membership], Client]:
    """Return a way to become a person: the client, signed in as the membership given."""

    def sign_in(membership: Membership) -> Client:
        client.force_login(membership.user)
        return confirmed(client)

    return sign_in
