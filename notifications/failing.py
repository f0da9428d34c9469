"""Whose mailbox fails, for those who answer for the person; and what comes back later as a mail (RFC 3464)."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from datetime import datetime
from email.message import Message
from uuid import UUID

from django.db import connection, transaction

from .models import Mail

OURS = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@[^>\s]+>", re.IGNORECASE)
"""The Message-ID of a mail of ours, which is the mail's own id."""

FOR_GOOD = "5"
"""With which an enhanced status code begins that will not change (RFC 3463)."""

CODE = re.compile(r"\b(5\d\d)\b")
NO_SUCH_MAILBOX = 550
"""What is written when a report gives no code of the old kind."""


def dead_mailboxes() -> dict[UUID, datetime]:
    """Return the people whose last mail did not arrive, and since when; only those that the reader answers for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT user_id, since FROM dead_mailboxes()")
        return dict(cursor.fetchall())


@transaction.atomic
def note_bounce(raw: bytes, *, at: datetime) -> bool:
    """Note what a mail server reports later: that a mail which had been sent did not arrive. Say whether one was noted.

    Give the whole report as it came. A report of a delay, of a mail that is not ours, or of one that is noted already
    changes nothing. Run it as the outbox.
    """
    report = email.message_from_bytes(raw)
    failed = next(_failures(report), None)
    about = _mail_of(report)
    if failed is None or about is None:
        return False
    sent = Mail.objects.filter(pk=about, status=Mail.Status.SENT)
    return bool(sent.update(status=Mail.Status.REFUSED, ended_at=at, code=failed))


def _failures(report: Message) -> Iterator[int]:
    """Give the code of each recipient whom the mail did not reach, and will not."""
    for part in report.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for recipient in part.get_payload():
            if not isinstance(recipient, Message) or recipient.get("Action", "").strip().lower() != "failed":
                continue
            if recipient.get("Status", FOR_GOOD).strip().startswith(FOR_GOOD):
                told = CODE.search(recipient.get("Diagnostic-Code", ""))
                yield int(told[1]) if told else NO_SUCH_MAILBOX


def _mail_of(report: Message) -> UUID | None:
    """Return the id of the mail that the report is about, from the copy of it or of its headers in the report."""
    for part in report.walk():
        if part.get_content_type() == "message/rfc822":
            copies = [copy for copy in part.get_payload() if isinstance(copy, Message)]
            found = OURS.search(copies[0].get("Message-ID", "")) if copies else None
        elif part.get_content_type() == "text/rfc822-headers":
            found = OURS.search(str(part.get_payload()))
        else:
            continue
        if found:
            return UUID(found[1])
    return None
