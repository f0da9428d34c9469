"""What is erased, what must be kept, and what people ask about their own data."""

from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit
from accounts.roles import Role, Side
from audit.reading import PersonalModel
from schools.models import Pupil


class Compartment(models.TextChoices):
    """The parts that are erased apart from each other."""

    SCHOOL = "school", _("School")
    SOCIAL = "social", _("Social services")
    SHARED = "shared", _("Shared by both")
    FILES = "files", _("Imported files")
    LOG = "log", _("The log")
    ACCOUNTS = "accounts", _("People at work")


class RetentionRunQuerySet(models.QuerySet["RetentionRun"]):
    """Runs by state and by who may see them."""

    def visible_to(self, reader: Membership) -> RetentionRunQuerySet:
        """Return all runs for a system administrator: ids and numbers, never a name."""
        return self if reader.role == Role.SYSTEM_ADMIN else self.none()

    def waiting(self) -> RetentionRunQuerySet:
        """Return proposals that nobody else has approved or cancelled."""
        return self.filter(status=RetentionRun.Status.PROPOSED)

    def to_carry_out(self) -> RetentionRunQuerySet:
        """Return approved runs that have not been carried out."""
        return self.filter(status=RetentionRun.Status.APPROVED)


class RetentionRun(models.Model):
    """An erasure: proposed by one, approved by another, carried out as the owner of the database.

    `subjects` is the frozen list of ids by rule, emptied when it has been carried out. `erasing_in` is the number of
    the database transaction that is erasing now; it opens the append-only tables in that transaction and is never
    committed.
    """

    class Kind(models.TextChoices):
        APPROVED = "approved", _("Proposed and approved")
        REAPPLIED = "reapplied", _("Done again after a restored backup")

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Waits for a second person")
        APPROVED = "approved", _("Approved, waits to be carried out")
        CANCELLED = "cancelled", _("Cancelled")
        DONE = "done", _("Carried out")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=9, choices=Kind.choices, default=Kind.APPROVED)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PROPOSED)
    counted_on = models.DateField()
    subjects = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    subjects_sha256 = models.CharField(max_length=64)
    policy_sha256 = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    results = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True, blank=True)
    erasing_in = models.BigIntegerField(null=True, blank=True)

    objects = RetentionRunQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="retention_is_approved_by_somebody_else",
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="retention_has_two_people_before_anything_is_erased",
                condition=Q(kind="reapplied", status__in=["approved", "done"])
                | Q(kind="approved", proposed_by__isnull=False)
                & (
                    Q(status__in=["proposed", "cancelled"], approved_at=None, approved_by=None, erasing_in=None)
                    | Q(status__in=["approved", "done"], approved_at__isnull=False, approved_by__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="retention_done_has_a_time_and_no_ids_left",
                condition=~Q(status="done") | Q(done_at__isnull=False, subjects={}),
            ),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(status__in=["proposed", "approved"]), name="one_retention_run_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.counted_on} {self.status}"


class RetentionTombstone(models.Model):
    """That something was erased, and how much, without saying what: the id is a keyed digest.

    With the key the erasure can be done again on a restored backup; without it nobody can tell whom it was about.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(RetentionRun, on_delete=models.PROTECT, related_name="tombstones")
    compartment = models.CharField(max_length=8, choices=Compartment.choices)
    rule = models.CharField(max_length=40)
    table = models.CharField(max_length=60)
    count = models.PositiveIntegerField()
    subject_digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["subject_digest"], name="tombstone_digest")]

    def __str__(self) -> str:
        return f"{self.rule} {self.table} {self.count}"


class ControllerRowsQuerySet(models.QuerySet):
    """Rows of one controller's unit."""

    def visible_to(self, reader: Membership) -> ControllerRowsQuerySet:
        """Return the rows of the reader's own unit, for its principal or its head in social services."""
        answers_for = reader.role == Role.PRINCIPAL or (reader.role == Role.UNIT_HEAD and reader.side == Side.SOCIAL)
        return self.filter(unit=reader.unit_id) if answers_for else self.none()


class KeepOrder(PersonalModel):
    """That something about a pupil must not be erased although its time has gone, or not before thirty years of age."""

    class Ground(models.TextChoices):
        INVESTIGATION = "investigation", _("An investigation of the child was opened: until thirty (SoL 16:2 a)")
        NEVER = "never", _("Placement, adoption or paternity: never under this chapter (SoL 16:2)")
        RESEARCH = "research", _("Chosen for research (SoL 16:4)")
        DISPUTE = "dispute", _("Restriction asked for, or an ongoing dispute (GDPR 18)")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    compartment = models.CharField(max_length=6, choices=[("school", _("School")), ("social", _("Social services"))])
    ground = models.CharField(max_length=13, choices=Ground.choices)
    ordered_at = models.DateTimeField()
    ordered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = ControllerRowsQuerySet.as_manager()

    class Meta:
        ordering = ["-ordered_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "unit", "ground"], condition=Q(lifted_at=None), name="kept_once_on_each_ground"
            ),
            models.CheckConstraint(
                name="keep_order_lifted_has_time_and_name",
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pupil} {self.ground}"


class RightsRequest(PersonalModel):
    """What somebody asked about a pupil's data under GDPR 15-21, when it must be answered, and how it ended."""

    class Kind(models.TextChoices):
        ACCESS = "access", _("A copy of what we hold (article 15)")
        RECTIFY = "rectify", _("Something to be corrected (article 16)")
        ERASE = "erase", _("Something to be erased (article 17)")
        RESTRICT = "restrict", _("Use to be restricted (article 18)")
        OBJECT = "object", _("An objection to the use (article 21)")

    class AskedBy(models.TextChoices):
        PUPIL = "pupil", _("The pupil")
        GUARDIAN = "guardian", _("A guardian")
        OTHER = "other", _("Somebody with power of attorney")

    class Outcome(models.TextChoices):
        GRANTED = "granted", _("Done as asked")
        PARTLY = "partly", _("Done in part")
        REFUSED = "refused", _("Refused, with a reason and how to complain")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    asked_by = models.CharField(max_length=8, choices=AskedBy.choices)
    received_on = models.DateField()
    due_on = models.DateField()
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    screened_at = models.DateTimeField(null=True, blank=True)
    screened_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=9, choices=Outcome.choices, blank=True)
    answer = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = ControllerRowsQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="rights_request_is_due_after_it_came", condition=Q(due_on__gt=F("received_on"))
            ),
            models.CheckConstraint(
                name="rights_request_outcome_has_time_and_name",
                condition=Q(outcome="", settled_at=None, settled_by=None)
                | ~Q(outcome="") & Q(settled_at__isnull=False, settled_by__isnull=False),
            ),
            models.CheckConstraint(
                name="screening_has_time_and_name",
                condition=Q(screened_at=None, screened_by=None)
                | Q(kind="access", screened_at__isnull=False, screened_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.received_on}"

    def is_late(self, today: date) -> bool:
        """Say whether the last day to answer has passed."""
        return not self.outcome and self.due_on < today


class Screening(PersonalModel):
    """One text or named person in an archive: given out or masked, as a person decided after reading it.

    `content_sha256` tells whether the text has changed since, so that nothing unread is given out.
    """

    ABOUT = "request_id"

    class Choice(models.TextChoices):
        KEEP = "keep", _("Give out")
        MASK = "mask", _("Mask")

    request = models.ForeignKey(RightsRequest, on_delete=models.PROTECT, related_name="screenings")
    item = models.CharField(max_length=120)
    choice = models.CharField(max_length=4, choices=Choice.choices)
    content_sha256 = models.CharField(max_length=64)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["request", "id"]
        constraints = [models.UniqueConstraint(fields=["request", "item"], name="screened_once")]

    def __str__(self) -> str:
        return f"{self.request} {self.item}"
