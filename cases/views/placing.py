"""A coordinator chooses which unit takes a request that has been sent on twice. Units, dates and codes; no words."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from cases import access
from cases.actions import placing as actions
from cases.actions.disclosing import ConsentIsMissing
from cases.actions.requests import NothingNew
from cases.forms.stalled import PlaceForm
from cases.models import Obligation
from cases.obligations import PLACE
from cases.placing import times_sent_on
from cases.receivers import units_to_place

from .acting import Act, acting_page
from .attempt import refused
from .conflict import conflict_page
from .overseeing import overseeing


@overseeing
def place_request(request: MemberRequest, obligation_id: UUID) -> HttpResponse:
    """Choose the unit, which may be the one that has the request, and say why."""
    overseen = Obligation.objects.overseen_by(request.membership).filter(kind=PLACE)
    obligation = get_object_or_404(overseen.with_dates_and_units(), pk=obligation_id)
    referral = obligation.referral
    form = PlaceForm(
        request.POST or None, services=units_to_place(referral, timezone.localdate()), has_it=referral.to_unit_id
    )
    if obligation.stopped_at is not None:
        return conflict_page(request, obligation.case, form if form.is_bound else None)
    if not access.may_place(request.membership, obligation):
        raise PermissionDenied
    stop = _placed(request, obligation, form) if form.is_valid() else None
    return stop or _page(request, obligation, form)


def _placed(request: MemberRequest, obligation: Obligation, form: PlaceForm) -> HttpResponse | None:
    """Return the answer to what was chosen; None where it cannot be done, and the form says why."""
    try:
        stop = refused(
            request, actions.place_request, obligation.case, form, obligation=obligation, **form.cleaned_data
        )
    except NothingNew:
        form.add_error("service", _("That unit already has a request about the pupil. Choose another."))
    except ConsentIsMissing:
        form.add_error(None, _("The consent has been withdrawn, so the request cannot go on. The school decides now."))
    else:
        if stop is None:
            told = _("%(unit)s gets the request. The school and both units see it now.")
            messages.success(request, told % {"unit": form.cleaned_data["service"].office.unit.short_name})
        return stop or redirect("cases:stalled_list")
    return None


def _page(request: MemberRequest, obligation: Obligation, form: PlaceForm) -> HttpResponse:
    answers = obligation.case.obligations.open().filter(kind="answer_request", referral=obligation.referral_id)
    act = Act("place_request", _("Which unit takes the request?"), _("Decide"))
    return acting_page(
        request, obligation.case, act, form, template="cases/place_request.html", obligation=obligation,
        sent_on=times_sent_on(obligation.case),
        answer=answers.first(),
    )  # fmt: skip
