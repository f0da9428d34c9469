"""The mail of the played year: a real server takes it, and afterwards each rule is held against what has arrived."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection

from bench.school_year.free_days import is_work_day
from deadlines.stockholm import STOCKHOLM
from tests.notifications.mail_server import Box, a_port, serving

FIRST, LAST = time(7, 30), time(18)
AT_MOST_ONE = ("digest",)


@dataclass
class Letter:
    """One mail as it arrived: when in the played year, to whom, and what it says."""

    at: datetime
    to: str
    subject: str
    body: str
    key: str

    @property
    def day(self) -> str:
        """The day in Stockholm."""
        return f"{self.at.astimezone(STOCKHOLM):%Y-%m-%d}"


@dataclass
class MailBox(Box):
    """Keeps each mail with the moment at which it arrived."""

    now: Callable[[], datetime]
    letters: list[Letter] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a mail."""
        answer = await super().handle_DATA(server, session, envelope)
        mail = self.arrived[-1]
        text = "\n".join(part.get_content() for part in mail.walk() if part.get_content_maintype() == "text")
        for receiver in envelope.rcpt_tos:
            key = str(mail["Message-ID"]).strip("<>").partition("@")[0]
            self.letters.append(Letter(self.now(), receiver, str(mail["Subject"]), text, key))
        return answer


@contextmanager
def mail_server(now: Callable[[], datetime]) -> Iterator[tuple[MailBox, int]]:
    """Have a mail server inside the block; give its box and its port."""
    box, port = MailBox(now), a_port()
    with serving(box, port):
        yield box, port


def faults_of_mail(letters: list[Letter], kills: list[str]) -> list[str]:
    """Return what is wrong with the mail: at the wrong time, twice, too many in a day, or with a name in it.

    `kills` are the days on which a worker was killed: what it had just sent may come once more, as the same mail.
    """
    return [
        *(f"mail at {one.at:%Y-%m-%d %H:%M}" for one in letters if not may_arrive(one.at)),
        *_twice(letters, kills),
        *_too_many(letters),
        *_names(letters),
    ]


def may_arrive(at: datetime) -> bool:
    """Say whether somebody may get mail at this moment."""
    local = at.astimezone(STOCKHOLM)
    return is_work_day(local.date()) and FIRST <= local.time() < LAST


def _twice(letters: list[Letter], kills: list[str]) -> Iterator[str]:
    same = Counter(one.key for one in letters)
    days = {one.key: one.day for one in letters}
    yield from (
        f"the same mail {n} times on {days[key]}" for key, n in same.items() if n > 1 and days[key] not in kills
    )
    alike: dict[tuple[str, str, str, str], set[str]] = {}
    for one in letters:
        alike.setdefault((one.to, one.day, one.subject, one.body), set()).add(one.key)
    yield from (f"{key[0]} was told the same twice on {key[1]}" for key, mails in alike.items() if len(mails) > 1)


def _too_many(letters: list[Letter]) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id::text, kind FROM simulated.mail")
        kinds = dict(cursor.fetchall())
    unique = {one.key: one for one in letters}
    counted = Counter((one.to, one.day, kinds.get(key, "unknown")) for key, one in unique.items())
    for (to, day, kind), n in counted.items():
        if kind == "unknown" or (kind in AT_MOST_ONE and n > 1):
            yield f"{to} got {n} mails of kind {kind} on {day}"


def _names(letters: list[Letter]) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT given_name FROM schools_pupil UNION SELECT family_name FROM schools_pupil "
            "UNION SELECT given_name FROM accounts_user UNION SELECT family_name FROM accounts_user "
            "UNION SELECT name FROM accounts_unit UNION SELECT name FROM schools_classgroup"
        )
        words = [re.escape(name) for (name,) in cursor.fetchall() if name]
    named = re.compile(rf"\b(?:{'|'.join(words)})\b")
    for one in letters:
        if found := named.search(f"{one.subject}\n{one.body}"):
            yield f"a mail to {one.to} on {one.day} names {found[0]!r}"
