"""Before a request is sent: its draft, who has to send it, and the pupils that no team takes."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, permits
from accounts.roles import Role, Side
from audit.reading import PersonalModel
from schools.models import Pupil, protected_ids
from socialservices.routing import PROVIDER_KIND_NAMES, SCHOOL_FORM_NAMES


class RequestDraftQuerySet(models.QuerySet["RequestDraft"]):
    """Drafts by who may see them."""

    def visible_to(self, reader: Membership) -> RequestDraftQuerySet:
        """Return the drafts that `reader` writes, about pupils the reader still works with.

        A principal also sees those that somebody at the school has finished and left to be sent.
        """
        mine = Q(writer=reader.pk)
        if reader.role == Role.PRINCIPAL:
            mine |= Q(ready_at__isnull=False, school_unit=reader.unit_id)
        return self.filter(mine, pupil__in=Pupil.objects.visible_to(reader))

    def waiting(self) -> RequestDraftQuerySet:
        """Return the finished drafts that wait for the principal."""
        return self.filter(ready_at__isnull=False, sent_back_at=None)

    def sent_back(self) -> RequestDraftQuerySet:
        """Return those that the principal has sent back, and that nobody has written on since."""
        return self.filter(sent_back_at__isnull=False)


class RequestDraft(PersonalModel):
    """A request being written. Nothing of it has left the school.

    It belongs to its writer. `ready_at`: it is finished and left to the principal, who sends it, or sends it back with
    a word (`sent_back_at`, `sent_back_why`). Whoever writes on makes it a draft again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="+")
    writer = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="request_drafts")
    school_unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    content = models.JSONField(default=dict)
    saved_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True, blank=True)
    sent_back_at = models.DateTimeField(null=True, blank=True)
    sent_back_why = models.CharField(max_length=600, blank=True)

    objects = RequestDraftQuerySet.as_manager()

    class Meta:
        ordering = ["-saved_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["pupil", "writer"], name="one_draft_per_pupil_and_writer"),
            models.CheckConstraint(
                name="a_draft_sent_back_was_ready_and_says_why",
                condition=Q(sent_back_at=None, sent_back_why="")
                | Q(sent_back_at__isnull=False, ready_at__isnull=False) & ~Q(sent_back_why=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pupil} {self.saved_at:%Y-%m-%d}"


class RequestSettingQuerySet(models.QuerySet["RequestSetting"]):
    """Settings by who may see them."""

    def visible_to(self, reader: Membership) -> RequestSettingQuerySet:
        """Return the setting of the reader's own school."""
        return self.filter(unit=reader.unit_id) if permits(reader, Object.REQUEST, Action.CREATE) else self.none()


class RequestSetting(models.Model):
    """Whether the principal of a school has to send its requests; without a row, whoever writes may send."""

    unit = models.OneToOneField(Unit, on_delete=models.CASCADE, primary_key=True, related_name="+")
    principal_sends = models.BooleanField(default=False)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    objects = RequestSettingQuerySet.as_manager()

    class Meta:
        ordering = ["unit"]

    def __str__(self) -> str:
        return f"{self.unit} {self.principal_sends}"


class ServiceGapQuerySet(models.QuerySet["ServiceGap"]):
    """Gaps by who may see them."""

    def visible_to(self, reader: Membership) -> ServiceGapQuerySet:
        """Return the gaps that the reader's school has met; never about a pupil with protected identity."""
        if reader.side != Side.SCHOOL or not permits(reader, Object.REQUEST, Action.CREATE):
            return self.none()
        return self.filter(school_unit=reader.unit_id).exclude(pupil__in=protected_ids())


class ServiceGap(PersonalModel):
    """A pupil that no team takes: what the pupil is like to the catalogue, counted once for as long as it is the same.

    `absence_percent` is that of the day when it was first noted, None when it was not known.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="+")
    school_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    municipality_code = models.CharField(max_length=4, blank=True)
    district_code = models.CharField(max_length=40, blank=True)
    grade = models.PositiveSmallIntegerField()
    school_form = models.CharField(max_length=4)
    provider_kind = models.CharField(max_length=12)
    absence_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    first_noted_at = models.DateTimeField()
    last_noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    objects = ServiceGapQuerySet.as_manager()

    KEYS = ("municipality_code", "district_code", "grade", "school_form", "provider_kind")

    class Meta:
        ordering = ["first_noted_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "school_unit", "municipality_code", "district_code", "grade", "school_form",
                        "provider_kind"],
                name="a_gap_is_counted_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What is missing, as it is said to the school and to those who plan: nothing in it says who the pupil is."""
        facts = {
            "year": self.grade,
            "form": SCHOOL_FORM_NAMES.get(self.school_form, self.school_form),
            "schools": PROVIDER_KIND_NAMES.get(self.provider_kind, self.provider_kind),
            "percent": self.absence_percent,
        }
        if self.absence_percent is None:
            return _("No team takes year %(year)s in %(form)s, %(schools)s") % facts
        return _("No team takes year %(year)s in %(form)s, %(schools)s, with %(percent)s %% absence") % facts
