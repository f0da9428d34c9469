"""Files brought in from the schools' own systems: what was read, what was wrong, what came of it."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, permits

from .csv_files.problems import explain
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
        return self.select_related("unit", "uploaded_by__user", "approved_by__user").annotate(has_file=Exists(kept))


class AbsenceImport(models.Model):
    """One file of absence on its way in. Nothing of it is stored as absence before somebody has approved the preview.

    `counts` holds numbers only; `mapping` says which column is what.
    """

    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("Waiting to be read")
        READING = "reading", _("Being read")
        NEEDS_MAPPING = "needs_mapping", _("Columns to be matched")
        PREVIEWED = "previewed", _("Ready to review")
        APPLYING = "applying", _("Being read in")
        APPLIED = "applied", _("Read in")
        FAILED = "failed", _("Could not be read")
        CANCELLED = "cancelled", _("Cancelled")

    NEXT = {
        Status.UPLOADED: {Status.READING, Status.CANCELLED},
        Status.READING: {Status.NEEDS_MAPPING, Status.PREVIEWED, Status.FAILED, Status.CANCELLED},
        Status.NEEDS_MAPPING: {Status.UPLOADED, Status.CANCELLED},
        Status.PREVIEWED: {Status.UPLOADED, Status.APPLYING, Status.CANCELLED},
        Status.APPLYING: {Status.APPLIED, Status.FAILED, Status.CANCELLED},
        Status.APPLIED: set(),
        Status.FAILED: set(),
        Status.CANCELLED: set(),
    }
    RUNNING = (Status.UPLOADED, Status.READING, Status.APPLYING)
    CLOSED = (Status.APPLIED, Status.FAILED, Status.CANCELLED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="absence_imports")
    uploaded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField()
    file_name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=13, choices=Status.choices, default=Status.UPLOADED)
    mapping = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    failure = models.CharField(max_length=40, blank=True)
    progress_rows = models.PositiveIntegerField(default=0)
    total_rows = models.PositiveIntegerField(default=0)
    progressed_at = models.DateTimeField()
    approved_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    has_file: bool
    """Whether the bytes are still kept; set by `with_page_relations`."""

    objects = AbsenceImportQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="absence_import_closed_has_a_time",
                condition=Q(status__in=["applied", "failed", "cancelled"], closed_at__isnull=False)
                | ~Q(status__in=["applied", "failed", "cancelled"]) & Q(closed_at=None),
            ),
            models.CheckConstraint(
                name="absence_import_is_approved_before_it_is_applied",
                condition=~Q(status__in=["applying", "applied"]) | Q(approved_at__isnull=False),
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
    def looks_like_another_school(self) -> bool:
        """Say whether most rows are about pupils who are not here."""
        return bool(self.counts.get("other_school"))

    @property
    def failure_text(self) -> str | Promise:
        """What was wrong with the whole file, and how to mend it."""
        return " ".join(str(part) for part in explain(self.failure, "", {})) if self.failure else ""


class ImportedFile(models.Model):
    """The bytes of a file, kept apart so that lists never fetch them, and only until the school's next import."""

    absence_import = models.OneToOneField(
        AbsenceImport, on_delete=models.CASCADE, primary_key=True, related_name="stored_file"
    )
    content = models.BinaryField()

    class Meta:
        ordering = ["absence_import"]

    def __str__(self) -> str:
        return str(self.absence_import_id)


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
