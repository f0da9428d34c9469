"""Deviations: whom one can be about, and what waits in Att göra."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, permits
from attendance.school_date import SchoolDate
from attendance.todo import DAYS_TO_READ
from deadlines.stockholm import stockholm_day

from .models import Case, Deviation

ANSWERED_WITHIN = 20
"""Working days in which the other side's manager answers a deviation (law.md 8, K30)."""


def units_of_the_other_side(reader: Membership, case: Case) -> list[Unit]:
    """Return the units on the other side that take part in `case` or have done so, the latest first."""
    parties = case.parties.select_related("unit__parent").order_by("-started_at", "-pk")
    units = dict.fromkeys(party.unit for party in parties)
    return [unit for unit in units if unit.side != reader.side]


def deviation_dates(reader: Membership, today: date) -> list[SchoolDate]:
    """Return what deviations ask of `reader` on `today`: to answer, or for two weeks to read the answer. One query."""
    if not permits(reader, Object.DEVIATION, Action.READ):
        return []
    found = Deviation.objects.visible_to(reader).with_page_relations()
    rows = []
    if permits(reader, Object.DEVIATION, Action.DECIDE):
        ours = set(Unit.objects.below(reader.unit).values_list("pk", flat=True))
        rows = [_to_answer(one, today) for one in found.unanswered() if one.about_unit_id in ours]
    read = found.filter(registered_by=reader, responded_at__date__gt=today - DAYS_TO_READ)
    return rows + [_to_read(one) for one in read]


def _to_answer(one: Deviation, today: date) -> SchoolDate:
    return SchoolDate(
        key=f"deviation-{one.pk}",
        title=_("Answer a deviation in the co-operation"),
        pupil_id=None,
        label=f"{one.case.number}, {one.from_unit.short_name}",
        due_on=one.due_on,
        url=reverse("cases:deviation_detail", args=[one.pk]),
        button=pgettext_lazy("button", "Answer"),
    )


def _to_read(one: Deviation) -> SchoolDate:
    answered_on = stockholm_day(one.responded_at)  # type: ignore[arg-type]
    return SchoolDate(
        key=f"deviation-{one.pk}",
        title=_("Read the answer to your deviation"),
        pupil_id=None,
        label=f"{one.case.number}, {one.about_unit.short_name}",
        due_on=answered_on + DAYS_TO_READ,
        url=reverse("cases:deviation_detail", args=[one.pk]),
        button=pgettext_lazy("button", "Read"),
        is_reading=True,
    )
