"""A no that a colleague has prepared: read, then sent or sent back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from cases import access
from cases.actions import second_person as actions
from cases.declining import facts_beyond
from cases.forms.answers import SendNoBackForm
from cases.models import PreparedNo, Referral

from .attempt import refused, sent
from .conflict import conflict_page
from .inbox import received
from .reading_a_no import about_the_no


def confirm_no(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Show a prepared no as it will be sent; sending it is the second person's."""
    referral, prepared = _prepared(request, referral_id)
    if prepared is None:
        return conflict_page(request, referral.case)
    if request.method != "POST":
        return _page(request, referral, prepared, SendNoBackForm())
    stop = refused(request, actions.confirm_no, referral.case, prepared=prepared)
    if stop is None:
        unit = referral.from_unit.short_name
        messages.success(request, _("The answer is sent. The ball is now with %(unit)s.") % {"unit": unit})
    return stop or redirect("cases:case_detail", referral.case_id)


def send_no_back(request: MemberRequest, referral_id: UUID) -> HttpResponse:
    """Send a prepared no back with a word; who wrote it takes it back the same way."""
    referral, prepared = _prepared(request, referral_id)
    if prepared is None:
        return conflict_page(request, referral.case)
    form = SendNoBackForm(sent(request))
    if not form.is_valid():
        return _page(request, referral, prepared, form)
    stop = refused(request, actions.send_no_back, referral.case, form, prepared=prepared, **form.cleaned_data)
    if stop is None:
        messages.success(request, _("Sent back. Nothing has reached the school."))
    return stop or redirect("cases:assess_request", referral.pk)


def _prepared(request: MemberRequest, referral_id: UUID) -> tuple[Referral, PreparedNo | None]:
    referral = received(request, referral_id)
    waiting = PreparedNo.objects.open().visible_to(request.membership).filter(referral=referral)
    return referral, waiting.with_history().select_related("code", "next_holder", "prepared_by__user").first()


def _page(request: MemberRequest, referral: Referral, prepared: PreparedNo, form: SendNoBackForm) -> HttpResponse:
    is_mine = request.membership.user_id == prepared.prepared_by.user_id
    may_confirm = access.may_confirm_no(request.membership, prepared)
    context = {
        **about_the_no(request, referral, prepared.said()),
        "prepared": prepared,
        "form": form,
        "beyond": list(facts_beyond(prepared)),
        "is_mine": is_mine,
        "may_confirm": may_confirm,
        "is_for_head": not may_confirm and not is_mine,
        "is_too_late": prepared.next_on < timezone.localdate(),
    }
    return render(request, "cases/confirm_no.html", context, status=422 if form.is_bound else 200)
