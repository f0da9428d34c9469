"""Schools' own systems that are read over SS 12000: how each is reached, what was read, and what it would change."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, permits
from audit.reading import PersonalModel
from schools.models import ClassGroup, Provider, Pupil, School

from ..access import may_keep_sources
from .problems import text_of
from .signing_in import SignIn, hosts_of

GOES_ON_WITHIN = timedelta(hours=24)


class SchoolSourceQuerySet(models.QuerySet["SchoolSource"]):
    """Sources by who may see them."""

    def visible_to(self, reader: Membership) -> SchoolSourceQuerySet:
        """Return every source to the system administrator, to others none."""
        return self if may_keep_sources(reader, Action.READ) else self.none()


class SchoolSource(models.Model):
    """A provider's system that speaks SS 12000. Its secrets lie in SourceSecret, which no page can read.

    `own_address` is where the source finds us, as the administrator's browser did, for when it `is_told` to call.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=200)
    sign_in = models.CharField(max_length=8, choices=SignIn.choices, default=SignIn.OAUTH)
    token_address = models.CharField(max_length=200, blank=True)
    client_id = models.CharField(max_length=120, blank=True)
    scope = models.CharField(max_length=200, blank=True)
    key_header = models.CharField(max_length=60, blank=True)
    endpoints = ArrayField(models.CharField(max_length=30), default=list)
    days_back = models.PositiveSmallIntegerField(default=14)
    unmarked_is_open = models.BooleanField(default=False)
    ignores_cancelled = models.BooleanField(default=False)
    reports_back = models.BooleanField(default=False)
    is_told = models.BooleanField(default=False)
    own_address = models.CharField(max_length=200, blank=True)
    is_dry_run = models.BooleanField(default=True)
    is_on = models.BooleanField(default=False)
    tested = models.JSONField(default=list)
    tested_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")

    objects = SchoolSourceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["name"], name="school_source_name_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def hosts(self) -> str:
        """The hosts that its secrets are bound to."""
        return hosts_of(self.address, self.token_address if self.sign_in == SignIn.OAUTH else "")

    def offers(self, endpoint: str) -> bool:
        """Say whether the administrator lets us ask this endpoint."""
        return endpoint in self.endpoints


class SourceSecret(models.Model):
    """A secret of a source, encrypted for its hosts. Pages write it; only the reading job reads it."""

    class Kind(models.TextChoices):
        SECRET = "secret", _("Client secret, token or key")
        CERTIFICATE = "certificate", _("Client certificate with its key")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(SchoolSource, on_delete=models.CASCADE, related_name="secrets")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    sealed = models.TextField()
    hosts = models.CharField(max_length=300)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["source", "kind", "id"]
        constraints = [models.UniqueConstraint(fields=["source", "kind"], name="one_secret_of_a_kind")]

    def __str__(self) -> str:
        return self.kind


class SourceSubscription(models.Model):
    """That a source tells us when something changes. Of the address that it calls we keep only the secret part's hash.

    `noticed_at`: it has told of something; `heard_at`: since then it has been, or is being, read.
    """

    source = models.OneToOneField(SchoolSource, on_delete=models.CASCADE, related_name="subscription")
    token_hash = models.CharField(max_length=64, unique=True)
    remote_id = models.CharField(max_length=200, blank=True)
    own_address = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    noticed_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["source"]

    def __str__(self) -> str:
        return str(self.source_id)

    @property
    def failure_text(self) -> str:
        """What went wrong when we asked to be told, and how to mend it."""
        return text_of(self.failure) if self.failure else ""


class SourceSchool(models.Model):
    """A school that is read from a source, and how far."""

    source = models.ForeignKey(SchoolSource, on_delete=models.CASCADE, related_name="schools")
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="sources")
    register_until = models.DateTimeField(null=True)
    register_full_on = models.DateField(null=True)
    absence_until = models.DateTimeField(null=True)
    absence_full_on = models.DateField(null=True)

    class Meta:
        ordering = ["source", "school__unit__name", "id"]
        constraints = [models.UniqueConstraint(fields=["source", "school"], name="source_school_once")]

    def __str__(self) -> str:
        return str(self.school_id)


class SyncRun(models.Model):
    """One reading of one school: the journal. Counts and codes, no names and no ids of anybody."""

    class Kind(models.TextChoices):
        REGISTER = "register", _("Register")
        ABSENCE = "absence", _("Absence")

    class Status(models.TextChoices):
        RUNNING = "running", _("Reading")
        PAUSED = "paused", _("Stopped half-way, goes on")
        DONE = "done", _("Done")
        WAITING = "waiting", _("Waits for the school’s yes")
        FAILED = "failed", _("Nothing was read in")

    OPEN = (Status.RUNNING, Status.PAUSED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source_school = models.ForeignKey(SourceSchool, on_delete=models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    is_full = models.BooleanField(default=False)
    is_dry_run = models.BooleanField(default=False)
    is_automatic = models.BooleanField(default=True)
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.RUNNING)
    failure = models.CharField(max_length=40, blank=True)
    details = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    cursor = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    progressed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-started_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source_school", "kind"],
                condition=Q(status__in=["running", "paused"]),
                name="one_open_run_of_a_kind",
            ),
            models.CheckConstraint(
                name="sync_run_ended_has_a_time",
                condition=Q(status__in=["running", "paused"], ended_at=None)
                | ~Q(status__in=["running", "paused"]) & Q(ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}"

    @property
    def failure_text(self) -> str:
        """What went wrong, and how to mend it."""
        return text_of(self.failure) if self.failure else ""

    def add(self, **counts: int) -> None:
        """Add to the counts of the run."""
        for name, number in counts.items():
            if number:
                self.counts[name] = self.counts.get(name, 0) + number


class StagedRecord(models.Model):
    """A row as it was read, until the run has compared it: gone when the run ends. Protected people are never here."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(SyncRun, on_delete=models.CASCADE, related_name="staged")
    kind = models.CharField(max_length=8)
    key = models.UUIDField()
    body = models.JSONField(default=dict)

    class Meta:
        ordering = ["run", "id"]
        constraints = [models.UniqueConstraint(fields=["run", "kind", "key"], name="staged_once")]

    def __str__(self) -> str:
        return self.kind


class SourcePupil(PersonalModel):
    """Which pupil a person of a source is: the id is the source's own and says nothing elsewhere."""

    source = models.ForeignKey(SchoolSource, on_delete=models.CASCADE, related_name="+")
    person = models.UUIDField()
    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="source_ids")
    linked_at = models.DateTimeField()
    gone_on = models.DateField(null=True)

    class Meta:
        ordering = ["source", "id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "person"], name="source_person_once"),
            models.UniqueConstraint(fields=["source", "pupil"], condition=Q(gone_on=None), name="source_pupil_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class SourceClass(models.Model):
    """Which class a group of a source is."""

    source = models.ForeignKey(SchoolSource, on_delete=models.CASCADE, related_name="+")
    group = models.UUIDField()
    class_group = models.ForeignKey(ClassGroup, on_delete=models.CASCADE, related_name="source_ids")

    class Meta:
        ordering = ["source", "id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "group", "class_group"], name="source_class_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class RosterDiffQuerySet(models.QuerySet["RosterDiff"]):
    """Comparisons by who may see them."""

    def visible_to(self, reader: Membership) -> RosterDiffQuerySet:
        """Return those of the reader's own school, to its principal and its administrator."""
        if not permits(reader, Object.IMPORT, Action.READ):
            return self.none()
        return self.filter(unit=reader.unit_id)


class RosterDiff(models.Model):
    """What a source would change in a school's register: waits for the school's yes, in whole or in part."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waits for an answer")
        APPROVED = "approved", _("Being carried out")
        APPLIED = "applied", _("Carried out")
        REFUSED = "refused", _("Refused")
        REPLACED = "replaced", _("Replaced by a later one")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="roster_diffs")
    source_school = models.ForeignKey(SourceSchool, on_delete=models.CASCADE, related_name="diffs")
    source_name = models.CharField(max_length=80)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    counts = models.JSONField(default=dict)
    pupils_before = models.PositiveIntegerField(default=0)
    held_aside = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    kinds = ArrayField(models.CharField(max_length=12), default=list)
    applied_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)

    objects = RosterDiffQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source_school"], condition=Q(status="waiting"), name="one_comparison_waits"
            ),
            models.CheckConstraint(
                name="comparison_is_answered_before_it_is_carried_out",
                condition=~Q(status__in=["approved", "refused"]) | Q(answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.source_name

    @property
    def ends_too_many(self) -> bool:
        """Say whether so many would be ended that it takes a second yes: more than five and more than a tenth."""
        return int(self.counts.get("end", 0)) > max(5, self.pupils_before // 10)


class RosterChange(PersonalModel):
    """One change that a source asks for. Gone when the comparison is answered; the log keeps which pupils it was."""

    class Kind(models.TextChoices):
        NEW_CLASS = "new_class", _("New classes")
        NEW_PUPIL = "new_pupil", _("New pupils")
        LINK = "link", _("Pupils matched by personal number")
        CLASS = "class", _("Pupils who change class")
        NAME = "name", _("Pupils whose name has changed")
        NUMBER = "number", _("Pupils who have got a personal number")
        GUARDIAN = "guardian", _("New guardians")
        END = "end", _("Pupils who have left")
        MENTOR = "mentor", _("Mentors according to the source")
        CONFLICT = "conflict", _("Not clear, nothing is done")

    id = models.BigAutoField(primary_key=True)
    diff = models.ForeignKey(RosterDiff, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, null=True, related_name="+")
    key = models.UUIDField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        ordering = ["diff", "kind", "id"]
        constraints = [
            models.CheckConstraint(
                name="a_change_of_somebody_says_of_whom",
                condition=Q(kind__in=["new_class", "new_pupil", "mentor", "conflict"]) | Q(pupil__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.kind
