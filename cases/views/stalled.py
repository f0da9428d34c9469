"""The board of cases that stand still, and getting them to move."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from accounts.roles import Role
from audit import reading
from cases.actions import oversight as actions
from cases.actions.objections import managing_unit
from cases.board import acts_in, board_of, held_by
from cases.forms.stalled import LiftForm
from cases.ledger import AlreadyDone, CaseIsClosed
from cases.lifting import so_far_in_words
from cases.models import Case, Objection, Obligation
from cases.obligations import LIFT, PLACE
from cases.silence import silences_by_unit
from cases.standstill_counts import counts_for
from cases.who_waits import pairs_of

from .acting import Act, acting_page, reads_case, state_of
from .inbox import wants_partial
from .overseeing import overseeing

COUNTED_FOR = timedelta(days=90)
"""How far back silence is counted on the board: calendar days."""


@overseeing
def stalled_list(request: MemberRequest) -> HttpResponse:
    """List what stands still: why, since when, who can act, and the one button. States, dates and units only.

    A coordinator has numbers by unit, and as rows only the cases that have come up.
    """
    today = timezone.localdate()
    board = board_of(request.membership, today, request.GET.get("cause", ""))
    coordinates = _is_coordinator(request)
    reading.note(kind="list")
    reading.only(row.stalled.case.pupil_id for row in board.shown)
    return render(
        request,
        "cases/stalled_list.html",
        {
            "board": board,
            "is_coordinator": coordinates,
            "counts": counts_for(request.membership, today) if coordinates else None,
            "lifted": _lifted_to(request),
            "to_place": _to_place(request),
            "silent": silences_by_unit(today - COUNTED_FOR, today),
            "counted_from": today - COUNTED_FOR,
        },
    )


@overseeing
def stalled_case(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Show one case of the board: every cause, who holds what, what the reader can do, and the next one in the list."""
    case, today, cause = _overseen(request, case_id), timezone.localdate(), request.GET.get("cause", "")
    board = board_of(request.membership, today, cause)
    place = board.place_of(case.pk)
    state = place.row.stalled.state if place else state_of(case, with_words=False)
    reading.only([case.pupil_id])
    return render(
        request,
        "cases/stalled_case.html",
        {
            "case": case,
            "state": state,
            "place": place,
            "cause": board.cause,
            "label": place.row.label if place else case.number,
            "held": held_by(request.membership, state.balls),
            "acts": acts_in(case.pk),
            "may_lift": not any(ball.obligation.kind == LIFT for ball in state.balls) and state.referral is not None,
            "reads": reads_case(request, case),
        },
    )


@overseeing
def remind_many(request: MemberRequest) -> HttpResponse:
    """Remind the holders of several cases: first the list of them, then what came of each."""
    wanted = request.POST.getlist("case")
    board = board_of(request.membership, timezone.localdate())
    rows = [row for row in board.rows if str(row.stalled.case.pk) in wanted]
    if not rows:
        messages.error(request, _("Choose at least one case."))
        return redirect("cases:stalled_list")
    results = []
    if "sure" in request.POST:
        results = [(row, _remind_one(request, row.stalled.case)) for row in rows]
    reading.note(kind="list")
    reading.only(row.stalled.case.pupil_id for row in rows)
    return render(request, "cases/remind_many.html", {"rows": rows, "results": results})


def _remind_one(request: MemberRequest, case: Case) -> str:
    """Remind of one case, and say what came of it."""
    try:
        actions.remind(case=case, by=request.membership, at=timezone.now())
    except actions.TooSoon:
        return _("Not sent: the last reminder is less than three days old.")
    except CaseIsClosed:
        return _("Not sent: the case has been closed.")
    return _("A reminder is sent.")


@overseeing
def who_waits(request: MemberRequest) -> HttpResponse:
    """Show who waits for whom over every open case, and the cases of the pair that is chosen."""
    pairs = pairs_of(request.membership, timezone.localdate())
    holder, waiting = _key(request.GET.get("holder", "")), _key(request.GET.get("waiting", ""))
    chosen = next((pair for pair in pairs if pair.is_of(holder, waiting)), None)
    reading.note(kind="list")
    reading.only(one.state.case.pupil_id for one in (chosen.rows if chosen else []))
    return render(request, "cases/who_waits.html", {"pairs": pairs, "chosen": chosen})


def _key(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


@overseeing
def remind(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Remind those who hold the case: one click; with HTMX the row says so."""
    case = _overseen(request, case_id)
    try:
        actions.remind(case=case, by=request.membership, at=timezone.now())
    except actions.TooSoon:
        messages.warning(request, _("A reminder was sent less than three days ago. Give it time, or lift the case."))
    except CaseIsClosed:
        messages.info(request, _("The case has been closed."))
    else:
        if wants_partial(request):
            return _row_again(request, case)
        messages.success(request, _("A reminder is sent to those who can act."))
    if request.POST.get("back") == "case":
        return redirect("cases:stalled_case", case.pk)
    return _board_again(request)


def _row_again(request: MemberRequest, case: Case) -> HttpResponse:
    """Return the row as it is now, with its reminder."""
    board = board_of(request.membership, timezone.localdate(), request.POST.get("cause", ""))
    row = next((row for row in board.rows if row.stalled.case.pk == case.pk), None)
    if row is None:
        return _board_again(request)
    reading.only([case.pupil_id])
    return render(request, "cases/_stalled_row.html", {"row": row, "cause": board.cause, "is_swapped": True})


def _board_again(request: MemberRequest) -> HttpResponse:
    response = redirect("cases:stalled_list")
    if wants_partial(request):
        return HttpResponse(headers={"HX-Redirect": response.url})
    return response


@overseeing
def lift_case(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Lift a case that does not move to the managers of both sides."""
    case = _overseen(request, case_id)
    form = LiftForm(request.POST or None)
    if form.is_valid():
        try:
            actions.lift_case(case=case, **form.cleaned_data, by=request.membership, at=timezone.now())
        except AlreadyDone:
            messages.warning(request, _("The case has been lifted already. Both managers have it."))
        except CaseIsClosed:
            messages.info(request, _("The case has been closed."))
        else:
            messages.success(request, _("Lifted. The managers of both sides answer within five working days."))
        return redirect("cases:stalled_list")
    latest = case.referrals.select_related("to_unit__parent").latest("sent_at", "pk")
    units = [managing_unit(case.school_unit).name, managing_unit(latest.to_unit).name]
    act = Act(
        "lift_case", _("Lift to managers"), _("Lift to managers"),
        [
            _("%(first)s and %(second)s both get the case and answer within five working days.")
            % {"first": units[0], "second": units[1]},
            so_far_in_words(),
        ],
    )  # fmt: skip
    return acting_page(request, case, act, form)


def _overseen(request: MemberRequest, case_id: UUID) -> Case:
    cases = Case.objects.overseen_by(request.membership).select_related("school_unit__parent")
    return get_object_or_404(cases, pk=case_id)


def _lifted_to(request: MemberRequest) -> list[Objection]:
    """Return the objections that wait for the reader's unit as a coordinator."""
    if not _is_coordinator(request):
        return []
    waiting = Objection.objects.visible_to(request.membership).open()
    return list(waiting.select_related("case__school_unit", "referral__to_unit").defer("case__final_word"))


def _to_place(request: MemberRequest) -> list[Obligation]:
    """Return the requests, sent on twice, for which the reader's unit chooses as a coordinator who takes them."""
    if not _is_coordinator(request):
        return []
    asked = Obligation.objects.overseen_by(request.membership).open().filter(kind=PLACE)
    return list(asked.held_by(request.membership.unit).with_dates_and_units().order_by("due_on", "pk"))


def _is_coordinator(request: MemberRequest) -> bool:
    return request.membership.role == Role.COORDINATOR
