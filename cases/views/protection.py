"""A principal says that a pupil has protected identity, and gets a list of what to do on paper."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest, recently_confirmed
from accounts.models import Membership
from cases.actions.protection import take_out_of_the_system
from schools.access import READABLE_BY
from schools.actions.protection import ReadersMissing
from schools.forms import ProtectPupilForm
from schools.models import ProtectionPolicy, Pupil


@recently_confirmed
def protect_pupil(request: MemberRequest, pupil_id: UUID) -> HttpResponse:
    """Hide a pupil from everybody at once, and say with whom the case is carried on outside the system.

    The list is shown in the answer itself: afterwards there is no page about the pupil to come back to.
    """
    pupil = get_object_or_404(Pupil.objects.visible_to(request.membership), pk=pupil_id)
    unit, now = request.membership.unit, timezone.now()
    form = ProtectPupilForm(
        request.POST or None,
        is_inside=ProtectionPolicy.objects.visible_to(request.membership).is_inside(unit.authority),
        members=Membership.objects.working_in(unit, READABLE_BY, timezone.localdate()),
    )
    if request.method == "POST" and form.is_valid():
        readers = list(form.cleaned_data.get("readers", []))
        kind = form.cleaned_data["kind"]
        try:
            noted = take_out_of_the_system(pupil=pupil, kind=kind, readers=readers, by=request.membership, at=now)
        except ReadersMissing:
            form.add_error("readers", _("Choose at least one person other than you"))
        else:
            return render(request, "cases/pupil_protected.html", {"noted": noted, "is_inside": bool(readers)})
    context = {"form": form, "pupil": pupil}
    return render(request, "cases/protect_pupil.html", context, status=422 if form.errors else 200)
