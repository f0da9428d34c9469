"""The log auditor's own pages: the workspace, the sample, and judging one reading."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from audit import reading
from audit.models import AccessRecord, AuditEvent

from .. import access, actions
from ..attempts import pupils_in
from ..attempts import rows_of as attempt_rows
from ..claims import waiting_claims
from ..finding import pupil_in_log
from ..forms import FindPupilForm, ReviewForm
from ..models import LogExtract, Review, RuleHit, Sample
from ..sampling import month_before
from ..workspace import code_of, hit_readings, rows_of, sampled_readings

ROWS = 25
EXTRACTS = 10
LATELY = timedelta(days=7)


def workspace(request: MemberRequest) -> HttpResponse:
    """Show what the rules hit and nobody has judged, the month's sample, and the latest extracts."""
    reader = request.membership
    show = request.GET.get("show", "")
    sample = Sample.objects.overseen_by(reader).order_by("-month").first()
    if show == "sample":
        found = sampled_readings(reader, sample).order_by("pk")
    else:
        found = hit_readings(reader, reviewed=show == "reviewed")
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    reading.note(kind="list")
    reading.only(pupil for record in page for pupil in record.pupils)
    context = {
        "page": page,
        "rows": rows_of(page, reader),
        "show": show,
        "waiting": hit_readings(reader, reviewed=False).count(),
        "sample": sample,
        "month": month_before(timezone.localdate()),
        "extracts": LogExtract.objects.visible_to(reader).select_related("drafted_by__user", "decided_by__user")[
            :EXTRACTS
        ],
        "form": FindPupilForm(),
        "claims": waiting_claims(reader),
        "attempts": AuditEvent.objects.overseen_by(reader).watched().filter(at__gte=timezone.now() - LATELY).count(),
    }
    return render(request, "oversight/workspace.html", context)


def attempts(request: MemberRequest) -> HttpResponse:
    """Show who failed to sign in, who was refused what, and where protection was lifted; all signing in if asked."""
    show = request.GET.get("show", "")
    found = AuditEvent.objects.overseen_by(request.membership).watched(all_signing_in=show == "all")
    page = Paginator(found.select_related("user").order_by("-pk"), ROWS).get_page(request.GET.get("page"))
    reading.note(kind="list")
    reading.only(pupils_in(page))
    context = {"page": page, "rows": attempt_rows(page), "show": show}
    return render(request, "oversight/attempts.html", context)


def see_claim(request: MemberRequest, claim_id: UUID) -> HttpResponse:
    """Note that a claimed link has been looked at."""
    actions.see_claim(claim_id=claim_id, by=request.membership, at=timezone.now())
    messages.success(request, _("Noted that you have looked at it."))
    return redirect("oversight:workspace")


def draw_sample(request: MemberRequest) -> HttpResponse:
    """Draw the sample of the latest month that is over."""
    try:
        sample = actions.draw_sample(by=request.membership, at=timezone.now())
    except actions.AlreadyDrawn:
        messages.info(request, _("The sample has been drawn already. It is drawn once a month."))
    else:
        number = sample.readings.count()
        messages.success(request, _("%(n)d readings are drawn.") % {"n": number})
    return redirect(f"{reverse('oversight:workspace')}?show=sample")


def review_reading(request: MemberRequest, record_id: int) -> HttpResponse:
    """Show one reading with why it is here, and sign how it is judged."""
    reader = request.membership
    records = AccessRecord.objects.overseen_by(reader).select_related("user")
    record = get_object_or_404(records, pk=record_id)
    form = ReviewForm(request.POST or None)
    may_review = access.may_review(reader, record)
    if request.method == "POST" and may_review and form.is_valid():
        actions.review_reading(record=record, **form.cleaned_data, by=reader, at=timezone.now())
        messages.success(request, _("Signed. It cannot be changed; a later judgement can be added."))
        return redirect("oversight:workspace")
    reading.only(record.pupils)
    hits = RuleHit.objects.overseen_by(reader).filter(record=record).order_by("pupil", "rule")
    context = {
        "row": rows_of([record], reader)[0],
        "hits": [(code_of(hit.pupil), hit.get_rule_display()) for hit in hits],
        "pupils": [(pupil, code_of(pupil)) for pupil in record.pupils],
        "reviews": Review.objects.overseen_by(reader).filter(record=record).select_related("reviewed_by__user"),
        "form": form if may_review else None,
        "is_own": record.user_id == reader.user_id,
    }
    refused = request.method == "POST"
    return render(request, "oversight/review_reading.html", context, status=422 if refused else 200)


def find_pupil(request: MemberRequest) -> HttpResponse:
    """Go to who has read about the pupil with a personal number, if the authority's own log knows the pupil."""
    reading.note(kind="search")
    form = FindPupilForm(request.POST)
    pupil = pupil_in_log(form.cleaned_data["number"]) if form.is_valid() else None
    if pupil is not None:
        reading.only([pupil])
        return redirect("oversight:who_has_read", pupil)
    if form.is_valid():
        form.add_error("number", _("Your log has no reading about a pupil with that number."))
    return render(request, "oversight/find_pupil.html", {"form": form}, status=422)
