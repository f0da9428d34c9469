"""One's own mail, and the mail that did not arrive."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest

from . import actions
from .forms import MailChoiceForm
from .models import Mail, choice_of

MOST_ROWS = 200


def choices(request: MemberRequest) -> HttpResponse:
    """Choose what one is told by mail, and when."""
    chosen = choice_of(request.user.pk)
    initial = {
        "has_digest": chosen.has_digest,
        "digest_at": f"{chosen.digest_at:%H:%M}",
        "has_instant": chosen.has_instant,
    }
    form = MailChoiceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.choose(user=request.user, by=request.membership, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved. It holds from the next mail."))
        return redirect("notifications:choices")
    return render(request, "notifications/choices.html", {"form": form}, status=422 if form.errors else 200)


def undelivered(request: MemberRequest) -> HttpResponse:
    """Show which mail did not arrive in the last thirty days, and why, the latest first."""
    rows = Mail.objects.visible_to(request.membership).order_by("-ended_at", "pk")[:MOST_ROWS]
    return render(request, "notifications/undelivered.html", {"rows": rows})
