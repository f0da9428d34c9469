"""What the school has seen: absence, signals and concerns. All of it is the school's own."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, Scope, permits
from audit.reading import PersonalModel
from schools.models import ClassGroup, Pupil, protected_ids


class ClassDay(models.Model):
    """How much a class was taught and how much of it was reported, one day: the denominators, in minutes."""

    class_group = models.ForeignKey(ClassGroup, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    offered_minutes = models.PositiveSmallIntegerField()
    reported_minutes = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=40)

    class Meta:
        ordering = ["class_group", "day", "id"]
        constraints = [
            models.UniqueConstraint(fields=["class_group", "day"], name="class_day_once"),
            models.CheckConstraint(
                name="class_day_reports_at_most_what_was_offered",
                condition=Q(reported_minutes__lte=F("offered_minutes")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.class_group} {self.day}"


class AttendanceDay(PersonalModel):
    """A pupil's absence one day, in minutes. A pupil who was present leaves no row.

    `offered_minutes` and `reported_minutes` are kept only where they differ from the class.
    """

    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="attendance_days")
    day = models.DateField()
    valid_minutes = models.PositiveSmallIntegerField(default=0)
    invalid_minutes = models.PositiveSmallIntegerField(default=0)
    other_minutes = models.PositiveSmallIntegerField(default=0)
    late_minutes = models.PositiveSmallIntegerField(default=0)
    offered_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    reported_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    source = models.CharField(max_length=40)

    class Meta:
        ordering = ["pupil", "day", "id"]
        constraints = [models.UniqueConstraint(fields=["pupil", "day"], name="attendance_day_once")]

    def __str__(self) -> str:
        return f"{self.pupil} {self.day}"


class LessonAbsence(PersonalModel):
    """A pupil away from one lesson, in minutes."""

    class Kind(models.TextChoices):
        VALID = "valid", _("Valid absence")
        INVALID = "invalid", _("Invalid absence")
        OTHER = "other", _("Other school activity")
        LATE = "late", _("Late arrival")

    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="lesson_absences")
    day = models.DateField()
    starts_at = models.TimeField()
    minutes = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    subject = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["pupil", "day", "starts_at", "id"]
        constraints = [models.UniqueConstraint(fields=["pupil", "day", "starts_at"], name="lesson_absence_once")]

    def __str__(self) -> str:
        return f"{self.pupil} {self.day} {self.starts_at}"


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


class Sign(models.TextChoices):
    """What somebody may have seen (screens.md (d))."""

    OFTEN_AWAY = "often_away", _("Often away")
    COMES_LATE = "comes_late", _("Comes late")
    LEAVES_EARLY = "leaves_early", _("Leaves early")
    WORRIED_OR_SAD = "worried_or_sad", _("Worried or sad")
    HARD_WITH_PEERS = "hard_with_peers", _("Hard with peers")
    HARD_WITH_WORK = "hard_with_work", _("Hard with schoolwork")
    SOMETHING_AT_HOME = "something_at_home", _("Something at home")
    OTHER = "other", _("Something else")


class ConcernQuerySet(models.QuerySet["Concern"]):
    """Concerns by what is left to do and who may see them."""

    def unanswered(self) -> ConcernQuerySet:
        """Return concerns nobody has answered."""
        return self.filter(answered_at=None)

    def visible_to(self, reader: Membership) -> ConcernQuerySet:
        """Return the concerns `reader` wrote, and for student health and principals all of the school.

        A claimed link lets a mentor log a concern, not read those of others. Never about a protected pupil, one's own
        concerns included.
        """
        concerns = self.exclude(pupil__in=protected_ids())
        own = Q(logged_by__user=reader.user_id, school_unit=reader.unit_id)
        scope = permits(reader, Object.CONCERN, Action.READ)
        if scope & (Scope.LINKED | Scope.SCHOOL):
            return concerns.filter(own | Q(school_unit=reader.unit_id, pupil__in=Pupil.objects.visible_to(reader)))
        return concerns.filter(own) if Scope.OWN in scope else self.none()

    def with_page_relations(self) -> ConcernQuerySet:
        """Fetch what lists and pages show of a concern."""
        return self.select_related(
            "school_unit", "logged_by__user", "holder__user", "answered_by__user"
        ).prefetch_related(models.Prefetch("pupil", queryset=Pupil.objects.with_page_relations()))


class Concern(PersonalModel):
    """Oro: what somebody at the school saw. Stays in the school until somebody chooses to share."""

    class Talked(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        LATER = "later", _("Not yet, I will")

    class Harm(models.TextChoices):
        NO = "no", _("No")
        YES = "yes", _("Yes")
        UNSURE = "unsure", _("Do not know")

    class Answer(models.TextChoices):
        FOLLOW = "follow", _("We follow the pupil")
        INVESTIGATE = "investigate", _("We investigate the absence")
        REQUEST = "request", _("We request support")
        CLOSE = "close", _("Nothing more is needed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="concerns")
    school_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="concerns")
    signs = models.JSONField(default=list)
    text = models.TextField(blank=True)
    pupil_words = models.TextField(blank=True)
    talked = models.CharField(max_length=5, choices=Talked.choices)
    talk_by = models.DateField(null=True, blank=True)
    harm_suspected = models.CharField(max_length=6, choices=Harm.choices)
    logged_at = models.DateTimeField()
    logged_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="concerns_logged")
    holder = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="concerns_held"
    )
    due_on = models.DateField()
    answer = models.CharField(max_length=12, choices=Answer.choices, blank=True)
    answer_text = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    submission = models.UUIDField(unique=True)

    objects = ConcernQuerySet.as_manager()

    class Meta:
        ordering = ["-logged_at", "id"]
        constraints = [
            models.CheckConstraint(name="concern_says_something", condition=~Q(signs=[]) | ~Q(text="")),
            models.CheckConstraint(
                name="concern_answer_has_time_and_name",
                condition=Q(answer="", answered_at=None, answered_by=None)
                | ~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pupil} {self.logged_at:%Y-%m-%d}"
