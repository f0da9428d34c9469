"""The settings of a unit: what applies, since when, by whom and why; its head changes it from a later day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from accounts.models import Unit
from accounts.roles import Side, UnitKind
from cases import access
from cases.actions import settings as actions
from cases.catalogue_rows import earlier_services, service_rows
from cases.forms.settings import ReasonForm, TimeForm
from cases.ledger import NotAllowed
from cases.setting_rows import reason_rows, time_rows
from cases.stand_ins import people_of_unit
from cases.unit_times import HAVE_TIMES
from deadlines.templatetags.days import day_words

from .attempt import sent


def settings_home(request: MemberRequest) -> HttpResponse:
    """Go to the settings of the reader's own unit; where that works with no cases, to the first one below."""
    units = list(Unit.objects.settled_for(request.membership).filter(kind__in=HAVE_TIMES))
    if not units:
        raise PermissionDenied
    unit = next((unit for unit in units if unit.pk == request.membership.unit_id), units[0])
    return redirect("cases:unit_settings", unit.pk)


def unit_settings(request: MemberRequest, unit_id: UUID) -> HttpResponse:
    """Show what applies at the unit. Those who work there read; its head finds links to change each thing."""
    unit = _unit(request, unit_id)
    reader, today = request.membership, timezone.localdate()
    may_change = access.may_change_settings(reader, unit)
    context = {
        "unit": unit,
        "others": Unit.objects.settled_for(reader).filter(kind__in=HAVE_TIMES).exclude(pk=unit.pk),
        "may_change": may_change,
        "times": time_rows(unit, reader, today),
        "people": people_of_unit(unit, today),
        "is_social": unit.side == Side.SOCIAL,
    }
    if unit.side == Side.SOCIAL:
        context |= {
            "reasons": reason_rows(unit, reader, today),
            "services": service_rows(unit, reader, today, may_change=may_change),
            "earlier": earlier_services(unit, today),
            "may_start": may_change and unit.kind == UnitKind.TEAM,
        }
    return render(request, "cases/unit_settings.html", context)


def set_time(request: MemberRequest, unit_id: UUID) -> HttpResponse:
    """Let the head say how long the unit has for one thing."""
    unit = _changed(request, unit_id)
    today = timezone.localdate()
    rows = time_rows(unit, request.membership, today)
    form = TimeForm(sent(request), rows=rows, chosen=request.GET.get("show", ""), today=today)
    words = _("A new time")
    return _settle(request, unit, form, words, actions.set_time)


def set_reason(request: MemberRequest, unit_id: UUID) -> HttpResponse:
    """Let the head hide a reason for a no, or show it again."""
    unit = _changed(request, unit_id)
    if unit.side != Side.SOCIAL:
        raise PermissionDenied
    today = timezone.localdate()
    rows = reason_rows(unit, request.membership, today)
    form = ReasonForm(sent(request), rows=rows, chosen=request.GET.get("show", ""), today=today)
    return _settle(request, unit, form, _("Hide or show a reason"), actions.set_reason)


def _settle(
    request: MemberRequest, unit: Unit, form: forms.Form, title: str, action: Callable[..., object]
) -> HttpResponse:
    """Show the form; when it is sent and right, do `action` with what it holds and go back to the settings."""
    if request.method == "POST" and form.is_valid():
        try:
            action(unit=unit, **form.cleaned_data, by=request.membership, at=timezone.now())
        except NotAllowed as error:
            raise PermissionDenied from error
        except tuple(REASONS) as error:
            form.add_error(None, str(REASONS[type(error)]()))
        else:
            day = day_words(form.cleaned_data["valid_from"])
            messages.success(request, _("Saved. Applies from %(day)s, to what begins then.") % {"day": day})
            return redirect("cases:unit_settings", unit.pk)
    context: dict[str, Any] = {"unit": unit, "form": form, "title": title}
    return render(request, "cases/change_settings.html", context, status=422 if form.errors else 200)


REASONS: dict[type[Exception], Callable[[], str]] = {
    actions.TooEarly: lambda: _("Choose tomorrow or a later day: what has begun keeps what it began with."),
    actions.OutOfRange: lambda: _("That is longer than the law or the agreement lets the unit have."),
    actions.NothingToChange: lambda: _("That already applies on that day. Nothing was changed."),
    actions.TooFewReasons: lambda: _("A unit needs at least three reasons to choose among. Show another one first."),
}


def _unit(request: MemberRequest, unit_id: UUID) -> Unit:
    """Return a unit whose settings the reader may read; 404 for others."""
    units = Unit.objects.settled_for(request.membership).filter(kind__in=HAVE_TIMES).select_related("parent")
    return get_object_or_404(units, pk=unit_id)


def _changed(request: MemberRequest, unit_id: UUID) -> Unit:
    """Return a unit whose settings the reader may change: 404 when out of sight, 403 when only read."""
    unit = _unit(request, unit_id)
    if not access.may_change_settings(request.membership, unit):
        raise PermissionDenied
    return unit
