"""What happened, and who read what. Rows are added and never changed: the database refuses."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CITY = "city"
"""The authority of what the system does itself, and of those who act for no other."""


def authority_of(actor: Any) -> str:
    """Return the controller (personuppgiftsansvarig) for whom somebody acts: it answers for their part of the log."""
    return getattr(actor.unit, "authority", CITY)


class UnreadId(models.BigAutoField):
    """A number the database gives and does not hand back: who may add to the log may not therefore read it."""

    db_returning = False


class Trace(models.Model):
    """Who did something: the person, and as which unit and role, for which authority, it was done."""

    id = UnreadId(primary_key=True)
    authority = models.CharField(max_length=60, db_index=True, default=CITY)
    at = models.DateTimeField(db_index=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    membership_id = models.UUIDField(null=True)
    unit_id = models.UUIDField(null=True, db_index=True)
    role = models.CharField(max_length=16, blank=True)

    class Meta:
        abstract = True


WATCHED = [
    "sign_in_failed",
    "confirming_failed",
    "refused",
    "protection_lifted",
    "protection_lift_missed",
]
"""What an auditor looks through besides readings: failing to prove who one is, refusals, and protection lifted."""

ABOUT_SIGNING_IN = ["signed_in", "signed_out", "confirmed"]


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """Events by whose log they are in and what they are."""

    def overseen_by(self, reader: Any) -> AuditEventQuerySet:
        """Return the events in the log of the reader's own authority."""
        return self.filter(authority=authority_of(reader))

    def watched(self, *, all_signing_in: bool = False) -> AuditEventQuerySet:
        """Return the events that an auditor looks through, also where all went well if that is asked for."""
        return self.filter(action__in=[*WATCHED, *ABOUT_SIGNING_IN] if all_signing_in else WATCHED)


class AuditEvent(Trace):
    """One change of state, written in the same transaction as it, or what somebody tried (accounts.attempts)."""

    action = models.CharField(max_length=60)
    target_type = models.CharField(max_length=60)
    target_id = models.CharField(max_length=40)
    details = models.JSONField(default=dict)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["target_type", "target_id"], name="audit_event_target"),
            models.Index(
                fields=["authority", "-id"],
                condition=models.Q(action__in=[*WATCHED, *ABOUT_SIGNING_IN]),
                name="audit_event_watched",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_type} {self.target_id}"


class AccessRecordQuerySet(models.QuerySet["AccessRecord"]):
    """Readings by whose log they are in and whom they were about."""

    def overseen_by(self, reader: Any) -> AccessRecordQuerySet:
        """Return the readings in the log of the reader's own authority; other authorities' logs are secret."""
        return self.filter(authority=authority_of(reader))

    def of_units(self, units: models.QuerySet[Any]) -> AccessRecordQuerySet:
        """Return the readings of those who acted for these units."""
        return self.filter(unit_id__in=units.order_by().values("pk"))

    def about(self, pupil_id: UUID) -> AccessRecordQuerySet:
        """Return the readings that showed the pupil."""
        return self.filter(pupils__contains=[pupil_id])


class AccessRecord(Trace):
    """One request that showed personal data: which page, and which pupils it was about.

    `reason` is a code or an id that the page names, never words: "import:<id>", or why a link was claimed.
    """

    class Kind(models.TextChoices):
        READ = "read", pgettext_lazy("a reading", "Read")
        LIST = "list", pgettext_lazy("a reading", "In a list")
        SEARCH = "search", pgettext_lazy("a reading", "Searched for")
        EXPORT = "export", _("Taken out as a file")
        PRINT = "print", _("Printed")
        CLAIM = "claim", _("Claimed a link")

    page = models.CharField(max_length=60)
    method = models.CharField(max_length=7, default="GET")
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.READ)
    reason = models.CharField(max_length=80, blank=True)
    pupils = ArrayField(models.UUIDField(), default=list)

    objects = AccessRecordQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [GinIndex(fields=["pupils"], name="access_record_pupils")]

    def __str__(self) -> str:
        return f"{self.page} {len(self.pupils)}"


class Link(models.Model):
    """One link of an authority's chain: the print of one row of the log and of all links before it.

    Written by the database itself at commit (audit/chain.py); the programs neither write nor read it.
    """

    authority = models.CharField(max_length=60)
    seq = models.BigIntegerField()
    entry_table = models.CharField(max_length=40)
    entry_id = models.BigIntegerField()
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["authority", "seq", "id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "seq"], name="link_once_per_place"),
            models.UniqueConstraint(fields=["entry_table", "entry_id"], name="entry_is_linked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.authority} {self.seq}"


class RowHistory(models.Model):
    """What a row was before it was changed or removed. Written by the database itself (audit/history.py).

    `old` holds the changed columns as they were, of a removed row all. No role reads it: it holds what the rows held.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    table_name = models.CharField(max_length=60)
    row_key = models.CharField(max_length=80)
    is_removal = models.BooleanField()
    old = models.JSONField()
    user_id = models.UUIDField(null=True)
    membership_id = models.UUIDField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["table_name", "row_key"], name="row_history_row")]

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_key}"
