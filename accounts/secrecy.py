"""What is kept unreadable in the database: keys derived from settings, encryption, and keyed hashes of names.

A dump of the database alone is then of no use: the keys are in the settings of the server, never in a table.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class NotReadable(Exception):
    """What is stored was not made with any key that this server has."""


def encrypt(text: str, purpose: str, extra: str = "") -> str:
    """Return `text` encrypted for one `purpose`; with `extra`, a secret that is not stored, needed to read it too."""
    return _cipher(purpose, extra).encrypt(text.encode()).decode()


def decrypt(stored: str, purpose: str, extra: str = "") -> str:
    """Return what `encrypt` was given. Raises NotReadable."""
    try:
        return _cipher(purpose, extra).decrypt(stored.encode()).decode()
    except InvalidToken as error:
        raise NotReadable(purpose) from error


def encrypt_bytes(content: bytes, purpose: str) -> bytes:
    """Return `content` encrypted for one `purpose`."""
    return _cipher(purpose, "").encrypt(content)


def decrypt_bytes(stored: bytes, purpose: str) -> bytes:
    """Return what `encrypt_bytes` was given. Raises NotReadable."""
    try:
        return _cipher(purpose, "").decrypt(stored)
    except InvalidToken as error:
        raise NotReadable(purpose) from error


def keyed_hash(text: str, purpose: str) -> str:
    """Return 64 letters that stand for `text` in a table and cannot be guessed without the server's key."""
    return hmac.new(_derived(_keys()[0], purpose), text.encode(), hashlib.sha256).hexdigest()


def peppered(password: str) -> str:
    """Return what is hashed instead of the password itself, so that a stolen hash cannot be tried without the key."""
    digest = hmac.new(
        _derived(settings.PASSWORD_PEPPER or settings.SECRET_KEY, "password"), password.encode(), hashlib.sha256
    ).digest()
    return base64.b64encode(digest).decode()


def _cipher(purpose: str, extra: str) -> MultiFernet:
    # The first key encrypts, all of them read: a key is changed by putting the new one first.
    keys = (_derived(key, f"{purpose}:{extra}") for key in _keys())
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


def _keys() -> list[str]:
    """Return the server's own keys, or the one of Django when it has no others."""
    return settings.ENCRYPTION_KEYS or [settings.SECRET_KEY]


def _derived(key: str, purpose: str) -> bytes:
    return hmac.new(key.encode(), f"narvarobryggan:{purpose}".encode(), hashlib.sha256).digest()
