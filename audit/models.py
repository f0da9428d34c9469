"""What happened, and who read what. Rows are added and never changed: the database refuses."""

import uuid

from django.conf import settings
from django.db import models


class Trace(models.Model):
    """Who did something: the person, and as which unit and role it was done."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    membership_id = models.UUIDField(null=True)
    unit_id = models.UUIDField(null=True, db_index=True)
    role = models.CharField(max_length=16, blank=True)

    class Meta:
        abstract = True


class AuditEvent(Trace):
    """One change of state, written in the same transaction as the change."""

    action = models.CharField(max_length=60)
    target_type = models.CharField(max_length=60)
    target_id = models.CharField(max_length=40)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["target_type", "target_id"], name="audit_event_target")]

    def __str__(self) -> str:
        return f"{self.action} {self.target_type} {self.target_id}"


class AccessRecord(Trace):
    """One reading of personal data: which page showed which rows to whom."""

    reading = models.UUIDField(default=uuid.uuid4)
    page = models.CharField(max_length=60)
    target_type = models.CharField(max_length=60)
    target_id = models.CharField(max_length=40)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["target_type", "target_id"], name="access_record_target")]

    def __str__(self) -> str:
        return f"{self.page} {self.target_type} {self.target_id}"
