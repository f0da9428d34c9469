"""Protected identity: the pupils one is named for, who else is, what waits for a second person, the city's decision."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest, recently_confirmed
from accounts.models import Membership, Unit
from accounts.roles import UnitKind

from ..access import CONFIRMERS, READABLE_BY, may_keep_readers, may_lift_protection
from ..actions import NotAllowed
from ..actions import protection as actions
from ..forms import DecideProtectionForm, LiftProtectionForm, NameMemberForm
from ..models import NamedReader, ProtectionPolicy, Pupil


@recently_confirmed
def protected_list(request: MemberRequest) -> HttpResponse:
    """Show, by alias only, the protected pupils the reader is named for."""
    pupils = list(Pupil.objects.named_to(request.membership).order_by("alias"))
    context = {
        "pupils": pupils,
        "may_confirm": request.membership.role in CONFIRMERS,
        "may_lift": may_lift_protection(request.membership),
    }
    return render(request, "schools/protected_list.html", context)


@recently_confirmed
def lift_protection(request: MemberRequest) -> HttpResponse:
    """Show a pupil again that was hidden by mistake or is protected no more. The way to one that nobody sees."""
    form = LiftProtectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = {name: form.cleaned_data[name] for name in ("key", "reason")}
        pupil = actions.lift_protection(**told, by=request.membership, at=timezone.now())
        if pupil is not None:
            messages.success(request, _("The pupil is shown again. Links and a closed case stay ended."))
            return redirect("attendance:pupil_detail", pupil.pk)
        form.add_error("key", _("No hidden pupil of your school has this number or code. Nothing is changed."))
    return render(request, "schools/lift_protection.html", {"form": form}, status=422 if form.errors else 200)


@recently_confirmed
def pupil_readers(request: MemberRequest, pupil_id: UUID) -> HttpResponse:
    """Show a protected pupil's named readers, and name another; only a principal on the list comes here."""
    pupil = get_object_or_404(Pupil.objects.named_to(request.membership), pk=pupil_id)
    today, now = timezone.localdate(), timezone.now()
    members = Membership.objects.working_in(request.membership.unit, READABLE_BY, today)
    form = NameMemberForm(request.POST or None, members=members)
    if request.method == "POST" and form.is_valid():
        actions.name_reader(pupil=pupil, **form.cleaned_data, by=request.membership, at=now)
        messages.success(request, _("Named. It counts when a second person has confirmed it."))
        return redirect("schools:pupil_readers", pupil.pk)
    readers = pupil.named_readers.filter(ended_at=None).select_related("membership__user")
    context = {"pupil": pupil, "readers": readers, "form": form}
    return render(request, "schools/pupil_readers.html", context, status=422 if form.errors else 200)


@recently_confirmed
def end_reader(request: MemberRequest, pupil_id: UUID, named_id: UUID) -> HttpResponse:
    """Take somebody off a protected pupil's list at once."""
    pupil = get_object_or_404(Pupil.objects.named_to(request.membership), pk=pupil_id)
    lists = NamedReader.objects.visible_to(request.membership)
    named = get_object_or_404(lists.filter(pupil=pupil, ended_at=None), pk=named_id)
    actions.end_reader(named=named, by=request.membership, at=timezone.now())
    messages.success(request, _("Taken off the list."))
    if may_keep_readers(request.membership, pupil.pk):
        return redirect("schools:pupil_readers", pupil.pk)
    return redirect("schools:protected_list")


@recently_confirmed
def confirm_readers(request: MemberRequest) -> HttpResponse:
    """Show who has been named and waits for the reader as second person; not for whom, which the two talk about."""
    waiting = NamedReader.objects.to_confirm(request.membership)
    rows = list(waiting.select_related("membership__user", "granted_by__user"))
    return render(request, "schools/confirm_readers.html", {"rows": rows})


@recently_confirmed
def confirm_reader(request: MemberRequest, named_id: UUID) -> HttpResponse:
    """Say yes, or no, to somebody named as a reader."""
    named = get_object_or_404(NamedReader.objects.to_confirm(request.membership), pk=named_id)
    answer = actions.confirm_reader if request.POST.get("answer") == "yes" else actions.end_reader
    answer(named=named, by=request.membership, at=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("schools:confirm_readers")


@recently_confirmed
def protection_policy(request: MemberRequest) -> HttpResponse:
    """Show where each authority's protected pupils are handled, and enter a decision of the city."""
    schools = Unit.objects.filter(kind=UnitKind.SCHOOL).open()
    authorities = sorted(set(schools.values_list("authority", flat=True)))
    form = DecideProtectionForm(request.POST or None, authorities=authorities)
    if request.method == "POST" and form.is_valid():
        try:
            actions.decide_protection(**form.cleaned_data, by=request.membership, at=timezone.now())
        except actions.DecisionWaits:
            form.add_error("authority", _("A decision for this authority waits to be confirmed."))
        else:
            messages.success(request, _("Entered. It counts when a second person has confirmed it."))
            return redirect("schools:protection_policy")
    decisions = ProtectionPolicy.objects.visible_to(request.membership).with_page_relations()
    context = {"form": form, "decisions": decisions}
    return render(request, "schools/protection_policy.html", context, status=422 if form.errors else 200)


@recently_confirmed
def confirm_policy(request: MemberRequest, policy_id: int) -> HttpResponse:
    """Confirm a decision as the second person."""
    decisions = ProtectionPolicy.objects.visible_to(request.membership)
    policy = get_object_or_404(decisions.filter(confirmed_at=None), pk=policy_id)
    try:
        actions.confirm_protection(policy=policy, by=request.membership, at=timezone.now())
        messages.success(request, _("Confirmed. The decision counts from now on."))
    except actions.NotASecondPerson:
        messages.warning(request, _("Whoever enters a decision cannot confirm it. Ask a colleague."))
    except NotAllowed as error:
        raise PermissionDenied from error
    return redirect("schools:protection_policy")
