"""What somebody at the school has seen and is worried about."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, Scope, permits
from audit.reading import PersonalModel
from schools.models import Pupil, protected_ids


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

    def beside(self, concern: Concern) -> ConcernQuerySet:
        """Return the other concerns about the same pupil at the same school that nobody has answered, oldest first."""
        same = self.unanswered().filter(pupil=concern.pupil_id, school_unit=concern.school_unit_id)
        return same.exclude(pk=concern.pk).order_by("logged_at", "pk")

    def visible_to(self, reader: Membership, about: Pupil | None = None) -> ConcernQuerySet:
        """Return the concerns `reader` wrote, and for student health and principals all of the school.

        A claimed link lets a mentor log a concern, not read those of others. Never about a protected pupil, one's own
        concerns included. With `about` only that pupil's. Whether the reader works with a pupil just shown to the
        reader is not asked again.
        """
        own = Q(logged_by__user=reader.user_id, school_unit=reader.unit_id)
        scope = permits(reader, Object.CONCERN, Action.READ)
        if about is not None and about.is_shown_to(reader):
            concerns, of_the_school = self.filter(pupil=about), Q(school_unit=reader.unit_id)
        elif about is not None:
            return self.visible_to(reader).filter(pupil=about)
        else:
            concerns = self.exclude(pupil__in=protected_ids())
            of_the_school = Q(school_unit=reader.unit_id, pupil__in=Pupil.objects.visible_to(reader))
        if scope & (Scope.LINKED | Scope.SCHOOL):
            return concerns.filter(own | of_the_school)
        return concerns.filter(own) if Scope.OWN in scope else self.none()

    def for_timeline(self) -> ConcernQuerySet:
        """Fetch what the line of time of one pupil says of a concern: who logged it and who has it."""
        return self.select_related("logged_by__user", "holder__user")

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
