"""Looking after the log: what is drawn by lot, what the rules hit, how it was judged, and extracts for families.

Every row belongs to one authority, whose auditors alone see it. Pupils are named by their id only.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Membership
from accounts.roles import Role
from audit.models import AccessRecord, authority_of
from schools.models import Pupil

from .rules import Rule


class OfAnAuthority(models.QuerySet):
    """Rows by whose they are."""

    def overseen_by(self, reader: Membership) -> OfAnAuthority:
        """Return the rows of the reader's own authority."""
        return self.filter(authority=authority_of(reader))


class Sample(models.Model):
    """A month's random sample of an authority's readings: drawn once; `seed` lets anybody draw the same again."""

    authority = models.CharField(max_length=60)
    month = models.DateField()
    seed = models.CharField(max_length=32)
    population = models.PositiveIntegerField()
    drawn_at = models.DateTimeField()
    drawn_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    objects = OfAnAuthority.as_manager()

    class Meta:
        ordering = ["-month", "id"]
        constraints = [models.UniqueConstraint(fields=["authority", "month"], name="one_sample_a_month")]

    def __str__(self) -> str:
        return f"{self.authority} {self.month:%Y-%m}"


class SampledReading(models.Model):
    """A reading that was drawn."""

    authority = models.CharField(max_length=60)
    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="readings")
    record = models.ForeignKey(AccessRecord, on_delete=models.PROTECT, related_name="+")

    objects = OfAnAuthority.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["sample", "record"], name="drawn_once")]

    def __str__(self) -> str:
        return f"{self.sample} {self.record_id}"


class RuleRun(models.Model):
    """How far the log has been held against the rules."""

    up_to = models.BigIntegerField()
    ran_at = models.DateTimeField()

    class Meta:
        ordering = ["up_to", "id"]

    def __str__(self) -> str:
        return str(self.up_to)


class RuleHit(models.Model):
    """A rule that a reading of a pupil hit: a question to the auditor, no judgement."""

    authority = models.CharField(max_length=60)
    record = models.ForeignKey(AccessRecord, on_delete=models.PROTECT, related_name="hits")
    pupil = models.UUIDField()
    rule = models.CharField(max_length=16, choices=Rule.choices)
    found_at = models.DateTimeField()

    objects = OfAnAuthority.as_manager()

    class Meta:
        ordering = ["-record", "rule", "id"]
        constraints = [models.UniqueConstraint(fields=["record", "pupil", "rule"], name="hit_once")]
        indexes = [models.Index(fields=["authority", "record"], name="hit_of_authority")]

    def __str__(self) -> str:
        return f"{self.record_id} {self.rule}"


class Review(models.Model):
    """How somebody judged a reading, signed and never changed; a later one may follow. Nobody judges their own."""

    class Outcome(models.TextChoices):
        FINE = "fine", _("In order")
        ASKED = "asked", _("The reader has been asked")
        ACTION = "action", _("Needs action")

    authority = models.CharField(max_length=60)
    record = models.ForeignKey(AccessRecord, on_delete=models.PROTECT, related_name="reviews")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    note = models.CharField(max_length=300, blank=True)
    reviewed_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    reviewer = models.UUIDField()
    reader = models.UUIDField(null=True)

    objects = OfAnAuthority.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="nobody_reviews_their_own_reading", condition=Q(reader=None) | ~Q(reader=F("reviewer"))
            ),
            models.CheckConstraint(
                name="review_outcome_is_known", condition=Q(outcome__in=["fine", "asked", "action"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.outcome}"


class LogExtractQuerySet(OfAnAuthority):
    """Extracts by who may see them."""

    def visible_to(self, reader: Membership) -> LogExtractQuerySet:
        """Return an authority's extracts to its auditors; to a principal those about pupils of the school."""
        extracts = self.overseen_by(reader)
        if reader.role == Role.LOG_AUDITOR:
            return extracts  # type: ignore[return-value]
        if reader.role == Role.PRINCIPAL:
            return extracts.filter(pupil__in=Pupil.objects.visible_to(reader).values("pk"))  # type: ignore[return-value]
        return self.none()


class LogExtract(models.Model):
    """Who has read about one pupil, for the family: drafted by an auditor, let out by a second person who has read it.

    `lines` is a frozen copy without names: when, role, unit, what kind of page.
    """

    class Decision(models.TextChoices):
        RELEASED = "released", _("Released")
        WITHHELD = "withheld", pgettext_lazy("a log extract", "Held back")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.CharField(max_length=60)
    pupil = models.UUIDField(db_index=True)
    since = models.DateField()
    until = models.DateField()
    lines = models.JSONField(default=list)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    drafter = models.UUIDField()
    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decider = models.UUIDField(null=True, blank=True)

    objects = LogExtractQuerySet.as_manager()

    class Meta:
        ordering = ["-drafted_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="a_second_person_lets_an_extract_out",
                condition=Q(decision="", decided_at=None, decided_by=None, decider=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False, decider__isnull=False)
                & ~Q(decision="")
                & ~Q(decider=F("drafter")),
            ),
            models.CheckConstraint(name="extract_covers_a_period", condition=Q(until__gte=F("since"))),
        ]

    def __str__(self) -> str:
        return f"{self.authority} {self.drafted_at:%Y-%m-%d}"

    @property
    def is_released(self) -> bool:
        """Say whether a second person has let it out."""
        return self.decision == self.Decision.RELEASED
