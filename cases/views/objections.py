"""The page of an objection, shared by both sides: both versions, the answers, who is waited for."""

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
from cases.actions import objections as actions
from cases.actions import oversight
from cases.forms.obligations import AnswerLiftForm, OtherVersionForm
from cases.lifting import asked_of, waited_for
from cases.models import Decision, DecisionReason, Objection, ObjectionAnswer
from cases.placing import was_given_back

from .acting import Act, acting_page, choices
from .attempt import refused
from .conflict import conflict_page


def objection(request: MemberRequest, objection_id: UUID) -> HttpResponse:
    """Show what the two sides disagree about; whoever is asked answers here."""
    return objection_page(request, _seen(request, objection_id))


def objection_page(request: MemberRequest, found: Objection) -> HttpResponse:
    """Show `found`, or answer it as the reader."""
    asked = asked_of(request.membership, found)
    form = AnswerLiftForm(request.POST or None, **choices(found.case)) if asked else None
    if form is None and request.method == "POST":
        if found.ended_at is None and not found.answers.exists():
            raise PermissionDenied
        return conflict_page(request, found.case, None)
    if form is not None and form.is_valid():
        stop = refused(
            request, oversight.answer_lift, found.case, form, obligation=asked, **form.cleaned_data
        )  # fmt: skip
        if stop is None:
            messages.success(request, _("Saved. The others in the case see it."))
        return stop or redirect("cases:objection", found.pk)
    return _page(request, found, form)


def write_other_version(request: MemberRequest, objection_id: UUID) -> HttpResponse:
    """Tell the side of the unit that said no."""
    found = _seen(request, objection_id)
    form = OtherVersionForm(request.POST)
    if form.is_valid():
        stop = refused(
            request, actions.write_other_version, found.case, form, objection=found, text=form.cleaned_data["version"]
        )
        return stop or redirect("cases:objection", found.pk)
    return _page(request, found, None, form)


def _page(
    request: MemberRequest, found: Objection, form: AnswerLiftForm | None, version: OtherVersionForm | None = None
) -> HttpResponse:
    reader = request.membership
    act = Act("objection", _("What we disagree about"), _("Send the answer"))
    if version is None and access.may_write_other_version(reader, found):
        version = OtherVersionForm()
    decisions = Decision.objects.visible_to(reader).filter(referral=found.referral_id, answer=Decision.Answer.DECLINED)
    answers = ObjectionAnswer.objects.visible_to(reader).filter(objection=found)
    return acting_page(
        request, found.case, act, version if version is not None and version.is_bound else form,
        template="cases/objection.html", objection=found, answer_form=form, version_form=version,
        decision=decisions.select_related("decided_by__user", "referral__to_unit").first(),
        given=DecisionReason.objects.visible_to(reader)
        .filter(decision__in=decisions).select_related("code").defer(None).first(),
        given_back=was_given_back(found),
        answers=answers.select_related("unit", "answered_by__user"), waited=waited_for(found, timezone.localdate()),
    )  # fmt: skip


def _seen(request: MemberRequest, objection_id: UUID) -> Objection:
    related = Objection.objects.visible_to(request.membership).select_related(
        "case__school_unit", "referral__to_unit__parent", "raised_by__user", "raised_by__unit",
        "other_version_by__user",
    )  # fmt: skip
    return get_object_or_404(related.defer("case__final_word"), pk=objection_id)
