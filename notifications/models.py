"""What is to be told by mail, what became of it, and what each person has chosen to be told."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, User
from accounts.roles import Role

TIMES = [time(7, 30), time(9), time(12), time(15)]
"""When a digest can be had. Nobody gets one earlier."""

STUCK_AFTER = timedelta(minutes=15)
"""A mail that has been on its way for longer was left by a worker that ended; it is sent again."""


class MailQuerySet(models.QuerySet["Mail"]):
    """Mails by what is to be done with them."""

    def visible_to(self, reader: Membership) -> MailQuerySet:
        """Return what did not arrive, for system administrators; nobody sees what was told to others."""
        if reader.role != Role.SYSTEM_ADMIN:
            return self.none()
        seen = ("id", "user", "kind", "status", "created_at", "ended_at", "code")
        return self.filter(status__in=Mail.NOT_ARRIVED).only(*seen).select_related("user")

    def ready(self, at: datetime) -> MailQuerySet:
        """Return what can be sent at `at`, also what a worker that ended has left half-way."""
        waits = Q(status=Mail.Status.WAITING, not_before__lte=at)
        return self.filter(waits | Q(status=Mail.Status.SENDING, tried_at__lt=at - STUCK_AFTER))


class Mail(models.Model):
    """One mail to one person. It holds counts and no words: those are made when it is sent.

    `once` is a print of what it is about: the same thing is never told twice. `prints` is a print of the rows that a
    digest counted. The id makes the Message-ID, which stays when it is sent again.
    """

    class Kind(models.TextChoices):
        DIGEST = "digest", _("Summary")
        GIVEN = "given", _("Something put on you by name")
        REQUEST = "request", _("A request that waits")
        LATE = "late", _("Something of yours that is late")

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waits")
        SENDING = "sending", _("On its way")
        SENT = "sent", _("Sent")
        REFUSED = "refused", _("Refused by the receiver's mail server")
        GIVEN_UP = "given_up", _("Given up after several tries")
        QUIET = "quiet", _("Not sent, by choice or because there was nothing to tell")

    ENDED = (Status.SENT, Status.REFUSED, Status.GIVEN_UP, Status.QUIET)
    AT_ONCE = (Kind.GIVEN, Kind.REQUEST)
    NOT_ARRIVED = (Status.REFUSED, Status.GIVEN_UP)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    once = models.CharField(max_length=64, unique=True)
    counts = models.JSONField(default=dict)
    prints = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    code = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["status", "not_before"], name="mail_ready")]
        constraints = [
            models.CheckConstraint(
                name="mail_kind_is_known", condition=Q(kind__in=["digest", "given", "request", "late"])
            ),
            models.CheckConstraint(
                name="mail_ends_once",
                condition=Q(status__in=["waiting", "sending"], ended_at=None)
                | Q(status__in=["sent", "refused", "given_up", "quiet"], ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="mail_on_its_way_was_tried", condition=~Q(status="sending") | Q(tried_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.created_at:%Y-%m-%d} {self.status}"


class MailChoice(models.Model):
    """What one person has chosen. Whoever has chosen nothing gets everything, the digest at 07.30."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, primary_key=True, related_name="+")
    has_digest = models.BooleanField(default=True)
    digest_at = models.TimeField(default=TIMES[0])
    has_instant = models.BooleanField(default=True)

    class Meta:
        ordering = ["user"]
        constraints = [
            models.CheckConstraint(name="digest_has_one_of_its_times", condition=Q(digest_at__in=TIMES)),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"


def choice_of(user_id: uuid.UUID) -> MailChoice:
    """Return what a person has chosen, or what holds for somebody who has not chosen."""
    return MailChoice.objects.filter(user=user_id).first() or MailChoice(user_id=user_id)


class Reminder(models.Model):
    """That a person was reminded of an obligation, at one step before or after one date of it: once."""

    class Step(models.TextChoices):
        AHEAD = "ahead", _("Two working days before")
        TODAY = "today", _("On the day")
        LATE = "late", _("The working day after")
        STILL_LATE = "still", _("Two working days after")
        UNIT = "unit", _("Two working days after, to who answers for the unit")

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    obligation = models.UUIDField()
    due_on = models.DateField()
    step = models.CharField(max_length=5, choices=Step.choices)
    reminded_on = models.DateField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "obligation", "due_on", "step"], name="reminded_once"),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.due_on}"
