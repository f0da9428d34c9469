"""What all tests share: a database used as the web role, no network, queries counted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_socket import socket_allow_hosts


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Build the test database as its owner, then work as the role that owns nothing."""
    role = settings.WEB_ROLE
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            # Only here: tests that commit are cleaned up by TRUNCATE, which the web role otherwise lacks.
            cursor.execute(f'GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO "{role}"')
        connection.close()
    connection.settings_dict["OPTIONS"]["assume_role"] = role
    yield
    with django_db_blocker.unblock():
        connection.close()
    del connection.settings_dict["OPTIONS"]["assume_role"]


@pytest.fixture(autouse=True)
def no_network():
    """Refuse every connection except to this machine."""
    socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)


@pytest.fixture
def assert_constant_queries(client: Client):
    """Return a check that a page costs the same number of queries with one row as with eleven."""

    def count(url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url)
        assert response.status_code == 200, response.status_code
        return len(queries)

    def check(url: str, add_row: Callable[[], object]) -> None:
        add_row()
        client.get(url)
        one = count(url)
        for _ in range(10):
            add_row()
        eleven = count(url)
        assert eleven == one, f"{url}: {one} queries with one row, {eleven} with eleven"

    return check
