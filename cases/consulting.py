"""Consultations without a name: whom a school can ask, and what waits in Att göra."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, permits
from accounts.roles import Role, Side
from attendance.school_date import SchoolDate
from attendance.todo import DAYS_TO_READ
from deadlines.stockholm import stockholm_day
from schools.models import School
from socialservices.models import Service

from .models import Consultation


def units_to_ask(reader: Membership, today: date) -> QuerySet[Unit]:
    """Return the open offices and teams with a service in force on `today` for a school like the reader's, by name."""
    school = School.objects.select_related("provider").filter(unit=reader.unit_id).first()
    if school is None:
        return Unit.objects.none()
    forms = Q()
    for form in school.school_forms:
        forms |= Q(school_forms__contains=form)
    serving = Service.objects.current(today).filter(forms, provider_kinds__contains=school.provider.kind)
    return Unit.objects.filter(office__services__in=serving, closed_on=None).distinct().order_by("name", "pk")


def consultation_dates(reader: Membership, today: date) -> list[SchoolDate]:
    """Return what consultations ask of `reader` on `today`: one query."""
    if not permits(reader, Object.CONSULTATION, Action.READ):
        return []
    return _to_answer(reader, today) if reader.side == Side.SOCIAL else _to_read(reader, today)


def _to_answer(reader: Membership, today: date) -> list[SchoolDate]:
    """Return a row for each that waits at the reader's unit; for a head also those that are late in a unit below."""
    waiting = Consultation.objects.visible_to(reader).unanswered().select_related("school_unit", "to_unit")
    ours = Q(to_unit=reader.unit_id)
    if reader.role == Role.UNIT_HEAD:
        ours |= Q(due_on__lt=today)
    return [
        SchoolDate(
            key=f"consultation-{one.pk}",
            title=_("Answer a consultation without a name"),
            pupil_id=None,
            label=f"{one.school_unit.short_name} → {one.to_unit.short_name}",
            due_on=one.due_on,
            url=reverse("cases:consultation_detail", args=[one.pk]),
            button=pgettext_lazy("button", "Answer"),
        )
        for one in waiting.filter(ours)
    ]


def _to_read(reader: Membership, today: date) -> list[SchoolDate]:
    """Return the answers that have come to what the reader asked, for two weeks."""
    answered = Consultation.objects.visible_to(reader).filter(
        asked_by=reader, answered_at__date__gt=today - DAYS_TO_READ
    )
    return [
        SchoolDate(
            key=f"consultation-{one.pk}",
            title=_("Read the answer to your consultation"),
            pupil_id=None,
            label=one.to_unit.short_name,
            due_on=stockholm_day(one.answered_at) + DAYS_TO_READ,
            url=reverse("cases:consultation_detail", args=[one.pk]),
            button=pgettext_lazy("button", "Read"),
            is_reading=True,
        )
        for one in answered.select_related("to_unit")
        if one.answered_at is not None
    ]
