"""What the entrance remembers: failed tries, what was typed when a session ended, and help for lost second factors."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class FailedTries(models.Model):
    """When somebody failed to prove who they are, for one account or one address; neither can be read from the row."""

    key = models.CharField(max_length=64, primary_key=True)
    failed_at = ArrayField(models.DateTimeField(), default=list)
    locked_until = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return f"{len(self.failed_at)} failed tries"


class KeptPost(models.Model):
    """What somebody had typed when the session ended, unreadable without the one-time id that is not stored here."""

    key_hash = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    content = models.TextField()
    kept_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["key_hash"]

    def __str__(self) -> str:
        return f"kept {self.kept_at}"


class FactorReset(models.Model):
    """A system administrator asks to take away somebody's second factor; another one has to agree."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    asked_by = models.ForeignKey("accounts.Membership", on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    password_too = models.BooleanField(default=False)

    class Meta:
        ordering = ["asked_at", "id"]

    def __str__(self) -> str:
        return f"reset asked {self.asked_at}"
