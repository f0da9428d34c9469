"""A case: one pupil, the units that are party to it, and how it ended."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit
from accounts.permissions import NARROWED, Action, Object, Scope, permits
from accounts.roles import Role, Side
from audit.reading import PersonalModel
from schools.models import Pupil, protected_ids

FOUR_WEEKS = timedelta(weeks=4)
"""In which there are twenty working days at most. Which cases have waited for more, the board says (S12)."""

COME_UP = ("answer_objection", "place_request")
"""The kinds of obligation by which a case comes up to a coordinator (cases/obligations.py, FROM_ABOVE)."""


class CaseQuerySet(models.QuerySet["Case"]):
    """Cases by state and by who may see them."""

    def open(self) -> CaseQuerySet:
        """Return cases that have not been closed."""
        return self.filter(closed_at=None)

    def visible_to(self, reader: Membership) -> CaseQuerySet:
        """Return the cases whose content `reader` may read: those the reader's unit is party to.

        A head of social services reads the cases of the units below; an area manager of schools only cases
        that have been lifted to the area. Mentors, coordinators and analysts read no case. A case about a pupil with
        protected identity is nobody's to read here: it goes on outside the system (law.md 3.6).
        """
        cases = self.exclude(pupil__in=protected_ids())
        parties = Party.objects.filter(case=OuterRef("pk"), ended_at=None)
        scope = permits(reader, Object.CASE, Action.READ)
        if scope and not scope & NARROWED:
            units = Unit.objects.below(reader.unit) if Scope.UNIT in scope else [reader.unit_id]
            return cases.filter(Exists(parties.filter(unit__in=units)))
        if permits(reader, Object.LIFT, Action.READ):
            lifted = {"obligations__kind": "answer_objection", "obligations__intervals__unit": reader.unit_id}
            return cases.filter(pk__in=self.model.objects.filter(**lifted).values("pk"))
        return self.none()

    def overseen_by(self, reader: Membership) -> CaseQuerySet:
        """Return the cases whose dates, states and units `reader` may see, without their content.

        Managers oversee what their units are party to; a coordinator has numbers of the rest, and oversees the cases
        that have come up to the own unit: lifted by managers, or sent on for the second time, and those that wait long
        in a queue (law.md 6.1). Cases about pupils with protected identity are in no list and no count.
        """
        if not permits(reader, Object.STALLED, Action.READ):
            return self.none()
        if reader.role == Role.COORDINATOR:
            come_up = {"obligations__kind__in": COME_UP, "obligations__intervals__unit": reader.unit_id}
            lifted = self.model.objects.filter(**come_up).order_by()
            return self.counted_by(reader).filter(Q(pk__in=lifted.values("pk")) | Q(pk__in=_long_queued()))
        return self.counted_by(reader)

    def counted_by(self, reader: Membership) -> CaseQuerySet:
        """Return the cases that are in the figures of `reader`: of the units below, or of the whole city."""
        cases = self.exclude(pupil__in=protected_ids())
        if reader.side == Side.CITY:
            return cases
        below = Unit.objects.below(reader.unit)
        return cases.filter(Exists(Party.objects.filter(case=OuterRef("pk"), ended_at=None, unit__in=below)))


def _long_queued() -> models.QuerySet[Case, Any]:
    """Return the ids of cases that wait four weeks or more in a queue, or are expected to: twenty working days."""
    waits = Case.objects.filter(referrals__status="queued")
    waited = Q(referrals__places__queued_at__lte=Now() - FOUR_WEEKS)
    expected = Q(referrals__places__expected_on__gte=F("referrals__places__queued_at") + FOUR_WEEKS)
    return waits.filter(waited | expected).order_by().values("pk")


class CaseManager(models.Manager.from_queryset(CaseQuerySet)):  # type: ignore[misc]
    """Fetches cases without the last word to the pupil: those who oversee a case have no right to it."""

    def get_queryset(self) -> CaseQuerySet:
        """Return cases; the one page that shows the last word fetches it by itself."""
        return super().get_queryset().defer("final_word")


class Case(PersonalModel):
    """What school and social services do together about one pupil's absence, from the first request to the outcome."""

    class Outcome(models.TextChoices):
        IMPROVED = "improved", _("Attendance has improved")
        OTHER_SUPPORT = "other_support", _("Other support took over")
        MOVED = "moved", _("The pupil has moved or changed school")
        OTHER = "other", _("Something else")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=12, unique=True)
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="cases")
    school_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="school_cases")
    class_name = models.CharField(max_length=20)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    child_time_from = models.DateField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=16, choices=Outcome.choices, blank=True)
    final_word = models.TextField(blank=True)

    objects = CaseManager()

    class Meta:
        ordering = ["opened_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["pupil"], condition=Q(closed_at=None), name="one_open_case_per_pupil"),
            models.CheckConstraint(
                name="case_is_closed_when_it_has_an_outcome",
                condition=Q(closed_at=None, closed_by=None, outcome="")
                | Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome="") & ~Q(final_word=""),
            ),
            models.CheckConstraint(
                name="case_closes_after_it_opens", condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at"))
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Say whether the case is still open."""
        return self.closed_at is None

    @property
    def label(self) -> str:
        """How lists and boards name the case: initials and class, "A.K. 7B"."""
        return f"{self.pupil.initials} {self.class_name}"


class Party(PersonalModel):
    """A unit that takes part in a case, and since when."""

    ABOUT = "case_id"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="parties")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="party_to")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["case", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "unit"], condition=Q(ended_at=None), name="party_once"),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.unit}"
