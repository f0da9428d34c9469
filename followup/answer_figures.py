"""What units answer, how long requests wait in a queue, and what nobody has answered (law.md section 8, K15-K18)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.declining import NOT_MOTIVATED
from cases.models import Decision, QueuePlace, Referral
from cases.models.reason import DecisionReasonQuerySet as Reasons
from cases.models.referral import ReferralQuerySet as Referrals
from cases.obligations import KINDS, LONGEST_QUEUE
from cases.silence import silences
from deadlines.working_days import working_days_between

from .figure import Figure
from .small_numbers import merged, shown_count, shown_median, shown_share

Answer = Decision.Answer


def answers_given(referrals: Referrals) -> list[Figure]:
    """Return the share of declines, and of yes where the unit begins in another way."""
    answered = Decision.objects.filter(referral__in=referrals).order_by().values_list("answer", "begins_with")
    yes = [begins_with for answer, begins_with in answered if answer == Answer.ACCEPTED]
    no = sum(1 for answer, _begins_with in answered if answer == Answer.DECLINED)
    return [
        Figure(
            "declined", _("Requests that were declined"), shown_share(no, no + len(yes)),
            _("Declines, of all yes and no given to requests that were sent since the school year began. Requests "
              "that were sent on are counted where they were answered."),
            shown_count(no + len(yes)),
        ),
        Figure(
            "another_way", _("Yes in another way"), _guarded_share(sum(1 for one in yes if one), len(yes)),
            _("Requests accepted where the pupil does not want to yet and the unit begins in another way: with the "
              "guardians, with a home visit, or where the pupil is. Of all that were accepted."),
            shown_count(len(yes)),
        ),
    ]  # fmt: skip


def no_for_motivation(given: Reasons) -> Figure:
    """Share of the declines `given` whose reason is that the pupil is not motivated."""
    titles = _titles(given)
    whole, part = len(titles), sum(1 for code, _title in titles if code == NOT_MOTIVATED)
    shown = dict(merged_reasons(given))
    is_told = part == 0 or any(code == NOT_MOTIVATED and title in shown for code, title in titles)
    return Figure(
        "motivation", _("Declined because the pupil is not motivated"),
        shown_share(part, whole) if is_told else _("too few to show"),
        _("Declines with that reason, of all declines of requests sent since the school year began. Every such no "
          "names another way to begin; the database refuses one without. Not shown where the reason is merged with "
          "others below."),
        shown_count(whole),
    )  # fmt: skip


def merged_reasons(given: Reasons) -> list[tuple[str, str]]:
    """Return the declines `given` by reason, the largest first, small ones merged."""
    return merged(Counter(title for _code, title in _titles(given)), _("Other reasons, together"))


def _titles(given: Reasons) -> list[tuple[str, str]]:
    return [(one.code.code, one.code.title) for one in given if one.code]


def reasons_of(referrals: Referrals, reasons: Reasons) -> Reasons:
    """Return those of `reasons` for which `referrals` were declined; asked for once, however often it is counted."""
    return reasons.filter(
        decision__referral__in=referrals, decision__answer=Answer.DECLINED, code__isnull=False
    ).select_related("code")


def in_queue(referrals: Referrals, today: date) -> list[Figure]:
    """Return how many wait in a queue on `today`, how long in the middle, and how many over twenty working days."""
    waited, wait_in_all = _waits(referrals, today)
    days = shown_median(waited)
    told = ngettext("%(days)s working day", "%(days)s working days", 1 if days == "1" else 2) % {"days": days}
    long = sum(1 for days_in_all in wait_in_all if days_in_all > LONGEST_QUEUE)
    return [
        Figure(
            "queued", _("Requests in a queue"), shown_count(len(waited)),
            _("Requests that have a place in a queue, today."),
        ),
        Figure(
            "queue_days", _("Time in the queue so far"), told if days[0].isdigit() else days,
            _("Median working days from the day the request got its first place to today."), shown_count(len(waited)),
        ),
        Figure(
            "queue_long", _("Longer than 20 working days in a queue"), shown_count(long),
            _("Requests that have waited longer than twenty working days, or are expected to before their turn "
              "comes. They come to the coordinator."),
        ),
    ]  # fmt: skip


def _waits(referrals: Referrals, today: date) -> tuple[list[int], list[int]]:
    """Return, for each request in a queue, the working days waited, and those it will have been at the expected day."""
    places = QueuePlace.objects.filter(referral__in=referrals, referral__status=Referral.Status.QUEUED)
    since: dict[UUID, date] = {}
    until: dict[UUID, date] = {}
    for referral, queued_at, expected_on in places.values_list("referral", "queued_at", "expected_on"):
        since.setdefault(referral, timezone.localdate(queued_at))
        until[referral] = max(today, expected_on)
    return (
        [working_days_between(first, today) for first in since.values()],
        [working_days_between(first, until[referral]) for referral, first in since.items()],
    )


def silences_by_kind(since: date, today: date) -> list[tuple[str, str]]:
    """Return how often something agreed was not answered in time, by what it was; small ones merged."""
    counted: Counter[str] = Counter()
    for (_unit, kind), times in silences(since, today).items():
        counted[str(KINDS[kind].task)] += times
    return merged(counted, _("Other things, together"))


def _guarded_share(part: int, whole: int) -> str:
    """Return a share where neither the part nor the rest is so small that it must not be told apart."""
    return _("too few to show") if _is_few(part) or _is_few(whole - part) else shown_share(part, whole)


def _is_few(count: int) -> bool:
    return shown_count(count) != str(count)
