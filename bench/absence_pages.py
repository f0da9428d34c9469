"""The pages that are read every morning, against a bare Django page of the same size: as many rows and as many bytes.

The bare page is what Django costs anyway: a session and a user, one query over an index, a template with a loop. It is
served as a usual application would be, without walls and log; the pages of the product have both.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts.models import Membership, Unit, User
from accounts.roles import Role
from attendance.models import AttendanceDay, Signal
from bench.report import Report
from bench.wall import browser_of, filter_alone

ROUNDS = 40
DEARER = "<= 1.5"
LIST = """{% extends "base.html" %}{% load i18n %}{% block title %}Lista{% endblock %}{% block content %}
<h1>Lista</h1><table class="ds-table"><caption>Lista</caption><thead><tr><th>A<th>B<th>C<th>D<th>E<th>F</tr></thead>
<tbody>{% for row in rows %}<tr><th scope="row"><a href="{% url "help" %}?{{ row.pk }}">{{ row.class_group.name }}
{{ row.pupil.given_name }}</a></th><td>{{ row.crossed_on|date:"j M" }}</td><td>{{ row.get_kind_display }}</td>
<td>{{ row.level }}</td><td>{{ row.due_on|date:"j M" }}</td><td>{{ filler }}</td></tr>{% endfor %}</tbody></table>
{% endblock %}"""
DAYS = """{% extends "base.html" %}{% load i18n %}{% block title %}Dagar{% endblock %}{% block content %}
<h1>Dagar</h1><table class="ds-table"><caption>Dagar</caption><thead><tr><th>A<th>B<th>C<th>D</tr></thead>
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
    client = browser_of(counsellor(signal.class_group.school.unit))
    signals = Signal.objects.filter(class_group__school=signal.class_group.school)
    days = AttendanceDay.objects.filter(pupil=signal.pupil_id)
    _compare(
        report, "signals page", client, reverse("attendance:signal_list"), "signal_list",
        lambda rows: list(signals.select_related("pupil", "class_group").order_by("-crossed_on", "pk")[:rows]), LIST,
    )  # fmt: skip
    _compare(
        report, "pupil page", client, reverse("attendance:pupil_detail", args=[signal.pupil_id]), "pupil_detail",
        lambda rows: list(days.order_by("-day")[:rows]), DAYS,
    )  # fmt: skip


def _compare(
    report: Report, what: str, client: Client, path: str, name: str, fetch: Callable[[int], list[Any]], template: str
) -> None:
    page = client.get(path)
    assert page.status_code == 200, page.status_code
    text = page.content.decode()
    rows = text.count("<tr")
    view = _bare_view(client, path, name, fetch, template, rows, len(page.content))
    ours, alone = [], []
    for _round in range(ROUNDS):
        ours.append(_seconds(client, path))
        with bare(name, view):
            alone.append(_seconds(client, path))
    mine, bares = statistics.median(ours[3:]), statistics.median(alone[3:])
    size = len(page.content)
    print(f"# {what}: {rows} rows, {size} bytes, {mine * 1000:.1f} ms; bare {bares * 1000:.1f} ms", flush=True)
    report.figure(f"{what}, of a bare page of {rows} rows and {size} bytes", mine / bares, "x", DEARER)


def _bare_view(
    client: Client, path: str, name: str, fetch: Callable[[int], list[Any]], template: str, rows: int, size: int
) -> Callable[..., HttpResponse]:
    """Return a view whose page has as many rows and bytes as ours."""
    compiled = engines["django"].from_string(template)
    filler = {"length": 0}

    def view(request: HttpRequest, **_told: Any) -> HttpResponse:
        return HttpResponse(compiled.render({"rows": fetch(rows), "filler": "x" * filler["length"]}, request))

    with bare(name, view):
        short = len(client.get(path).content)
        filler["length"] = max(0, (size - short) // max(1, len(fetch(rows))))
    return view


def _seconds(client: Client, path: str) -> float:
    started = time.perf_counter()
    client.get(path)
    return time.perf_counter() - started
