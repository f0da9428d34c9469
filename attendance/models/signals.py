"""Absence that crosses a line: the lines, the signals, and how far each pupil has been compared with them."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.permissions import Action, Object, permits
from audit.reading import PersonalModel
from schools.models import ClassGroup, Pupil


class ThresholdRule(models.Model):
    """A version of the lines that make a signal. Versions are added, never changed (law.md 1.4)."""

    version = models.PositiveIntegerField(unique=True)
    valid_from = models.DateField()
    levels_percent = models.JSONField()
    window_school_days = models.PositiveSmallIntegerField(default=20)
    minimum_coverage_percent = models.PositiveSmallIntegerField(default=90)
    answer_school_days = models.PositiveSmallIntegerField(default=5)

    class Meta:
        ordering = ["version"]

    def __str__(self) -> str:
        return f"{self.version}"


class SignalQuerySet(models.QuerySet["Signal"]):
    """Signals by what is left to do."""

    def unanswered(self) -> SignalQuerySet:
        """Return signals nobody has answered."""
        return self.filter(answered_at=None)

    def waiting(self, today: date) -> SignalQuerySet:
        """Return signals that ask for an answer on `today`: unanswered ones, and those whose watch is over."""
        return self.filter(Q(answered_at=None) | Q(answer=Signal.Answer.WATCH, watch_until__lt=today))

    def watched(self, today: date) -> SignalQuerySet:
        """Return signals about pupils who are watched on `today`, the last day included."""
        return self.filter(answer=Signal.Answer.WATCH, watch_until__gte=today)

    def one_per_pupil(self) -> SignalQuerySet:
        """Return of these signals the highest of each pupil, the latest of equals."""
        foremost = self.filter(pupil=OuterRef("pupil")).order_by("-level_percent", "-crossed_on", "pk")
        return self.filter(pk=Subquery(foremost.values("pk")[:1]))

    def visible_to(self, reader: Membership) -> SignalQuerySet:
        """Return signals about the pupils `reader` works with; none to a school's administrator."""
        if not permits(reader, Object.SIGNAL, Action.READ):
            return self.none()
        return self.filter(pupil__in=Pupil.objects.visible_to(reader))

    def with_page_relations(self) -> SignalQuerySet:
        """Fetch what the list of signals shows."""
        return self.select_related("class_group__school__unit", "answered_by__user").prefetch_related(
            models.Prefetch("pupil", queryset=Pupil.objects.with_page_relations())
        )


class Signal(PersonalModel):
    """A pupil's absence crossed a line: a dated fact that the school must answer. It is never changed or recalled."""

    class Answer(models.TextChoices):
        CONCERN = "concern", _("Concern logged")
        WATCH = "watch", _("Watched for 2 weeks")
        HANDLED = "handled", _("Already handled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="signals")
    class_group = models.ForeignKey(ClassGroup, on_delete=models.PROTECT, related_name="signals")
    rule = models.ForeignKey(ThresholdRule, on_delete=models.PROTECT, related_name="signals")
    level_percent = models.PositiveSmallIntegerField()
    crossed_on = models.DateField()
    window_from = models.DateField()
    offered_minutes = models.PositiveIntegerField()
    reported_minutes = models.PositiveIntegerField()
    valid_minutes = models.PositiveIntegerField()
    invalid_minutes = models.PositiveIntegerField()
    due_on = models.DateField()
    created_at = models.DateTimeField()
    answer = models.CharField(max_length=8, choices=Answer.choices, blank=True)
    answer_note = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    watch_until = models.DateField(null=True, blank=True)

    objects = SignalQuerySet.as_manager()

    class Meta:
        ordering = ["crossed_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["pupil", "level_percent", "crossed_on"], name="signal_once_per_crossing"),
            models.CheckConstraint(
                name="signal_answer_has_time_and_name",
                condition=Q(answer="", answered_at=None, answered_by=None)
                | ~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pupil} {self.level_percent} %"

    @property
    def absence_percent(self) -> int:
        """Valid and invalid minutes of the offered ones in the window, in whole per cent rounded down."""
        return (self.valid_minutes + self.invalid_minutes) * 100 // self.offered_minutes


class Evaluation(PersonalModel):
    """How far a pupil's absence has been compared with the lines, so that one crossing makes one signal.

    `highest_percent` is the highest line reached since the share was last under the lowest one.
    """

    pupil = models.OneToOneField(Pupil, on_delete=models.CASCADE, primary_key=True, related_name="evaluation")
    evaluated_to = models.DateField()
    highest_percent = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["pupil"]

    def __str__(self) -> str:
        return f"{self.pupil} {self.evaluated_to}"
