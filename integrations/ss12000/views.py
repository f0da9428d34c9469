"""Pages: sources for the system administrator; comparisons of the register for the school."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest, recently_confirmed
from audit import reading

from . import settings_actions, tasks
from .forms import AnswerForm, SecretForm, SourceForm
from .journal import runs_of, secrets_of, subscription_of
from .models import RosterChange, RosterDiff, SchoolSource, SourceSecret
from .problems import SourceError, text_of
from .sync_register import ComparisonHasMovedOn, answer_comparison
from .told import WHY, lines_of, run_facts

ROWS = 25
SHOWN = 50


def source_list(request: MemberRequest) -> HttpResponse:
    """Show the sources."""
    sources = SchoolSource.objects.visible_to(request.membership).select_related("provider")
    return render(request, "integrations/source_list.html", {"sources": sources})


@recently_confirmed
def create_source(request: MemberRequest) -> HttpResponse:
    """Enter a source."""
    return _settings(request, None)


@recently_confirmed
def change_source(request: MemberRequest, source_id: UUID) -> HttpResponse:
    """Change what is known about a source."""
    return _settings(request, _source(request, source_id))


def _settings(request: MemberRequest, source: SchoolSource | None) -> HttpResponse:
    form = SourceForm(_sent(request), source=source)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        schools = values.pop("schools")
        values["own_address"] = request.build_absolute_uri("/")
        try:
            saved = settings_actions.save_source(
                source, values=values, schools=schools, by=request.membership, at=timezone.now()
            )
        except settings_actions.SourceExists:
            form.add_error("name", _("There is a source by that name. Choose another."))
        else:
            tasks.keep_subscription.configure(lock=f"source {saved.pk}").defer(source_id=str(saved.pk))
            messages.success(request, _("Saved. Test the connection before you turn the source on."))
            return redirect("integrations:source_detail", saved.pk)
    context = {"form": form, "source": source}
    return render(request, "integrations/source_settings.html", context, status=422 if form.errors else 200)


def source_detail(request: MemberRequest, source_id: UUID) -> HttpResponse:
    """Show a source: what the last test found, its secrets by date, its schools and its journal."""
    source = _source(request, source_id)
    page = Paginator(runs_of(source), ROWS).get_page(request.GET.get("page"))
    secrets = secrets_of(source)
    labels = dict(SourceSecret.Kind.choices)
    context = {
        "source": source,
        "subscription": subscription_of(source),
        "lines": lines_of(source.tested),
        "secrets": [
            (labels[secret["kind"]], secret["set_at"], secret["hosts"] == _hosts(source)) for secret in secrets
        ],
        "schools": list(source.schools.select_related("school__unit")),
        "page": page,
        "runs": [(run, run_facts(run)) for run in page],
    }
    return render(request, "integrations/source_detail.html", context)


@recently_confirmed
def set_secret(request: MemberRequest, source_id: UUID) -> HttpResponse:
    """Enter a secret. What was entered before is gone, and neither is ever shown."""
    source = _source(request, source_id)
    form = SecretForm(_sent(request))
    if request.method == "POST" and form.is_valid():
        kinds = {"credential": SourceSecret.Kind.SECRET, "credential_certificate": SourceSecret.Kind.CERTIFICATE}
        for name, kind in kinds.items():
            if form.cleaned_data[name]:
                settings_actions.set_secret(
                    source, kind=kind, secret=form.cleaned_data[name], by=request.membership, at=timezone.now()
                )
        messages.success(request, _("The secret is stored. It will not be shown again."))
        return redirect("integrations:source_detail", source.pk)
    context = {"form": form, "source": source, "hosts": _hosts(source)}
    return render(request, "integrations/source_secret.html", context, status=422 if form.errors else 200)


def try_source(request: MemberRequest, source_id: UUID) -> HttpResponse:
    """Let the worker try the connection."""
    source = _source(request, source_id)
    tasks.try_source.defer(source_id=str(source.pk))
    messages.success(request, _("The connection is being tested. The answer stands here in a moment."))
    return redirect("integrations:source_detail", source.pk)


def read_source(request: MemberRequest, source_id: UUID) -> HttpResponse:
    """Let the worker read every school of the source now."""
    source = _source(request, source_id)
    kind = request.POST.get("kind", "")
    for school in source.schools.all() if kind in tasks.READERS else []:
        reading_of = tasks.read_school.configure(lock=f"source {source.pk}")
        reading_of.defer(source_school_id=school.pk, kind=kind, is_automatic=False, is_full=True)
    messages.success(request, _("The source is being read. The journal shows how far it has come."))
    return redirect("integrations:source_detail", source.pk)


def comparison_list(request: MemberRequest) -> HttpResponse:
    """Show the comparisons of the school's register with its source, the latest first."""
    diffs = RosterDiff.objects.visible_to(request.membership)
    page = Paginator(diffs.order_by("-made_at", "pk"), ROWS).get_page(request.GET.get("page"))
    return render(request, "integrations/comparison_list.html", {"page": page})


def comparison_detail(request: MemberRequest, diff_id: UUID) -> HttpResponse:
    """Show what the source would change, and take the school's answer."""
    diff = get_object_or_404(RosterDiff.objects.visible_to(request.membership), pk=diff_id)
    form = AnswerForm(_sent(request), diff=diff)
    if request.method == "POST" and form.is_valid():
        told = {"kinds": form.cleaned_data["kinds"], "ends_confirmed": form.cleaned_data.get("ends_confirmed", False)}
        try:
            answer_comparison(diff, **told, by=request.membership, at=timezone.now())
            tasks.carry_out.defer(diff_id=str(diff.pk))
        except ComparisonHasMovedOn:
            messages.warning(request, _("The comparison has moved on meanwhile. Here is how it stands."))
        return redirect("integrations:comparison_detail", diff.pk)
    reading.note(reason=f"register:{diff.pk}")
    context = {"diff": diff, "form": form, "parts": _parts(diff)}
    return render(request, "integrations/comparison_detail.html", context, status=422 if form.errors else 200)


def _parts(diff: RosterDiff) -> list[dict[str, Any]]:
    """Return each kind of change with its first rows."""
    parts = []
    for kind in RosterChange.Kind:
        rows = list(diff.changes.filter(kind=kind).select_related("pupil").order_by("pk")[:SHOWN])
        if rows:
            number = diff.counts[kind]
            parts.append({"kind": kind, "rows": [_told(row) for row in rows], "number": number, "more": number > SHOWN})
    return parts


def _told(row: RosterChange) -> tuple[str, str, str]:
    """Return whom a change is about, what it was, and what it becomes."""
    after = row.after
    who = row.pupil.full_name if row.pupil else " ".join(after.get(name, "") for name in ("given", "family")).strip()
    match row.kind:
        case RosterChange.Kind.NEW_CLASS:
            return after["name"], "", _("year %(grade)s") % {"grade": after["grade"]}
        case RosterChange.Kind.MENTOR:
            return after["name"], "", ", ".join(after["classes"])
        case RosterChange.Kind.CONFLICT:
            return who or after.get("class", ""), "", str(WHY[after["why"]])
        case RosterChange.Kind.NAME:
            return who, "", f"{after['given']} {after['family']}"
        case RosterChange.Kind.GUARDIAN:
            return who, "", ", ".join(f"{one['given']} {one['family']}" for one in after["guardians"])
        case RosterChange.Kind.END:
            return who, row.before.get("class", ""), after["on"]
        case _:
            return who, row.before.get("class", ""), after.get("class", "")


def _sent(request: MemberRequest) -> Any:
    """Return what was sent; a form where nothing was ticked is sent all the same."""
    return request.POST if request.method == "POST" else None


def _source(request: MemberRequest, source_id: UUID) -> SchoolSource:
    sources = SchoolSource.objects.visible_to(request.membership).select_related("provider")
    return get_object_or_404(sources, pk=source_id)


def _hosts(source: SchoolSource) -> str:
    try:
        return source.hosts
    except SourceError as problem:
        return text_of(problem.code)
