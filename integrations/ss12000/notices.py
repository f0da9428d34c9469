"""Where sources call: no sign-in, an address that cannot be guessed, and nothing that is told is believed."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from wall import identity

from .subscriptions import note_notice


@csrf_exempt
def source_notice(request: HttpRequest, token: str) -> HttpResponse:
    """Note that a source has something new, and answer exactly 200 at once; 404 where nobody is known.

    The standard defines no sign-in, and spells the body in two ways. So the body is not even read: a notice wakes us,
    and what has changed is asked of the source itself, with our own secret. A notice is no form of a browser's, and
    there is no session whose owner could be tricked into sending one.
    """
    with identity.gate():
        is_known = note_notice(token, at=timezone.now())
    if not is_known:
        raise Http404
    return HttpResponse(status=200)
