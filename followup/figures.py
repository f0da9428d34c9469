"""Does help come in time? Figures counted over querysets, each with its definition."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.models import Decision, HolderInterval, Obligation, Referral, ServiceGap
from cases.models.case import CaseQuerySet as Cases
from cases.models.draft import ServiceGapQuerySet as Gaps
from cases.models.referral import ReferralQuerySet as Referrals
from cases.obligations import KINDS
from cases.stalled import causes_of, facts_of

from .answer_figures import answers_given, in_queue, merged_reasons, no_for_motivation, reasons_of, silences_by_kind
from .figure import Figure
from .report_figures import ReportFigures, figures_of_reports
from .scope import Scope, Signals
from .small_numbers import merged, shown_count, shown_median, shown_share

ACKNOWLEDGE, ANSWER = KINDS["acknowledge_request"], KINDS["answer_request"]
SCHOOL_YEAR_BEGINS = (8, 1)
"""Month and day from which things are counted."""


@dataclass(frozen=True)
class Report:
    """Everything on the page: the figures under each question, what is counted by reason, and the concern reports."""

    since: date
    questions: list[tuple[str, list[Figure]]]
    reasons: list[tuple[str, str]] = field(default_factory=list)
    gaps: list[tuple[str, str]] = field(default_factory=list)
    silent: list[tuple[str, str]] = field(default_factory=list)
    reports: ReportFigures | None = None


def report_of(scope: Scope, today: date) -> Report:
    """Return the report over `scope` on `today`, counted since the school year began."""
    since = school_year_start(today)
    sent = scope.referrals.filter(sent_at__date__gte=since)
    in_time = [acknowledged_in_time(sent, today), answered_in_time(sent, today)]
    if scope.signals is not None:
        in_time.insert(0, days_to_first_answer(scope.signals.filter(crossed_on__gte=since)))
    given = reasons_of(sent, scope.reasons)
    after_no = [*answers_given(sent), declines_without_next_step(sent)]
    if not scope.is_school:
        after_no.insert(1, no_for_motivation(given))
    return Report(
        since,
        [
            (_("Does help come in time?"), in_time),
            (_("How long is the queue?"), in_queue(scope.referrals, today)),
            (_("What is answered, and what happens after a no?"), after_no),
            (
                _("Does anything stand still?"),
                [open_cases(scope.cases), without_holder_or_date(scope.cases), standing_still(scope.cases, today)],
            ),
        ],
        merged_reasons(given),
        pupils_no_team_takes(scope.gaps.filter(last_noted_at__date__gte=since)) if scope.gaps is not None else [],
        silences_by_kind(since, today),
        None if scope.is_school else figures_of_reports(),
    )


def school_year_start(today: date) -> date:
    """Return the first of August on or before `today`."""
    this_year = date(today.year, *SCHOOL_YEAR_BEGINS)
    return this_year if today >= this_year else date(today.year - 1, *SCHOOL_YEAR_BEGINS)


def days_to_first_answer(signals: Signals) -> Figure:
    """Median calendar days from the crossing of a line to the school's first answer."""
    answered = signals.exclude(answered_at=None).order_by().values_list("crossed_on", "answered_at")
    days = [(timezone.localdate(answered_at) - crossed_on).days for crossed_on, answered_at in answered]
    return Figure(
        "first_answer", _("Signal to the school's first answer"), _median_in_days(days),
        _("Median calendar days from the day the absence crossed a line to the day somebody at the school answered the "
          "signal. Signals without an answer are not in the median."),
        shown_count(len(days)),
    )  # fmt: skip


def acknowledged_in_time(referrals: Referrals, today: date) -> Figure:
    """Share of requests acknowledged within the agreed time."""
    waited = [
        (ACKNOWLEDGE.due_on(timezone.localdate(sent_at)), acknowledged_at and timezone.localdate(acknowledged_at))
        for sent_at, acknowledged_at in _not_taken_back(referrals).values_list("sent_at", "acknowledged_at")
    ]
    share, whole = _share_in_time(waited, today)
    return Figure(
        "acknowledged", _("Requests acknowledged within 2 working days"), share,
        _("Requests sent since the school year began. Counted are those that have been acknowledged, and those that "
          "have waited longer than two working days. Requests the school took back first are not counted."),
        shown_count(whole),
    )  # fmt: skip


def answered_in_time(referrals: Referrals, today: date) -> Figure:
    """Share of acknowledged requests answered within the agreed time, pauses not deducted."""
    rows = referrals.exclude(acknowledged_at=None).exclude(status=Referral.Status.WITHDRAWN, decision=None)
    waited: list[tuple[date, date | None]] = [
        (ANSWER.due_on(timezone.localdate(acknowledged_at)), decided_at and timezone.localdate(decided_at))
        for acknowledged_at, decided_at in rows.order_by().values_list("acknowledged_at", "decision__decided_at")
    ]
    share, whole = _share_in_time(waited, today)
    return Figure(
        "answered", _("Requests answered within 10 working days"), share,
        _("From the acknowledgement to a yes, a no or sending on. Pauses are not deducted: this is the time the school "
          "and the child waited. Counted are those that have been answered, and those that have waited longer."),
        shown_count(whole),
    )  # fmt: skip


def declines_without_next_step(referrals: Referrals) -> Figure:
    """How many declines lack a next step; the database does not let one be saved."""
    lacking = Q(next_holder=None) | Q(next_on=None) | Q(lacks_advice=True)
    declines = Decision.objects.filter(referral__in=referrals, answer=Decision.Answer.DECLINED)
    return Figure(
        "declines_without_next_step", _("Declines without a next step"), str(declines.filter(lacking).count()),
        _("Declines since the school year began that lack advice, a next holder or a date. The database refuses them, "
          "so anything but 0 is a fault in the service."),
        shown_count(declines.count()),
    )  # fmt: skip


def open_cases(cases: Cases) -> Figure:
    """How many cases are open."""
    return Figure(
        "open_cases", _("Open cases"), shown_count(cases.open().count()), _("Cases that have not been closed, today.")
    )


def without_holder_or_date(cases: Cases) -> Figure:
    """How many open cases lack an obligation with a holder; the database does not let one be saved."""
    holders = HolderInterval.objects.filter(obligation=OuterRef("pk"), to_at=None)
    held = Obligation.objects.open().filter(Exists(holders), case=OuterRef("pk"))
    return Figure(
        "without_holder", _("Open cases without holder or date"), str(cases.open().filter(~Exists(held)).count()),
        _("Open cases in which nobody holds a dated next step. The database refuses them, so anything but 0 is a fault "
          "in the service."),
    )  # fmt: skip


def standing_still(cases: Cases, today: date) -> Figure:
    """How many open cases stand still by the rules of the board."""
    found = facts_of(cases.open().select_related("school_unit"), today)
    return Figure(
        "stalled", _("Stalled cases"), shown_count(sum(1 for facts in found if causes_of(facts))),
        _("Open cases for which at least one of the rules of Stalled cases holds today: no next step, everything "
          "paused, late by more than half the time, 15 working days without an event, a pause that ran out, nobody in "
          "place, sent on twice without a taker, or a no and then nothing."),
    )  # fmt: skip


def pupils_no_team_takes(gaps: Gaps) -> list[tuple[str, str]]:
    """Return how many pupils no team takes, by year, school form and whose schools; the largest first, small merged."""
    counted = Counter(
        ServiceGap(**facts).name for facts in gaps.order_by().values("grade", "school_form", "provider_kind")
    )
    return merged(counted, _("Other gaps, together"))


def _not_taken_back(referrals: Referrals) -> Referrals:
    return referrals.exclude(status=Referral.Status.WITHDRAWN, acknowledged_at=None).order_by()


def _share_in_time(waited: list[tuple[date, date | None]], today: date) -> tuple[str, int]:
    """Return the share done on or before its day and how many it is of; what is not due yet is not counted."""
    settled = [(due, done) for due, done in waited if done is not None or today > due]
    in_time = sum(1 for due, done in settled if done is not None and done <= due)
    return shown_share(in_time, len(settled)), len(settled)


def _median_in_days(days: list[int]) -> str:
    shown = shown_median(days)
    if not shown[0].isdigit():
        return shown
    return ngettext("%(days)s day", "%(days)s days", 1 if shown == "1" else 2) % {"days": shown}
