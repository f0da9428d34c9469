"""Absence that crosses a line: the lines, the signals, and how far each pupil has been compared with them."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.permissions import Action, Object, permits
from attendance.signal_words import words_of
from audit.reading import PersonalModel
from schools.models import ClassGroup, Provider, Pupil, School, SchoolForm


class ThresholdRule(models.Model):
    """A version of the lines that make a signal. Versions are added, never changed (docs/law.md, 1.4).

    For a provider or for all, for a school form or for all; the most special one that is in force counts. A `school`
    may have its own stricter version of one of these, `based_on`, which counts for as long as that one does. `lines`
    are read with attendance/thresholds.py.
    """

    version = models.PositiveIntegerField(unique=True)
    valid_from = models.DateField()
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    school_form = models.CharField(max_length=4, choices=SchoolForm.choices, blank=True)
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    set_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    set_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    lines = models.JSONField()
    minimum_coverage_percent = models.PositiveSmallIntegerField(default=90)
    answer_school_days = models.PositiveSmallIntegerField(default=5)

    class Meta:
        ordering = ["version"]
        constraints = [
            models.CheckConstraint(
                name="lines_of_a_school_have_ground_and_name",
                condition=Q(school=None, based_on=None, set_by=None, set_at=None)
                | Q(school__isnull=False, based_on__isnull=False, set_by__isnull=False, set_at__isnull=False)
                & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}"


class JudgedClass(models.Model):
    """Up to which day a class's pupils have been compared with the lines; later days are still to be judged."""

    class_group = models.OneToOneField(ClassGroup, on_delete=models.CASCADE, primary_key=True, related_name="+")
    judged_to = models.DateField()

    class Meta:
        ordering = ["class_group"]

    def __str__(self) -> str:
        return f"{self.class_group} {self.judged_to}"


class SignalQuerySet(models.QuerySet["Signal"]):
    """Signals by what is left to do."""

    def waiting(self, today: date) -> SignalQuerySet:
        """Return signals that ask for an answer on `today`: unanswered ones, and those whose watch is over."""
        return self.filter(Q(answered_at=None) | Q(answer=Signal.Answer.WATCH, watch_until__lt=today))

    def one_per_pupil(self) -> SignalQuerySet:
        """Return of these signals the highest of each pupil, the latest of equals."""
        foremost = (
            self.filter(pupil=OuterRef("pupil"))
            .annotate(is_share=Q(kind=Signal.Kind.TOTAL))
            .order_by("-is_share", "-level", "-crossed_on", "pk")
        )
        return self.filter(pk=Subquery(foremost.values("pk")[:1]))

    def visible_to(self, reader: Membership, about: Pupil | None = None) -> SignalQuerySet:
        """Return signals about the pupils `reader` works with; none to a school's administrator.

        With `about` only that pupil's; who works with a pupil that was just shown to the reader is not asked again.
        """
        if not permits(reader, Object.SIGNAL, Action.READ):
            return self.none()
        if about is not None and about.is_shown_to(reader):
            return self.filter(pupil=about)
        if about is not None:
            return self.visible_to(reader).filter(pupil=about)
        return self.filter(pupil__in=Pupil.objects.visible_to(reader))

    def with_page_relations(self) -> SignalQuerySet:
        """Fetch what the list of signals shows."""
        return self.select_related("class_group__school__unit", "answered_by__user").prefetch_related(
            models.Prefetch("pupil", queryset=Pupil.objects.with_page_relations()),
            models.Prefetch("class_group__mentors", queryset=Membership.objects.select_related("user")),
        )


class Signal(PersonalModel):
    """A pupil's absence crossed a line: a dated fact that the school must answer. It is never changed or recalled.

    `level` is in the `unit` of the line, counted over `school_days`. `facts` is what all windows said that day.
    """

    class Kind(models.TextChoices):
        TOTAL = "total", _("All absence")
        INVALID = "invalid", _("Absence without valid reason")
        WEEKDAY = "weekday", _("The same weekday")
        TIME = "time", _("The same time of day")
        SUBJECT = "subject", _("The same subject")
        IN_A_ROW = "in_a_row", _("Days in a row")
        CHANGE = "change", _("Sharp rise")
        INVALID_MONTH = "invalid_month", _("Hours without valid reason in a month")
        INVALID_IN_A_ROW = "invalid_in_a_row", _("In a row without valid reason")

    class Unit(models.TextChoices):
        PERCENT = "percent", _("per cent")
        HOURS = "hours", _("hours")
        DAYS = "days", _("days")
        WEEKS = "weeks", _("weeks")
        POINTS = "points", _("percentage points")
        MONTHS = "months", _("months")

    class Answer(models.TextChoices):
        CONCERN = "concern", _("Concern logged")
        WATCH = "watch", _("Watched for 2 weeks")
        HANDLED = "handled", _("Already handled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="signals")
    class_group = models.ForeignKey(ClassGroup, on_delete=models.PROTECT, related_name="signals")
    rule = models.ForeignKey(ThresholdRule, on_delete=models.PROTECT, related_name="signals")
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.TOTAL)
    unit = models.CharField(max_length=8, choices=Unit.choices, default=Unit.PERCENT)
    level = models.PositiveSmallIntegerField()
    school_days = models.PositiveSmallIntegerField(default=20)
    facts = models.JSONField(default=dict)
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
            models.UniqueConstraint(
                fields=["pupil", "kind", "unit", "school_days", "level", "crossed_on"], name="signal_once_per_crossing"
            ),
            models.CheckConstraint(
                name="signal_answer_has_time_and_name",
                condition=Q(answer="", answered_at=None, answered_by=None)
                | ~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pupil} {self.kind} {self.level}"

    @classmethod
    def asks_for_answer(cls, answer: str, watch_until: date | None, today: date) -> bool:
        """Say of one signal's columns what `waiting` asks the database of many."""
        return not answer or (answer == cls.Answer.WATCH and watch_until is not None and watch_until < today)

    @property
    def what(self) -> str:
        """What happened, in a few words: "10 %", "5 days in a row", "Mondays"."""
        return words_of(self.kind, self.unit, self.level, self.facts)

    @property
    def is_share(self) -> bool:
        """Say whether it is a share or an amount that passed a line, rather than a pattern that was seen."""
        return self.kind in (self.Kind.TOTAL, self.Kind.INVALID)

    @property
    def absence_percent(self) -> int:
        """Valid and invalid minutes of the offered ones in the window, in whole per cent rounded down."""
        return (self.valid_minutes + self.invalid_minutes) * 100 // self.offered_minutes


class Evaluation(PersonalModel):
    """How far a pupil's absence has come, so that one crossing makes one signal.

    `reached` is, for each line, the highest level reached since the figure was last under the lowest one.
    """

    pupil = models.OneToOneField(Pupil, on_delete=models.CASCADE, primary_key=True, related_name="evaluation")
    evaluated_to = models.DateField()
    reached = models.JSONField(default=dict)

    class Meta:
        ordering = ["pupil"]

    def __str__(self) -> str:
        return f"{self.pupil} {self.evaluated_to}"
