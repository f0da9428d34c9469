"""Pages that belong to no app."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from accounts.permissions.told import matrix, role_rules


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form was too old to be sent, and how to send it again."""
    return render(request, "csrf_failure.html", status=403)


@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """Answer that the process serves."""
    return HttpResponse("ok", content_type="text/plain")


def help_page(request: HttpRequest) -> HttpResponse:
    """Show how the commonest things are done."""
    return render(request, "pages/help.html")


def about(request: HttpRequest) -> HttpResponse:
    """Show what the service is for and how it works."""
    return render(request, "pages/about.html")


def permissions(request: HttpRequest) -> HttpResponse:
    """Show who may do what with what: the same matrix that every check asks."""
    return render(request, "pages/permissions.html", {"parts": matrix(), "rules": role_rules()})


def accessibility(request: HttpRequest) -> HttpResponse:
    """Show the accessibility statement."""
    return render(request, "pages/accessibility.html")


def privacy(request: HttpRequest) -> HttpResponse:
    """Show how personal data are handled."""
    return render(request, "pages/privacy.html")
