"""A person's own sessions: where one is signed in, and ending what should not go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wall import identity

from .actions import record_own
from .addresses import shortened
from .models import Membership, Session, User
from .sessions import ABSOLUTE, IDLE

BROWSERS = {
    "Edg/": "Edge",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "OPR/": "Opera",
    "Chrome/": "Chrome",
    "CriOS/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "Windows": "Windows",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "CrOS": "Chromebook",
    "Macintosh": "Mac",
    "Linux": "Linux",
}
"""What browsers call themselves, and what people call them. The first that fits is meant."""


@dataclass(frozen=True)
class Row:
    """One session as its owner sees it."""

    session: Session
    is_this: bool
    browser: str | Promise
    address: str


def rows_for(user: User, key: str | None, at: datetime) -> list[Row]:
    """Return the person's sessions that go on, this one first, then the one seen last."""
    this = identity.key_hash(key) if key else ""
    living = Session.objects.filter(user=user, last_seen_at__gte=at - IDLE, created_at__gte=at - ABSOLUTE)
    # What the session holds may not even be read here.
    going_on = living.defer("data").order_by("-last_seen_at", "pk")
    rows = [Row(one, one.pk == this, in_words(one.agent), shortened(one.address)) for one in going_on]
    return sorted(rows, key=lambda row: not row.is_this)


def in_words(agent: str) -> str | Promise:
    """Return “Edge, Windows” for what a browser says about itself."""
    browser = next((name for mark, name in BROWSERS.items() if mark in agent), None)
    system = next((name for mark, name in SYSTEMS.items() if mark in agent), None)
    return ", ".join(word for word in (browser, system) if word) or _("Unknown browser")


@transaction.atomic
def end_session(*, user: User, session_id: str, by: Membership | None, at: datetime) -> bool:
    """End one of the person's own sessions; False when there is no such session of theirs."""
    ended, _rows = Session.objects.filter(user=user, pk=session_id).delete()
    if ended:
        record_own(action="session_ended", user=user, by=by, at=at)
    return bool(ended)


@transaction.atomic
def end_other_sessions(*, user: User, key: str | None, by: Membership | None, at: datetime) -> int:
    """End every session of the person but the one with `key`; return how many."""
    others = Session.objects.filter(user=user).exclude(pk=identity.key_hash(key) if key else "")
    ended, _rows = others.delete()
    record_own(action="other_sessions_ended", user=user, by=by, at=at, details={"sessions": ended})
    return ended
