"""What the holder of an obligation can do with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, roles_that_may
from cases import access
from cases.actions import oversight as actions
from cases.advice import looked_at
from cases.breaks import summer_in
from cases.forms.obligations import (
    AutumnPlanForm,
    HandOverForm,
    MoveDateForm,
    NextStepForm,
    NoChangeForm,
    PauseForm,
    RecordStepForm,
)
from cases.ledger import AlreadyPaused
from cases.models import Case, Objection, Obligation
from cases.obligations import CHECK, DATE_CHANGES, KINDS, LIFT, NET, PLAN_AUTUMN, STEPS
from deadlines.templatetags.days import day_words

from .acting import Act, acting_page, choices
from .attempt import refused, sent
from .conflict import conflict_page
from .objections import objection
from .overseeing import overseeing
from .requests import request_address


def set_next_step(request: MemberRequest, obligation_id: UUID) -> HttpResponse:
    """Decide what happens next in a case that has no next step."""
    return _next_step(request, readable(request, obligation_id, NET))


def _next_step(request: MemberRequest, obligation: Obligation) -> HttpResponse:
    form = NextStepForm(request.POST or None, **choices(obligation.case))
    act = Act("set_next_step", _("Set the next step"), _("Save the next step"))

    def action(next_task: str, next_unit: Unit, next_on: Any, **who: Any) -> None:
        actions.set_next_step(obligation=obligation, task=next_task, unit=next_unit, due_on=next_on, **who)

    return act_on(request, obligation, act, form, action)


def record_step(request: MemberRequest, obligation_id: UUID) -> HttpResponse:
    """Note that a step was done, and name the next one."""
    obligation = readable(request, obligation_id, *STEPS)
    form = RecordStepForm(request.POST or None, **choices(obligation.case))
    act = Act("record_step", _("Record the step"), _("Save the step and the next one"))
    may_close = access.may_close(request.membership, obligation.case)

    def action(**given: Any) -> None:
        actions.record_step(obligation=obligation, **given)

    return act_on(request, obligation, act, form, action, template="cases/record_step.html", may_close=may_close)


def check_advice(request: MemberRequest, obligation_id: UUID) -> HttpResponse:
    """Look at the attendance three weeks after the advice was to be followed, and decide how to go on."""
    obligation = readable(request, obligation_id, CHECK)
    if obligation.stopped_at is None and not access.may_speak_for_school(request.membership, obligation.case):
        raise PermissionDenied
    form = RecordStepForm(request.POST or None, **choices(obligation.case))
    act = Act("check_advice", _("Did it help?"), _("Save the check and the next step"))

    def action(**given: Any) -> None:
        actions.record_step(obligation=obligation, **given)

    return act_on(
        request, obligation, act, form, action, template="cases/check_advice.html",
        looked=looked_at(obligation, timezone.localdate()), again=request_address(obligation.case.pupil),
    )  # fmt: skip


def plan_autumn(request: MemberRequest, obligation_id: UUID) -> HttpResponse:
    """Plan, before the summer, who makes the first contact of the autumn and when; after week 34, the next step."""
    obligation = readable(request, obligation_id, PLAN_AUTUMN)
    today = timezone.localdate()
    summer = summer_in(obligation.case, today)
    if summer is None or today > summer.contact_to:
        return _next_step(request, obligation)
    days = {"first": summer.contact_from, "last": summer.contact_to}
    form = AutumnPlanForm(request.POST or None, **choices(obligation.case), **days)
    act = Act(
        PLAN_AUTUMN, _("Plan the start of the autumn term"), _("Save the plan"),
        [
            _("The last school day before the summer is %(day)s.") % {"day": day_words(summer.last_school_day)},
            _("The first contact is made in week 33 or 34, before absence has become a habit again."),
        ],
    )  # fmt: skip

    def action(**given: Any) -> None:
        actions.plan_autumn(obligation=obligation, **given)

    return act_on(request, obligation, act, form, action)


def answer_lift(request: MemberRequest, obligation_id: UUID) -> HttpResponse:
    """Answer, as a manager, what the two sides disagree about, with both versions side by side."""
    obligation = readable(request, obligation_id, LIFT)
    lifted = Objection.objects.visible_to(request.membership).filter(referral=obligation.referral_id)
    return objection(request, get_object_or_404(lifted.order_by("-raised_at")[:1]).pk)


@overseeing
def hand_over(request: MemberRequest, obligation_id: UUID) -> HttpResponse:
    """Let somebody else in the same unit hold it."""
    obligation = _obligation(Obligation.objects.overseen_by(request.membership), obligation_id)
    unit = _holder(obligation)
    form = HandOverForm(request.POST or None, people=_people(unit))
    act = Act(
        "hand_over", _("Choose who takes it"), _("Hand over"),
        [_("%(task)s, with %(unit)s.") % {"task": KINDS[obligation.kind].task, "unit": unit.name}] if unit else [],
    )  # fmt: skip

    def action(person: Membership, reason: str, **who: Any) -> None:
        actions.hand_over(obligation=obligation, unit=person.unit, person=person, reason=reason, **who)

    return act_on(request, obligation, act, form, action)


@overseeing
def pause(request: MemberRequest, obligation_id: UUID) -> HttpResponse:
    """Let an agreed clock rest once."""
    obligation = _obligation(Obligation.objects.overseen_by(request.membership), obligation_id)
    if obligation.is_statutory:
        raise PermissionDenied
    form = PauseForm(request.POST or None, today=timezone.localdate())
    act = Act(
        "pause", _("Pause the clock"), _("Pause the clock"),
        [
            _("%(task)s: the clock can rest once, through %(day)s at most. The child's time goes on.")
            % {"task": KINDS[obligation.kind].task, "day": form.last_day.isoformat()}
        ],
    )  # fmt: skip

    def action(**given: Any) -> None:
        actions.pause(obligation=obligation, **given)

    return act_on(request, obligation, act, form, action)


@overseeing
def resume(request: MemberRequest, obligation_id: UUID) -> HttpResponse:
    """End a pause."""
    obligation = _obligation(Obligation.objects.overseen_by(request.membership), obligation_id)
    act = Act(
        "resume", _("End the pause"), _("End the pause"),
        [_("%(task)s: the clock runs again from today.") % {"task": KINDS[obligation.kind].task}],
    )  # fmt: skip

    def action(**who: Any) -> None:
        actions.resume(obligation=obligation, **who)

    return act_on(request, obligation, act, forms.Form(sent(request)), action)


@overseeing
def move_date(request: MemberRequest, obligation_id: UUID) -> HttpResponse:
    """Set a new date, with the reason: twice at most."""
    obligation = _obligation(Obligation.objects.overseen_by(request.membership), obligation_id)
    if obligation.is_statutory:
        raise PermissionDenied
    form = MoveDateForm(request.POST or None)
    act = Act(
        "move_date", _("Set new date"), _("Save the date"),
        [
            _("%(task)s: the date can be moved %(times)d times. The first date and every reason stay in the case.")
            % {"task": KINDS[obligation.kind].task, "times": DATE_CHANGES}
        ],
    )  # fmt: skip

    def action(**given: Any) -> None:
        actions.move_date(obligation=obligation, **given)

    return act_on(request, obligation, act, form, action)


def say_no_change(request: MemberRequest, obligation_id: UUID) -> HttpResponse:
    """Say that nothing has changed, and why."""
    obligation = readable(request, obligation_id)
    form = NoChangeForm(request.POST or None)
    act = Act(
        "say_no_change", _("No change, because …"), _("Share with the others in the case"),
        [_("The step and its date stay as they are. The others see that somebody is on it.")],
    )  # fmt: skip

    def action(**given: Any) -> None:
        actions.say_no_change(obligation=obligation, **given)

    return act_on(request, obligation, act, form, action)


def act_on(
    request: MemberRequest, obligation: Obligation, act: Act, form: Any, action: Callable[..., None],
    *, template: str = "cases/act.html", **more: object,
) -> HttpResponse:  # fmt: skip
    """Show the form, or do `action` with it; then go to the case, or to the board for those who do not read it."""
    case = obligation.case
    if obligation.stopped_at is not None:
        return conflict_page(request, case, form if form.is_bound else None)
    if not access.may_do(request.membership, obligation):
        raise PermissionDenied
    if form.is_valid():
        try:
            stop = refused(request, action, case, form, **form.cleaned_data)
        except AlreadyPaused:
            form.add_error(None, _("This clock has rested once already. Hand it over or set a new date instead."))
        except actions.TooManyDates:
            form.add_error(None, _("The date has been moved twice. Now somebody else takes it, or it is lifted."))
        else:
            if stop is None:
                messages.success(request, _("Saved. The others in the case see it."))
            return stop or _after(request, case)
    return acting_page(request, case, act, form, template=template, obligation=obligation, **more)


def _after(request: MemberRequest, case: Case) -> HttpResponse:
    if Case.objects.visible_to(request.membership).filter(pk=case.pk).exists():
        return redirect("cases:case_detail", case.pk)
    return redirect("cases:stalled_list")


def readable(request: MemberRequest, obligation_id: UUID, *kinds: str) -> Obligation:
    """Return an obligation in a case that the reader may read, of one of `kinds` if any are given; else 404."""
    obligations = Obligation.objects.visible_to(request.membership)
    return _obligation(obligations.filter(kind__in=kinds) if kinds else obligations, obligation_id)


def _obligation(obligations: QuerySet[Obligation], obligation_id: UUID) -> Obligation:
    related = obligations.select_related("case__school_unit", "referral").defer("task", "case__final_word")
    return get_object_or_404(related, pk=obligation_id)


def _holder(obligation: Obligation) -> Unit | None:
    """Return the unit that holds it; None when nobody does any more."""
    interval = obligation.intervals.select_related("unit").filter(to_at=None).first()
    return interval.unit if interval else None


def _people(unit: Unit | None) -> QuerySet[Membership]:
    """Return those in `unit` who can hold an obligation today."""
    if unit is None:
        return Membership.objects.none()
    roles = roles_that_may(Action.CHANGE, Object.STEP, unit.side)
    return Membership.objects.working_in(unit, roles, timezone.localdate())
