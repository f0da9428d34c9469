"""Going from one authority to the other: who one is is asked again, and the session begins anew."""

from __future__ import annotations

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate, get_reauthentication_flows
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from wall import identity

from .access import MemberRequest
from .actions import choose_membership
from .models import Membership
from .sessions import MEMBERSHIP_KEY


def has_confirmed(request: MemberRequest) -> bool:
    """Say whether the person has said who they are within settings.ACCOUNT_REAUTHENTICATION_TIMEOUT seconds.

    The invented people of the demo have no way of doing so; only there is that enough.
    """
    if not get_reauthentication_flows(request.user):
        return bool(settings.DEMO)
    return did_recently_reauthenticate(request)


def way_to_confirm(request: MemberRequest, chosen: Membership) -> HttpResponse:
    """Return the way to the page where one says who one is, and back to the choice.

    What was sent is not kept and carried out afterwards: django-allauth would do so past the gate.
    """
    back = f"{reverse('accounts:switch')}?{urlencode({'membership': chosen.pk})}"
    if get_reauthentication_flows(request.user):
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}")
    with identity.gate():
        logout(request)
    return redirect(f"{reverse('account_login')}?{urlencode({'next': back})}")


def put_on(request: MemberRequest, chosen: Membership, *, anew: bool) -> None:
    """Act as `chosen` from the next request on; `anew` in a session of its own, to which nothing comes along.

    No message, draft or proof of who one is, and the old session's key opens nothing any more.
    """
    if anew:
        for _message in messages.get_messages(request):
            pass  # Those waiting in a cookie are taken out of it when they have been read.
        with identity.gate():
            request.session.flush()
            login(request, chosen.user)
    with identity.acting_as(chosen):
        choose_membership(membership=chosen, at=timezone.now())
    request.session[MEMBERSHIP_KEY] = str(chosen.pk)
