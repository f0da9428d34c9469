"""Pages about oneself: which membership, which language, the account, a password."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.views import logout
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from . import actions, hats, own_sessions
from .access import MemberRequest
from .attempts import note_success
from .confirming import confirms_with_a_button, is_recently_confirmed, note_confirmation
from .forms import SwitchForm
from .invitations import invited_user
from .models import User
from .permissions import Action, Object, permits


def switch(request: MemberRequest) -> HttpResponse:
    """Choose which membership to act as. For another side one says who one is again, and begins a new session."""
    if request.membership is None:
        return redirect("accounts:no_membership")
    initial = {"membership": request.GET.get("membership", str(request.membership.pk))}
    form = SwitchForm(request.POST or None, memberships=request.memberships, initial=initial)
    if request.method == "POST" and form.is_valid():
        chosen = next(one for one in request.memberships if str(one.pk) == form.cleaned_data["membership"])
        changes_side = chosen.side != request.membership.side
        if changes_side and not is_recently_confirmed(request, timezone.now()):
            return hats.way_to_confirm(request, chosen)
        hats.put_on(request, chosen, anew=changes_side)
        return redirect("/")
    context = {"form": form, "has_two_sides": len({one.side for one in request.memberships}) > 1}
    return render(request, "accounts/switch.html", context, status=422 if form.errors else 200)


def no_membership(request: MemberRequest) -> HttpResponse:
    """Say whom to ask when one has no role here, or no longer."""
    if request.membership is not None:
        return redirect("/")
    return render(request, "accounts/no_membership.html")


def account(request: MemberRequest) -> HttpResponse:
    """Show who one is here, and the ways to sign in."""
    reader = getattr(request, "membership", None)
    has_settings = reader is not None and bool(permits(reader, Object.SETTING, Action.READ))
    context = {"memberships": request.memberships, "has_settings": has_settings}
    return render(request, "accounts/account.html", context)


def sessions(request: MemberRequest) -> HttpResponse:
    """Show where one is signed in."""
    rows = own_sessions.rows_for(request.user, request.session.session_key, timezone.now())
    return render(request, "accounts/sessions.html", {"rows": rows})


def end_session(request: MemberRequest) -> HttpResponse:
    """End one of one's own sessions."""
    session_id = request.POST.get("session", "")
    ended = own_sessions.end_session(user=request.user, session_id=session_id, by=request.membership, at=timezone.now())
    if not ended:
        raise Http404
    messages.success(request, _("Ended. Whoever was signed in there has to sign in again."))
    return redirect("accounts:sessions")


def end_other_sessions(request: MemberRequest) -> HttpResponse:
    """End all of one's own sessions but this one."""
    key = request.session.session_key
    own_sessions.end_other_sessions(user=request.user, key=key, by=request.membership, at=timezone.now())
    messages.success(request, _("You are signed in only here now."))
    return redirect("accounts:sessions")


def change_password(request: MemberRequest) -> HttpResponse:
    """Change one's own password; the old one is asked for. Other sessions end, this one goes on."""
    if not request.user.has_usable_password():
        raise Http404
    form = PasswordChangeForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = actions.choose_password(
            user=request.user, password=form.cleaned_data["new_password1"], by=request.membership, at=timezone.now()
        )
        update_session_auth_hash(request, user)
        key = request.session.session_key
        own_sessions.end_other_sessions(user=user, key=key, by=request.membership, at=timezone.now())
        messages.success(request, _("Your password is changed. You are signed out everywhere else."))
        return redirect("accounts:account")
    return render(request, "accounts/change_password.html", {"form": form}, status=422 if form.errors else 200)


def choose_password(request: HttpRequest, user_id: UUID, token: str) -> HttpResponse:
    """Let an invited person choose a first password."""
    user = invited_user(user_id, token)
    if user is None:
        return render(request, "accounts/link_used.html", status=410)
    form = SetPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.choose_password(user=user, password=form.cleaned_data["new_password1"], by=None, at=timezone.now())
        messages.success(request, _("Your password is saved. Sign in with it now."))
        return redirect("account_login")
    return render(request, "accounts/choose_password.html", {"form": form}, status=422 if form.errors else 200)


def confirm_demo(request: Any) -> HttpResponse:
    """Let an invented person of the demo, who has no password, confirm with a button."""
    if not confirms_with_a_button(request.user):
        raise Http404
    target = _safe_next(request, reverse("accounts:account"))
    if request.method == "POST":
        note_confirmation(request, timezone.now())
        return redirect(target)
    return render(request, "accounts/confirm_demo.html", {"target": target})


def stay(request: MemberRequest) -> HttpResponse:
    """Keep the session from ending because nothing happens; the request itself is what does it."""
    return HttpResponse(status=204)


def leave(request: HttpRequest) -> HttpResponse:
    """Sign out, and let the browser forget what it has stored of this site. Marked where its address is."""
    if isinstance(request.user, User):
        note_success(request, "signed_out", request.user)
    response = logout(request)
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def set_language(request: Any) -> HttpResponse:
    """Remember the language: on the person when signed in, and in a cookie for before sign-in."""
    response = redirect(_safe_next(request, "/"))
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        if isinstance(request.user, User):
            actions.choose_language(user=request.user, language=language)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 24 * 60 * 60,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def _safe_next(request: HttpRequest, otherwise: str) -> str:
    """Return where to go next, if that is a page of ours."""
    target = request.POST.get("next") or request.GET.get("next") or otherwise
    is_ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if is_ours else otherwise
