"""The pages that are read every morning, against a bare Django page of the same size: the same rows, as many bytes.

The bare page is what Django costs anyway: a session and a user, the same rows of the same tables as Django fetches
them, a template with a loop. Nothing is computed from them, nobody asks who may see them, and it is served as a usual
application would be, without walls and log; the pages of the product have all of that.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import connection
from django.db.models import Max, Prefetch
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts.models import Membership, Unit, User
from accounts.roles import Role
from attendance.models import (
    AbsenceInvestigation,
    AbsenceSource,
    AttendanceDay,
    ClassDay,
    Concern,
    LessonAbsence,
    Measure,
    MeasureFollowUp,
    PeriodTotal,
    Signal,
)
from bench.report import Report
from bench.wall import browser_of, filter_alone
from schools.models import BreakDay, Pupil, School, Term

ROUNDS = 40
TREND = timedelta(weeks=12)
DAYS_SHOWN = timedelta(days=164)
DEARER = "<= 1.5"
LIST = """{% extends "base.html" %}{% load i18n %}{% block title %}Lista{% endblock %}{% block content %}
<h1>Lista</h1><table class="ds-table"><caption>Lista</caption><thead><tr><th>A<th>B<th>C<th>D<th>E<th>F</tr></thead>
<tbody>{% for row in rows %}<tr><th scope="row"><a href="{% url "help" %}?{{ row.pk }}">{{ row.class_group.name }}
{{ row.pupil.given_name }}</a></th><td>{{ row.crossed_on|date:"j M" }}</td><td>{{ row.get_kind_display }}</td>
<td>{{ row.level }}</td><td>{{ row.due_on|date:"j M" }}
{% for one in row.class_group.mentors.all %}{{ one.user }}{% endfor %}</td><td>{{ filler }}</td>
</tr>{% endfor %}</tbody></table>{% endblock %}"""
DAYS = """{% extends "base.html" %}{% load i18n %}{% block title %}Dagar{% endblock %}{% block content %}
<h1>{{ pupil.given_name }}</h1>{% for concern in concerns %}<p>{{ concern.text }}</p>{% endfor %}
{% for one in signals %}<p>{{ one.get_kind_display }} {{ one.crossed_on|date:"j M" }}</p>{% endfor %}
<table class="ds-table"><caption>Dagar</caption><thead><tr><th>A<th>B<th>C<th>D</tr></thead>
<tbody>{% for row in rows %}<tr><th scope="row">{{ row.day|date:"j M" }}</th><td>{{ row.valid_minutes }}</td>
<td>{{ row.invalid_minutes }}</td><td>{{ filler }}</td></tr>{% endfor %}</tbody></table>{% endblock %}"""


def counsellor(unit: Unit) -> Membership:
    """Make somebody of student health who works at the school."""
    today = timezone.localdate()
    user = User.objects.create(email="sidor@example.org", given_name="Sidor", family_name="Mätt", language="sv")
    return Membership.objects.create(
        user=user,
        unit=unit,
        role=Role.STUDENT_HEALTH,
        valid_from=today - timedelta(30),
        valid_to=today + timedelta(300),
    )


@contextmanager
def bare(name: str, view: Callable[..., HttpResponse]) -> Iterator[None]:
    """Serve another view at the address with this name, as a usual application does."""
    pattern = next(one for one in _patterns(get_resolver().url_patterns) if one.name == name)
    kept, pattern.callback = pattern.callback, view
    try:
        with filter_alone():
            yield
    finally:
        pattern.callback = kept


def _patterns(found: list[Any]) -> Iterator[Any]:
    for one in found:
        if hasattr(one, "url_patterns"):
            yield from _patterns(one.url_patterns)
        else:
            yield one


def measure(report: Report) -> None:
    """Measure the list of signals and a pupil's page turn about with a bare page."""
    signal = Signal.objects.select_related("class_group__school__unit").order_by("-crossed_on", "pk").first()
    if signal is None:
        raise SystemExit("there is no signal to show")
    person = counsellor(signal.class_group.school.unit)
    client = browser_of(person)
    school, address = signal.class_group.school, reverse("attendance:signal_list")
    _compare(report, "signals page", client, address, "signal_list", lambda rows: _list(school, rows), LIST)
    address = reverse("attendance:pupil_detail", args=[signal.pupil_id])
    _compare(report, "pupil page", client, address, "pupil_detail", lambda rows: _pupil(signal, rows), DAYS)
    _work_on(signal, person)
    what = "pupil page with a concern and a measure"
    _compare(report, what, client, address, "pupil_detail", lambda rows: _pupil(signal, rows), DAYS)


def _work_on(signal: Signal, person: Membership) -> None:
    """Let the school have done something about the pupil: a concern somebody has, a measure that was followed up."""
    at, today = timezone.now(), timezone.localdate()
    about = {"pupil_id": signal.pupil_id, "school_unit": person.unit}
    Concern.objects.create(
        **about, signs=["often_away"], text="Ofta borta på måndagar.", talked="yes", harm_suspected="no", logged_at=at,
        logged_by=person, holder=person, due_on=today, submission=uuid4(),
    )  # fmt: skip
    measure = Measure.objects.create(
        **about, kind="quiet_place", responsible=person, starts_on=today, follow_up_on=today, pupil_agrees="yes",
        added_at=at, added_by=person, submission=uuid4(),
    )  # fmt: skip
    MeasureFollowUp.objects.create(
        measure=measure, effect="a_little", followed_up_at=at, followed_up_by=person, was_due_on=today, next_on=today
    )


def _list(school: School, rows: int) -> dict[str, Any]:
    """Fetch what the list of signals is made of, as Django fetches it when nobody asks who may see it."""
    today = timezone.localdate()
    mentors = Prefetch("class_group__mentors", queryset=Membership.objects.select_related("user"))
    signals = Signal.objects.filter(class_group__school=school).order_by("-crossed_on", "pk")
    shown = list(
        signals.select_related("class_group__school__unit").prefetch_related(mentors, "pupil__enrolments__class_group")[
            : rows - 1
        ]
    )
    pupils = [signal.pupil_id for signal in shown]
    classes = {signal.class_group_id for signal in shown}
    return {
        "rows": shown,
        "all": list(signals.values_list("pk", "pupil_id", "kind", "level", "crossed_on", "answer", "watch_until")),
        "class_days": list(ClassDay.objects.filter(class_group__in=classes, day__range=(today - TREND, today))),
        "days": list(AttendanceDay.objects.filter(pupil__in=pupils, day__range=(today - TREND, today))),
        "concerns": list(Concern.objects.filter(pupil__in=pupils)),
        "measures": list(Measure.objects.filter(pupil__in=pupils)),
        "investigations": list(AbsenceInvestigation.objects.filter(pupil__in=pupils)),
        "sources": list(AbsenceSource.objects.filter(unit=school.unit)),
        "last": ClassDay.objects.filter(class_group__school=school).aggregate(last=Max("day")),
    }


def _pupil(signal: Signal, rows: int) -> dict[str, Any]:
    """Fetch what a pupil's page is made of."""
    today = timezone.localdate()
    since = today - DAYS_SHOWN
    pupil = Pupil.objects.prefetch_related("enrolments__class_group__school__unit").get(pk=signal.pupil_id)
    group = signal.class_group
    mine = {"pupil": pupil}
    days = list(AttendanceDay.objects.filter(**mine, day__range=(since, today)).order_by("-day"))
    return {
        "pupil": pupil,
        "rows": days[:rows],
        "class_days": list(ClassDay.objects.filter(class_group=group, day__range=(since, today))),
        "lessons": list(LessonAbsence.objects.filter(**mine, day__range=(today - timedelta(28), today))),
        "concerns": list(Concern.objects.filter(**mine).select_related("logged_by__user", "holder__user")),
        "signals": list(Signal.objects.filter(**mine)),
        "measures": list(
            Measure.objects.filter(**mine).select_related("responsible__user").prefetch_related("follow_ups")
        ),
        "investigations": list(AbsenceInvestigation.objects.filter(**mine).select_related("lead__user")),
        "periods": list(PeriodTotal.objects.filter(**mine).select_related("source")),
        "mentors": list(group.mentors.select_related("user")),
        "terms": list(Term.objects.filter(school_year__provider=group.school.provider_id)),
        "breaks": list(BreakDay.objects.filter(school_year__provider=group.school.provider_id)),
        "sources": list(AbsenceSource.objects.filter(unit=group.school.unit)),
        "last": ClassDay.objects.filter(class_group__school=group.school).aggregate(last=Max("day")),
    }


def _compare(
    report: Report,
    what: str,
    client: Client,
    path: str,
    name: str,
    fetch: Callable[[int], dict[str, Any]],
    template: str,
) -> None:
    page = client.get(path)
    assert page.status_code == 200, page.status_code
    rows, size = page.content.decode().count("<tr"), len(page.content)
    view = _bare_view(client, path, name, fetch, template, rows, size)
    ours, alone = [], []
    for _round in range(ROUNDS):
        ours.append(_seconds(client, path))
        with bare(name, view):
            alone.append(_seconds(client, path))
    mine, bares = statistics.median(ours[3:]), statistics.median(alone[3:])
    queries = [_queries(client, path)]
    with bare(name, view):
        queries.append(_queries(client, path))
    print(f"# {what}: {size} bytes, {mine * 1000:.1f} ms, {queries[0]} queries; bare {bares * 1000:.1f} ms, "
          f"{queries[1]} queries", flush=True)  # fmt: skip
    report.figure(f"{what}, of a bare page of the same rows and {size} bytes", mine / bares, "x", DEARER)


def _queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    return len(asked)


def _bare_view(
    client: Client,
    path: str,
    name: str,
    fetch: Callable[[int], dict[str, Any]],
    template: str,
    rows: int,
    size: int,
) -> Callable[..., HttpResponse]:
    """Return a view whose page is made of the same rows and has as many bytes as ours."""
    compiled = engines["django"].from_string(template)
    filler = {"length": 0}

    def view(request: HttpRequest, **_told: Any) -> HttpResponse:
        return HttpResponse(compiled.render({**fetch(rows), "filler": "x" * filler["length"]}, request))

    with bare(name, view):
        short = len(client.get(path).content)
        filler["length"] = max(0, (size - short) // max(1, len(fetch(rows)["rows"])))
    return view


def _seconds(client: Client, path: str) -> float:
    started = time.perf_counter()
    client.get(path)
    return time.perf_counter() - started
