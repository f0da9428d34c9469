"""Pages that belong to no app."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from accounts.access import public


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form was too old to be sent, and how to send it again."""
    return render(request, "csrf_failure.html", status=403)


@never_cache
@public(reason="Load balancers ask whether the process is alive; says nothing about anybody.")
def alive(request: HttpRequest) -> HttpResponse:
    """Answer that the process serves."""
    return HttpResponse("ok", content_type="text/plain")
