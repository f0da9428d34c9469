"""Pages for what people ask about their own data: register, screen, take the copy out, settle, and orders to keep."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest, recently_confirmed
from audit import reading

from .. import rights
from ..archive import screened
from ..extract import extract_of
from ..forms import ExportForm, KeepOrderForm, RightsRequestForm, ScreeningForm, SettleForm
from ..models import KeepOrder, RightsRequest
from ..pupils import pupils_visible_to


def rights_request_list(request: MemberRequest) -> HttpResponse:
    """Show what has been asked, the most urgent first, and what must be kept."""
    today = timezone.localdate()
    requests = RightsRequest.objects.visible_to(request.membership).select_related("pupil")
    orders = KeepOrder.objects.visible_to(request.membership).filter(lifted_at=None).select_related("pupil")
    reading.note(kind="list")
    context = {
        "open": [(one, one.is_late(today)) for one in requests if not one.outcome],
        "settled": [one for one in requests if one.outcome],
        "orders": orders,
    }
    return render(request, "records/rights_request_list.html", context)


def register_rights_request(request: MemberRequest) -> HttpResponse:
    """Note that somebody has asked."""
    pupils = pupils_visible_to(request.membership)
    form = RightsRequestForm(request.POST or None, pupils=pupils, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        made = rights.register_rights_request(**form.cleaned_data, by=request.membership, at=timezone.now())
        return redirect("records:rights_request_detail", made.pk)
    status = 422 if form.errors else 200
    return render(request, "records/register_rights_request.html", {"form": form}, status=status)


def rights_request_detail(request: MemberRequest, request_id: UUID) -> HttpResponse:
    """Show one request and what to do next."""
    asked = _asked(request, request_id)
    return render(request, "records/rights_request_detail.html", _standing(request, asked))


def settle_rights_request(request: MemberRequest, request_id: UUID) -> HttpResponse:
    """Note how it ended."""
    asked = _asked(request, request_id)
    form = SettleForm(request.POST)
    if not form.is_valid():
        context = _standing(request, asked) | {"form": form, "settle_form": form}
        return render(request, "records/rights_request_detail.html", context, status=422)
    try:
        rights.settle_rights_request(request=asked, **form.cleaned_data, by=request.membership, at=timezone.now())
    except rights.AlreadySettled:
        messages.warning(request, _("The request has been settled already."))
    return redirect("records:rights_request_detail", asked.pk)


def screen_copy(request: MemberRequest, request_id: UUID) -> HttpResponse:
    """Read every text and every name in the copy, and give out or mask each."""
    asked = _asked(request, request_id, kind="access", outcome="")
    rows = screened(extract_of(asked.pupil, request.membership), asked.screenings.all())
    form = ScreeningForm(request.POST or None, rows=rows)
    if request.method == "POST" and form.is_valid():
        try:
            rights.screen_copy(request=asked, choices=form.choices, by=request.membership, at=timezone.now())
        except rights.NotScreened:
            messages.warning(request, _("Something has been added meanwhile. Read what is new."))
            return redirect("records:screen_copy", asked.pk)
        return redirect("records:rights_request_detail", asked.pk)
    reading.only([asked.pupil_id])
    context = {"form": form, "asked": asked}
    return render(request, "records/screen_copy.html", context, status=422 if form.errors else 200)


@recently_confirmed
def export_copy(request: MemberRequest, request_id: UUID) -> HttpResponse:
    """Ask how the screened copy is given, and give it as a file; nothing of it is stored."""
    asked = _asked(request, request_id, kind="access", outcome="")
    form = ExportForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        context = {"asked": asked, "form": form}
        return render(request, "records/export_copy.html", context, status=422 if form.errors else 200)
    try:
        content = rights.export_copy(
            request=asked, reason=form.cleaned_data["reason"], by=request.membership, at=timezone.now()
        )
    except (rights.NotScreened, rights.AlreadySettled):
        messages.warning(request, _("The copy has to be read first: something in it is new, or it has been settled."))
        return redirect("records:rights_request_detail", asked.pk)
    reading.note(kind="export", reason=f"rights_request:{asked.pk}")
    reading.only([asked.pupil_id])
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{asked.pk}.zip"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def order_to_keep(request: MemberRequest) -> HttpResponse:
    """Order that what the own side holds about a pupil is not erased, or not before thirty."""
    form = KeepOrderForm(request.POST or None, pupils=pupils_visible_to(request.membership))
    if request.method == "POST" and form.is_valid():
        rights.order_to_keep(**form.cleaned_data, by=request.membership, at=timezone.now())
        return redirect("records:rights_request_list")
    return render(request, "records/order_to_keep.html", {"form": form}, status=422 if form.errors else 200)


def lift_keep_order(request: MemberRequest, order_id: UUID) -> HttpResponse:
    """Let the time run again."""
    order = get_object_or_404(KeepOrder.objects.visible_to(request.membership), pk=order_id)
    rights.lift_keep_order(order=order, by=request.membership, at=timezone.now())
    return redirect("records:rights_request_list")


def _asked(request: MemberRequest, request_id: UUID, **state: str) -> RightsRequest:
    requests = RightsRequest.objects.visible_to(request.membership).select_related("pupil", "unit")
    return get_object_or_404(requests.filter(**state), pk=request_id)


def _standing(request: MemberRequest, asked: RightsRequest) -> dict[str, Any]:
    """Return what the page of one request shows."""
    is_access = asked.kind == RightsRequest.Kind.ACCESS
    return {
        "asked": asked,
        "is_late": asked.is_late(timezone.localdate()),
        "settle_form": None if asked.outcome else SettleForm(),
        "may_export": is_access and asked.screened_at is not None and not asked.outcome,
        "may_screen": is_access and not asked.outcome,
    }
