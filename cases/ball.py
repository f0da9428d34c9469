"""Who has the ball: which of a case's open obligations is the one to name, and how it stands today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Membership, Unit
from deadlines.due import Due, due_on
from deadlines.stockholm import stockholm_day
from deadlines.working_days import add_working_days, working_days_between

from .models import Case, Obligation, Referral
from .obligations import KINDS, PLACE, STEPS, Kind


@dataclass(frozen=True)
class Pause:
    """A date without its pause and with it: `days` are the working days that the clock rests, or has rested.

    While the pause runs, `adjusted` is the date if it lasts as long as it may.
    """

    raw: date
    days: int
    adjusted: date
    runs: bool


@dataclass(frozen=True)
class Ball:
    """An open obligation with its holder, ready to be shown. Give obligations fetched `with_page_relations()`."""

    obligation: Obligation
    today: date

    @property
    def kind(self) -> Kind:
        """What kind of obligation it is."""
        return KINDS[self.obligation.kind]

    @property
    def unit(self) -> Unit:
        """The unit that holds it."""
        return self.obligation.current_intervals[0].unit

    @property
    def person(self) -> Membership | None:
        """The person within the unit who holds it, if one is named."""
        return self.obligation.current_intervals[0].person

    @property
    def task(self) -> str | Promise:
        """What is to be done."""
        return self.kind.task

    @property
    def holder(self) -> str:
        """Who holds it, in words: "Karim A., Farsta", or the unit alone while nobody in it is named."""
        return f"{self.person.user.short_name}, {self.unit.short_name}" if self.person else self.unit.short_name

    @property
    def step(self) -> str | Promise:
        """What is to be done, in the words of whoever set the step. Only for those who may read the case's content."""
        return self.obligation.task if self.obligation.task and self.kind.code in STEPS else self.task

    @property
    def paused_until(self) -> date | None:
        """The last day of the pause, if one runs."""
        return self.obligation.current_holds[0].until if self.obligation.current_holds else None

    @property
    def pause(self) -> Pause | None:
        """What a pause that runs or has ended does to the date; None where none has moved it."""
        if not self.obligation.all_holds:
            return None
        hold, due_on = self.obligation.all_holds[0], self.obligation.due_on
        runs = hold.ended_at is None
        last = min(stockholm_day(hold.ended_at), hold.until) if hold.ended_at else hold.until
        days = working_days_between(hold.started_on, last)
        raw, adjusted = (due_on, add_working_days(due_on, days)) if runs else (add_working_days(due_on, -days), due_on)
        return Pause(raw, days, adjusted, runs) if days else None

    @property
    def due(self) -> Due:
        """How the date stands today."""
        return due_on(self.obligation.due_on, self.today, self.paused_until)


def balls_of(obligations: Iterable[Obligation], today: date) -> list[Ball]:
    """Return the open obligations of one case, the ball first: running before paused, then by rank and date."""
    balls = [Ball(obligation, today) for obligation in obligations if obligation.stopped_at is None]
    return sorted(
        balls,
        key=lambda ball: (
            ball.due.state == "paused",
            ball.kind.rank,
            ball.obligation.due_on,
            str(ball.obligation.pk),
        ),
    )


@dataclass(frozen=True)
class CaseState:
    """What every list and header says about a case: its state, its ball and the child's time."""

    case: Case
    balls: list[Ball]
    referral: Referral | None
    today: date

    @property
    def ball(self) -> Ball | None:
        """The one obligation to name; None when the case is closed."""
        return self.balls[0] if self.balls else None

    @property
    def word(self) -> str | Promise:
        """The state in a word."""
        if not self.case.is_open:
            return _("Closed")
        if any(ball.obligation.kind == "answer_objection" for ball in self.balls):
            return _("Lifted to managers")
        if any(ball.obligation.kind == PLACE for ball in self.balls):
            return _("The coordinator decides who takes it")
        if self.referral is None:
            return pgettext_lazy("state of a case", "Open")
        return Referral.Status(self.referral.status).label

    @property
    def child_days(self) -> int:
        """Barnets tid: days since the first signal or concern, never paused, until today or the closing day."""
        until = timezone.localdate(self.case.closed_at) if self.case.closed_at else self.today
        return (until - self.case.child_time_from).days


def states_of(cases: Iterable[Case], today: date, *, with_words: bool = True) -> list[CaseState]:
    """Return the state of each of `cases`, with a fixed number of queries.

    Those who only oversee cases have no right to the words of the steps: for them, without.
    """
    cases = list(cases)
    obligations: dict[object, list[Obligation]] = {case.pk: [] for case in cases}
    found = Obligation.objects.open().filter(case__in=cases)
    for obligation in found.with_page_relations() if with_words else found.with_dates_and_units():
        obligations[obligation.case_id].append(obligation)
    latest = {referral.case_id: referral for referral in _referrals(cases)}
    return [CaseState(case, balls_of(obligations[case.pk], today), latest.get(case.pk), today) for case in cases]


def _referrals(cases: list[Case]) -> Iterable[Referral]:
    return Referral.objects.filter(case__in=cases).select_related("to_unit", "from_unit").order_by("sent_at", "pk")
