"""A city for the tests of the demo: the registers once for each file, and one city or several on top of them."""

from __future__ import annotations

from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from demo.loading import load_city


def say_nothing(line: str) -> None:
    """Swallow a progress line."""


@pytest.fixture(scope="module")
def registers(django_db_setup, django_db_blocker):
    """Load the registers for all tests of a file, and take everything away again after the last one."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_registers", stdout=StringIO())
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def built(registers):
    """Return a context in which a city stands: built, checked by the database as at commit, and taken away."""

    @contextmanager
    def stand(today, plans):
        with transaction.atomic():
            load_city(today, plans=plans, say=say_nothing)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            yield
            transaction.set_rollback(True)

    return stand
