"""Logs a concern in under a minute; what is typed is kept meanwhile."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from schools.models import Pupil

from .. import actions
from ..concern_draft_actions import WrittenElsewhere, draft_of, drafts_of, save_concern_draft, throw_away_concern_draft
from ..concern_traces import logged_same_day
from ..forms import LogConcernForm
from ..models import Concern, ConcernDraft
from ..typed import as_typed, typed_texts

PAGE = "attendance/log_concern.html"


def log_concern(request: MemberRequest) -> HttpResponse:
    """Log a concern about one of the writer's pupils; `?pupil=` fills the pupil in, and what was typed before."""
    asked = _pupil_asked_about(request)
    if request.method != "POST":
        draft = draft_of(asked, request.membership) if asked else None
        typed = draft.content if draft else {}
        form = _form(request, asked, initial=typed | {"submission": uuid4()})
        return _show(request, form, asked, draft=draft)
    form = _form(request, asked, data=request.POST)
    if "save" in request.POST:
        return _keep(request, form, asked)
    if not form.is_valid():
        return _show(request, form, asked, status=422)
    told = form.cleaned_data
    if not told.pop("save_as_well"):
        earlier = logged_same_day(told["pupil"], timezone.localdate(), told["submission"])
        if earlier is not None:
            return _show(request, form, asked, earlier=earlier)
    based_on = request.POST.get("based_on", "")
    concern = actions.log_concern(**told, based_on=based_on, by=request.membership, at=timezone.now())
    page = "report_duty" if concern.harm_suspected == Concern.Harm.YES else "concern_saved"
    return redirect(f"attendance:{page}", concern.pk)


def throw_away_draft(request: MemberRequest, pupil_id: UUID) -> HttpResponse:
    """Remove what the writer has typed about a pupil and not saved."""
    pupil = get_object_or_404(Pupil.objects.visible_to(request.membership), pk=pupil_id)
    throw_away_concern_draft(pupil=pupil, by=request.membership)
    messages.success(request, _("The draft is thrown away."))
    return redirect("attendance:pupil_detail", pupil.pk)


def _keep(request: MemberRequest, form: LogConcernForm, asked: Pupil | None) -> HttpResponse:
    """Keep what was typed as a draft, in its place on the page while somebody writes, else on the page anew."""
    pupil = asked or form.chosen_pupil()
    if pupil is None:
        return _needs_pupil(request, form)
    based_on = request.POST.get("based_on", "")
    try:
        draft = save_concern_draft(
            pupil=pupil, content=as_typed(form), based_on=based_on, by=request.membership, at=timezone.now()
        )
    except WrittenElsewhere:
        return _both_texts(request, form, pupil)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, f"{PAGE}#draft-saved", {"draft": draft, "based_on": draft.saved_at.isoformat()})
    saved_at = timezone.localtime(draft.saved_at).strftime("%H:%M")
    messages.success(request, _("Draft saved %(time)s") % {"time": saved_at})
    return redirect(f"{reverse('attendance:log_concern')}?pupil={pupil.pk}")


def _needs_pupil(request: MemberRequest, form: LogConcernForm) -> HttpResponse:
    """Say that a draft needs somebody to be about."""
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, f"{PAGE}#draft-saved", {"needs_pupil": True, "based_on": ""})
    form.ask_only_for_pupil()
    return _show(request, form, None, status=422)


def _both_texts(request: MemberRequest, form: LogConcernForm, pupil: Pupil) -> HttpResponse:
    """Save nothing over what another window has saved: show both, and let the writer choose."""
    if request.htmx:  # type: ignore[attr-defined]
        context = {"is_written_elsewhere": True, "based_on": request.POST.get("based_on", "")}
        return render(request, f"{PAGE}#draft-saved", context)
    draft = draft_of(pupil, request.membership)
    other = typed_texts(_form(request, pupil, initial=draft.content if draft else {}))
    return _show(request, form, pupil, draft=draft, other=other, status=409)


def _form(request: MemberRequest, pupil: Pupil | None, **kwargs: object) -> LogConcernForm:
    pupils = Pupil.objects.visible_to(request.membership).with_page_relations()
    return LogConcernForm(pupils=pupils, pupil=pupil, **kwargs)


def _pupil_asked_about(request: MemberRequest) -> Pupil | None:
    """Return the pupil in `?pupil=`, when the reader works with that pupil."""
    try:
        asked = UUID(request.GET.get("pupil", ""))
    except ValueError:
        return None
    return Pupil.objects.visible_to(request.membership).with_page_relations().filter(pk=asked).first()


def _show(
    request: MemberRequest,
    form: LogConcernForm,
    pupil: Pupil | None,
    *,
    draft: ConcernDraft | None = None,
    earlier: Concern | None = None,
    other: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "pupil": pupil,
        "draft": draft,
        "drafts": [] if pupil or form.is_bound else drafts_of(request.membership),
        "earlier": earlier,
        "other": other,
        "based_on": draft.saved_at.isoformat() if draft else request.POST.get("based_on", ""),
    }
    return render(request, PAGE, context, status=status)
