"""Who is linked to a pupil beyond class and role, on what ground and for how long."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.roles import Role
from audit.reading import PersonalModel

from .protection import protected_ids

CLAIM_LASTS = timedelta(hours=24)
LONGEST_LINK = timedelta(days=366)


class PupilLinkQuerySet(models.QuerySet["PupilLink"]):
    """Links by whether they run and by who may see them."""

    def running(self, at: datetime) -> PupilLinkQuerySet:
        """Return the links that count `at` a time: begun, not run out to the second, and not ended."""
        return self.filter(started_at__lte=at, ends_at__gt=at, ended_at=None)

    def visible_to(self, reader: Membership) -> PupilLinkQuerySet:
        """Return the reader's own links, and for a principal those that the school's members have.

        In SQL: membership_id = me, or my role is principal and the member's unit is mine. Never of a protected pupil.
        """
        links = self.exclude(pupil__in=protected_ids())
        if reader.role == Role.PRINCIPAL:
            return links.filter(membership__unit=reader.unit_id)
        return links.filter(membership=reader.pk)

    def with_page_relations(self) -> PupilLinkQuerySet:
        """Fetch what pages show of a link: whose it is, and to whom."""
        return self.select_related("membership__user", "pupil")


class PupilLink(PersonalModel):
    """Why a member may open a pupil outside the own classes: claimed for at most 24 hours, or named by the principal.

    Never changed but for `ended_at`. Runs while started_at <= now() < ends_at and ended_at is null.
    """

    class Ground(models.TextChoices):
        CLAIMED = "claimed", _("Opened by the person")
        NAMED = "named", _("Named by the principal")

    class Reason(models.TextChoices):
        COVERING = "covering", _("I stand in for the mentor")
        SEEN = "seen", _("I have seen or heard something that worries me")
        MEETING = "meeting", _("I take part in a meeting about the pupil")
        TAKING_OVER = "taking_over", _("The pupil is moving to my class")
        OTHER = "other", _("Something else")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey("schools.Pupil", on_delete=models.CASCADE, related_name="links")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="pupil_links")
    ground = models.CharField(max_length=8, choices=Ground.choices)
    reason = models.CharField(max_length=12, choices=Reason.choices, blank=True)
    words = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PupilLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="claimed_link_lasts_24_hours_at_most",
                condition=Q(ground="named")
                | Q(LessThanOrEqual(F("ends_at") - F("started_at"), Value(CLAIM_LASTS, models.DurationField())))
                & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="pupil_link_ends_within_a_year",
                condition=Q(ground__in=["claimed", "named"], ends_at__gt=F("started_at"))
                & Q(LessThanOrEqual(F("ends_at") - F("started_at"), Value(LONGEST_LINK, models.DurationField()))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} {self.ground}"


class LinkClaimAlert(models.Model):
    """Tells an authority's log auditor that somebody asked to open a pupil. Says neither whom, who nor why.

    `id` is the claim's, whether or not there was such a pupil: an alert comes of every claim, so it does not tell
    either. In SQL: the auditor reads and marks as seen where authority = my_authority(); the claimant only adds.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.CharField(max_length=60)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-at", "id"]
        constraints = [
            models.CheckConstraint(
                name="link_claim_alert_is_seen_by_somebody",
                condition=Q(seen_at=None, seen_by=None) | Q(seen_at__isnull=False, seen_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
