"""The school's own dates for Att göra: signals and concerns to answer, measures to follow up, answers to read."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from accounts.models import Membership
from accounts.roles import Role
from deadlines.stockholm import stockholm_day

from .missing_reports import poorly_reported
from .models import Concern, Signal
from .pupil_labels import class_and_initials
from .school_date import SchoolDate
from .work_to_do import investigations_to_act_on, measures_to_follow_up

DAYS_TO_READ = timedelta(days=14)
MOST_CLASSES = 5
IMPORTS = "integrations:import_list"
"""The page where absence is brought in; it belongs to an app above, so only its name is known here."""


def school_dates(reader: Membership, today: date) -> list[SchoolDate]:
    """Return what waits for `reader` inside the school, the most urgent first; a constant number of queries."""
    dates = [
        *_signals(reader, today),
        *_concerns(reader),
        *measures_to_follow_up(reader, today),
        *investigations_to_act_on(reader, today),
        *_answers_to_read(reader, today),
        *_reports(reader, today),
    ]
    for others in settings.TO_DO_DATES:
        dates += import_string(others)(reader, today)
    return sorted(dates, key=lambda row: (row.is_reading, row.due_on, row.key))


def _signals(reader: Membership, today: date) -> list[SchoolDate]:
    waiting = Signal.objects.visible_to(reader).waiting(today).one_per_pupil().with_page_relations()
    return [
        SchoolDate(
            key=f"signal-{signal.pk}",
            title=format_lazy(_("Answer the signal: away {percent} %"), percent=signal.absence_percent)
            if not signal.answer
            else _("Look again at the pupil you have watched"),
            pupil_id=signal.pupil_id,
            label=class_and_initials(signal.pupil),
            due_on=signal.watch_until or signal.due_on,
            url=reverse("attendance:pupil_detail", args=[signal.pupil_id]),
            button=pgettext_lazy("button", "Open"),
        )
        for signal in waiting.order_by("due_on", "pk")
    ]


def _reports(reader: Membership, today: date) -> list[SchoolDate]:
    """Return one row for all classes that are reported too little: their figures are uncertain and give no signals."""
    classes = poorly_reported(reader, today)
    if not classes:
        return []
    named = ", ".join(
        _("%(name)s %(percent)s %% reported") % {"name": one.class_name, "percent": one.percent}
        for one in classes[:MOST_CLASSES]
    )
    return [
        SchoolDate(
            key="reports",
            title=format_lazy(_("Send in the absence that is missing: {classes}"), classes=named),
            pupil_id=None,
            label=ngettext("%(count)s class", "%(count)s classes", len(classes)) % {"count": len(classes)},
            due_on=min(one.due_on for one in classes),
            url=reverse(IMPORTS),
            button=pgettext_lazy("button", "Bring in absence"),
        )
    ]


def _concerns(reader: Membership) -> list[SchoolDate]:
    """Return the concerns that `reader` may answer; the principal sees only those held and those that nobody holds."""
    if reader.role not in (Role.STUDENT_HEALTH, Role.PRINCIPAL):
        return []
    concerns = Concern.objects.visible_to(reader).unanswered().with_page_relations().order_by("due_on", "pk")
    if reader.role == Role.PRINCIPAL:
        concerns = concerns.filter(holder=None) | concerns.filter(holder=reader)
    return [
        SchoolDate(
            key=f"concern-{concern.pk}",
            title=_("Say what becomes of a concern"),
            pupil_id=concern.pupil_id,
            label=class_and_initials(concern.pupil),
            due_on=concern.due_on,
            url=reverse("attendance:concern_detail", args=[concern.pk]),
            button=pgettext_lazy("button", "Answer"),
        )
        for concern in concerns
    ]


def _answers_to_read(reader: Membership, today: date) -> list[SchoolDate]:
    answered = Concern.objects.visible_to(reader).filter(
        logged_by__user=reader.user_id, answered_at__date__gt=today - DAYS_TO_READ
    )
    others = answered.exclude(answered_by__user=reader.user_id).with_page_relations()
    return [
        SchoolDate(
            key=f"answer-{concern.pk}",
            title=_("Read what became of your concern"),
            pupil_id=concern.pupil_id,
            label=class_and_initials(concern.pupil),
            due_on=stockholm_day(concern.answered_at) + DAYS_TO_READ,  # type: ignore[arg-type]
            url=reverse("attendance:concern_detail", args=[concern.pk]),
            button=pgettext_lazy("button", "Read"),
            is_reading=True,
        )
        for concern in others.order_by("-answered_at", "pk")
    ]
