"""Files brought in from the schools' own systems: what was read, what was wrong, what came of it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any
from zlib import compress, decompress

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, permits
from accounts.secrecy import decrypt_bytes, encrypt_bytes
from attendance.models import AbsenceSource
from audit.reading import PersonalModel
from schools.models import ClassGroup, Pupil

from .csv_files.explanations import explain
from .csv_files.tables import Mapping
from .ss12000.models import (
    RosterChange,
    RosterDiff,
    SchoolSource,
    SourceClass,
    SourcePupil,
    SourceSchool,
    SourceSecret,
    StagedRecord,
    SyncRun,
)

__all__ = [
    "AbsenceImport",
    "ImportProblem",
    "ImportedFile",
    "RosterChange",
    "RosterDiff",
    "SchoolSource",
    "SourceClass",
    "SourcePupil",
    "SourceSchool",
    "SourceSecret",
    "StagedRecord",
    "SyncRun",
]

TIME_TO_UNDO = timedelta(days=7)
PURPOSE = "imported file"


class AbsenceImportQuerySet(models.QuerySet["AbsenceImport"]):
    """Imports by who may see them and how they stand."""

    def visible_to(self, reader: Membership) -> AbsenceImportQuerySet:
        """Return the imports of the reader's own school, to its principal and its administrator."""
        if not permits(reader, Object.IMPORT, Action.READ):
            return self.none()
        return self.filter(unit=reader.unit_id)

    def with_page_relations(self) -> AbsenceImportQuerySet:
        """Fetch what lists and pages show of an import."""
        kept = ImportedFile.objects.filter(absence_import=OuterRef("pk"))
        related = self.select_related("unit", "source", "uploaded_by__user", "approved_by__user", "undone_by__user")
        return related.annotate(has_file=Exists(kept))

    def read_in(self) -> AbsenceImportQuerySet:
        """Return imports whose rows are stored."""
        return self.filter(status=AbsenceImport.Status.APPLIED)


class AbsenceImport(models.Model):
    """One file of absence on its way in. Nothing of it is stored as absence before somebody has approved the preview.

    `counts` holds numbers only; `mapping` says which column is what. Columns that somebody has confirmed count for the
    next file from the same source whose `fingerprint` is the same.
    """

    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("Waiting to be read")
        READING = "reading", _("Being read")
        NEEDS_MAPPING = "needs_mapping", _("Columns to be matched")
        PREVIEWED = "previewed", _("Ready to review")
        APPLYING = "applying", _("Being read in")
        APPLIED = "applied", _("Read in")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")
        FAILED = "failed", _("Could not be read")
        CANCELLED = "cancelled", _("Cancelled")

    NEXT = {
        Status.UPLOADED: {Status.READING, Status.CANCELLED},
        Status.READING: {Status.NEEDS_MAPPING, Status.PREVIEWED, Status.FAILED, Status.CANCELLED},
        Status.NEEDS_MAPPING: {Status.UPLOADED, Status.CANCELLED},
        Status.PREVIEWED: {Status.UPLOADED, Status.APPLYING, Status.CANCELLED},
        Status.APPLYING: {Status.APPLIED, Status.FAILED, Status.CANCELLED},
        Status.APPLIED: {Status.UNDOING},
        Status.UNDOING: {Status.UNDONE, Status.APPLIED},
        Status.UNDONE: set(),
        Status.FAILED: set(),
        Status.CANCELLED: set(),
    }
    RUNNING = (Status.UPLOADED, Status.READING, Status.APPLYING, Status.UNDOING)
    CLOSED = (Status.APPLIED, Status.UNDOING, Status.UNDONE, Status.FAILED, Status.CANCELLED)
    STORED = (Status.APPLIED, Status.UNDOING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="absence_imports")
    source = models.ForeignKey(AbsenceSource, on_delete=models.PROTECT, null=True, related_name="imports")
    uploaded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField()
    file_name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=13, choices=Status.choices, default=Status.UPLOADED)
    mapping = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=64, blank=True)
    columns_confirmed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    columns_confirmed_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    failure = models.CharField(max_length=40, blank=True)
    progress_rows = models.PositiveIntegerField(default=0)
    total_rows = models.PositiveIntegerField(default=0)
    progressed_at = models.DateTimeField()
    approved_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    has_file: bool
    """Whether the bytes are still kept; set by `with_page_relations`."""

    objects = AbsenceImportQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="absence_import_closed_has_a_time",
                condition=Q(status__in=["applied", "undoing", "undone", "failed", "cancelled"], closed_at__isnull=False)
                | ~Q(status__in=["applied", "undoing", "undone", "failed", "cancelled"]) & Q(closed_at=None),
            ),
            models.CheckConstraint(
                name="absence_import_is_approved_before_it_is_applied",
                condition=~Q(status__in=["applying", "applied", "undoing", "undone"]) | Q(approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="absence_import_undone_has_a_time",
                condition=Q(status__in=["undoing", "undone"], undone_at__isnull=False)
                | ~Q(status__in=["undoing", "undone"]) & Q(undone_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    def can_become(self, status: str) -> bool:
        """Say whether the import may go from where it stands to `status`."""
        return status in self.NEXT[self.Status(self.status)]

    @property
    def is_running(self) -> bool:
        """Say whether the import goes on by itself."""
        return self.status in self.RUNNING

    @property
    def is_stored(self) -> bool:
        """Say whether what the file told is stored as absence now."""
        return self.status in self.STORED

    @property
    def is_judged(self) -> bool:
        """Say whether it has been seen which signals the stored rows give."""
        return "signals" in self.counts

    @property
    def looks_like_another_school(self) -> bool:
        """Say whether most rows are about pupils who are not here."""
        return bool(self.counts.get("other_school"))

    @property
    def brakes(self) -> list[dict[str, Any]]:
        """What somebody must have looked at before the preview can be approved."""
        return list(self.counts.get("brakes", []))

    @property
    def kept_preview(self) -> dict[str, Any]:
        """What the page shows before anything is stored; empty when the file is gone, maybe since this was fetched."""
        kept = ImportedFile.objects.filter(absence_import=self.pk).values_list("preview", flat=True).first()
        return kept or {}

    @property
    def kept_text(self) -> bytes | None:
        """The rows of the file; None when the file is gone, maybe since this was fetched."""
        kept = ImportedFile.objects.filter(absence_import=self.pk).first()
        return kept.text if kept else None

    @property
    def can_be_undone_until(self) -> datetime | None:
        """The moment until which what was stored can be taken back, None when it no longer is stored."""
        return self.closed_at + TIME_TO_UNDO if self.closed_at and self.status == self.Status.APPLIED else None

    @property
    def failure_text(self) -> str | Promise:
        """What was wrong with the whole file, and how to mend it."""
        return " ".join(str(part) for part in explain(self.failure, "", {})) if self.failure else ""


class ImportedFile(models.Model):
    """The rows of a file as text, encrypted; kept apart so that lists never fetch them, until the school's next import.

    `preview` holds what the page shows before anything is stored: sums for each class, and a sample of changes.
    """

    absence_import = models.OneToOneField(
        AbsenceImport, on_delete=models.CASCADE, primary_key=True, related_name="stored_file"
    )
    content = models.BinaryField()
    preview = models.JSONField(default=dict)

    class Meta:
        ordering = ["absence_import"]

    def __str__(self) -> str:
        return str(self.absence_import_id)

    @property
    def text(self) -> bytes:
        """The rows, readable. Raises NotReadable when no key of this server fits."""
        return decompress(decrypt_bytes(bytes(self.content), PURPOSE))

    @classmethod
    def sealed(cls, text: bytes) -> bytes:
        """Return what is stored for `text`: packed and encrypted."""
        return encrypt_bytes(compress(text, 1), PURPOSE)


class BeforeImage(PersonalModel):
    """What an import changed for one pupil, or one class: what it added, and the rows it replaced or removed.

    Kept for a week, so that the import can be undone. `added` tells days and lessons by their time, written as UTC.
    """

    class Rows(models.TextChoices):
        DAYS = "days", _("Days with absence")
        LESSONS = "lessons", _("Lessons with absence")
        CLASS_DAYS = "class_days", _("Days of classes")
        PERIODS = "periods", _("Totals of periods")

    id = models.BigAutoField(primary_key=True)
    absence_import = models.ForeignKey(AbsenceImport, on_delete=models.CASCADE, related_name="before_images")
    rows = models.CharField(max_length=10, choices=Rows.choices)
    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, null=True, related_name="+")
    class_group = models.ForeignKey(ClassGroup, on_delete=models.CASCADE, null=True, related_name="+")
    added = ArrayField(models.DateTimeField(), default=list)
    before = models.JSONField(default=list)

    class Meta:
        ordering = ["absence_import", "rows", "id"]
        constraints = [
            models.CheckConstraint(
                name="before_image_is_of_a_pupil_or_a_class",
                condition=Q(rows="class_days", pupil=None, class_group__isnull=False)
                | ~Q(rows="class_days") & Q(pupil__isnull=False, class_group=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.absence_import_id} {self.rows}"


class ImportProblem(models.Model):
    """One thing wrong in one row of a file. A personal number is masked; a protected pupil has the row number only."""

    id = models.BigAutoField(primary_key=True)
    absence_import = models.ForeignKey(AbsenceImport, on_delete=models.CASCADE, related_name="problems")
    row_number = models.PositiveIntegerField()
    column = models.CharField(max_length=20, blank=True)
    code = models.CharField(max_length=40)
    value = models.CharField(max_length=60, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["absence_import", "row_number", "id"]

    def __str__(self) -> str:
        return f"{self.row_number} {self.code}"

    @property
    def explanation(self) -> tuple[str, str]:
        """What is wrong, and how to mend it."""
        return explain(self.code, self.value, self.details)

    def header_in(self, mapping: dict[str, Any]) -> str:
        """Return the column's heading in the file."""
        return Mapping.from_json(mapping).header_of(self.column) if mapping else ""
