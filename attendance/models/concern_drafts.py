"""A concern that is being written: kept while its writer types, so that nothing is lost."""

from __future__ import annotations

import uuid

from django.db import models

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, permits
from audit.reading import PersonalModel
from schools.models import Pupil


class ConcernDraftQuerySet(models.QuerySet["ConcernDraft"]):
    """Drafts by who may see them."""

    def visible_to(self, reader: Membership) -> ConcernDraftQuerySet:
        """Return the drafts that `reader` writes, about pupils the reader still works with. Nobody else sees them."""
        if not permits(reader, Object.CONCERN, Action.CREATE):
            return self.none()
        return self.filter(writer=reader.pk, pupil__in=Pupil.objects.visible_to(reader))

    def with_page_relations(self) -> ConcernDraftQuerySet:
        """Fetch what lists show of a draft: whom it is about."""
        return self.prefetch_related(models.Prefetch("pupil", queryset=Pupil.objects.with_page_relations()))


class ConcernDraft(PersonalModel):
    """What somebody has typed about a pupil and not saved as a concern; nobody holds it and nobody else reads it.

    `content` is the form as typed. Its `submission` tells which window wrote last.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="+")
    writer = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="concern_drafts")
    school_unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    content = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    objects = ConcernDraftQuerySet.as_manager()

    class Meta:
        ordering = ["-saved_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["pupil", "writer"], name="one_concern_draft_per_pupil_and_writer")
        ]

    def __str__(self) -> str:
        return f"{self.pupil} {self.saved_at:%Y-%m-%d}"

    def is_of(self, window: str) -> bool:
        """Say whether the window with this `submission` wrote it last."""
        return bool(self.content.get("submission") == window)
