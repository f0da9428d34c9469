"""How we show a source who we are: a token bought with client credentials, a fixed token, an API key, or none.

A secret is encrypted for the host it may be sent to; decrypting it for another host fails. A source whose address is
changed to somebody else's server therefore gets no secret of ours.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.secrecy import NotReadable, decrypt, encrypt

from .problems import SourceError
from .transport import check_address, fetch

PURPOSE = "secret of a school system"
EARLY = 60
"""A token is renewed so many seconds before it ends."""


class SignIn(TextChoices):
    """The ways of signing in that are seen in the wild."""

    NONE = "none", _("No sign-in (a client certificate may still be used)")
    OAUTH = "oauth", _("OAuth2 client credentials")
    BEARER = "bearer", _("Fixed token (Bearer)")
    API_KEY = "api_key", _("API key in a header")


def seal(secret: str, hosts: str) -> str:
    """Return a secret encrypted for the hosts it may be used with."""
    return encrypt(secret, PURPOSE, extra=hosts)


def unseal(sealed: str, hosts: str) -> str:
    """Return the secret, if it was sealed for these hosts. Raises SourceError."""
    try:
        return decrypt(sealed, PURPOSE, extra=hosts)
    except NotReadable as error:
        raise SourceError("secret_unreadable") from error


def hosts_of(address: str, token_address: str = "") -> str:
    """Return the hosts that a secret is bound to: the source, and the server that sells tokens for it.

    Both, for a token is as good as the secret while it lasts.
    """
    return " ".join(_host(part) for part in (address, token_address) if part)


def _host(address: str) -> str:
    url = check_address(address)
    return f"{url.host}:{url.port}" if url.port else url.host


@dataclass
class Credentials:
    """How to sign in to one source; `secret` is readable only here."""

    way: str
    secret: str = field(default="", repr=False)
    client_id: str = ""
    token_address: str = ""
    scope: str = ""
    key_header: str = "X-API-Key"


class Signer:
    """Puts the right header on each request, and buys a new token when the old one ends."""

    def __init__(self, credentials: Credentials, client: httpx.Client, clock: Callable[[], float]) -> None:
        self._credentials = credentials
        self._client = client
        self._clock = clock
        self._token = ""
        self._ends = 0.0

    def headers(self) -> dict[str, str]:
        """Return what shows who we are."""
        way = self._credentials.way
        if way == SignIn.NONE:
            return {}
        if not self._credentials.secret:
            raise SourceError("secret_missing")
        if way == SignIn.API_KEY:
            return {self._credentials.key_header: self._credentials.secret}
        if way == SignIn.OAUTH:
            if not self._token or self._clock() >= self._ends:
                self._buy_token()
            return {"Authorization": f"Bearer {self._token}"}
        return {"Authorization": f"Bearer {self._credentials.secret}"}

    def renew(self) -> bool:
        """Forget the token that was refused; say whether a new one can be had."""
        had_one, self._token = bool(self._token), ""
        return had_one

    def _buy_token(self) -> None:
        told = self._credentials
        form = {"grant_type": "client_credentials"} | ({"scope": told.scope} if told.scope else {})
        basic = base64.b64encode(f"{told.client_id}:{told.secret}".encode()).decode()
        in_form = form | {"client_id": told.client_id, "client_secret": told.secret}
        # The form is what is seen in Sweden; the header is what the standard prefers (RFC 6749, 2.3.1).
        for data, headers in ((in_form, {}), (form, {"Authorization": f"Basic {basic}"})):
            response, body = fetch(
                self._client, self._client.build_request("POST", told.token_address, data=data, headers=headers)
            )
            if response.status_code == 200:
                self._keep(body)
                return
            if response.status_code not in {400, 401}:
                break
        raise SourceError("no_token", status=response.status_code)

    def _keep(self, body: bytes) -> None:
        try:
            answer: Any = json.loads(body)
            self._token = str(answer["access_token"])
            lasts = float(answer.get("expires_in") or 300)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise SourceError("no_token") from error
        if not self._token.isprintable():
            raise SourceError("no_token")
        self._ends = self._clock() + max(lasts - EARLY, 1)
