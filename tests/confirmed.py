"""A client that has just confirmed that it is they (accounts.confirming), for pages that ask for it."""

from django.test import Client
from django.utils import timezone

from accounts.confirming import KEY


def confirmed(client: Client) -> Client:
    """Let a signed-in client have confirmed just now."""
    session = client.session
    session[KEY] = timezone.now().isoformat()
    session.save()
    return client
