"""How a session ends in a test."""

from datetime import timedelta

from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import Session
from wall.identity import key_hash


def end_by_idleness(client: Client) -> None:
    """Let the client's session be too old, as when nothing has happened for long."""
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    Session.objects.filter(pk=key_hash(key)).update(last_seen_at=timezone.now() - timedelta(minutes=21))
