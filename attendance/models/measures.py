"""What a school does to help a pupil back, and whether it helped."""

from __future__ import annotations

import uuid
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, permits
from audit.reading import PersonalModel
from schools.models import Pupil, protected_ids


class MeasureQuerySet(models.QuerySet["Measure"]):
    """Measures by what is left to do and who may see them."""

    def running(self) -> MeasureQuerySet:
        """Return measures that nobody has ended."""
        return self.filter(ended_on=None)

    def visible_to(self, reader: Membership, about: Pupil | None = None) -> MeasureQuerySet:
        """Return measures of the reader's own school for the pupils he or she works with; none to its administrator.

        With `about` only that pupil's; who works with a pupil that was just shown to the reader is not asked again.
        """
        if not permits(reader, Object.MEASURE, Action.READ):
            return self.none()
        if about is not None and about.is_shown_to(reader):
            return self.filter(school_unit=reader.unit_id, pupil=about)
        if about is not None:
            return self.visible_to(reader).filter(pupil=about)
        mine = self.filter(school_unit=reader.unit_id, pupil__in=Pupil.objects.visible_to(reader))
        return mine.exclude(pupil__in=protected_ids())

    def for_timeline(self) -> MeasureQuerySet:
        """Fetch what the line of time of one pupil says of a measure: who sees to it, and the follow-ups' effects."""
        told = MeasureFollowUp.objects.order_by("-followed_up_at", "-pk")
        return self.select_related("responsible__user").prefetch_related(models.Prefetch("follow_ups", queryset=told))

    def with_page_relations(self) -> MeasureQuerySet:
        """Fetch what lists and pages show of a measure, with what its follow-ups said, the latest first."""
        told = MeasureFollowUp.objects.select_related("followed_up_by__user").order_by("-followed_up_at", "-pk")
        people = ("school_unit", "responsible__user", "added_by__user", "ended_by__user")
        return self.select_related(*people).prefetch_related(
            models.Prefetch("pupil", queryset=Pupil.objects.with_page_relations()),
            models.Prefetch("follow_ups", queryset=told),
        )


class Measure(PersonalModel):
    """Insats: what the school does for a pupil, who sees to it, from when, and when it is next asked whether it helps.

    The kinds are the usual ones (docs/law.md, Measures) and "own", which needs words. `ends_on` is the last day of a
    measure that must not go on without end: a shorter or another timetable, and teaching at a distance.
    """

    class Kind(models.TextChoices):
        MORNING_CONTACT = "morning_contact", _("Morning contact or pick-up")
        KEY_ADULT = "key_adult", _("An adult of one's own at school")
        QUIET_PLACE = "quiet_place", _("Quiet place")
        BREAKS_AND_SEATS = "breaks_and_seats", _("Plan for seat, breaks and canteen")
        ADAPTATIONS = "adaptations", _("Extra adaptations")
        SPECIAL_SUPPORT = "special_support", _("Special support")
        SPECIAL_GROUP = "special_group", _("Special teaching group")
        STUDY_GUIDANCE = "study_guidance", _("Study guidance")
        RETURN_PLAN = "return_plan", _("Plan for coming back step by step")
        CHANGED_TIMETABLE = "changed_timetable", _("Changed timetable")
        REDUCED_TIMETABLE = "reduced_timetable", _("Reduced timetable")
        DISTANCE = "distance", _("Teaching at home or at a distance")
        AGAINST_BULLYING = "against_bullying", _("Action against bullying")
        HEALTH_TALKS = "health_talks", _("Talks with nurse or counsellor")
        GUARDIAN_MEETINGS = "guardian_meetings", _("Meetings with guardians")
        HOME_VISIT = "home_visit", _("Home visit")
        TRANSPORT = "transport", _("School transport")
        LEISURE = "leisure", _("Contact with leisure activities")
        JOINT_PLAN = "joint_plan", _("Coordinated individual plan (SIP)")
        OWN = "own", _("Something else, in own words")

    class Agrees(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        NOT_ASKED = "not_asked", _("Not asked yet")

    TIME_LIMITED: ClassVar = (Kind.CHANGED_TIMETABLE, Kind.REDUCED_TIMETABLE, Kind.DISTANCE)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="measures")
    school_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="measures")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    in_words = models.CharField(max_length=300, blank=True)
    responsible = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="measures")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    hours_a_week = models.PositiveSmallIntegerField(null=True, blank=True)
    follow_up_on = models.DateField()
    pupil_agrees = models.CharField(max_length=10, choices=Agrees.choices)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    ended_on = models.DateField(null=True, blank=True)
    ended_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    end_reason = models.CharField(max_length=300, blank=True)
    submission = models.UUIDField(unique=True)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(name="own_measure_is_told_in_words", condition=~Q(kind="own") | ~Q(in_words="")),
            models.CheckConstraint(
                name="measure_ends_after_it_starts", condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="timetable_of_the_own_has_an_end",
                condition=~Q(kind__in=["changed_timetable", "reduced_timetable", "distance"])
                | Q(ends_on__isnull=False),
            ),
            models.CheckConstraint(
                name="reduced_timetable_says_how_much",
                condition=Q(kind="reduced_timetable", hours_a_week__isnull=False)
                | ~Q(kind="reduced_timetable") & Q(hours_a_week=None),
            ),
            models.CheckConstraint(
                name="measure_is_ended_by_somebody_for_a_reason",
                condition=Q(ended_on=None, ended_by=None, end_reason="")
                | Q(ended_on__isnull=False, ended_by__isnull=False) & ~Q(end_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pupil} {self.kind}"

    @property
    def title(self) -> str:
        """What it is called: its kind, or the school's own words."""
        return self.in_words if self.kind == self.Kind.OWN else str(self.get_kind_display())

    @property
    def details(self) -> str:
        """What the school has added to the name of its kind."""
        return "" if self.kind == self.Kind.OWN else self.in_words

    @property
    def is_reduced(self) -> bool:
        """Say whether the pupil has fewer lessons than the class while it lasts."""
        return self.kind == self.Kind.REDUCED_TIMETABLE

    def lasts_beyond(self, today: date) -> bool:
        """Say whether nobody has ended it and its last day, if it has one, is today or later."""
        return self.ended_on is None and (self.ends_on is None or self.ends_on >= today)


class MeasureFollowUpQuerySet(models.QuerySet["MeasureFollowUp"]):
    """Follow-ups by who may see them."""

    def visible_to(self, reader: Membership) -> MeasureFollowUpQuerySet:
        """Return the follow-ups of the measures that `reader` sees."""
        return self.filter(measure__in=Measure.objects.visible_to(reader))


class MeasureFollowUp(PersonalModel):
    """What was seen when it was asked whether a measure helps; `next_on` is when it is asked again, if it goes on."""

    ABOUT = "measure_id"

    class Effect(models.TextChoices):
        BETTER = "better", _("Better")
        A_LITTLE = "a_little", _("A little better")
        NO = "no", _("No")
        TOO_EARLY = "too_early", _("Too early to say")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="follow_ups")
    effect = models.CharField(max_length=10, choices=Effect.choices)
    note = models.CharField(max_length=300, blank=True)
    followed_up_at = models.DateTimeField()
    followed_up_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    was_due_on = models.DateField()
    next_on = models.DateField(null=True, blank=True)

    objects = MeasureFollowUpQuerySet.as_manager()

    class Meta:
        ordering = ["followed_up_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="too_early_is_asked_again", condition=~Q(effect="too_early") | Q(next_on__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.effect}"
