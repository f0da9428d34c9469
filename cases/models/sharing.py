"""What crosses the border between the authorities, on what ground, and what does not."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, permits
from accounts.roles import Side
from audit.reading import PersonalModel
from schools.models import protected_ids

from .case import Case, Party
from .referral import Referral


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    """Disclosures by what they hold and who may read them."""

    def requests(self) -> DisclosureQuerySet:
        """Return the copies of whole requests, not of what was said later about them."""
        return self.filter(what=Disclosure.What.REQUEST)

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
        return disclosures.filter(Exists(parties.filter(unit__in=below)), Disclosure.HANDED_OVER, to_unit__in=below)


class Disclosure(PersonalModel):
    """Utlämnande: a frozen copy of what one unit gave another, on what legal ground (law.md 3.2).

    `stopped_at` is set when the consent it rests on no longer holds: from then on the copy goes no further, and one
    that nobody had read by then is read by nobody.
    """

    ABOUT = "case_id"
    HANDED_OVER = Q(stopped_at=None) | Q(read_at__isnull=False)

    class What(models.TextChoices):
        REQUEST = "request", _("Request for support")
        ANSWER = "answer", _("Answer to a question")
        RESPONSE = "response", _("Response to a no")
        REPLY = "reply", _("Reply to feedback")
        STEP = "step", _("About a step in the case")
        MEETING = "meeting", _("About a joint meeting")
        WITHDRAWAL = "withdrawal", _("Why a request was withdrawn")

    class Ground(models.TextChoices):
        CONSENT = "consent_osl_10_1", _("Consent (OSL 10:1)")
        NECESSARY = "necessary_10_2", _("Necessary (OSL 10:2)")
        DUTY_REPORT = "duty_10_28_sol_19_1", _("Duty to report (OSL 10:28, SoL 19:1)")
        DUTY_SUPPLY = "duty_10_28_sol_20_6", _("Duty to supply (OSL 10:28, SoL 20:6)")
        FEEDBACK = "feedback_26_9a", _("Feedback to the reporter (OSL 26:9 a)")
        GENERAL_CLAUSE = "general_clause_10_27", _("General clause (OSL 10:27)")
        SOCIAL_TO_SOCIAL = "social_to_social_26_9", _("Needed for necessary support (OSL 26:9)")
        HANDOVER = "handover_skoll_3_12j", _("Handover at a change of school (Skollagen 3:12 j)")
        PROVIDER_NOTICE = "huvudman_notice_7_19a", _("Notice to the provider (Skollagen 7:19 a)")
        HOME_NOTICE = "hemkommun_notice_7_22", _("Notice to the home municipality (Skollagen 7:22)")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="disclosures")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="disclosures")
    from_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    to_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=24, choices=Ground.choices)
    what = models.CharField(max_length=10, choices=What.choices, default=What.REQUEST)
    content = models.JSONField()
    disclosed_at = models.DateTimeField()
    disclosed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    stopped_at = models.DateTimeField(null=True, blank=True)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        ordering = ["disclosed_at", "id"]

    def __str__(self) -> str:
        return f"{self.referral} {self.disclosed_at:%Y-%m-%d}"

    @property
    def was_handed_over(self) -> bool:
        """Say whether the receiver has it: it was not stopped before anybody had read it."""
        return self.stopped_at is None or self.read_at is not None


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    """Feedback by who may see it."""

    def visible_to(self, reader: Membership) -> FeedbackQuerySet:
        """Return the feedback about requests that `reader` may see."""
        return self.filter(referral__in=Referral.objects.visible_to(reader))


class Feedback(PersonalModel):
    """Återkoppling from the unit that works with the pupil to the school, with its receipt."""

    ABOUT = "case_id"

    class Kind(models.TextChoices):
        CHANGE = "change", _("A change")
        NO_CHANGE = "no_change", _("No change, because …")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="feedback")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="feedback")
    from_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    to_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind.choices, default=Kind.CHANGE, db_default=Kind.CHANGE)
    text = models.TextField()
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
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
                name="feedback_is_read_by_somebody",
                condition=Q(read_at=None, read_by=None) | Q(read_at__isnull=False, read_by__isnull=False),
            ),
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
