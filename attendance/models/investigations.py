"""The investigation of a pupil's absence: what is looked into, what it came to, and whom the school must tell."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, permits
from audit.reading import PersonalModel
from schools.models import Pupil, SchoolForm, protected_ids


class InvestigationQuerySet(models.QuerySet["AbsenceInvestigation"]):
    """Investigations by how they stand and who may see them."""

    def begun(self) -> InvestigationQuerySet:
        """Return investigations that were opened, not decisions that none is needed."""
        return self.filter(is_needed=True)

    def going_on(self) -> InvestigationQuerySet:
        """Return investigations that are not finished."""
        return self.begun().filter(closed_at=None)

    def to_look_at_again(self) -> InvestigationQuerySet:
        """Return decisions that no investigation is needed which nobody has looked at again."""
        return self.filter(is_needed=False, closed_at=None)

    def visible_to(self, reader: Membership) -> InvestigationQuerySet:
        """Return investigations at the reader's own school, to its student health and principal."""
        if not permits(reader, Object.INVESTIGATION, Action.READ):
            return self.none()
        mine = self.filter(school_unit=reader.unit_id, pupil__in=Pupil.objects.visible_to(reader))
        return mine.exclude(pupil__in=protected_ids())

    def with_page_relations(self) -> InvestigationQuerySet:
        """Fetch what pages show: the tasks and duties in their order, and who did what."""
        people = ("school_unit", "lead__user", "opened_by__user", "closed_by__user")
        tasks = InvestigationTask.objects.select_related("changed_by__user")
        duties = InvestigationDuty.objects.select_related("done_by__user")
        return self.select_related(*people).prefetch_related(
            models.Prefetch("pupil", queryset=Pupil.objects.with_page_relations()),
            models.Prefetch("tasks", queryset=tasks),
            models.Prefetch("duties", queryset=duties),
        )


class AbsenceInvestigation(PersonalModel):
    """Utredning om frånvaro (Skollag 7:19 a; 15:16 in upper secondary school), or the decision that none is needed.

    While it goes on `due_on` is when it is to be finished; for a decision that none is needed it is the day to look
    again. `closed_at` is when it was finished, or looked at again. `pattern` is the absence as it was on that day.
    """

    class Domain(models.TextChoices):
        LEARNING = "learning", _("Learning and adaptations")
        SCHOOL = "school", _("The school environment")
        HEALTH = "health", _("The pupil's health")
        HOME = "home", _("Home and family")
        PEERS = "peers", _("Peers and leisure")
        STRUCTURE = "structure", _("Timetable, journey and placement")

    class Answer(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="investigations")
    school_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="investigations")
    school_form = models.CharField(max_length=4, choices=SchoolForm.choices)
    is_needed = models.BooleanField(default=True)
    reason = models.TextField(blank=True)
    lead = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="investigations")
    opened_on = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    setting_off = models.JSONField(default=list)
    keeping_up = models.JSONField(default=list)
    causes_in_words = models.TextField(blank=True)
    special_support = models.CharField(max_length=3, choices=Answer.choices, blank=True)
    special_support_on = models.DateField(null=True, blank=True)
    action_plan = models.CharField(max_length=3, choices=Answer.choices, blank=True)
    action_plan_on = models.DateField(null=True, blank=True)
    pattern = models.JSONField(default=dict)
    conclusion = models.TextField(blank=True)
    left_undone = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    submission = models.UUIDField(unique=True)

    objects = InvestigationQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "school_unit"], condition=Q(closed_at=None), name="one_open_investigation_a_pupil"
            ),
            models.CheckConstraint(name="not_needed_has_a_reason", condition=Q(is_needed=True) | ~Q(reason="")),
            models.CheckConstraint(
                name="finished_investigation_says_what_it_came_to",
                condition=Q(closed_at=None, closed_by=None, conclusion="")
                | Q(closed_at__isnull=False, closed_by__isnull=False) & (Q(is_needed=False) | ~Q(conclusion="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pupil} {self.opened_on}"

    @property
    def is_upper_secondary(self) -> bool:
        """Say whether the rules of upper secondary school hold."""
        return self.school_form == SchoolForm.UPPER_SECONDARY

    @property
    def law(self) -> str:
        """The paragraph of the School Act that it rests on."""
        return gettext("15:16") if self.is_upper_secondary else gettext("7:19 a")


class PartQuerySet(models.QuerySet[Any]):
    """Parts of investigations by who may see them."""

    def visible_to(self, reader: Membership) -> PartQuerySet:
        """Return the parts of the investigations that `reader` sees."""
        return self.filter(investigation__in=AbsenceInvestigation.objects.visible_to(reader))


class InvestigationTask(PersonalModel):
    """One thing to look into. What the pupil and the guardians said has a field of its own, in their own words."""

    ABOUT = "investigation_id"

    class Kind(models.TextChoices):
        PUPIL = "pupil", _("Talk with the pupil")
        GUARDIANS = "guardians", _("Talk with the guardians")
        STUDENT_HEALTH = "student_health", _("Consult student health")
        PATTERN = "pattern", _("Pattern of the absence")
        LEARNING = "learning", _("Learning environment and timetable")
        SAFETY = "safety", _("Safety and peers")
        HEALTH = "health", _("Health")
        HOME = "home", _("Home, as far as needed")

    class Status(models.TextChoices):
        NOT_STARTED = "not_started", _("Not started")
        STARTED = "started", _("Started")
        DONE = "done", _("Done")
        NOT_NEEDED = "not_needed", _("Not needed")

    SETTLED: ClassVar = (Status.DONE, Status.NOT_NEEDED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    investigation = models.ForeignKey(AbsenceInvestigation, on_delete=models.CASCADE, related_name="tasks")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    place = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.NOT_STARTED)
    own_words = models.TextField(blank=True)
    text = models.TextField(blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["place", "id"]
        constraints = [
            models.UniqueConstraint(fields=["investigation", "kind"], name="investigation_task_once"),
            models.CheckConstraint(
                name="a_task_that_is_done_says_something",
                condition=~Q(status="done") | ~Q(text="") | ~Q(own_words=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.investigation} {self.kind}"

    @property
    def is_settled(self) -> bool:
        """Say whether nothing more is to be done."""
        return self.status in self.SETTLED

    @property
    def is_a_talk(self) -> bool:
        """Say whether somebody's own words belong here."""
        return self.kind in (self.Kind.PUPIL, self.Kind.GUARDIANS)


class InvestigationDuty(PersonalModel):
    """Somebody who must be told, by when, and the fact that it was done; `note` says how."""

    ABOUT = "investigation_id"

    class Kind(models.TextChoices):
        GUARDIANS = "guardians", _("Tell the guardians the same day")
        PROVIDER = "provider", _("Tell the provider")
        MUNICIPALITY = "municipality", _("Tell the home municipality")
        RESULT = "result", _("Tell the home municipality the result")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    investigation = models.ForeignKey(AbsenceInvestigation, on_delete=models.CASCADE, related_name="duties")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    due_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "kind", "id"]
        constraints = [
            models.UniqueConstraint(fields=["investigation", "kind"], name="investigation_duty_once"),
            models.CheckConstraint(
                name="duty_is_done_by_somebody_some_day",
                condition=Q(done_on=None, done_at=None, done_by=None)
                | Q(done_on__isnull=False, done_at__isnull=False, done_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.investigation} {self.kind}"
