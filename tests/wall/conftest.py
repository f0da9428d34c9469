"""What the tests of the wall share: the login that a server has, on the tests' own database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection

from wall import identity


@pytest.fixture
def as_the_web_server(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put identities on over the web server's own login; what the test does outside of them is the owner's.

    For tests that commit: the two are different connections.
    """
    entered = identity.entered
    owner, web = connection.settings_dict["USER"], urlsplit(os.environ["DATABASE_URL"]).username

    @contextmanager
    def entered_as_web(*arguments: Any, **named: Any) -> Iterator[identity.Entered]:
        connection.close()
        connection.settings_dict["USER"] = web
        try:
            with entered(*arguments, **named) as who:
                yield who
        finally:
            connection.close()
            connection.settings_dict["USER"] = owner

    monkeypatch.setattr(identity, "entered", entered_as_web)
