"""Pages about the people of a unit: who is here, invite, end, away."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import actions, lost_factors
from .access import (
    MemberRequest,
    may_change_membership,
    may_confirm,
    may_renew,
    may_reset_second_factor,
    needs_two_to_reset,
    recently_confirmed,
)
from .forms import EndMembershipForm, InvitePersonForm, ResetSecondFactorForm, SetAwayForm
from .invitations import send_invitation
from .models import Membership, Unit, User
from .people import Row
from .roles import MANAGERS

PER_PAGE = 50
REASONS = {
    actions.NotAllowed: gettext_lazy("You cannot invite to that role in that unit, nor invite yourself."),
    actions.AlreadyMember: gettext_lazy("The person already has this role in this unit."),
    actions.RolesExclude: gettext_lazy(
        "The person has another role in the service at the same time, and the two exclude each other. "
        "Who administers the system or reviews the log has no other role."
    ),
    actions.TooLong: gettext_lazy("A role lasts a year at most. Choose an earlier day; it can be renewed."),
    actions.DayNotPossible: gettext_lazy("The last day comes before the first day."),
    actions.NotAColleague: gettext_lazy("The stand-in must work in the same unit during the absence."),
}


def people(request: MemberRequest) -> HttpResponse:
    """Show the people of the units that the reader answers for; `?show=ended` shows those who have left."""
    today = timezone.localdate()
    ended = request.GET.get("show") == "ended"
    members = Membership.objects.visible_to(request.membership).ended(today, ended).for_people_page()
    page = Paginator(members, PER_PAGE).get_page(request.GET.get("page"))
    rows = [Row.of(membership, request.membership, today) for membership in page]
    context = {"page": page, "rows": rows, "ended": ended, "is_manager": request.membership.role in MANAGERS}
    return render(request, "accounts/people.html", context)


@recently_confirmed
def invite_person(request: MemberRequest) -> HttpResponse:
    """Invite somebody to a unit that the reader answers for."""
    units = Unit.objects.visible_to(request.membership).open()
    form = InvitePersonForm(request.POST or None, units=units, today=timezone.localdate())

    def invite() -> str:
        membership = actions.invite_person(**form.cleaned_data, by=request.membership, at=timezone.now())
        send_invitation(membership.user, request)
        if membership.is_waiting:
            return _("Proposed. The role counts when a second person has confirmed it.")
        return _("Invited. A mail with a link is on its way to %(email)s.") % {"email": membership.user.email}

    return _form_page(request, form, invite, "accounts/invite_person.html", {})


def end_membership(request: MemberRequest, membership_id: UUID) -> HttpResponse:
    """Set the last day of a membership."""
    membership = _changeable(request, membership_id)
    form = EndMembershipForm(request.POST or None, membership=membership, today=timezone.localdate())

    def end() -> str:
        day = form.cleaned_data["last_day"]
        actions.end_membership(membership=membership, last_day=day, by=request.membership, at=timezone.now())
        return _("%(person)s’s last day is %(day)s.") % {"person": membership.user.full_name, "day": day}

    return _form_page(request, form, end, "accounts/end_membership.html", {"membership": membership})


def set_away(request: MemberRequest, membership_id: UUID) -> HttpResponse:
    """Set when a member is away and who stands in."""
    membership = _changeable(request, membership_id)
    colleagues = Membership.objects.visible_to(request.membership).colleagues_of(membership, timezone.localdate())
    initial = {field: getattr(membership, field) for field in ("away_from", "away_to", "stand_in")}
    form = SetAwayForm(request.POST or None, initial=initial, colleagues=colleagues)

    def note() -> str:
        actions.set_away(membership=membership, **form.cleaned_data, by=request.membership, at=timezone.now())
        return _("Saved. %(person)s is noted as away.") % {"person": membership.user.full_name}

    return _form_page(request, form, note, "accounts/set_away.html", {"membership": membership})


@recently_confirmed
def confirm_membership(request: MemberRequest, membership_id: UUID) -> HttpResponse:
    """Confirm, as a second person, a role that somebody else has proposed."""
    membership = _changeable(request, membership_id)
    if not may_confirm(request.membership, membership):
        raise PermissionDenied
    actions.confirm_membership(membership=membership, by=request.membership, at=timezone.now())
    messages.success(request, _("Confirmed. %(person)s’s role counts now.") % {"person": membership.user.full_name})
    return redirect("accounts:people")


@recently_confirmed
def renew_membership(request: MemberRequest, membership_id: UUID) -> HttpResponse:
    """Let a membership go on for twelve months from today."""
    membership = _changeable(request, membership_id)
    if not may_renew(request.membership, membership):
        raise PermissionDenied
    try:
        renewed = actions.renew_membership(membership=membership, by=request.membership, at=timezone.now())
    except actions.DayNotPossible:
        messages.warning(request, _("The role is not in force. Invite the person anew."))
    else:
        text = _("Renewed. %(person)s’s last day is %(day)s.")
        messages.success(request, text % {"person": membership.user.full_name, "day": renewed.valid_to})
    return redirect("accounts:people")


def back_again(request: MemberRequest, membership_id: UUID) -> HttpResponse:
    """Take away a noted absence."""
    membership = _changeable(request, membership_id)
    actions.back_again(membership=membership, by=request.membership, at=timezone.now())
    messages.success(request, _("%(person)s is back.") % {"person": membership.user.full_name})
    return redirect("accounts:people")


def send_link(request: MemberRequest, membership_id: UUID) -> HttpResponse:
    """Mail an invited person the link once more."""
    membership = _changeable(request, membership_id)
    send_invitation(membership.user, request)
    messages.success(request, _("A new mail is on its way to %(email)s.") % {"email": membership.user.email})
    return redirect("accounts:people")


@recently_confirmed
def reset_second_factor(request: MemberRequest, membership_id: UUID) -> HttpResponse:
    """Take away the second factor of somebody who has lost it."""
    membership = _changeable(request, membership_id)
    now = timezone.now()
    if not may_reset_second_factor(request.membership, membership, timezone.localdate(now)):
        raise PermissionDenied
    form = ResetSecondFactorForm(request.POST if request.method == "POST" else None)
    needs_two = needs_two_to_reset(membership.user, timezone.localdate(now))
    asked = lost_factors.asked_for(membership.user, now) if needs_two else None

    def reset() -> str:
        is_done = lost_factors.reset_second_factor(
            membership=membership, password_too=form.cleaned_data["password_too"], by=request.membership, at=now
        )
        if not is_done:
            return _("Noted. Another system administrator has to agree within a day.")
        return _told(User.objects.get(pk=membership.user_id), request)

    context = {
        "membership": membership,
        "needs_two": needs_two,
        "asked": asked is not None and asked.asked_by.user_id != request.user.pk,
    }
    return _form_page(request, form, reset, "accounts/reset_second_factor.html", context)


def _told(user: User, request: HttpRequest) -> str:
    """Mail the person that the second factor is gone, with a link when the password is too; return what to say."""
    lost_factors.tell(user)
    if not user.has_usable_password():
        send_invitation(user, request)
    return _("Done. %(person)s sets up a new second step at the next sign-in.") % {"person": user.full_name}


def _changeable(request: MemberRequest, membership_id: UUID) -> Membership:
    """Return the membership if the reader may change it: 404 when out of sight, 403 for one's own."""
    visible = Membership.objects.visible_to(request.membership).with_page_relations()
    membership = get_object_or_404(visible, pk=membership_id)
    if not may_change_membership(request.membership, membership):
        raise PermissionDenied
    return membership


def _form_page(
    request: HttpRequest, form: forms.Form, act: Callable[[], str], template: str, context: dict
) -> HttpResponse:
    """Show the form; when it is sent and right, act, say so and go back to the people page."""
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, act())
        except tuple(REASONS) as error:
            form.add_error(None, REASONS[type(error)])
        else:
            return redirect("accounts:people")
    return render(request, template, {"form": form, **context}, status=422 if form.errors else 200)
