"""Absence as the schools' systems tell it: where it comes from, what classes were taught, what pupils missed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, permits
from audit.reading import PersonalModel
from schools.models import ClassGroup, Pupil


class AbsenceSourceQuerySet(models.QuerySet["AbsenceSource"]):
    """Sources by whether they count."""

    def visible_to(self, reader: Membership) -> AbsenceSourceQuerySet:
        """Return the sources of the reader's own school, to its principal and its administrator."""
        if not permits(reader, Object.IMPORT, Action.READ):
            return self.none()
        return self.filter(unit=reader.unit_id)

    def counted(self) -> AbsenceSourceQuerySet:
        """Return the one source of each school that figures and detection read."""
        return self.filter(is_counted=True)


class AbsenceSource(models.Model):
    """Where a school's absence comes from, and what its words mean there; systems differ (docs/law.md, 1.2).

    Figures and detection read the counted source of a school alone; what others say is kept apart and shown as theirs.
    """

    class Kind(models.TextChoices):
        FILE = "file", _("Files")
        SS12000 = "ss12000", _("SS 12000")
        DEMO = "demo", _("Invented absence")

    class System(models.TextChoices):
        SKOLA24 = "skola24", "Skola24"
        VKLASS = "vklass", "Vklass"
        LEARNPOINT = "learnpoint", "LearnPoint"
        SCHOOLSOFT = "schoolsoft", "SchoolSoft"
        UNIKUM = "unikum", "Unikum"
        EDLEVO = "edlevo", "Edlevo"
        OTHER = "other", _("Another system")

    class Late(models.TextChoices):
        INVALID = "invalid", _("Invalid absence")
        VALID = "valid", _("Valid absence")
        PRESENT = "present", _("Present")

    class Unreported(models.TextChoices):
        UNKNOWN = "unknown", _("Unknown")
        PRESENT = "present", _("Present")

    class DayRule(models.TextChoices):
        MINUTES = "minutes", _("Minutes")
        ANY_LESSON = "any_lesson", _("Away a whole day when one lesson was missed")
        ALL_LESSONS = "all_lessons", _("Away a whole day when every lesson was missed")

    id = models.AutoField(primary_key=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="absence_sources")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=60)
    system = models.CharField(max_length=10, choices=System.choices, default=System.OTHER)
    late_counts_as = models.CharField(max_length=8, choices=Late.choices, default=Late.PRESENT)
    unreported_counts_as = models.CharField(max_length=8, choices=Unreported.choices, default=Unreported.UNKNOWN)
    day_rule = models.CharField(max_length=12, choices=DayRule.choices, default=DayRule.MINUTES)
    is_counted = models.BooleanField()
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = AbsenceSourceQuerySet.as_manager()

    class Meta:
        ordering = ["unit", "name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "name"], name="absence_source_once"),
            models.UniqueConstraint(fields=["unit"], condition=Q(is_counted=True), name="one_counted_source_a_school"),
            models.CheckConstraint(name="absence_source_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class ClassDay(models.Model):
    """How much a class was taught and how much of it was reported, one day: the denominators, in minutes."""

    class_group = models.ForeignKey(ClassGroup, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    offered_minutes = models.PositiveSmallIntegerField()
    reported_minutes = models.PositiveSmallIntegerField()
    source = models.ForeignKey(AbsenceSource, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        ordering = ["class_group", "day", "id"]
        constraints = [
            # Detection reads a class's days from the index alone, the latest first.
            models.UniqueConstraint(
                fields=["class_group", "day", "source"],
                include=["offered_minutes", "reported_minutes"],
                name="class_day_once",
            ),
            models.CheckConstraint(
                name="class_day_reports_at_most_what_was_offered",
                condition=Q(reported_minutes__lte=F("offered_minutes")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.class_group} {self.day}"


class AttendanceDay(PersonalModel):
    """A pupil's absence one day, in minutes. A pupil who was present leaves no row.

    `offered_minutes` and `reported_minutes` are kept only where they differ from the class. The table is parted by
    school year (attendance/school_years.py), and the database looks after its links once a statement (docs/adr/0017).
    """

    pk = models.CompositePrimaryKey("pupil_id", "day", "source_id")
    pupil = models.ForeignKey(
        Pupil, on_delete=models.CASCADE, related_name="attendance_days", db_constraint=False, db_index=False
    )
    day = models.DateField()
    source = models.ForeignKey(
        AbsenceSource, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    valid_minutes = models.PositiveSmallIntegerField(default=0)
    invalid_minutes = models.PositiveSmallIntegerField(default=0)
    other_minutes = models.PositiveSmallIntegerField(default=0)
    late_minutes = models.PositiveSmallIntegerField(default=0)
    offered_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    reported_minutes = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.pupil} {self.day}"


class LessonAbsence(PersonalModel):
    """A pupil away from one lesson, in minutes. Parted by school year, as days are."""

    class Kind(models.TextChoices):
        VALID = "valid", _("Valid absence")
        INVALID = "invalid", _("Invalid absence")
        OTHER = "other", _("Other school activity")
        LATE = "late", _("Late arrival")

    pk = models.CompositePrimaryKey("pupil_id", "day", "starts_at", "source_id")
    pupil = models.ForeignKey(
        Pupil, on_delete=models.CASCADE, related_name="lesson_absences", db_constraint=False, db_index=False
    )
    starts_at = models.TimeField()
    day = models.DateField()
    source = models.ForeignKey(
        AbsenceSource, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    minutes = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    subject = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.pupil} {self.day} {self.starts_at}"


class PeriodTotal(PersonalModel):
    """A pupil's absence over a week or longer, from a source that tells no days.

    Minutes, or per cent of something unknown; per cent are never added up. Both days of the period are included.
    """

    class Granularity(models.TextChoices):
        WEEK = "week", _("Week")
        MONTH = "month", _("Month")
        TERM = "term", _("Term")
        CUSTOM = "custom", _("Another period")

    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="period_totals", db_index=False)
    source = models.ForeignKey(AbsenceSource, on_delete=models.PROTECT, related_name="+", db_index=False)
    granularity = models.CharField(max_length=6, choices=Granularity.choices)
    period_start = models.DateField()
    period_end = models.DateField()
    subject = models.CharField(max_length=40, blank=True)
    valid_minutes = models.PositiveIntegerField(null=True, blank=True)
    invalid_minutes = models.PositiveIntegerField(null=True, blank=True)
    other_minutes = models.PositiveIntegerField(null=True, blank=True)
    late_minutes = models.PositiveIntegerField(null=True, blank=True)
    reported_minutes = models.PositiveIntegerField(null=True, blank=True)
    offered_minutes = models.PositiveIntegerField(null=True, blank=True)
    absent_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    valid_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    invalid_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    unreported_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    is_approximate = models.BooleanField(default=False)

    class Meta:
        ordering = ["pupil", "period_start", "period_end", "subject", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "source", "granularity", "period_start", "period_end", "subject"],
                name="period_total_once",
            ),
            models.CheckConstraint(name="period_ends_after_it_starts", condition=Q(period_end__gte=F("period_start"))),
            models.CheckConstraint(
                name="period_total_says_something",
                condition=Q(valid_minutes__isnull=False)
                | Q(invalid_minutes__isnull=False)
                | Q(absent_percent__isnull=False)
                | Q(valid_percent__isnull=False)
                | Q(invalid_percent__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pupil} {self.period_start}-{self.period_end}"
