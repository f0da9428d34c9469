"""Links to pupils: open another pupil of the school, end a link, and see who can open a pupil."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest, recently_confirmed
from accounts.models import Membership
from accounts.roles import Role

from ..actions import links as actions
from ..forms import ClaimLinkForm, NameMemberForm
from ..models import Pupil, PupilLink
from ..openers import openers_of


@recently_confirmed
def claim_link(request: MemberRequest) -> HttpResponse:
    """Ask to open another pupil of the school for 24 hours. The way on is the same whoever the number belongs to."""
    form = ClaimLinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.claim_link(**form.cleaned_data, by=request.membership, at=timezone.now())
        return redirect("schools:claim_answered")
    return render(request, "schools/claim_link.html", {"form": form}, status=422 if form.errors else 200)


def claim_answered(request: MemberRequest) -> HttpResponse:
    """Give the one answer there is to every claim."""
    return render(request, "schools/claim_answered.html")


def end_link(request: MemberRequest, link_id: UUID) -> HttpResponse:
    """End a link before its time: one's own, or as principal that of somebody at the school."""
    link = get_object_or_404(PupilLink.objects.visible_to(request.membership).with_page_relations(), pk=link_id)
    try:
        actions.end_link(link=link, by=request.membership, at=timezone.now())
        messages.success(request, _("Ended. The pupil can no longer be opened this way."))
    except actions.LinkHasEnded:
        messages.warning(request, _("It had already ended."))
    if link.membership_id == request.membership.pk:
        return redirect("attendance:pupil_list")
    return redirect("schools:pupil_links", link.pupil_id)


def pupil_links(request: MemberRequest, pupil_id: UUID) -> HttpResponse:
    """Show who can open a pupil and on what ground, and name somebody who works with the pupil."""
    pupil = get_object_or_404(Pupil.objects.visible_to(request.membership), pk=pupil_id)
    today, now = timezone.localdate(), timezone.now()
    form = NameMemberForm(
        request.POST or None, members=Membership.objects.working_in(request.membership.unit, [Role.MENTOR], today)
    )
    if request.method == "POST" and form.is_valid():
        actions.name_for_pupil(pupil=pupil, **form.cleaned_data, by=request.membership, at=now)
        messages.success(request, _("Named. The person can open the pupil until the school year ends."))
        return redirect("schools:pupil_links", pupil.pk)
    context = {"pupil": pupil, "openers": openers_of(pupil, request.membership, today, now), "form": form}
    return render(request, "schools/pupil_links.html", context, status=422 if form.errors else 200)
