"""Who stands in for whom: what the stand-in sees as their own, and absences in which nobody would."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, permits
from accounts.roles import Side
from attendance.school_date import SchoolDate
from deadlines.templatetags.days import day_words
from schools.models import protected_ids

from .models import HolderInterval

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class PersonRow:
    """Somebody who works in a unit. `held` is how many open obligations they hold."""

    membership: Membership
    held: int
    is_over: bool

    @property
    def is_away(self) -> bool:
        """Whether an absence is noted that has not ended."""
        return self.membership.away_from is not None and not self.is_over

    @property
    def lacks_stand_in(self) -> bool:
        """Whether nobody will do what the person holds while they are away."""
        return self.is_away and self.membership.stand_in_id is None and self.held > 0


def stands_in(reader: Membership, person: Membership | None, today: date) -> bool:
    """Say whether `reader` does on `today` what `person` holds, because the person is away."""
    return person is not None and person.is_away(today) and person.stand_in_id == reader.pk


def people_of_unit(unit: Unit, today: date) -> list[PersonRow]:
    """Return those who work in `unit` on `today`, with their absence and how much they hold: two queries."""
    people = Membership.objects.active(today).filter(unit=unit).select_related("user", "stand_in__user")
    return _rows(people, today)


def stand_ins_to_name(reader: Membership, today: date) -> list[SchoolDate]:
    """Return the absences under way or to come in which nobody stands in, for the manager who names somebody.

    Due the day before the absence begins. Of units below, only those that have no manager of their own.
    """
    if reader.side == Side.CITY or not permits(reader, Object.PERSON, Action.GRANT):
        return []
    absent = Membership.objects.active(today).answered_for_by(reader, today).filter(away_to__gte=today, stand_in=None)
    rows = _rows(absent.exclude(user=reader.user_id).select_related("user"), today)
    return [_to_name(row.membership, row.held) for row in rows if row.lacks_stand_in]


def _rows(people: Iterable[Membership], today: date) -> list[PersonRow]:
    found = list(people)
    held = HolderInterval.objects.filter(to_at=None, obligation__stopped_at=None, person__in=found)
    held = held.exclude(obligation__case__pupil__in=protected_ids()).order_by()
    counts = dict(held.values_list("person").annotate(Count("pk")))
    return [
        PersonRow(person, counts.get(person.pk, 0), person.away_to is not None and person.away_to < today)
        for person in found
    ]


def _to_name(person: Membership, held: int) -> SchoolDate:
    if person.away_from is None or person.away_to is None:
        raise ValueError("The person is not away.")
    told = ngettext(
        "away %(first)s – %(last)s, holds %(n)d thing", "away %(first)s – %(last)s, holds %(n)d things", held
    )
    return SchoolDate(
        key=f"away-{person.pk}",
        title=_("Name a stand-in for %(name)s") % {"name": person.user.full_name},
        pupil_id=None,
        label=told % {"first": day_words(person.away_from), "last": day_words(person.away_to), "n": held},
        due_on=person.away_from - ONE_DAY,
        url=reverse("accounts:set_away", args=[person.pk]),
        button=pgettext_lazy("button", "Open"),
    )
