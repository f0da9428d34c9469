"""The last look at a request: exactly what the receiver will see; sent from here, or left to the principal."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from attendance.models import Concern
from cases.actions import drafts
from cases.actions import requests as actions
from cases.consent_words import told
from cases.consents import judged
from cases.forms.requests import RequestForm, SendBackForm, SendRequestForm
from cases.ledger import AlreadyDone, NotAllowed
from cases.models import Case, Referral, RequestDraft, notes_of
from cases.receivers import routing_of
from cases.sending import sends_through_principal
from cases.sharing import content_of

from .attempt import sent
from .requests import request_address, request_form


def check_request(request: MemberRequest, draft_id: UUID) -> HttpResponse:
    """Show exactly what the receiver will see, and send it."""
    sent = Referral.objects.visible_to(request.membership).filter(submission=draft_id).first()
    if sent:
        return redirect("cases:request_sent", sent.pk)
    drafts_seen = RequestDraft.objects.visible_to(request.membership).select_related("pupil", "writer__user")
    draft = get_object_or_404(drafts_seen, pk=draft_id)
    today = timezone.localdate()
    form = request_form(request, draft.pupil, routing_of(draft.pupil, today), data=draft.content)
    if not form.is_valid() or not judged(form.consents(), form.age).is_enough:
        messages.warning(request, _("Something is still missing in the request."))
        return redirect(request_address(draft.pupil))
    content = content_of(draft.pupil, form.words(), form.consents(), today)
    if request.method == "POST":
        return _send(request, draft, form, content)
    return _show_check(request, draft, form, content)


def _send(request: MemberRequest, draft: RequestDraft, form: RequestForm, content: dict[str, Any]) -> HttpResponse:
    """Send the request if it still says what the writer saw; else show it again."""
    seen = SendRequestForm(request.POST)
    if not seen.is_valid() or seen.cleaned_data["seen"] != _print_of(content, form):
        problem = _("The request has changed since you saw it. Read it once more before you send it.")
        return _show_check(request, draft, form, content, problem=problem)
    if sends_through_principal(request.membership):
        return _leave(request, draft)
    try:
        referral = actions.send_request(
            pupil=draft.pupil, service=form.cleaned_data["service"], content=form.words(), consents=form.consents(),
            submission=draft.pk, by=request.membership, at=timezone.now(),
        )  # fmt: skip
    except actions.OpenElsewhere:
        problem = _(
            "Another school has an open case about this pupil, so no second one can be opened. Call that school, and "
            "ask your manager to have the case moved if the pupil has changed school. Your draft is kept."
        )
        return _show_check(request, draft, form, content, problem=problem)
    except actions.NothingNew:
        unit = form.cleaned_data["service"].office.unit.short_name
        problem = _(
            "%(unit)s already has a request in this case and has not answered it yet. Wait for the answer, or withdraw "
            "that request first. Your draft is kept."
        ) % {"unit": unit}
        return _show_check(request, draft, form, content, problem=problem)
    except NotAllowed as error:
        raise PermissionDenied from error
    return redirect("cases:request_sent", referral.pk)


def _leave(request: MemberRequest, draft: RequestDraft) -> HttpResponse:
    """Leave the finished draft to the principal."""
    try:
        drafts.leave_to_principal(draft=draft, by=request.membership, at=timezone.now())
    except NotAllowed as error:
        raise PermissionDenied from error
    messages.success(request, _("The request is finished and waits for the principal, who sends it."))
    return redirect("cases:todo")


def send_back(request: MemberRequest, draft_id: UUID) -> HttpResponse:
    """Send a finished draft back to its writer, with a word on what is missing."""
    drafts_seen = RequestDraft.objects.visible_to(request.membership).exclude(writer=request.membership.pk)
    draft = get_object_or_404(drafts_seen.select_related("pupil", "writer__user"), pk=draft_id)
    form = SendBackForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            drafts.send_back(draft=draft, by=request.membership, at=timezone.now(), **form.cleaned_data)
        except AlreadyDone:
            messages.info(request, _("The draft does not wait for you any more."))
        except NotAllowed as error:
            raise PermissionDenied from error
        else:
            messages.success(request, _("Sent back. The writer finds it in To do."))
        return redirect("cases:todo")
    context = {"draft": draft, "form": form}
    return render(request, "cases/send_back.html", context, status=422 if form.is_bound else 200)


def _show_check(
    request: MemberRequest, draft: RequestDraft, form: RequestForm, content: dict[str, Any], problem: str = ""
) -> HttpResponse:
    reader = request.membership
    case = Case.objects.visible_to(reader).open().filter(pupil=draft.pupil).first()
    notes = notes_of(reader).objects.visible_to(reader).filter(case=case).count() if case else 0
    context = {
        "draft": draft,
        "is_mine": draft.writer_id == reader.pk,
        "is_waiting": draft.ready_at is not None and draft.sent_back_at is None,
        "principal_sends": sends_through_principal(reader),
        "consent": told(judged(form.consents(), form.age)),
        "content": content,
        "to_unit": form.cleaned_data["service"].office.unit,
        "write_url": request_address(draft.pupil),
        "send_form": SendRequestForm(initial={"seen": _print_of(content, form)}),
        "problem": problem,
        "case": case,
        "notes": notes,
        "kept": len(form.to_pick) - len(content["tried_items"]),
        "concerns": Concern.objects.visible_to(reader).filter(pupil=draft.pupil).count(),
    }
    return render(request, "cases/check_request.html", context, status=409 if problem else 200)


def _print_of(content: dict[str, Any], form: RequestForm) -> str:
    """Return a print of everything that sending would share, and with whom."""
    everything = json.dumps([content, str(form.cleaned_data["service"].pk)], sort_keys=True)
    return sha256(everything.encode()).hexdigest()
