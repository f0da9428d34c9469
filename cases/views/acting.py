"""The page with one form on which somebody acts in a case: what it is about, the form, one button."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import MemberRequest
from accounts.models import Unit
from cases.ball import CaseState, states_of
from cases.models import Case


@dataclass(frozen=True)
class Act:
    """The words of such a page: its heading, its button, and what the reader should know first."""

    page: str
    title: str
    button: str
    notes: list[str] = field(default_factory=list)


def acting_page(
    request: MemberRequest,
    case: Case,
    act: Act,
    form: forms.Form | None,
    *,
    template: str = "cases/act.html",
    **more: object,
) -> HttpResponse:
    """Show `act` in `case`: 422 when `form` was refused. The whole name is there only for those who read the case."""
    reads = reads_case(request, case)
    context = {"act": act, "form": form, "state": state_of(case, with_words=reads), "reads": reads, **more}
    is_refused = form is not None and form.is_bound and bool(form.errors)
    return render(request, template, context, status=422 if is_refused else 200)


def reads_case(request: MemberRequest, case: Case) -> bool:
    """Say whether the reader reads `case` here, and does not only oversee it."""
    oversees = getattr(request, "oversees", False)
    return not oversees and Case.objects.visible_to(request.membership).filter(pk=case.pk).exists()


def state_of(case: Case, *, with_words: bool) -> CaseState:
    """Return the state of one case today."""
    return states_of([case], timezone.localdate(), with_words=with_words)[0]


def choices(case: Case) -> dict[str, Any]:
    """Return who can have the next step: the units that are part of `case` now."""
    parties = case.parties.filter(ended_at=None).values("unit")
    return {"units": Unit.objects.filter(pk__in=parties), "today": timezone.localdate()}
