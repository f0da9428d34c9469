"""Who has read about a pupil, and the extract for the family."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest, recently_confirmed
from accounts.models import Unit
from accounts.roles import Role
from audit import reading
from audit.models import AccessRecord
from cases.access import may_see_who_has_read
from cases.models import Case
from schools.models import Pupil

from .. import access, actions
from ..extracts import in_words, lines_of
from ..forms import DraftExtractForm
from ..models import LogExtract
from ..workspace import code_of

ROWS = 50
PERIOD = timedelta(days=365)


def who_has_read(request: MemberRequest, pupil_id: UUID) -> HttpResponse:
    """Say who has read about a pupil: who, as what, when and which page. Only the reader's own authority's log."""
    today = timezone.localdate()
    form = DraftExtractForm(initial={"since": today - PERIOD, "until": today})
    return _who_has_read(request, pupil_id, form)


def who_has_read_in_case(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Say to a head of social services who in the own units has read about the pupil of one of their cases."""
    reader = request.membership
    if not may_see_who_has_read(reader):
        raise PermissionDenied
    case = get_object_or_404(Case.objects.visible_to(reader).select_related("pupil"), pk=case_id)
    records = AccessRecord.objects.overseen_by(reader).of_units(Unit.objects.below(reader.unit)).about(case.pupil_id)
    page = Paginator(records.select_related("user").order_by("-pk"), ROWS).get_page(request.GET.get("page"))
    reading.only([case.pupil_id])
    context = {"case": case, "name": case.pupil.full_name, "page": page, "lines": lines_of(page)}
    return render(request, "oversight/who_has_read.html", context)


def _who_has_read(request: MemberRequest, pupil_id: UUID, form: DraftExtractForm) -> HttpResponse:
    reader = request.membership
    name = _name_for(request, pupil_id)
    records = AccessRecord.objects.overseen_by(reader).about(pupil_id).select_related("user").order_by("-pk")
    page = Paginator(records, ROWS).get_page(request.GET.get("page"))
    reading.only([pupil_id])
    context = {
        "pupil_id": pupil_id,
        "name": name,
        "page": page,
        "lines": lines_of(page),
        "extracts": LogExtract.objects.visible_to(reader).filter(pupil=pupil_id).select_related("drafted_by__user"),
        "form": form if access.may_draft(reader) else None,
        "is_auditor": reader.role == Role.LOG_AUDITOR,
    }
    return render(request, "oversight/who_has_read.html", context, status=422 if form.is_bound else 200)


def draft_extract(request: MemberRequest, pupil_id: UUID) -> HttpResponse:
    """Draft an extract for the family."""
    form = DraftExtractForm(request.POST)
    if not form.is_valid():
        return _who_has_read(request, pupil_id, form)
    extract = actions.draft_extract(pupil_id=pupil_id, **form.cleaned_data, by=request.membership, at=timezone.now())
    reading.only([pupil_id])
    messages.success(request, _("Drafted. A second person now reads it before it can be let out."))
    return redirect("oversight:extract_detail", extract.pk)


def extract_detail(request: MemberRequest, extract_id: UUID) -> HttpResponse:
    """Show an extract as the family will see it, and let it out or hold it back."""
    extract = _extract(request, extract_id)
    context = _context(request, extract) | {
        "may_decide": access.may_decide(request.membership, extract),
        "is_drafter": request.membership.user_id == extract.drafter,
    }
    return render(request, "oversight/extract_detail.html", context)


@recently_confirmed
def release_extract(request: MemberRequest, extract_id: UUID) -> HttpResponse:
    """Let an extract out."""
    return _decide(request, extract_id, actions.release_extract, _("Let out. It can be printed."))


def withhold_extract(request: MemberRequest, extract_id: UUID) -> HttpResponse:
    """Hold an extract back."""
    return _decide(request, extract_id, actions.withhold_extract, _("Held back. It cannot be printed."))


@recently_confirmed
def print_extract(request: MemberRequest, extract_id: UUID) -> HttpResponse:
    """Show a released extract as it is printed for the family."""
    extract = _extract(request, extract_id)
    if not extract.is_released:
        raise Http404
    reading.note(kind="print")
    return render(request, "oversight/print_extract.html", _context(request, extract))


def _decide(request: MemberRequest, extract_id: UUID, act: Callable[..., Any], done: str) -> HttpResponse:
    extract = _extract(request, extract_id)
    try:
        act(extract=extract, by=request.membership, at=timezone.now())
        messages.success(request, done)
    except actions.AlreadyDecided:
        messages.warning(request, _("Somebody has decided already. Here is how it stands."))
    except actions.NotAllowed:
        raise PermissionDenied from None
    return redirect("oversight:extract_detail", extract.pk)


def _extract(request: MemberRequest, extract_id: UUID) -> LogExtract:
    extracts = LogExtract.objects.visible_to(request.membership).select_related("drafted_by__user", "decided_by__user")
    extract = get_object_or_404(extracts, pk=extract_id)
    reading.only([extract.pupil])
    return extract


def _context(request: MemberRequest, extract: LogExtract) -> dict[str, Any]:
    return {"extract": extract, "lines": in_words(extract.lines), "name": _name_for(request, extract.pupil)}


def _name_for(request: MemberRequest, pupil_id: UUID) -> str:
    """Return the pupil's name to a principal of the school, 404 to other principals; auditors see a code alone."""
    if request.membership.role == Role.LOG_AUDITOR:
        return code_of(pupil_id)
    return get_object_or_404(Pupil.objects.visible_to(request.membership), pk=pupil_id).full_name
