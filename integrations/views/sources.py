"""The sources of a school's absence, and what their words mean."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from attendance.definitions import definitions_of
from attendance.models import AbsenceSource

from .. import actions
from ..forms import SourceForm
from .finding import sources_of


def absence_source_list(request: MemberRequest) -> HttpResponse:
    """Show where the school's absence comes from, and what the words mean there."""
    rows = [(source, definitions_of(source)) for source in sources_of(request.membership)]
    return render(request, "integrations/absence_source_list.html", {"rows": rows})


def create_absence_source(request: MemberRequest) -> HttpResponse:
    """Make a source of files."""
    reader = request.membership
    form = SourceForm(request.POST or None, unit=reader.unit)
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        source = actions.create_source(unit=reader.unit, said=form.cleaned_data, by=reader, at=at)
        if form.cleaned_data.get("is_counted"):
            actions.define_source(source=source, said=form.cleaned_data, by=reader, at=at)
        messages.success(request, _("The source is saved."))
        return redirect("integrations:absence_source_list")
    return render(request, "integrations/absence_source.html", {"form": form}, status=422 if form.errors else 200)


def define_absence_source(request: MemberRequest, absence_source_id: int) -> HttpResponse:
    """Say what the words of a source mean."""
    reader = request.membership
    source = get_object_or_404(
        AbsenceSource.objects.visible_to(reader).filter(kind=AbsenceSource.Kind.FILE), pk=absence_source_id
    )
    form = SourceForm(request.POST or None, instance=source, unit=reader.unit)
    if request.method == "POST" and form.is_valid():
        actions.define_source(source=source, said=form.cleaned_data, by=reader, at=timezone.now())
        messages.success(request, _("The source is saved."))
        return redirect("integrations:absence_source_list")
    context = {"form": form, "source": source}
    return render(request, "integrations/absence_source.html", context, status=422 if form.errors else 200)
