"""A school's request for support, the questions about it and the answer to it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, permits
from accounts.roles import Side
from audit.reading import PersonalModel
from socialservices.models import Service

from .case import Case


class ReferralQuerySet(models.QuerySet["Referral"]):
    """Requests by state and by who may see them."""

    def awaiting_answer(self) -> ReferralQuerySet:
        """Return requests that have no answer yet."""
        return self.filter(status__in=Referral.UNANSWERED)

    def visible_to(self, reader: Membership) -> ReferralQuerySet:
        """Return requests sent by or to a unit of `reader`, in cases the reader may read."""
        cases = Case.objects.visible_to(reader)
        if reader.side == Side.SCHOOL:
            return self.filter(case__in=cases)
        return self.filter(case__in=cases, to_unit__in=Unit.objects.below(reader.unit))

    def received_by(self, reader: Membership) -> ReferralQuerySet:
        """Return the requests that came to a unit of `reader`, on the social side."""
        return self.visible_to(reader) if permits(reader, Object.REQUEST, Action.DECIDE) else self.none()


class Referral(PersonalModel):
    """A request for support (begäran om stöd) from a school to a unit of social services.

    `routing` is a frozen copy of what decides which services take the pupil (see `cases.receivers`): the receiver may
    send the request on, and has no right to the school's register.
    """

    ABOUT = "case_id"

    class Status(models.TextChoices):
        SENT = "sent", _("Request sent")
        RECEIVED = "received", _("Request opened")
        ASSESSING = "assessing", _("Being assessed")
        ASKED = "asked", _("More needed")
        QUEUED = "queued", _("In the queue")
        ACCEPTED = "accepted", _("Accepted")
        ACTIVE = "active", _("In progress")
        COMPLETED = "completed", _("Completed")
        INTERRUPTED = "interrupted", _("Interrupted")
        DECLINED = "declined", _("No")
        REDIRECTED = "redirected", _("Redirected")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    NEXT: dict[str, set[str]] = {
        Status.SENT: {Status.RECEIVED, Status.ASSESSING, Status.WITHDRAWN},
        Status.RECEIVED: {Status.ASSESSING, Status.WITHDRAWN},
        Status.ASSESSING: {
            Status.ASKED, Status.QUEUED, Status.ACCEPTED, Status.DECLINED, Status.REDIRECTED, Status.WITHDRAWN,
        },
        Status.ASKED: {Status.ASSESSING, Status.ACCEPTED, Status.DECLINED, Status.REDIRECTED, Status.WITHDRAWN},
        Status.QUEUED: {Status.QUEUED, Status.ACCEPTED, Status.DECLINED, Status.REDIRECTED, Status.WITHDRAWN},
        Status.ACCEPTED: {Status.ACTIVE, Status.INTERRUPTED, Status.COMPLETED, Status.WITHDRAWN},
        Status.ACTIVE: {Status.COMPLETED, Status.INTERRUPTED},
        Status.COMPLETED: set(),
        Status.INTERRUPTED: set(),
        Status.DECLINED: set(),
        Status.REDIRECTED: set(),
        Status.WITHDRAWN: set(),
    }  # fmt: skip
    UNANSWERED = (Status.SENT, Status.RECEIVED, Status.ASSESSING, Status.ASKED, Status.QUEUED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="referrals")
    from_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="referrals_sent")
    to_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="referrals_received")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, blank=True, related_name="referrals")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.SENT)
    submission = models.UUIDField(null=True, unique=True)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="referrals_sent")
    received_at = models.DateTimeField(null=True, blank=True)
    received_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    handler = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="referrals_handled"
    )
    first_contact_by = models.DateField(null=True, blank=True)
    routing = models.JSONField(default=dict, blank=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        ordering = ["sent_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="referral_receipt_has_time_and_name",
                condition=Q(received_at=None, received_by=None)
                | Q(received_at__isnull=False, received_by__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_acknowledgement_has_time_and_name",
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
            ),
            models.CheckConstraint(
                name="accepted_referral_has_a_handler_and_a_first_date",
                condition=~Q(status__in=["accepted", "active"])
                | Q(handler__isnull=False, first_contact_by__isnull=False),
            ),
            models.CheckConstraint(name="referral_crosses_the_border", condition=~Q(from_unit=F("to_unit"))),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.to_unit}"

    @property
    def redirected_from(self) -> Referral | None:
        """The request that another unit sent on and that became this one; None for one that the school has sent."""
        return self.parent if self.parent is not None and self.parent.status == self.Status.REDIRECTED else None

    @property
    def given_back_from(self) -> Referral | None:
        """The request that was declined and that managers gave back as this one; None for one the school has sent."""
        return self.carried_from if self.redirected_from is None else None

    @property
    def carried_from(self) -> Referral | None:
        """The request whose copies this one carries, on the same consent; None for one that the school has sent."""
        return self.parent if self.parent is not None and self.carries(self.parent) else None

    def carries(self, before: Referral) -> bool:
        """Say whether the request is what `before`, which it follows, became: sent on, or given back by managers."""
        is_given_back = before.status == self.Status.DECLINED and self.submission is None
        return before.status == self.Status.REDIRECTED or is_given_back

    def can_become(self, status: str) -> bool:
        """Say whether the request may go from its status to `status`."""
        return status in self.NEXT[self.status]


class OtherWay(models.TextChoices):
    """How a unit begins where the pupil does not want to yet (law.md 6.1, PUPIL_NOT_MOTIVATED)."""

    PARENTS_FIRST = "parents_first", _("We begin with the guardians")
    HOME_VISIT = "home_visit", _("We make a home visit")
    ASK_AGAIN = "ask_again", _("We ask the pupil again in another way")
    OUTREACH = "outreach", _("We seek the pupil out where the pupil is")


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Answers by who may read them."""

    def visible_to(self, reader: Membership) -> DecisionQuerySet:
        """Return the answers to requests that `reader` may see, and why a request was sent on to the reader's unit."""
        seen = Referral.objects.visible_to(reader)
        sent_on = seen.filter(parent__status=Referral.Status.REDIRECTED)
        return self.filter(Q(referral__in=seen) | Q(referral__in=sent_on.values("parent")))


class Decision(models.Model):
    """The one answer to a request: the part that both sides always read.

    A no is complete or it is not saved (product.md rule 3). Why it was given stands in `DecisionReason`, which the
    school reads only where a ground allows it (law.md 6.1).
    """

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", _("Yes")
        DECLINED = "declined", _("No")
        REDIRECTED = "redirected", _("Redirected")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="decision")
    answer = models.CharField(max_length=10, choices=Answer.choices)
    advice = models.TextField(blank=True)
    next_holder = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    next_on = models.DateField(null=True, blank=True)
    begins_with = models.CharField(max_length=13, choices=OtherWay.choices, blank=True, default="", db_default="")
    try_again_on = models.DateField(null=True, blank=True)
    # For those who count declines and have no right to the words.
    lacks_advice = models.GeneratedField(
        expression=Q(advice=""),  # type: ignore[arg-type]  # a condition is an expression too
        output_field=models.BooleanField(),
        db_persist=True,
    )
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="decisions")

    WORDS = ("advice",)
    """What those who count declines have no right to."""

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["decided_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="a_no_has_advice_holder_and_date",
                condition=~Q(answer="declined")
                | Q(next_holder__isnull=False, next_on__isnull=False) & Q(advice__regex=r"\S"),
            ),
            models.CheckConstraint(
                name="a_yes_in_another_way_says_when_it_tries_again",
                condition=Q(begins_with="", try_again_on=None)
                | ~Q(begins_with="") & Q(answer="accepted", try_again_on__isnull=False),
            ),
            models.CheckConstraint(
                name="a_redirect_says_where", condition=~Q(answer="redirected") | Q(next_holder__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral} {self.answer}"


class QuestionQuerySet(models.QuerySet["Question"]):
    """Questions by state and by who may see them."""

    def open(self) -> QuestionQuerySet:
        """Return questions that the school has not answered."""
        return self.filter(answered_at=None)

    def visible_to(self, reader: Membership) -> QuestionQuerySet:
        """Return the questions about requests that `reader` may see."""
        return self.filter(referral__in=Referral.objects.visible_to(reader))


class Question(models.Model):
    """Something the receiver must know before it can answer; the school's answer stands beside it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="questions")
    text = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="question_answer_has_text_time_and_name",
                condition=Q(answer="", answered_at=None, answered_by=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral} {self.asked_at:%Y-%m-%d}"

    @property
    def lines(self) -> list[str]:
        """What is asked, one question a line."""
        return [line.strip() for line in self.text.splitlines() if line.strip()]
