"""The ledger: who must do what by when, who has held it, what was paused, and everything that happened."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit
from audit.reading import PersonalModel

from .case import Case
from .referral import Referral


class ObligationQuerySet(models.QuerySet["Obligation"]):
    """Obligations by state, date and holder."""

    def visible_to(self, reader: Membership) -> ObligationQuerySet:
        """Return the obligations of cases whose content `reader` may read."""
        return self.filter(case__in=Case.objects.visible_to(reader))

    def overseen_by(self, reader: Membership) -> ObligationQuerySet:
        """Return the obligations whose dates and holders `reader` may see: those of cases read or overseen."""
        return self.filter(Q(case__in=Case.objects.overseen_by(reader)) | Q(case__in=Case.objects.visible_to(reader)))

    def open(self) -> ObligationQuerySet:
        """Return obligations that are still to be done."""
        return self.filter(stopped_at=None)

    def held_by(self, unit: Unit) -> ObligationQuerySet:
        """Return obligations whose current holder is `unit`."""
        return self.filter(Exists(HolderInterval.objects.filter(obligation=OuterRef("pk"), to_at=None, unit=unit)))

    def overdue(self, today: date) -> ObligationQuerySet:
        """Return open obligations whose date has passed on `today` and which are not on hold."""
        return self.open().filter(
            ~Exists(Hold.objects.filter(obligation=OuterRef("pk"), ended_at=None)), due_on__lt=today
        )

    def with_page_relations(self) -> ObligationQuerySet:
        """Fetch holder, hold, case, pupil and the words of the step, which every row and header shows."""
        return self.with_dates_and_units().defer(None).select_related("case__pupil")

    def with_dates_and_units(self) -> ObligationQuerySet:
        """Fetch what those who only oversee a case may have: holder, hold, dates and units, no words and no pupil."""
        held = HolderInterval.objects.filter(to_at=None).select_related("unit__parent", "person__user")
        return (
            self.select_related("case__school_unit", "referral__to_unit", "referral__from_unit")
            .defer("task", "case__final_word")
            .prefetch_related(
                models.Prefetch("intervals", queryset=held, to_attr="current_intervals"),
                models.Prefetch("holds", queryset=Hold.objects.all(), to_attr="all_holds"),
            )
        )


class ObligationManager(models.Manager.from_queryset(ObligationQuerySet)):  # type: ignore[misc]
    """Fetches obligations without the words of their steps: those who oversee a case have no right to these."""

    def get_queryset(self) -> ObligationQuerySet:
        """Return obligations; `with_page_relations` brings the words."""
        return super().get_queryset().defer("task")


class Obligation(PersonalModel):
    """Who must do what by when, and on what ground. Kinds are described in cases/obligations.py."""

    ABOUT = "case_id"

    class Outcome(models.TextChoices):
        FULFILLED = "fulfilled", _("Done")
        REPLACED = "replaced", _("Replaced by a new step")
        TAKEN_OVER = "taken_over", _("Taken over")
        NO_ANSWER = "no_answer", _("No answer")
        CASE_CLOSED = "case_closed", _("The case was closed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="obligations")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, null=True, blank=True, related_name="obligations")
    kind = models.CharField(max_length=32)
    task = models.CharField(max_length=300, blank=True)
    started_on = models.DateField()
    due_on = models.DateField()
    first_due_on = models.DateField()
    is_statutory = models.BooleanField(default=False)
    stopped_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)

    objects = ObligationManager()

    # Filled by `with_page_relations()`: at most one of each, by constraint.
    current_intervals: list[HolderInterval]
    all_holds: list[Hold]

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="obligation_stops_with_an_outcome",
                condition=Q(stopped_at=None, outcome="") | Q(stopped_at__isnull=False) & ~Q(outcome=""),
            ),
            models.CheckConstraint(name="obligation_is_due_after_it_starts", condition=Q(due_on__gte=F("started_on"))),
            models.UniqueConstraint(
                fields=["referral", "kind"],
                condition=Q(
                    stopped_at=None, kind__in=["acknowledge_request", "answer_request", "take_over", "first_contact"]
                ),
                name="one_open_answer_per_referral",
            ),
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=Q(stopped_at=None, kind__in=["plan_autumn", "autumn_contact"]),
                name="one_open_autumn_plan_per_case",
            ),
            models.CheckConstraint(
                name="autumn_begins_in_week_33_or_34",
                condition=~Q(kind="autumn_contact") | Q(first_due_on__week__in=[33, 34]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.kind}"

    @property
    def current_holds(self) -> list[Hold]:
        """The pause that runs, if one does."""
        return [hold for hold in self.all_holds if hold.ended_at is None]


class WithoutReason(models.Manager[Any]):
    """Fetches rows without their words: those who oversee a case have no right to them."""

    def get_queryset(self) -> models.QuerySet[Any]:
        """Return rows; whoever shows the reason fetches it by itself."""
        return super().get_queryset().defer("reason")


class HolderInterval(models.Model):
    """Which unit, and within it which person, held an obligation from when to when."""

    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="intervals")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    objects = WithoutReason()

    class Meta:
        ordering = ["obligation", "id"]
        constraints = [
            models.UniqueConstraint(fields=["obligation"], condition=Q(to_at=None), name="one_holder_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.obligation} {self.unit}"


class Hold(models.Model):
    """An agreed pause: once per obligation, with a reason and an end. Statutory clocks never pause."""

    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="holds")
    started_on = models.DateField()
    until = models.DateField()
    reason = models.CharField(max_length=300)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WithoutReason()

    class Meta:
        ordering = ["obligation", "id"]
        constraints = [
            models.UniqueConstraint(fields=["obligation"], name="paused_once"),
            models.CheckConstraint(name="hold_ends_after_it_starts", condition=Q(until__gte=F("started_on"))),
            models.CheckConstraint(name="hold_has_a_reason", condition=Q(reason__regex=r"\S")),
        ]

    def __str__(self) -> str:
        return f"{self.obligation} {self.until}"


class EventQuerySet(models.QuerySet["Event"]):
    """Events by who may read them."""

    def visible_to(self, reader: Membership) -> EventQuerySet:
        """Return the events of cases `reader` may read; on the social side only those of the reader's own requests."""
        events = self.filter(case__in=Case.objects.visible_to(reader))
        if reader.side == "school":
            return events
        return events.filter(Q(referral=None) | Q(referral__to_unit__in=Unit.objects.below(reader.unit)))


class Event(PersonalModel):
    """One thing that happened in a case. Only added; `changes` alone can rebuild the state of the ledger."""

    ABOUT = "case_id"

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    kind = models.CharField(max_length=32)
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_substantive = models.BooleanField()
    subject = models.UUIDField(null=True, blank=True)
    text = models.TextField(blank=True)
    changes = models.JSONField(default=list)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["case", "-at"], name="event_case_at")]

    def __str__(self) -> str:
        return f"{self.case} {self.kind}"
