"""The page Retention: what is due, a proposal, and a second person's approval. Numbers only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest

from .. import actions, selection
from ..models import Compartment, RetentionRun
from ..policy import Policy, load_policy

RUNS_SHOWN = 20


def retention(request: MemberRequest) -> HttpResponse:
    """Show how much may be erased today by compartment and rule, what waits for a second person, and earlier runs."""
    policy = load_policy()
    runs = RetentionRun.objects.visible_to(request.membership).select_related("proposed_by", "approved_by")
    waiting = runs.filter(status__in=["proposed", "approved"]).first()
    due = selection.due(policy, timezone.localdate())
    context = {
        "compartments": _by_compartment(policy, {rule: len(subjects) for rule, subjects in due.items()}),
        "is_something_due": any(due.values()),
        "waiting": waiting,
        "waiting_rules": [(rule, waiting.counts.get(rule.name, 0)) for rule in policy.rules] if waiting else [],
        "is_own": waiting is not None and waiting.proposed_by_id == request.user.pk,
        "runs": runs.filter(status__in=["done", "cancelled"])[:RUNS_SHOWN],
    }
    return render(request, "records/retention.html", context)


def propose_retention(request: MemberRequest) -> HttpResponse:
    """Freeze what is due today as a proposal."""

    def propose() -> None:
        actions.propose_retention(
            policy=load_policy(), today=timezone.localdate(), by=request.membership, at=timezone.now()
        )

    return _change(request, propose, _("Proposed. A second system administrator has to approve it."))


def approve_retention(request: MemberRequest, run_id: UUID) -> HttpResponse:
    """Approve somebody else's proposal."""
    run = get_object_or_404(RetentionRun.objects.visible_to(request.membership), pk=run_id)
    told = _("Approved. It is carried out tonight; what changes before then is left out.")
    return _change(request, lambda: actions.approve_retention(run=run, by=request.membership, at=timezone.now()), told)


def cancel_retention(request: MemberRequest, run_id: UUID) -> HttpResponse:
    """Take a proposal back."""
    run = get_object_or_404(RetentionRun.objects.visible_to(request.membership), pk=run_id)
    return _change(
        request, lambda: actions.cancel_retention(run=run, by=request.membership, at=timezone.now()), _("Cancelled.")
    )


def _change(request: MemberRequest, change: Callable[[], Any], told: str) -> HttpResponse:
    """Make one change and show the page again, with what happened or why not."""
    try:
        change()
    except actions.NothingIsDue:
        messages.info(request, _("Nothing may be erased today."))
    except (actions.RunAlreadyWaiting, actions.RunHasMovedOn):
        messages.warning(request, _("Somebody was faster. Here is how it stands."))
    except actions.SecondPersonNeeded:
        messages.error(request, _("You proposed this yourself. Somebody else has to approve it."))
    else:
        messages.success(request, told)
    return redirect("records:retention")


def _by_compartment(policy: Policy, counts: dict[str, int]) -> list[dict[str, Any]]:
    """Return the rules of each compartment with how much is due, compartments in the order they are carried out."""
    rules = {name: policy.of(name) for name in Compartment.values}
    return [
        {"title": Compartment(name).label, "rules": [(rule, counts.get(rule.name, 0)) for rule in found]}
        for name, found in rules.items()
        if found
    ]
