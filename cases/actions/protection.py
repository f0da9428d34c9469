"""A pupil gets protected identity: what goes on in the system stops, and goes on outside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership, Unit
from cases import access
from cases.models import Case, Party
from schools.access import may_protect
from schools.actions import NotAllowed
from schools.actions import protection as schools
from schools.models import Pupil

from .closing import close_case


@dataclass(frozen=True)
class OnPaper:
    """What the principal notes before the pupil is out of sight: the pupil's code, and the other units of the case."""

    code: str
    units: list[Unit]


@transaction.atomic
def take_out_of_the_system(
    *, pupil: Pupil, kind: str, readers: Sequence[Membership] = (), by: Membership, at: datetime
) -> OnPaper:
    """Write that `pupil` is protected and close the open case with neutral words, all or nothing.

    With the other units of the case the principal carries it on on paper, person to person. A case that another
    school has opened is hidden and left to that school. Raises what `protect_pupil` raises.
    """
    if not may_protect(by, pupil):
        raise NotAllowed
    units: list[Unit] = []
    case = Case.objects.open().filter(pupil=pupil).first()
    if case is not None and access.may_close(by, case):
        parties = Party.objects.filter(case=case, ended_at=None).exclude(unit=by.unit_id)
        units = [party.unit for party in parties.select_related("unit").order_by("unit__name", "pk")]
        words = _("The case goes on outside the system.")
        close_case(case=case, outcome=Case.Outcome.OTHER, final_word=words, by=by, at=at)
    code = schools.protect_pupil(pupil=pupil, kind=kind, readers=readers, by=by, at=at)
    return OnPaper(code, units)
