"""Makes a conversation with a source out of its settings and secrets. Only the reading job can: it may read them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .client import Client
from .models import SchoolSource, SourceSecret
from .signing_in import Credentials, SignIn, unseal

Kind = SourceSecret.Kind


@contextmanager
def connected(source: SchoolSource) -> Iterator[Client]:
    """Have a conversation with the source inside the block. Raises SourceError."""
    secrets = {secret.kind: unseal(secret.sealed, source.hosts) for secret in source.secrets.all()}
    client = Client(
        source.address,
        Credentials(
            way=source.sign_in,
            secret=secrets.get(Kind.SECRET, "") if source.sign_in != SignIn.NONE else "",
            client_id=source.client_id,
            token_address=source.token_address,
            scope=source.scope,
            key_header=source.key_header or "X-API-Key",
        ),
        certificate=secrets.get(Kind.CERTIFICATE, ""),
    )
    try:
        yield client
    finally:
        client.close()
