"""Consent: who has agreed to what, for which receiver, and who has taken it back."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit
from accounts.roles import Side
from audit.reading import PersonalModel

from .case import Case


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Consents by who may read them."""

    def visible_to(self, reader: Membership) -> ConsentQuerySet:
        """Return the consents in cases `reader` may read; on the social side only those that name a unit of theirs."""
        consents = self.filter(case__in=Case.objects.visible_to(reader))
        if reader.side == Side.SCHOOL:
            return consents
        return consents.filter(to_unit__in=Unit.objects.below(reader.unit))


class Consent(PersonalModel):
    """What one person answered when asked whether the school may share: it lifts secrecy for what it names.

    OSL 10:1 and 12:2; the fields are those of law.md 3.3. `interpreter` is the language of an interpreter, empty when
    there was none. `is_suitable` stands with the pupil: the one who asked judges that a consent of the pupil's own is
    suitable (SoL 21:2). `cannot_wait` stands with a guardian who cannot be reached: the other decides alone (FB 6:13).
    """

    ABOUT = "case_id"

    class Giver(models.TextChoices):
        GUARDIAN_1 = "guardian_1", _("Guardian 1")
        GUARDIAN_2 = "guardian_2", _("Guardian 2")
        PUPIL = "pupil", _("The pupil")

    class Answer(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        NOT_ASKED = "not_asked", _("Not asked")
        NOT_REACHABLE = "not_reachable", _("Cannot be reached")
        NONE = "none", _("There is none")

    class Form(models.TextChoices):
        MEETING = "meeting", _("At a meeting")
        PHONE = "phone", _("By phone")
        LETTER = "letter", _("In writing")

    class Scope(models.TextChoices):
        WORDS = "words", _("What is written in the request")
        ABSENCE = "absence", _("The absence figures")
        WAITING = "waiting", _("How the absence goes until there is an answer")
        TRIED = "tried", _("What is ticked of what the school has done")
        RECEIVER = "receiver", _("That the receiver chosen gets it")
        REPLY = "reply", _("That the receiver tells the school why, if it says no or sends it on")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="consents")
    to_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    giver = models.CharField(max_length=10, choices=Giver.choices)
    answer = models.CharField(max_length=13, choices=Answer.choices)
    form = models.CharField(max_length=8, choices=Form.choices, blank=True)
    scope = models.JSONField(default=list)
    given_on = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    pupil_age = models.PositiveSmallIntegerField()
    interpreter = models.CharField(max_length=60, blank=True)
    is_suitable = models.BooleanField(null=True, blank=True)
    cannot_wait = models.BooleanField(default=False)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["noted_at", "giver", "id"]
        constraints = [
            models.CheckConstraint(
                name="a_yes_has_date_form_scope_and_end",
                condition=~Q(answer="yes")
                | Q(given_on__isnull=False, valid_to__gte=F("given_on")) & ~Q(form="") & ~Q(scope=[]),
            ),
            models.CheckConstraint(
                name="a_withdrawal_has_time_name_and_a_yes",
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False, answer="yes"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.giver} {self.answer}"
