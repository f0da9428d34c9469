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


@public(reason="Help is open to everybody; it holds no personal data.")
def help_page(request: HttpRequest) -> HttpResponse:
    """Show how the commonest things are done."""
    return render(request, "pages/help.html")


@public(reason="Says what the service is; holds no personal data.")
def about(request: HttpRequest) -> HttpResponse:
    """Show what the service is for and how it works."""
    return render(request, "pages/about.html")


@public(reason="The accessibility statement must be open to everybody (lag 2018:1937).")
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show the accessibility statement."""
    return render(request, "pages/accessibility.html")


@public(reason="How personal data are handled must be open to everybody (GDPR art. 13-14).")
def privacy(request: HttpRequest) -> HttpResponse:
    """Show how personal data are handled."""
    return render(request, "pages/privacy.html")
