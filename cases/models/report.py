"""Concern reports (orosanmälan): the fact that one has been made, its statutory dates and the three words back.

The report itself goes by the city's own channel and is never here. What both sides know is in ConcernReport and
ReportAnswer; how social services handle it is in ReportHandling and ReportExtension, which no school reads.
"""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, Scope, permits
from accounts.roles import Side
from audit.reading import PersonalModel
from schools.models import Pupil, protected_ids
from socialservices.models import ReasonCode


class ReportQuerySet(models.QuerySet["ConcernReport"]):
    """Reports by who may know of them."""

    def visible_to(self, reader: Membership) -> ReportQuerySet:
        """Return the reports that `reader` may know of (OSL 40:7 g): at a school the one who made it, the principal and
        those named; on the social side the intake office it came to, and its heads."""
        reports = self.exclude(pupil__in=protected_ids())
        scope = permits(reader, Object.CONCERN_REPORT, Action.READ)
        if not scope:
            return self.none()
        if reader.side == Side.SOCIAL:
            units = Unit.objects.below(reader.unit) if Scope.UNIT in scope else [reader.unit_id]
            return reports.filter(Q(to_unit__in=units) | Q(sent_on_by__in=units))
        known = Q(reported_by=reader) | Q(reader_ids__contains=[reader.pk])
        if Scope.SCHOOL in scope:
            known |= Q(school_unit=reader.unit_id)
        return reports.filter(known)

    def open(self) -> ReportQuerySet:
        """Return the reports with which the intake office has something left to do; ask it on the social side."""
        to_tell = Q(asked_at__isnull=False, handling__told_at=None, handling__not_told_at=None)
        investigated = Q(handling__decision="opened", handling__ended_at=None)
        to_meet = Q(handling__number_in_year__gte=THIRD, handling__met_on=None)
        undone = Q(handling__confirmed_at=None) | Q(handling__protection_at=None) | Q(handling__decision="")
        return self.filter(undone | to_tell | investigated | to_meet, handling__not_found_at=None)

    def with_page_relations(self) -> ReportQuerySet:
        """Fetch what every page shows of a report: its units and who made it."""
        return self.select_related("school_unit", "to_unit__parent", "sent_on_by", "reported_by__user")

    def with_handling(self) -> ReportQuerySet:
        """Fetch also how it is handled, for lists: only for the social side."""
        return self.with_page_relations().select_related("handling__handler__user").prefetch_related("extensions")

    def with_history(self) -> ReportQuerySet:
        """Fetch also who did what, for the page of one report: only for the social side."""
        names = ("protection_by", "decided_by", "not_told_by", "ended_by")
        by_whom = [f"handling__{name}__user" for name in names]
        return (
            self.with_page_relations()
            .select_related("handling__handler__user", "handling__reason", *by_whom)
            .prefetch_related("extensions__decided_by__user", "answers__given_by__user", "answers__unit")
        )


THIRD = 3
"""The report in twelve months that calls for a joint meeting (law.md P12)."""


class ConcernReport(PersonalModel):
    """That somebody at a school has reported a child to social services (SoL 2025:400 19:1), when and how."""

    class Channel(models.TextChoices):
        PHONE = "phone", _("By phone")
        E_SERVICE = "e_service", _("In the city’s e-service")
        WRITTEN = "written", _("On a form or in a letter")
        IN_PERSON = "in_person", _("In person")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="concern_reports")
    pupil_name = models.CharField(max_length=160)
    class_name = models.CharField(max_length=20)
    school_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="reports_made")
    to_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="reports_received")
    sent_on_by = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    reported_at = models.DateTimeField()
    reference = models.CharField(max_length=60, blank=True)
    wants_meeting = models.BooleanField(default=False)
    reported_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="reports_made")
    noted_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True)
    reader_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    submission = models.UUIDField(unique=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["reported_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="report_is_noted_after_it_is_made", condition=Q(noted_at__gte=F("reported_at"))
            ),
            models.CheckConstraint(name="report_crosses_the_border", condition=~Q(school_unit=F("to_unit"))),
        ]

    def __str__(self) -> str:
        return f"{self.to_unit} {self.reported_at:%Y-%m-%d}"

    @property
    def label(self) -> str:
        """How lists name the report: initials and class, "A.K. 7B"."""
        return f"{''.join(f'{name[:1]}.' for name in self.pupil_name.split())} {self.class_name}"


class OfReportQuerySet(models.QuerySet[models.Model]):
    """Rows of reports by who may know of these; what a school may not read is refused by the database besides."""

    def visible_to(self, reader: Membership) -> OfReportQuerySet:
        """Return the rows of reports that `reader` may know of."""
        return self.filter(report__in=ConcernReport.objects.visible_to(reader))


class ReportHandling(PersonalModel):
    """How an intake office handles a report. Made by the database when the report is noted; read by no school."""

    ABOUT = "report_id"

    class Protection(models.TextChoices):
        NOT_NEEDED = "not_needed", _("The child needs no protection at once")
        NEEDED = "needed", _("The child needs protection at once, and we act")

    class Decision(models.TextChoices):
        OPENED = "opened", _("An investigation is opened")
        NOT_OPENED = "not_opened", _("No investigation is opened")
        ONGOING = "ongoing", _("An investigation is already ongoing")

    class NotTold(models.TextChoices):
        HARM_TO_CHILD = "harm_to_child", _("The child may come to harm by it")
        HARM_TO_OTHER = "harm_to_other", _("Somebody close to the child may come to harm by it")
        OTHER = "other", pgettext_lazy("why a reporter is not told", "Something else makes it inappropriate")

    class Outcome(models.TextChoices):
        WITH_SERVICE = "with_service", _("Ended with a service")
        WITHOUT_SERVICE = "without_service", _("Ended without a service")
        MOVED = "moved", _("Taken over by another municipality")

    report = models.OneToOneField(ConcernReport, on_delete=models.PROTECT, primary_key=True, related_name="handling")
    number_in_year = models.PositiveSmallIntegerField()
    arrived_at = models.DateTimeField()
    sent_on_at = models.DateTimeField(null=True, blank=True)
    not_found_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    handler = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    protection = models.CharField(max_length=12, choices=Protection.choices, blank=True, default="", db_default="")
    protection_at = models.DateTimeField(null=True, blank=True)
    protection_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decision = models.CharField(max_length=12, choices=Decision.choices, blank=True, default="", db_default="")
    reason = models.ForeignKey(ReasonCode, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    words = models.TextField(blank=True, default="", db_default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    told_at = models.DateTimeField(null=True, blank=True)
    not_told_at = models.DateTimeField(null=True, blank=True)
    not_told_why = models.CharField(max_length=16, choices=NotTold.choices, blank=True, default="", db_default="")
    not_told_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=16, choices=Outcome.choices, blank=True, default="", db_default="")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    met_on = models.DateField(null=True, blank=True)

    objects = OfReportQuerySet.as_manager()

    class Meta:
        ordering = ["arrived_at", "report"]
        constraints = [
            models.CheckConstraint(
                name="receipt_of_report_has_time_and_name",
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="what_is_not_found_is_not_confirmed", condition=Q(not_found_at=None) | Q(confirmed_at=None)
            ),
            models.CheckConstraint(
                name="protection_is_assessed_by_somebody",
                condition=Q(protection="", protection_at=None, protection_by=None)
                | ~Q(protection="") & Q(protection_at__isnull=False, protection_by__isnull=False),
            ),
            models.CheckConstraint(
                name="decision_on_report_is_whole",
                condition=Q(decision="", decided_at=None, decided_by=None, reason=None)
                | Q(decision__in=["opened", "ongoing"], decided_at__isnull=False, decided_by__isnull=False, reason=None)
                | Q(decision="not_opened", decided_at__isnull=False, decided_by__isnull=False, reason__isnull=False)
                & Q(words__regex=r"\S"),
            ),
            models.CheckConstraint(
                name="reporter_is_told_or_not_for_a_reason",
                condition=Q(not_told_at=None, not_told_by=None, not_told_why="")
                | Q(not_told_at__isnull=False, not_told_by__isnull=False, told_at=None) & ~Q(not_told_why=""),
            ),
            models.CheckConstraint(
                name="reporter_is_told_what_is_decided",
                condition=Q(told_at=None, not_told_at=None) | ~Q(decision=""),
            ),
            models.CheckConstraint(
                name="investigation_ends_with_an_outcome",
                condition=Q(outcome="", ended_at=None, ended_by=None)
                | ~Q(outcome="") & Q(ended_at__isnull=False, ended_by__isnull=False, decision="opened"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id}"


class ReportExtension(PersonalModel):
    """A decision that a statutory time is longer in one report, for a ground that the law knows; only added."""

    ABOUT = "report_id"

    class What(models.TextChoices):
        DECISION = "decision", _("The decision to open or not (SoL 20:2)")
        INVESTIGATION = "investigation", _("The investigation (SoL 20:3)")

    class Ground(models.TextChoices):
        NOT_REACHED = "not_reached", _("The family has not been reached, in spite of tries in several ways")
        INTERPRETER = "interpreter", _("There was no interpreter in time")
        ILLNESS = "illness", _("The child or a guardian is seriously ill")
        POLICE = "police", _("A police investigation must go first")
        SPECIALIST = "specialist", _("A specialist’s assessment is waited for")
        OTHER = "other", pgettext_lazy("ground for a longer time", "Another exceptional reason")

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey(ConcernReport, on_delete=models.PROTECT, related_name="extensions")
    what = models.CharField(max_length=13, choices=What.choices)
    ground = models.CharField(max_length=12, choices=Ground.choices)
    words = models.TextField()
    was_due_on = models.DateField()
    until = models.DateField()
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    objects = OfReportQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="extension_is_longer", condition=Q(until__gt=F("was_due_on"))),
            models.CheckConstraint(name="extension_has_words", condition=Q(words__regex=r"\S")),
            models.UniqueConstraint(fields=["report", "what", "was_due_on"], name="extended_once_from_each_day"),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.until}"


class ReportAnswer(PersonalModel):
    """What the intake office tells the school: that the report has arrived, where it went, and one of three words."""

    ABOUT = "report_id"

    class Word(models.TextChoices):
        ARRIVED = "arrived", _("The report has arrived")
        NOT_FOUND = "not_found", _("The office cannot find the report: report again")
        SENT_ON = "sent_on", _("The report has been sent on to the right office")
        OPENED = "opened", _("An investigation is opened")
        NOT_OPENED = "not_opened", _("No investigation is opened")
        ONGOING = "ongoing", _("An investigation is already ongoing")

    THE_THREE = (Word.OPENED, Word.NOT_OPENED, Word.ONGOING)
    """All that may be told without consent (SoL 19:6, OSL 26:9 a)."""

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey(ConcernReport, on_delete=models.PROTECT, related_name="answers")
    word = models.CharField(max_length=10, choices=Word.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    objects = OfReportQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report"], condition=Q(word__in=["opened", "not_opened", "ongoing"]), name="one_word_per_report"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.word}"
