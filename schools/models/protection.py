"""Protected identity (skyddade personuppgifter, law.md 3.6): the kinds, whose decision, and who may read."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.roles import Role, Side
from audit.reading import PersonalModel


class Protection(models.TextChoices):
    """The kinds of protected identity. Anything not plainly none is treated as protected."""

    NONE = "none", _("None")
    SECRECY_FLAG = "secrecy_flag", _("Secrecy flag")
    PROTECTED_REGISTRATION = "protected_registration", _("Protected registration")
    FICTITIOUS_IDENTITY = "fictitious_identity", _("Fictitious identity")


def protected_ids() -> RawSQL:
    """Return the ids of all protected pupils, to leave out: `rows.exclude(pupil__in=protected_ids())`.

    Every side of the wall may ask this, also those with no right to the table of pupils. It gives ids and no more.
    """
    return RawSQL("SELECT unnest(protected_pupils())", [], output_field=models.UUIDField())


class ProtectionPolicyQuerySet(models.QuerySet["ProtectionPolicy"]):
    """Decisions by whether they count."""

    def is_inside(self, authority: str) -> bool:
        """Say whether protected pupils of `authority` are handled inside the system: only by a confirmed decision."""
        latest = self.filter(authority=authority).exclude(confirmed_at=None).order_by("-confirmed_at", "-pk").first()
        return latest is not None and latest.inside

    def visible_to(self, reader: Membership) -> ProtectionPolicyQuerySet:
        """Return every decision to a system administrator, to others those of their own authority."""
        return self if reader.role == Role.SYSTEM_ADMIN else self.filter(authority=reader.unit.authority)

    def with_page_relations(self) -> ProtectionPolicyQuerySet:
        """Fetch who decided and who confirmed."""
        return self.select_related("decided_by__user", "confirmed_by__user")


class ProtectionPolicy(models.Model):
    """The city's decision whether an authority's protected pupils are handled inside the system.

    Without a decision they are handled outside. Two persons make it: one decides, another confirms; the latest
    confirmed row counts. Rows are added and confirmed, never changed.
    """

    id = models.BigAutoField(primary_key=True)
    authority = models.CharField(max_length=60)
    inside = models.BooleanField()
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = ProtectionPolicyQuerySet.as_manager()

    class Meta:
        ordering = ["authority", "-decided_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority"], condition=Q(confirmed_at=None), name="one_protection_decision_to_confirm"
            ),
            models.CheckConstraint(
                name="protection_policy_takes_two_persons",
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("decided_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority} {'inside' if self.inside else 'outside'}"


class NamedReaderQuerySet(models.QuerySet["NamedReader"]):
    """Named readers by whether they count and by who may see them."""

    def in_force(self) -> NamedReaderQuerySet:
        """Return those whom a second person has confirmed and nobody has taken away."""
        return self.filter(confirmed_at__isnull=False, ended_at=None)

    def visible_to(self, reader: Membership) -> NamedReaderQuerySet:
        """Return the lists that `reader` is on, in force, with those who still wait or no longer count."""
        own = NamedReader.objects.in_force().filter(pupil=OuterRef("pupil"), membership=reader.pk)
        return self.filter(Exists(own))

    def to_confirm(self, reader: Membership) -> NamedReaderQuerySet:
        """Return what waits for `reader` to confirm: named at the reader's school or below, by and for others.

        In SQL: confirmed_at and ended_at are null, the member's unit = ANY (my_units()), and neither granted_by nor
        membership is a membership of mine.
        """
        if reader.side != Side.SCHOOL:
            return self.none()
        waiting = self.filter(confirmed_at=None, ended_at=None).exclude(granted_by__user=reader.user_id)
        below = Q(membership__unit=reader.unit_id) | Q(membership__unit__parent=reader.unit_id)
        return waiting.exclude(membership__user=reader.user_id).filter(below)


class NamedReader(PersonalModel):
    """One who may see a protected pupil that is handled inside the system; nobody else sees that the pupil exists.

    Counts when confirmed_at is set and ended_at is null. A pupil with protection <> 'none' is hidden from everybody
    without such a row: that is the restrictive rule over every role. When the city decides for outside, all rows end.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey("schools.Pupil", on_delete=models.CASCADE, related_name="named_readers")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    granted_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = NamedReaderQuerySet.as_manager()

    class Meta:
        ordering = ["granted_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "membership"], condition=Q(ended_at=None), name="named_reader_once"
            ),
            models.CheckConstraint(
                name="named_reader_takes_two_persons",
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False)
                & ~Q(confirmed_by=F("granted_by"))
                & ~Q(confirmed_by=F("membership")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
