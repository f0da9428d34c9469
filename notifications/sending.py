"""Sending what is in the outbox: claim a row, send it, write what became of it (docs/adr/0025).

Each of the three is a transaction of its own, so that no lock is held while a mail server thinks. A worker that is
killed between claiming and writing leaves the mail on its way; after a while another sends it with the same Message-ID.
"""

from __future__ import annotations

import smtplib
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email
from django.db import connection as database
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Membership
from deadlines.stockholm import stockholm_day
from deadlines.working_days import working_days_between

from .hours import may_leave_at, next_time
from .letters import letter_to
from .models import STUCK_AFTER, Mail, choice_of

WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 240, 240)]
"""How long to wait after each try that failed for now; after the last of them comes one more try."""

FOR_GOOD = 500
"""From this code on a mail server says no for good; below, for now (RFC 5321 4.2.1)."""

CLAIMING = 20261125
"""The lock under which a mail is claimed, one at a time: so that each worker sees what the others have on its way."""

NEWS_FOR = 2
"""Working days after which what was to be told at once is no news."""

Clock = Callable[[], datetime]


class ServerIsDown(Exception):
    """No mail server can be reached, or it will have nothing from us now."""


def send_due(clock: Clock) -> Counter[str]:
    """Send everything that is due, one at a time, and return how many ended in each way.

    Stops at night and on days that are no working days, and when the server cannot be reached: what is left waits.
    """
    ended: Counter[str] = Counter()
    connection = get_connection()
    try:
        while (mail := claim(clock())) is not None:
            try:
                ended[_deliver(mail, connection, clock)] += 1
            except ServerIsDown:
                ended[_write(mail, Mail.Status.WAITING, clock())] += 1
                break
    finally:
        _close(connection)
    return ended


@transaction.atomic
def claim(at: datetime) -> Mail | None:
    """Take the mail that has waited longest and mark it as on its way; None when there is none, or at night.

    Two workers take different ones. While one that is sent at once is on its way to somebody, another of its kind to
    the same person waits: the two could not tell what the other says.
    """
    if not may_leave_at(at):
        return None
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CLAIMING])
    alike = Mail.objects.exclude(pk=OuterRef("pk")).filter(
        user=OuterRef("user"), kind=OuterRef("kind"), status=Mail.Status.SENDING, tried_at__gte=at - STUCK_AFTER
    )
    waiting = Mail.objects.ready(at).exclude(Q(kind__in=Mail.AT_ONCE) & Exists(alike)).order_by("not_before", "pk")
    mail = waiting.select_for_update(skip_locked=True, of=("self",)).first()
    if mail is None:
        return None
    Mail.objects.filter(pk=mail.pk).update(status=Mail.Status.SENDING, tried_at=at, attempts=F("attempts") + 1)
    return Mail.objects.select_related("user").get(pk=mail.pk)


def is_wanted(mail: Mail, at: datetime) -> bool:
    """Say whether the mail is still to be told: to who works here, as was chosen, and while it is news.

    A digest is of its day. What else could not be sent for two working days stands in the digests since.
    """
    today = stockholm_day(at)
    if (
        working_days_between(stockholm_day(mail.created_at), today) > NEWS_FOR
        or not Membership.objects.active(today).filter(user=mail.user_id).exists()
    ):
        return False
    choice = choice_of(mail.user_id)
    match mail.kind:
        case Mail.Kind.DIGEST:
            return choice.has_digest and stockholm_day(mail.created_at) == today
        case Mail.Kind.LATE:
            return True
        case _:
            return choice.has_instant


@transaction.atomic
def gather(mail: Mail, at: datetime) -> int:
    """Let a mail that is sent at once tell of everything of its kind that waits for its person, in one.

    Return how much there has been of it today: a second mail of the same day never says the same as the first.
    """
    alike = Mail.objects.filter(user=mail.user_id, kind=mail.kind)
    alike.filter(status=Mail.Status.WAITING).update(status=Mail.Status.QUIET, ended_at=at)
    return alike.filter(Q(ended_at=None) | Q(ended_at__date=stockholm_day(at))).count()


def _deliver(mail: Mail, connection: BaseEmailBackend, clock: Clock) -> str:
    """Send one claimed mail and return how it ended. Raises ServerIsDown before anything was handed over."""
    if not is_wanted(mail, clock()):
        return _write(mail, Mail.Status.QUIET, clock())
    if mail.kind in Mail.AT_ONCE:
        mail.counts = {"new": gather(mail, clock())}
    try:
        validate_email(mail.user.email)
        letter = letter_to(mail)
        letter.message()
    except (ValueError, ValidationError):
        return _write(mail, Mail.Status.REFUSED, clock())
    try:
        connection.open()
    except (OSError, smtplib.SMTPException):
        raise ServerIsDown from None
    try:
        connection.send_messages([letter])
    except (OSError, smtplib.SMTPException) as error:
        _close(connection)
        return _failed(mail, code_of(error), clock())
    return _write(mail, Mail.Status.SENT, clock())


def code_of(error: Exception) -> int | None:
    """Return the number that the mail server gave, never its words: they may hold an address."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            return max(code for code, _words in error.recipients.values())
        case smtplib.SMTPResponseException():
            return error.smtp_code if error.smtp_code > 0 else None
        case _:
            return None


def _failed(mail: Mail, code: int | None, at: datetime) -> str:
    """Write that a try failed: for good, or until the next try."""
    if code is not None and code >= FOR_GOOD:
        return _write(mail, Mail.Status.REFUSED, at, code)
    return _write(mail, Mail.Status.WAITING, at, code)


def _write(mail: Mail, status: Mail.Status, at: datetime, code: int | None = None) -> str:
    """Write what became of a claimed mail; one that has been tried too often is given up instead of waiting again."""
    if status == Mail.Status.WAITING and mail.attempts > len(WAITS):
        status = Mail.Status.GIVEN_UP
    facts: dict[str, object] = {"status": status, "code": code}
    if status == Mail.Status.WAITING:
        facts["not_before"] = next_time(at + WAITS[mail.attempts - 1])
    else:
        facts["ended_at"] = at
    Mail.objects.filter(pk=mail.pk, status=Mail.Status.SENDING, attempts=mail.attempts).update(**facts)
    return str(status)


def _close(connection: BaseEmailBackend) -> None:
    """Close a connection that may already be broken."""
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        return
