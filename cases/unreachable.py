"""Whom nothing reaches: a person whose mail does not arrive, a unit in which nobody works. Their manager sees to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, permits
from accounts.roles import Side
from attendance.school_date import SchoolDate
from deadlines.stockholm import stockholm_day
from deadlines.working_days import add_working_days
from notifications.failing import dead_mailboxes
from schools.models import protected_ids

from .models import HolderInterval

SEEN_TO_WITHIN = 2
"""Working days in which a manager sees to it that what waits is known to somebody (ours)."""


def unreachable_dates(reader: Membership, today: date) -> list[SchoolDate]:
    """Return what `reader` has to see to, as the manager of a unit: its people, and units below that hold something.

    A manager's own mailbox is for the manager above. At most four queries.
    """
    if reader.side == Side.CITY or not permits(reader, Object.PERSON, Action.GRANT):
        return []
    return [*_mailboxes(reader, today), *_empty_units(reader, today)]


def _mailboxes(reader: Membership, today: date) -> Iterable[SchoolDate]:
    dead = dead_mailboxes()
    dead.pop(reader.user_id, None)
    if not dead:
        return []
    people = Membership.objects.active(today).filter(user__in=dead)
    managers = people.managers().filter(unit__in=Unit.objects.below(reader.unit).order_by())
    ours = people.answered_for_by(reader, today) | managers
    found = {one.user_id: one for one in ours.select_related("user", "unit").order_by("unit__name", "pk")}
    return [_mailbox(one, stockholm_day(dead[user])) for user, one in found.items()]


def _mailbox(one: Membership, since: date) -> SchoolDate:
    return SchoolDate(
        key=f"mailbox-{one.user_id}",
        title=_("Mail to %(name)s does not arrive") % {"name": one.user.full_name},
        pupil_id=None,
        label=_("%(unit)s: say what waits, and see that the address is right") % {"unit": one.unit.short_name},
        due_on=add_working_days(since, SEEN_TO_WITHIN),
        url=reverse("accounts:people"),
        button=pgettext_lazy("button", "Open"),
    )


def _empty_units(reader: Membership, today: date) -> Iterable[SchoolDate]:
    """Give the units below in which nobody works, and which hold something."""
    staffed = Membership.objects.active(today).filter(unit=OuterRef("pk"))
    empty = Unit.objects.below(reader.unit).exclude(pk=reader.unit_id).filter(~Exists(staffed))
    held = HolderInterval.objects.filter(to_at=None, obligation__stopped_at=None, unit__in=empty.order_by()).order_by()
    held = held.exclude(obligation__case__pupil__in=protected_ids())
    counts: dict[UUID, int] = dict(held.values_list("unit").annotate(Count("pk")))
    if not counts:
        return []
    units = Unit.objects.filter(pk__in=counts).annotate(
        left_on=Max("memberships__valid_to", filter=Q(memberships__valid_to__lt=today))
    )
    return [_empty(unit, unit.left_on, counts[unit.pk], today) for unit in units]


def _empty(unit: Unit, left_on: date | None, held: int, today: date) -> SchoolDate:
    told = ngettext(
        "%(n)d thing waits there and nobody can take it", "%(n)d things wait there and nobody can take them", held
    )
    since = left_on + timedelta(days=1) if left_on else today
    return SchoolDate(
        key=f"empty-{unit.pk}",
        title=_("Nobody works in %(unit)s") % {"unit": unit.name},
        pupil_id=None,
        label=told % {"n": held},
        due_on=add_working_days(since, SEEN_TO_WITHIN),
        url=reverse("accounts:people"),
        button=pgettext_lazy("button", "Open"),
    )
