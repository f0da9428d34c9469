"""Going from one authority to the other: who one is is asked again, and the session begins anew."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from wall import identity

from . import confirming
from .access import MemberRequest
from .actions import choose_membership
from .models import Membership
from .sessions import MEMBERSHIP_KEY


def way_to_confirm(request: MemberRequest, chosen: Membership) -> HttpResponse:
    """Return the way to the page where one says who one is, and back to the choice.

    What was sent is not kept: it is one click, and the choice is filled in.
    """
    back = f"{reverse('accounts:switch')}?{urlencode({'membership': str(chosen.pk)})}"
    return redirect(f"{confirming.way_to_confirm(request.user)}?{urlencode({'next': back})}")


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
