"""What crosses the border between the authorities, on what ground, and what does not."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, permits
from accounts.roles import Side
from audit.reading import PersonalModel
from schools.models import protected_ids

from .case import Case, Party
from .referral import Referral


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Consents by who may read them."""

    def visible_to(self, reader: Membership) -> ConsentQuerySet:
        """Return the consents in cases `reader` may read; on the social side only those that name a unit of theirs."""
        consents = self.filter(case__in=Case.objects.visible_to(reader))
        if reader.side == Side.SCHOOL:
            return consents
        return consents.filter(to_unit__in=Unit.objects.below(reader.unit))


class Consent(PersonalModel):
    """A consent that lifts secrecy for what it names (OSL 10:1, 12:2; law.md 3.3)."""

    ABOUT = "case_id"

    class Giver(models.TextChoices):
        GUARDIAN_1 = "guardian_1", _("Guardian 1")
        GUARDIAN_2 = "guardian_2", _("Guardian 2")
        PUPIL = "pupil", _("The pupil")

    class Answer(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        NOT_ASKED = "not_asked", _("Not asked")
        NONE = "none", _("There is none")

    class Form(models.TextChoices):
        MEETING = "meeting", _("At a meeting")
        PHONE = "phone", _("By phone")
        LETTER = "letter", _("In writing")

    class Scope(models.TextChoices):
        WORDS = "words", _("What is written in the request")
        ABSENCE = "absence", _("The absence figures")
        RECEIVER = "receiver", _("That the receiver chosen gets it")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="consents")
    to_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    giver = models.CharField(max_length=10, choices=Giver.choices)
    answer = models.CharField(max_length=9, choices=Answer.choices)
    form = models.CharField(max_length=8, choices=Form.choices, blank=True)
    scope = models.JSONField(default=list)
    given_on = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    pupil_age = models.PositiveSmallIntegerField()
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["noted_at", "giver", "id"]
        constraints = [
            models.CheckConstraint(
                name="a_yes_has_date_form_scope_and_end",
                condition=~Q(answer="yes")
                | Q(given_on__isnull=False, valid_to__gte=F("given_on")) & ~Q(form="") & ~Q(scope=[]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.giver} {self.answer}"


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    """Disclosures by who may read them."""

    def visible_to(self, reader: Membership) -> DisclosureQuerySet:
        """Return what was given by or to a unit of `reader`, as long as the unit is or was party to the case.

        A side whose time to keep the case has gone has no party row any more (docs/adr, retention per compartment).
        Never about a pupil with protected identity.
        """
        if not permits(reader, Object.SHARED, Action.READ):
            return self.none()
        disclosures = self.exclude(case__pupil__in=protected_ids())
        parties = Party.objects.filter(case=OuterRef("case"))
        if reader.side == Side.SCHOOL:
            return disclosures.filter(Exists(parties.filter(unit=reader.unit_id)), from_unit=reader.unit_id)
        below = Unit.objects.below(reader.unit)
        return disclosures.filter(Exists(parties.filter(unit__in=below)), to_unit__in=below)


class Disclosure(PersonalModel):
    """Utlämnande: a frozen copy of what one unit gave another, on what legal ground (law.md 3.2)."""

    ABOUT = "case_id"

    class Ground(models.TextChoices):
        CONSENT = "consent_osl_10_1", _("Consent (OSL 10:1)")
        NECESSARY = "necessary_10_2", _("Necessary (OSL 10:2)")
        DUTY_REPORT = "duty_10_28_sol_19_1", _("Duty to report (OSL 10:28, SoL 19:1)")
        DUTY_SUPPLY = "duty_10_28_sol_20_6", _("Duty to supply (OSL 10:28, SoL 20:6)")
        FEEDBACK = "feedback_26_9a", _("Feedback to the reporter (OSL 26:9 a)")
        GENERAL_CLAUSE = "general_clause_10_27", _("General clause (OSL 10:27)")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="disclosures")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="disclosures")
    from_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    to_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=24, choices=Ground.choices)
    content = models.JSONField()
    disclosed_at = models.DateTimeField()
    disclosed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        ordering = ["disclosed_at", "id"]

    def __str__(self) -> str:
        return f"{self.referral} {self.disclosed_at:%Y-%m-%d}"


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    """Feedback by who may see it."""

    def visible_to(self, reader: Membership) -> FeedbackQuerySet:
        """Return the feedback about requests that `reader` may see."""
        return self.filter(referral__in=Referral.objects.visible_to(reader))


class Feedback(PersonalModel):
    """Återkoppling from the unit that works with the pupil to the school, with its receipt."""

    ABOUT = "case_id"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="feedback")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="feedback")
    from_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    to_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    reply = models.TextField(blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        ordering = ["sent_at", "id"]
        verbose_name_plural = "feedback"
        constraints = [
            models.CheckConstraint(name="feedback_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="feedback_receipt_has_time_and_name",
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.sent_at:%Y-%m-%d}"


class InternalNoteQuerySet(models.QuerySet[Any]):
    """Internal notes by compartment."""

    def visible_to(self, reader: Membership) -> InternalNoteQuerySet:
        """Return the notes of the reader's own unit, in cases the reader may read. Nobody else's, not even a head's."""
        if not permits(reader, Object.NOTE, Action.READ):
            return self.none()
        return self.filter(unit=reader.unit_id, case__in=Case.objects.visible_to(reader))


class InternalNote(PersonalModel):
    """A note one unit keeps for itself about a case. Each side has a table of its own, closed to the other side."""

    ABOUT = "case_id"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    submission = models.UUIDField(null=True, unique=True)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    objects = InternalNoteQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["written_at", "id"]
        constraints = [models.CheckConstraint(name="%(class)s_says_something", condition=~Q(text=""))]

    def __str__(self) -> str:
        return f"{self.case} {self.written_at:%Y-%m-%d}"


class SchoolNote(InternalNote):
    """A note that a school keeps for itself. Social services have no right to the table."""

    class Meta(InternalNote.Meta):
        pass


class SocialNote(InternalNote):
    """A note that an office or team keeps for itself. Schools have no right to the table."""

    class Meta(InternalNote.Meta):
        pass


def notes_of(reader: Membership) -> type[SchoolNote] | type[SocialNote]:
    """Return the kind of notes that the reader's side keeps."""
    return SchoolNote if reader.side == Side.SCHOOL else SocialNote
