"""What is said when somebody else was faster: what stands now, and what was typed, so that nothing is lost."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import MemberRequest
from attendance.typed import typed_texts
from cases.models import Case
from cases.timeline import timeline_of

from .acting import reads_case, state_of


def conflict_page(request: MemberRequest, case: Case, form: forms.Form | None = None) -> HttpResponse:
    """Answer 409 with the state of `case`, its latest event and the texts typed into `form`.

    The reader was let in to `case` a moment ago and is told how it stands, even if it has left their hands since. Those
    who only oversee it get units, dates and number.
    """
    case.refresh_from_db()
    oversees = getattr(request, "oversees", False)
    happened = [] if oversees else timeline_of(case, request.membership)
    latest = [item for item in happened if not item.is_internal][:1]
    context = {
        "state": state_of(case, with_words=not oversees),
        "oversees": oversees,
        "latest": latest[0] if latest else None,
        "typed": typed_texts(form) if form is not None else [],
        "may_read": reads_case(request, case),
    }
    htmx = request.htmx  # type: ignore[attr-defined]
    if not htmx or htmx.boosted:
        return render(request, "cases/conflict.html", context, status=409)
    response = render(request, "cases/conflict.html#conflict", context, status=409)
    # Whatever row was to be swapped, this takes the place of the whole page's content.
    response["HX-Retarget"], response["HX-Reswap"] = "#main", "innerHTML"
    return response
