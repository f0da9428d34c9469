"""How these pages fetch the pupil they are about."""

from __future__ import annotations

from uuid import UUID

from django.shortcuts import get_object_or_404

from accounts.access import MemberRequest
from schools.models import Pupil


def pupil_of(request: MemberRequest, pupil_id: UUID) -> Pupil:
    """Return one of the reader's pupils; 404 for any other."""
    return get_object_or_404(Pupil.objects.visible_to(request.membership).with_page_relations(), pk=pupil_id)
