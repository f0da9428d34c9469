"""The school's own work on Att göra: measures to follow up, investigations to finish, people to tell."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Membership
from accounts.roles import Role
from deadlines.templatetags.days import day_words
from deadlines.working_days import add_working_days

from .models import AbsenceInvestigation, InvestigationDuty, InvestigationQuerySet, Measure
from .pupil_labels import class_and_initials
from .school_date import SchoolDate

REMINDED_AHEAD = 2
"""Working days before a follow-up is due on which the first reminder comes."""


def measures_to_follow_up(reader: Membership, today: date) -> list[SchoolDate]:
    """Return the measures to follow up within two working days: one's own; to student health and the principal also
    those of colleagues who are away or no longer work at the school."""
    near = (
        Measure.objects.visible_to(reader).running().filter(follow_up_on__lte=add_working_days(today, REMINDED_AHEAD))
    )
    left = near.exclude(responsible__in=_at_work(today))
    mine = near.filter(responsible__user=reader.user_id)
    due = mine if reader.role == Role.MENTOR else mine | left
    return [
        SchoolDate(
            key=f"measure-{measure.pk}",
            title=format_lazy(_("Say whether the measure since {day} helps"), day=day_words(measure.starts_on)),
            pupil_id=measure.pupil_id,
            label=class_and_initials(measure.pupil),
            due_on=measure.follow_up_on,
            url=reverse("attendance:follow_up_measure", args=[measure.pupil_id, measure.pk]),
            button=pgettext_lazy("button", "Follow up"),
        )
        for measure in due.with_page_relations().order_by("follow_up_on", "pk")
    ]


def investigations_to_act_on(reader: Membership, today: date) -> list[SchoolDate]:
    """Return the investigations to finish, for who leads them; those to look at again and whom to tell, for principals.

    What has nobody to do it, because the leader has left or is away or the school has no principal, is everybody's at
    student health.
    """
    if reader.role not in (Role.STUDENT_HEALTH, Role.PRINCIPAL):
        return []
    visible = AbsenceInvestigation.objects.visible_to(reader)
    here = Membership.objects.active(today).filter(unit=reader.unit_id)
    decides = reader.role == Role.PRINCIPAL or not here.filter(role=Role.PRINCIPAL).exists()
    led = visible.going_on()
    mine = led.filter(lead__user=reader.user_id) | led.exclude(lead__in=_at_work(today))
    rows = [_to_finish(one) for one in _in_order(mine)]
    if not decides:
        return rows
    again = [_to_look_at(one) for one in _in_order(visible.to_look_at_again())]
    return [*rows, *again, *_to_tell(visible)]


def _at_work(today: date) -> QuerySet[Membership]:
    """Return the roles that count today, of people who are not away."""
    return Membership.objects.active(today).exclude(away_from__lte=today, away_to__gte=today)


def _in_order(investigations: InvestigationQuerySet) -> InvestigationQuerySet:
    return investigations.with_page_relations().order_by("due_on", "pk")


def _to_finish(investigation: AbsenceInvestigation) -> SchoolDate:
    return SchoolDate(
        key=f"investigation-{investigation.pk}",
        title=_("Finish the investigation of absence"),
        pupil_id=investigation.pupil_id,
        label=class_and_initials(investigation.pupil),
        due_on=investigation.due_on,
        url=reverse("attendance:investigation_detail", args=[investigation.pupil_id, investigation.pk]),
        button=pgettext_lazy("button", "Open"),
    )


def _to_look_at(decision: AbsenceInvestigation) -> SchoolDate:
    return SchoolDate(
        key=f"not-needed-{decision.pk}",
        title=_("Look again: is an investigation of absence needed?"),
        pupil_id=decision.pupil_id,
        label=class_and_initials(decision.pupil),
        due_on=decision.due_on,
        url=reverse("attendance:investigation_list", args=[decision.pupil_id]),
        button=pgettext_lazy("button", "Open"),
    )


def _to_tell(visible: InvestigationQuerySet) -> list[SchoolDate]:
    """Return whom nobody has told yet, also of investigations that are finished."""
    untold = InvestigationDuty.objects.filter(investigation__in=visible, done_on=None)
    of_what = AbsenceInvestigation.objects.filter(pk__in=untold.values("investigation")).with_page_relations()
    by_key = {one.pk: one for one in of_what}
    return [
        SchoolDate(
            key=f"tell-{duty.pk}",
            title=format_lazy(_("{duty} about the investigation of absence"), duty=duty.get_kind_display()),
            pupil_id=by_key[duty.investigation_id].pupil_id,
            label=class_and_initials(by_key[duty.investigation_id].pupil),
            due_on=duty.due_on,
            url=reverse("attendance:record_duty", args=[by_key[duty.investigation_id].pupil_id, duty.pk]),
            button=pgettext_lazy("button", "Note"),
        )
        for duty in untold.order_by("due_on", "pk")
    ]
