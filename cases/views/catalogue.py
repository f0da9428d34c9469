"""What a team offers: its head starts, changes and ends services, from a later day."""

from __future__ import annotations

from collections.abc import Callable
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
from cases.forms.catalogue import EndServiceForm, NewServiceForm, ServiceForm
from deadlines.templatetags.days import day_words
from socialservices import actions
from socialservices.access import may_change_catalogue
from socialservices.models import Office, Service

from .attempt import sent


def start_service(request: MemberRequest, unit_id: UUID) -> HttpResponse:
    """Let the head add a service that the team does not offer yet."""
    office = _office(request, unit_id)
    today = timezone.localdate()
    has = set(Service.objects.filter(office=office).lasting(today).values_list("kind", flat=True))
    kinds = [kind for kind in Service.Kind if kind != Service.Kind.INTAKE and kind not in has]
    form = NewServiceForm(sent(request), kinds=kinds, today=today)

    def start() -> str:
        return _set(request, office, form.cleaned_data["kind"], form)

    return _page(request, office, form, _("A new service"), start)


def change_service(request: MemberRequest, service_id: UUID) -> HttpResponse:
    """Let the head change a service: what it says today ends, and the next begins."""
    service = _service(request, service_id)
    form = ServiceForm(sent(request), service=service, today=timezone.localdate())

    def change() -> str:
        return _set(request, service.office, service.kind, form)

    return _page(request, service.office, form, service.get_kind_display(), change)


def end_service(request: MemberRequest, service_id: UUID) -> HttpResponse:
    """Let the head say the last day of a service."""
    service = _service(request, service_id)
    form = EndServiceForm(sent(request))

    def end() -> str:
        actions.end_service(service=service, **form.cleaned_data, by=request.membership, at=timezone.now())
        return _("Saved. The last day is %(day)s.") % {"day": day_words(form.cleaned_data["last_day"])}

    title = _("End %(service)s") % {"service": service.get_kind_display()}
    return _page(request, service.office, form, title, end)


def _set(request: MemberRequest, office: Office, kind: str, form: ServiceForm) -> str:
    day, why = form.cleaned_data["valid_from"], form.cleaned_data["why"]
    actions.set_service(
        office=office, kind=kind, facts=form.facts(), valid_from=day, why=why, by=request.membership, at=timezone.now()
    )
    return _("Saved. Applies from %(day)s.") % {"day": day_words(day)}


def _page(request: MemberRequest, office: Office, form: forms.Form, title: str, act: Callable[[], str]) -> HttpResponse:
    """Show the form; when it is sent and right, act, say so and go back to the settings."""
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, act())
        except actions.NothingToChange:
            form.add_error(None, _("That is what the catalogue says already. Nothing was changed."))
        except actions.TooEarly:
            form.add_error(None, _("Choose a later day: what has been stays as it was."))
        else:
            return redirect("cases:unit_settings", office.pk)
    context = {"unit": office.unit, "form": form, "title": title}
    return render(request, "cases/change_settings.html", context, status=422 if form.errors else 200)


def _office(request: MemberRequest, unit_id: UUID) -> Office:
    """Return an office of the reader's whose catalogue the reader may change: 404 out of sight, 403 when only read."""
    units = Unit.objects.settled_for(request.membership).order_by()
    office = get_object_or_404(Office.objects.filter(unit__in=units).select_related("unit__parent"), pk=unit_id)
    if office.kind == Office.Kind.INTAKE or not may_change_catalogue(request.membership, office):
        raise PermissionDenied
    return office


def _service(request: MemberRequest, service_id: UUID) -> Service:
    """Return a service in force or to come that the reader may change; what has ended is found no more."""
    service = get_object_or_404(Service.objects.lasting(timezone.localdate()), pk=service_id)
    service.office = _office(request, service.office_id)
    return service
