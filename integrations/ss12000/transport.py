"""Whom we call, and with what: only https, only public addresses, no redirects, and no answer without end.

The address is looked up and checked at the moment of connecting, and the connection goes to the very address that was
checked: a name that changes its mind in between (DNS rebinding) gains nothing (docs/adr/0016).
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpcore
import httpx
from django.conf import settings

from .problems import SourceError

SECONDS = 30
SECONDS_IN_ALL = 120
MOST_BYTES = 32 * 1024 * 1024
OF_OUR_CERTIFICATE = ("CERTIFICATE", "UNKNOWN_CA", "ACCESS_DENIED", "HANDSHAKE_FAILURE")
"""What the alerts of TLS are called by which a server refuses us (RFC 8446, 6.2). With 1.2 a missing one fails the
handshake as such."""


def check_address(address: str) -> httpx.URL:
    """Return the address, which is https and names a host without sign-in or fragment. Raises SourceError."""
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, ValueError) as error:
        raise SourceError("address_unknown") from error
    if not url.host or url.userinfo or url.fragment:
        raise SourceError("address_unknown")
    if url.scheme != "https" and not (url.scheme == "http" and settings.SCHOOL_SOURCES_ON_THIS_MACHINE):
        raise SourceError("address_not_https")
    return url


def public_addresses(host: str, port: int) -> list[str]:
    """Return every address of a host, all of them public. Raises SourceError when a single one is not."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SourceError("address_unknown") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses or not all(map(may_be_called, addresses)):
        raise SourceError("address_not_public")
    return addresses


def may_be_called(address: str) -> bool:
    """Say whether an IP address is public: not private, local, shared, reserved or multicast, nor such in disguise."""
    ip: Any = ipaddress.ip_address(address.partition("%")[0])
    if settings.SCHOOL_SOURCES_ON_THIS_MACHINE and ip.is_loopback:
        return True
    if ip.version == 6:
        # An IPv4 address inside an IPv6 one: mapped, 6to4, NAT64. What counts is where it leads.
        inside = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1]) or _translated(ip)
        if inside:
            return not ip.teredo and inside.is_global and not inside.is_multicast
    return bool(ip.is_global and not ip.is_multicast)


NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def _translated(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else None


class CheckedBackend(httpcore.NetworkBackend):
    """Opens connections to addresses that were checked, and to nothing else."""

    def __init__(self) -> None:
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of the host's checked addresses that answers."""
        failure: Exception | None = None
        for address in public_addresses(host, port):
            try:
                return self._plain.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError()

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        """Never: a source is not on this machine."""
        raise SourceError("address_not_public")


class CheckedTransport(httpx.BaseTransport):
    """httpx over connections of `CheckedBackend`."""

    def __init__(self, certificate: str = "") -> None:
        """`certificate` is our own client certificate with its key, in PEM."""
        self._pool = httpcore.ConnectionPool(
            ssl_context=_context(certificate), max_connections=2, network_backend=CheckedBackend()
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request."""
        check_address(str(request.url))
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Stream(answer), extensions=answer.extensions
        )

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class _Stream(httpx.SyncByteStream):
    """The body of an answer, which stops being read when it is too large or too slow."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


def _context(certificate: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate:
        try:
            # OpenSSL takes a certificate from a file only; this one is ours alone and gone at once.
            with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
                file.write(certificate)
                file.flush()
                context.load_cert_chain(file.name)
        except (ssl.SSLError, OSError, ValueError) as error:
            raise SourceError("certificate_refused") from error
    return context


def open_client(certificate: str = "") -> httpx.Client:
    """Return an httpx client that follows our rules; it asks no proxy and keeps no cookies' worth of state."""
    return httpx.Client(
        transport=CheckedTransport(certificate),
        timeout=SECONDS,
        follow_redirects=False,
        trust_env=False,
        headers={"Accept": "application/json", "User-Agent": "Narvarobryggan"},
    )


def fetch(
    client: httpx.Client, request: httpx.Request, *, clock: Callable[[], float] = time.monotonic
) -> tuple[httpx.Response, bytes]:
    """Send a request and return the answer with its body. Raises SourceError by what went wrong on the way."""
    until = clock() + SECONDS_IN_ALL
    try:
        response = client.send(request, stream=True)
        try:
            return response, _body(response, until, clock)
        finally:
            response.close()
    except (httpcore.TimeoutException, httpx.TimeoutException) as error:
        raise SourceError("too_slow") from error
    except (httpcore.ConnectError, httpx.ConnectError) as error:
        is_certificate = isinstance(error.__cause__ or error.__context__, ssl.SSLError) or "SSL" in str(error)
        code = "certificate_refused" if is_certificate else "no_answer"
        raise SourceError("certificate_wanted" if _is_ours_refused(error) else code) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpx.TransportError) as error:
        raise SourceError("certificate_wanted" if _is_ours_refused(error) else "cut_off") from error
    except httpx.DecodingError as error:
        raise SourceError("not_json") from error


def _is_ours_refused(error: Exception) -> bool:
    """Say whether the server has told that our client certificate is missing or not accepted.

    In TLS 1.3 that comes after the handshake, in place of an answer; a connection that is only cut has no such word.
    """
    why = error.__cause__ or error.__context__
    reason = (getattr(why, "reason", "") or "") if isinstance(why, ssl.SSLError) else ""
    return "ALERT" in reason and any(word in reason for word in OF_OUR_CERTIFICATE)


def _body(response: httpx.Response, until: float, clock: Callable[[], float]) -> bytes:
    """Read the body, unpacked, up to the limit: a small answer that unpacks to gigabytes stops there too."""
    parts, size = [], 0
    for part in response.iter_bytes(65536):
        size += len(part)
        if size > MOST_BYTES:
            raise SourceError("too_large")
        if clock() > until:
            raise SourceError("too_slow")
        parts.append(part)
    return b"".join(parts)
