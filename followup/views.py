"""Figures about whether help comes in time."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import MemberRequest
from audit import reading
from cases.views.overseeing import overseeing

from .figures import report_of
from .scope import scope_of


@overseeing
def report(request: MemberRequest) -> HttpResponse:
    """Show the figures of the reader's own units, or of the city; nobody can be recognised in them."""
    scope = scope_of(request.membership)
    today = timezone.localdate()
    # Rows are fetched to be counted; nobody is shown.
    reading.only([])
    return render(request, "followup/report.html", {"report": report_of(scope, today), "scope": scope, "today": today})
