"""A mail server that the product sends to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.notifications.mail_server import Box, a_port, serving


@pytest.fixture
def mail_port(settings) -> int:
    """Return a port that mail is sent to and nobody listens on yet."""
    port = a_port()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5
    return port


@pytest.fixture
def box(mail_port: int) -> Iterator[Box]:
    """Return what arrives at a mail server that is up."""
    box = Box()
    with serving(box, mail_port):
        yield box
