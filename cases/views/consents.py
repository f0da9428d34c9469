"""A pupil's consents: what has been answered and shared, new answers, and a consent taken back in two clicks."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from cases import access
from cases.actions import consents as actions
from cases.consent_pages import consents_of, given_on, shared_about, unit_asked_about
from cases.consents import guardians_asked, not_asked_here, shown_name
from cases.forms.consents import ConsentForm, first_consents
from cases.models import Case, Consent
from schools.models import Pupil

from .attempt import refused, sent
from .conflict import conflict_page


def pupil_consents(request: MemberRequest, pupil_id: UUID) -> HttpResponse:
    """Show what has been answered about each receiver, what it has been given, and how an answer is changed."""
    pupil = _pupil(request, pupil_id)
    receivers = consents_of(pupil, request.membership, timezone.localdate())
    return render(request, "cases/pupil_consents.html", {"pupil": pupil, "receivers": receivers})


def note_consents(request: MemberRequest, case_id: UUID, unit_id: UUID) -> HttpResponse:
    """Note new answers about what one receiver is told."""
    case = _case(request, case_id)
    receiver = unit_asked_about(case, unit_id, request.membership)
    if receiver is None:
        raise Http404
    form = _form(request, case.pupil)
    if not access.may_speak_for_school(request.membership, case):
        return conflict_page(request, case)
    if request.method == "POST" and form.is_valid():
        noting = partial(actions.note_consents, case=case, to_unit=receiver, consents=form.consents())
        stop = refused(request, noting, case)
        if stop is None:
            messages.success(request, _("The answers are noted."))
        return stop or redirect("cases:pupil_consents", case.pupil_id)
    protected = not_asked_here(guardians_asked(case.pupil))
    context = {"pupil": case.pupil, "receiver": receiver, "form": form, "not_asked_here": protected}
    return render(request, "cases/note_consents.html", context, status=422 if form.is_bound else 200)


def withdraw_consent(request: MemberRequest, consent_id: UUID) -> HttpResponse:
    """Ask once whether the consent is to be taken back, with what has already been given; then do it."""
    consents = Consent.objects.visible_to(request.membership).select_related("case__pupil", "to_unit", "noted_by")
    consent = get_object_or_404(consents, pk=consent_id)
    case = consent.case
    waits = consent.answer == Consent.Answer.YES and consent.withdrawn_at is None
    if not waits or not access.may_speak_for_school(request.membership, case):
        return conflict_page(request, case)
    if request.method == "POST":
        stop = refused(request, actions.withdraw_consent, case, consent=consent)
        if stop is None:
            messages.success(request, _("The consent is withdrawn. What stands here has already been given."))
        return stop or redirect("cases:pupil_consents", case.pupil_id)
    context = {"consent": consent, "pupil": case.pupil, "copies": given_on(consent, request.membership)}
    return render(request, "cases/withdraw_consent.html", context)


def shared_about_pupil(request: MemberRequest, pupil_id: UUID) -> HttpResponse:
    """Show, to be printed for the pupil and the home, everything that the school has shared about the pupil."""
    pupil = _pupil(request, pupil_id)
    guardians = pupil.guardians.all()
    context = {
        "pupil": pupil,
        "copies": shared_about(pupil, request.membership),
        "withheld": any(one.is_protected or not one.has_custody for one in guardians),
        "printed_on": timezone.localdate(),
    }
    return render(request, "cases/shared_about_pupil.html", context)


def _form(request: MemberRequest, pupil: Pupil) -> ConsentForm:
    guardians = guardians_asked(pupil)
    today = timezone.localdate()
    return ConsentForm(
        sent(request),
        guardians=[shown_name(guardian) for guardian in guardians],
        age=pupil.age_on(today),
        initial=first_consents(today, len(guardians)),
    )


def _case(request: MemberRequest, case_id: UUID) -> Case:
    return get_object_or_404(Case.objects.visible_to(request.membership).select_related("pupil"), pk=case_id)


def _pupil(request: MemberRequest, pupil_id: UUID) -> Pupil:
    return get_object_or_404(Pupil.objects.visible_to(request.membership), pk=pupil_id)
