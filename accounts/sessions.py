"""Where signed-in browsers are kept: in the database, behind the gate. Named in settings.SESSION_ENGINE."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY as USER_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction
from django.utils import timezone

from wall import identity

from .models import Session
from .secrecy import NotReadable, decrypt, encrypt

MEMBERSHIP_KEY = "membership"
IDLE = timedelta(minutes=20)
WARNING = timedelta(minutes=2)
ABSOLUTE = timedelta(hours=10)
"""Judged in the database too, by `wall_enter` (accounts/migrations): security.md section 7."""

REMEMBERED = timedelta(hours=12)
"""How long it is known whose an ended session was."""


class SessionStore(SessionBase):
    """One browser's session. Inside a request it has been read already, when the request came through the wall."""

    def take(self, data: str | None) -> None:
        """Take what the wall read for this key; None means that the session has ended."""
        if data is None:
            self._session_key = None
        self._session_cache: dict[str, Any] = {} if data is None else self.decode(data)

    def stay_closed(self) -> None:
        """Be nobody's session for one request that must not ask the database; the session itself goes on."""
        self._session_cache = {}

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Return what is stored: encrypted, because it holds the secret of a code app that is being set up."""
        return encrypt(super().encode(session_dict), "session")

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Return what `encode` was given; an empty session for what this server cannot read."""
        try:
            return super().decode(decrypt(str(session_data), "session"))
        except NotReadable:
            return {}

    def cycle_key(self) -> None:
        """Go on under a new key. The ten hours of somebody who is signed in do not begin anew."""
        began = self._began()
        super().cycle_key()
        if began is not None:
            with identity.gate():
                Session.objects.filter(pk=self._hash()).update(created_at=began)

    def _began(self) -> datetime | None:
        with identity.gate():
            signed_in = Session.objects.filter(pk=self._hash(), user__isnull=False)
            return signed_in.values_list("created_at", flat=True).first()

    def load(self) -> dict[str, Any]:
        """Read a living session; an ended one becomes a new, empty one."""
        with identity.gate():
            found = Session.objects.filter(pk=self._hash(), **_living()).values_list("data", flat=True).first()
        if found is None:
            self._session_key = None
            return {}
        return self.decode(found)

    def exists(self, session_key: str) -> bool:
        """Say whether there is a session with this key."""
        with identity.gate():
            return Session.objects.filter(pk=identity.key_hash(session_key)).exists()

    def create(self) -> None:
        """Begin a new session under a new key."""
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Write the session. Raises CreateError for a key in use, UpdateError for a session that has ended."""
        if self.session_key is None:
            return self.create()
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        fields = {
            "data": self.encode(data),
            "user_id": data.get(USER_KEY),
            "membership_id": data.get(MEMBERSHIP_KEY),
        }
        with identity.gate():
            self._write(fields, must_create)

    def _write(self, fields: dict[str, Any], must_create: bool) -> None:
        now = timezone.now()
        if not must_create:
            if not Session.objects.filter(pk=self._hash()).update(**fields):
                raise UpdateError
            return
        try:
            with transaction.atomic():
                Session.objects.create(key_hash=self._hash(), created_at=now, last_seen_at=now, **fields)
        except IntegrityError as error:
            raise CreateError from error

    def delete(self, session_key: str | None = None) -> None:
        """End a session."""
        key = session_key or self.session_key
        if key is not None:
            with identity.gate():
                Session.objects.filter(pk=identity.key_hash(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        """Remove sessions that have ended by themselves; see `forget_ended`."""
        with identity.gate():
            forget_ended(timezone.now())

    def _hash(self) -> str:
        return identity.key_hash(self.session_key or "")


def _living() -> dict[str, Any]:
    now = timezone.now()
    return {"last_seen_at__gte": now - IDLE, "created_at__gte": now - ABSOLUTE}


def forget_ended(now: datetime) -> int:
    """Remove ended sessions, not at once: what was typed in one must find its owner. For the gate and the clock."""
    idle = Session.objects.filter(last_seen_at__lt=now - REMEMBERED - IDLE)
    return (idle | Session.objects.filter(created_at__lt=now - REMEMBERED - ABSOLUTE)).delete()[0]
