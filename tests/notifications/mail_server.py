"""A real mail server for the tests: it takes mail over SMTP, refuses whom it is told to, and can drop a connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from launcher.postgres import free_port


class Box:
    """What has arrived, and how the server behaves: `refuses` maps an address to its answer."""

    def __init__(self) -> None:
        """Take everything."""
        self.arrived: list[EmailMessage] = []
        self.receivers: list[list[str]] = []
        self.refuses: dict[str, str] = {}
        self.drops = 0
        self.takes_and_drops = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse a receiver."""
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a mail; or drop the connection, before or after it was taken."""
        if self.drops:
            self.drops -= 1
            server.transport.abort()
            return "421 gone"
        content: Any = envelope.content
        self.arrived.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
        self.receivers.append(list(envelope.rcpt_tos))
        if self.takes_and_drops:
            self.takes_and_drops -= 1
            server.transport.abort()
        return "250 OK"

    @property
    def subjects(self) -> list[str]:
        """The subjects of what has arrived, in order."""
        return [str(one["Subject"]) for one in self.arrived]


@contextmanager
def serving(box: Box, port: int) -> Iterator[None]:
    """Have the server up inside the block."""
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


def a_port() -> int:
    """Return a port nobody listens on."""
    return free_port(0)
