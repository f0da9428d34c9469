"""The register of social services: districts, offices, teams, what they offer, and reasons."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit


class District(models.Model):
    """Stadsdelsområde. Borders change, so old ones stay with what replaced them."""

    code = models.SlugField(max_length=40, primary_key=True)
    name = models.CharField(max_length=60, unique=True)
    formed_on = models.DateField(null=True, blank=True)
    replaced_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaces")

    class Meta:
        ordering = ["name", "code"]

    def __str__(self) -> str:
        return self.name


class Office(models.Model):
    """An intake office or a team, and the districts it serves; none means the whole city."""

    class Kind(models.TextChoices):
        INTAKE = "intake", _("Intake office")
        TEAM = "team", _("Team")

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, primary_key=True, related_name="office")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    districts = models.ManyToManyField(District, blank=True, related_name="offices")
    report_phone = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["unit__name", "unit"]

    def __str__(self) -> str:
        return self.unit.name


class ServiceQuerySet(models.QuerySet["Service"]):
    """Catalogue entries by date."""

    def current(self, today: date) -> ServiceQuerySet:
        """Return the entries in force on `today`, first and last day included."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=today), valid_from__lte=today)

    def lasting(self, today: date) -> ServiceQuerySet:
        """Return the entries in force on `today` or later: not those that have ended, or were taken away unused."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=Greatest(today, F("valid_from"))))


class Service(models.Model):
    """What a team offers, to whom, from when: its entry in the service catalogue (law.md P9).

    An entry is never rewritten: a change ends it and adds the next. Entries without `set_by` came with the register.
    """

    class Kind(models.TextChoices):
        INTAKE = "intake", _("Intake office for children and youth")
        SST = "sst", _("School social team (SST)")
        SST_PLUS = "sst_plus", _("School social team plus (SST+)")
        ATTENDANCE_TEAM = "attendance_team", _("Attendance team")
        STUDY_STEP = "study_step", _("Studiesteg")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="services")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    grade_from = models.PositiveSmallIntegerField()
    grade_to = models.PositiveSmallIntegerField()
    school_forms = models.JSONField(default=list)
    provider_kinds = models.JSONField(default=list)
    absence_from = models.PositiveSmallIntegerField(default=0)
    absence_to = models.PositiveSmallIntegerField(default=100)
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)
    is_taking_in = models.BooleanField(default=True)
    expected_weeks = models.PositiveSmallIntegerField(null=True, blank=True)
    offers_sv = models.CharField(max_length=300)
    offers_en = models.CharField(max_length=300)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    set_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    set_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=300, blank=True)
    ended_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=300, blank=True)

    objects = ServiceQuerySet.as_manager()

    FACTS = (
        "grade_from", "grade_to", "school_forms", "provider_kinds", "absence_from", "absence_to", "capacity",
        "is_taking_in", "expected_weeks", "offers_sv", "offers_en",
    )  # fmt: skip
    """What an entry says of the service: the fields that a head decides."""

    class Meta:
        ordering = ["office__unit__name", "valid_from", "id"]
        constraints = [
            models.UniqueConstraint(fields=["office", "kind"], condition=Q(valid_to=None), name="service_open_once"),
            models.CheckConstraint(name="service_grades_in_order", condition=Q(grade_to__gte=F("grade_from"))),
            models.CheckConstraint(
                name="service_absence_band_in_percent",
                condition=Q(absence_to__lte=100, absence_to__gte=F("absence_from")),
            ),
            models.CheckConstraint(
                name="service_is_set_by_somebody_who_says_why",
                condition=Q(set_by=None, set_at=None, why="")
                | Q(set_by__isnull=False, set_at__isnull=False, why__regex=r"\S"),
            ),
            models.CheckConstraint(
                name="service_is_ended_by_somebody_who_says_why",
                condition=Q(ended_by=None, ended_at=None, ended_why="")
                | Q(ended_by__isnull=False, ended_at__isnull=False, ended_why__regex=r"\S", valid_to__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office} {self.get_kind_display()}"

    def facts(self) -> dict[str, Any]:
        """Return what the entry says of the service."""
        return {name: getattr(self, name) for name in self.FACTS}

    @property
    def offers(self) -> str:
        """What the team offers, in the reader's language."""
        return self.offers_en if get_language() == "en" else self.offers_sv


class ReasonCodeQuerySet(models.QuerySet["ReasonCode"]):
    """Reasons by use and date."""

    def for_declining(self, today: date) -> ReasonCodeQuerySet:
        """Return the reasons a team may decline a support request with on `today`."""
        return self._current(today).filter(channel=ReasonCode.Channel.SUPPORT_REQUEST)

    def for_not_opening(self, today: date) -> ReasonCodeQuerySet:
        """Return the reasons for which an intake office may open no investigation after a report on `today`."""
        return self._current(today).filter(channel=ReasonCode.Channel.CONCERN_REPORT)

    def _current(self, today: date) -> ReasonCodeQuerySet:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=today), valid_from__lte=today)


class ReasonCode(models.Model):
    """Why a request was declined or a report not opened: effective-dated data (law.md 6.1)."""

    class Channel(models.TextChoices):
        SUPPORT_REQUEST = "support_request", _("Support request")
        CONCERN_REPORT = "concern_report", _("Concern report")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=40)
    channel = models.CharField(max_length=16, choices=Channel.choices)
    title_sv = models.CharField(max_length=160)
    title_en = models.CharField(max_length=160)
    demands_sv = models.CharField(max_length=400, blank=True)
    demands_en = models.CharField(max_length=400, blank=True)
    next_holder_side = models.CharField(max_length=6, default="school")
    next_step_days = models.PositiveSmallIntegerField(default=10)
    is_shown_to_school = models.BooleanField(default=True)
    order = models.PositiveSmallIntegerField(default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects = ReasonCodeQuerySet.as_manager()

    class Meta:
        ordering = ["order", "code", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "channel"], condition=Q(valid_to=None), name="reason_code_open_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The reason in the reader's language."""
        return self.title_en if get_language() == "en" else self.title_sv

    @property
    def demands(self) -> str:
        """What giving this reason demands, in the reader's language."""
        return self.demands_en if get_language() == "en" else self.demands_sv
