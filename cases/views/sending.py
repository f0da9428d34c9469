"""Who sends the school's requests, and counting a pupil that no team takes."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from cases.actions import drafts
from cases.forms.requests import SendingForm
from cases.ledger import NotAllowed
from cases.sending import principal_sends
from schools.models import Pupil

from .attempt import sent
from .requests import request_address


def request_setting(request: MemberRequest) -> HttpResponse:
    """Say whether only the principal sends the school's requests."""
    initial = {"principal_sends": principal_sends(request.membership.unit)}
    form = SendingForm(sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            drafts.set_sending(by=request.membership, at=timezone.now(), **form.cleaned_data)
        except NotAllowed as error:
            raise PermissionDenied from error
        messages.success(request, _("Saved. It applies from now on."))
        return redirect("cases:request_setting")
    return render(request, "cases/request_setting.html", {"form": form})


def note_gap(request: MemberRequest, pupil_id: UUID) -> HttpResponse:
    """Count that no team takes the pupil."""
    pupil = get_object_or_404(Pupil.objects.visible_to(request.membership), pk=pupil_id)
    gap = drafts.note_gap(pupil=pupil, by=request.membership, at=timezone.now())
    if gap is None:
        messages.info(request, _("There is a team that takes the pupil now."))
    else:
        told = _("Counted: %(gap)s. Those who plan the services see it, but not who the pupil is.")
        messages.success(request, told % {"gap": gap.name})
    return redirect(request_address(pupil))
