"""Who someone is: people, units, and the memberships that join them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from .gate_models import FactorReset, FailedTries, KeptPost
from .permissions import DAYS_AT_MOST, TWO_PERSON_ROLES, Action, Object, Scope, permits
from .roles import MANAGERS, Role, Side, UnitKind

__all__ = ["FactorReset", "FailedTries", "KeptPost", "Membership", "Session", "Unit", "User"]

A_YEAR = timedelta(days=DAYS_AT_MOST)


class UserManager(BaseUserManager["User"]):
    """Makes people."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        """Return a new person; without a password the account cannot be signed in to."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who can sign in. What the person may do comes from memberships."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    given_name = models.CharField(_("given name"), max_length=80)
    family_name = models.CharField(_("family name"), max_length=80)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="sv")
    is_active = models.BooleanField(_("can sign in"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["given_name", "family_name"]

    class Meta:
        ordering = ["family_name", "given_name", "id"]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """Given and family name."""
        return f"{self.given_name} {self.family_name}"

    @property
    def short_name(self) -> str:
        """Given name and the first letter of the family name: "Karim A."."""
        return f"{self.given_name} {self.family_name[:1]}."


class UnitQuerySet(models.QuerySet["Unit"]):
    """Units by where they stand in the tree (at most three levels: city, area, unit)."""

    def below(self, unit: Unit) -> UnitQuerySet:
        """Return `unit` and every unit under it."""
        return self.filter(Q(pk=unit.pk) | Q(parent=unit.pk) | Q(parent__parent=unit.pk))

    def open(self) -> UnitQuerySet:
        """Return units that have not been closed down."""
        return self.filter(closed_on=None)

    def visible_to(self, reader: Membership) -> UnitQuerySet:
        """Return the units whose people `reader` answers for; a system administrator answers for all."""
        if not permits(reader, Object.PERSON, Action.READ):
            return self.none()
        return self if reader.side == Side.CITY else self.below(reader.unit)

    def settled_for(self, reader: Membership) -> UnitQuerySet:
        """Return the open units whose settings `reader` may read: the own one, with those below for social heads."""
        scope = permits(reader, Object.SETTING, Action.READ)
        if not scope:
            return self.none()
        return self.open().below(reader.unit) if Scope.UNIT in scope else self.open().filter(pk=reader.unit_id)


class Unit(models.Model):
    """Anything that can hold the ball: a school, an intake office, a team, an area, a city function.

    `authority` is the controller (personuppgiftsansvarig) the unit belongs to: "provider:2120000142" for a school or
    school area, "board:farsta" for a district's social services and what is below, "city" for the city's own functions.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=UnitKind.choices)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=60)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    authority = models.CharField(max_length=60, default="city", db_index=True)
    closed_on = models.DateField(null=True, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "name"], name="unit_kind_and_name_once"),
            models.CheckConstraint(name="unit_kind_is_known", condition=Q(kind__in=UnitKind.values)),
            models.CheckConstraint(name="unit_is_not_its_own_parent", condition=~Q(parent=F("id"))),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def side(self) -> Side:
        """The authority this unit belongs to."""
        return UnitKind(self.kind).side


IS_WAITING = Q(role__in=TWO_PERSON_ROLES, confirmed_at=None)
"""A role that one person has proposed and no second has confirmed does not count."""


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships by time and place."""

    def active(self, today: date) -> MembershipQuerySet:
        """Return memberships that count on `today` (first and last day included) and whose person can sign in."""
        in_force = self.filter(valid_from__lte=today, valid_to__gte=today, user__is_active=True, unit__closed_on=None)
        return in_force.exclude(IS_WAITING)

    def waiting(self) -> MembershipQuerySet:
        """Return memberships that a second person has yet to confirm."""
        return self.filter(IS_WAITING)

    def managers(self) -> MembershipQuerySet:
        """Return those who answer for their unit."""
        return self.filter(role__in=MANAGERS)

    def ended(self, today: date, ended: bool = True) -> MembershipQuerySet:
        """Return memberships whose last day has passed, or with `ended` False those that go on or are to come."""
        has_ended = Q(valid_to__lt=today)
        return self.filter(has_ended) if ended else self.exclude(has_ended)

    def answered_for_by(self, reader: Membership, today: date) -> MembershipQuerySet:
        """Return those in the unit of `reader`, and below it in units that nobody answers for by themselves."""
        managed = Membership.objects.active(today).managers().filter(unit=OuterRef("unit"))
        below = Q(unit__in=Unit.objects.below(reader.unit).order_by()) & ~Exists(managed)
        return self.filter(Q(unit=reader.unit_id) | below)

    def for_people_page(self) -> MembershipQuerySet:
        """Sort by unit, then by person, with what the people page says."""
        names = ("user__family_name", "user__given_name", "id")
        return self.with_page_relations().order_by("unit__name", "unit_id", *names)

    def with_page_relations(self) -> MembershipQuerySet:
        """Fetch what a page says about a membership: the person, the unit, the stand-in."""
        return self.select_related("user", "unit__parent", "stand_in__user", "invited_by")

    def working_in(self, unit: Unit, roles: Iterable[str], today: date) -> MembershipQuerySet:
        """Return those who count in `unit` in one of `roles` on `today`, with their names."""
        return self.active(today).filter(unit=unit, role__in=roles).select_related("user", "unit")

    def colleagues_of(self, membership: Membership, today: date) -> MembershipQuerySet:
        """Return the others who count in the same unit on `today`: those who can stand in for `membership`."""
        return self.active(today).filter(unit=membership.unit_id).exclude(user=membership.user_id)

    def visible_to(self, reader: Membership) -> MembershipQuerySet:
        """Return memberships in the units that `reader` answers for; a system administrator sees all."""
        return self.filter(unit__in=Unit.objects.visible_to(reader))


class Membership(models.Model):
    """A person in a unit in a role, for a time. Everything anybody does here is done as one membership.

    It lasts a year at most, counted from `renewed_on` where there is one. The database also keeps apart roles that
    exclude each other (migration 0011). Only the first of a city has nobody who invited.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)
    title = models.CharField(_("title"), max_length=60, blank=True)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("last day"))
    renewed_on = models.DateField(_("renewed"), null=True, blank=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    away_from = models.DateField(_("away from"), null=True, blank=True)
    away_to = models.DateField(_("away until"), null=True, blank=True)
    stand_in = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="stands_in_for")
    chosen_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["user__family_name", "user__given_name", "id"]
        constraints = [
            models.CheckConstraint(name="membership_role_is_known", condition=Q(role__in=Role.values)),
            models.CheckConstraint(name="membership_ends_after_it_begins", condition=Q(valid_to__gte=F("valid_from"))),
            models.CheckConstraint(
                name="membership_lasts_a_year_at_most",
                condition=Q(valid_to__lte=F("valid_from") + A_YEAR)
                | Q(renewed_on__isnull=False, renewed_on__gte=F("valid_from"), valid_to__lte=F("renewed_on") + A_YEAR),
            ),
            models.CheckConstraint(
                name="membership_is_not_given_to_oneself",
                condition=(Q(invited_by=None) | ~Q(invited_by=F("user")))
                & (Q(confirmed_by=None) | ~Q(confirmed_by=F("user"))),
            ),
            models.CheckConstraint(
                name="membership_is_confirmed_by_a_second",
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, invited_by=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False) & ~Q(confirmed_by=F("invited_by")),
            ),
            models.CheckConstraint(
                name="membership_away_is_a_period",
                condition=Q(away_from=None, away_to=None, stand_in=None)
                | Q(away_from__isnull=False, away_to__gte=F("away_from")),
            ),
            models.CheckConstraint(name="membership_does_not_stand_in_for_itself", condition=~Q(stand_in=F("id"))),
        ]

    def __str__(self) -> str:
        return f"{self.user.full_name}, {self.unit.short_name}"

    @property
    def side(self) -> Side:
        """The authority this membership belongs to."""
        return self.unit.side

    @property
    def role_title(self) -> str:
        """The person's own title, else the name of the role."""
        return self.title or self.get_role_display()

    def is_active(self, today: date) -> bool:
        """Say whether the membership counts on `today`, first and last day included."""
        return self.valid_from <= today <= self.valid_to and self.user.is_active and not self.is_waiting

    @property
    def is_waiting(self) -> bool:
        """Whether a second person has yet to confirm the role."""
        return self.role in TWO_PERSON_ROLES and self.confirmed_at is None

    def is_away(self, today: date) -> bool:
        """Say whether the person is away on `today`, first and last day included."""
        return self.away_from is not None and self.away_to is not None and self.away_from <= today <= self.away_to


class Session(models.Model):
    """A signed-in browser. The key is kept as a hash: a copy of this table opens no session.

    It ends 20 minutes after the last request and 10 hours after it began; `wall_enter` in the database sees to both.
    """

    key_hash = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    membership = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="+")
    data = models.TextField()
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-last_seen_at", "key_hash"]

    def __str__(self) -> str:
        return f"{self.user} {self.created_at:%Y-%m-%d %H:%M}"
