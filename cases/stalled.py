"""Which cases stand still, why, since when, and who can act (product.md section 8, rules S1 to S8; S12 is ours).

Computed from obligations and events with `today` given; nothing here is stored. The database does not allow an open
case without an open obligation, so S1 is a case that only the net holds: somebody must decide the next step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Membership, Unit
from accounts.roles import Role
from deadlines.templatetags.days import day_words
from deadlines.working_days import working_days_between

from . import access
from .acts import last_acts
from .ball import Ball, CaseState, states_of
from .models import Case, Decision, Obligation, QueuePlace, Referral
from .models.case import CaseQuerySet
from .obligations import AUTUMN_CONTACT, LONGEST_QUEUE, NET, PLACE

QUIET_WORKING_DAYS = 15
"""S4: working days without a substantive event (product.md section 8)."""

LATE_AT_LEAST = 2
"""S3: working days late before anything counts as stalled (product.md section 8)."""

WAIT_FOR_NEXT_HOLDER = 5
"""S8: working days the next holder named in a no has to act (product.md section 8)."""

REASONS: dict[str, str | Promise] = {
    "S1": gettext_lazy("No next step"),
    "S2": gettext_lazy("Everything is paused"),
    "S3": gettext_lazy("Answer late"),
    "S4": gettext_lazy("No event"),
    "S5": gettext_lazy("The pause has run out"),
    "S6": gettext_lazy("Nobody in place"),
    "S7": gettext_lazy("Sent on without a taker"),
    "S8": gettext_lazy("No, and then nothing"),
    "S12": gettext_lazy("Long in a queue"),
}

REMEDIES: dict[str, tuple[str, str | Promise]] = {
    "S1": ("set_next_step", gettext_lazy("Set the next step")),
    "S2": ("remind", gettext_lazy("Remind")),
    "S3": ("remind", gettext_lazy("Remind")),
    "S4": ("remind", gettext_lazy("Remind")),
    "S5": ("remind", gettext_lazy("Remind")),
    "S6": ("hand_over", gettext_lazy("Choose who takes it")),
    "S7": ("lift_case", gettext_lazy("Lift to managers")),
    "S8": ("lift_case", gettext_lazy("Lift to managers")),
    "S12": ("lift_case", gettext_lazy("Lift to managers")),
}
"""The one button that fits each cause: the action's name and the words on the button."""

ORDER = ("S7", "S6", "S8", "S12", "S5", "S3", "S1", "S2", "S4")
"""Which cause is named first when there are several: the one whose remedy helps most."""


@dataclass(frozen=True)
class Cause:
    """Why a case stands still."""

    code: str
    since: date
    sentence: str
    obligation: Obligation | None = None

    @property
    def title(self) -> str | Promise:
        """The cause in two or three words."""
        return REASONS[self.code]


@dataclass(frozen=True)
class Facts:
    """What the rules look at in one case."""

    state: CaseState
    referrals: list[Referral]
    last_substantive: date
    acted: dict[object, datetime]
    staffed: set[object]
    queued: list[QueuePlace] = field(default_factory=list)

    @property
    def balls(self) -> list[Ball]:
        """The open obligations, the ball first."""
        return self.state.balls

    @property
    def today(self) -> date:
        """The day the rules are asked about."""
        return self.state.today


@dataclass(frozen=True)
class Stalled:
    """One row of the board."""

    state: CaseState
    causes: list[Cause]

    @property
    def case(self) -> Case:
        """The case."""
        return self.state.case

    @property
    def cause(self) -> Cause:
        """The cause that is named first."""
        return self.causes[0]

    @property
    def reason(self) -> str | Promise:
        """The cause in two or three words, for the filter and the row."""
        return self.cause.title

    @property
    def days(self) -> int:
        """Calendar days the case has stood still."""
        return (self.state.today - self.cause.since).days

    @property
    def ball(self) -> Ball | None:
        """The obligation whose holder can act: the one the cause points at, else the case's ball."""
        pointed = [ball for ball in self.state.balls if ball.obligation == self.cause.obligation]
        return pointed[0] if pointed else self.state.ball

    @property
    def remedy(self) -> str:
        """The action that fits the cause."""
        return REMEDIES[self.cause.code][0]

    @property
    def button(self) -> str | Promise:
        """The words on its button."""
        return REMEDIES[self.cause.code][1]


def stalled_cases(reader: Membership, today: date) -> list[Stalled]:
    """Return the open cases `reader` oversees that stand still, the longest first."""
    found = facts_of(overseen(reader), today)
    stalled = [Stalled(facts.state, causes) for facts in found if (causes := causes_of(facts))]
    return sorted(stalled, key=lambda row: (row.cause.since, row.case.number))


def overseen(reader: Membership) -> CaseQuerySet:
    """Return the open cases that `reader` oversees, with what `label_for` asks of each."""
    return with_label(Case.objects.open().overseen_by(reader), reader)


def with_label(cases: CaseQuerySet, reader: Membership) -> CaseQuerySet:
    """Fetch with `cases` what `label_for` asks of each."""
    return cases.select_related("school_unit", "pupil") if is_named(reader) else cases.select_related("school_unit")


def label_for(reader: Membership, case: Case) -> str:
    """Return what a case is called in a row for `reader`: by initials and class, or by its number."""
    return case.label if is_named(reader) else case.number


def is_named(reader: Membership) -> bool:
    """Say whether rows carry initials for `reader`: for those who read the case; others have its number."""
    return reader.role != Role.COORDINATOR and access.reads_cases(reader)


def causes_of(facts: Facts) -> list[Cause]:
    """Return every cause that holds for one case, the one to name first first."""
    return [cause for code in ORDER if (cause := RULES[code](facts)) is not None]


def facts_of(cases: object, today: date) -> list[Facts]:
    """Fetch what the rules need for all `cases` with a fixed number of queries."""
    states = states_of(cases, today, with_words=False)  # type: ignore[arg-type]
    ids = [state.case.pk for state in states]
    referrals: dict[object, list[Referral]] = {pk: [] for pk in ids}
    query = Referral.objects.filter(case__in=ids).select_related("decision__next_holder", "to_unit")
    query = query.defer(*(f"decision__{name}" for name in Decision.WORDS))
    for referral in query.order_by("sent_at", "pk"):
        referrals[referral.case_id].append(referral)
    acted = _last_acts(ids)
    queued = _queued(ids)
    staffed = _staffed_units(today)
    return [
        Facts(
            state,
            referrals[state.case.pk],
            timezone.localdate(max(acted[state.case.pk].values(), default=state.case.opened_at)),
            acted[state.case.pk],
            staffed,
            queued[state.case.pk],
        )
        for state in states
    ]


def _queued(case_ids: list[UUID]) -> dict[UUID, list[QueuePlace]]:
    """Return, for each case, the places that requests which still wait in a queue have been given, the first first."""
    found: dict[UUID, list[QueuePlace]] = {pk: [] for pk in case_ids}
    places = QueuePlace.objects.filter(referral__case__in=case_ids, referral__status=Referral.Status.QUEUED)
    for place in places.select_related("referral"):
        found[place.referral.case_id].append(place)
    return found


def _last_acts(case_ids: list[UUID]) -> dict[UUID, dict[object, datetime]]:
    """Return, for each case, when each unit last did something substantive."""
    found: dict[UUID, dict[object, datetime]] = {pk: {} for pk in case_ids}
    for case_id, unit_id, at in last_acts(case_ids):
        found[case_id][unit_id] = at
    return found


def _staffed_units(today: date) -> set[object]:
    """Return the units in which somebody is active on `today`."""
    return set(Membership.objects.active(today).order_by().values_list("unit", flat=True).distinct())


def _no_next_step(facts: Facts) -> Cause | None:
    """S1: only the net holds the case."""
    if all(ball.obligation.kind == NET for ball in facts.balls):
        net = facts.balls[0].obligation
        return Cause("S1", net.started_on, _("Nobody has a next step in the case."), net)
    return None


def _everything_paused(facts: Facts) -> Cause | None:
    """S2: every open obligation is on a running pause."""
    if all(ball.due.state == "paused" for ball in facts.balls):
        since = max(ball.obligation.current_holds[0].started_on for ball in facts.balls)
        return Cause("S2", since, _("Every step in the case is paused."), facts.balls[0].obligation)
    return None


def _late(facts: Facts) -> Cause | None:
    """S3: something is overdue by more than half its time, and by at least two working days."""
    for ball in facts.balls:
        obligation = ball.obligation
        if ball.paused_until is not None or obligation.due_on >= facts.today or obligation.kind == NET:
            continue
        late = working_days_between(obligation.due_on, facts.today)
        whole = working_days_between(obligation.started_on, obligation.first_due_on)
        if late >= LATE_AT_LEAST and late * 2 > whole:
            sentence = ngettext("%(days)d working day late: %(task)s.", "%(days)d working days late: %(task)s.", late)
            return Cause("S3", obligation.due_on, sentence % {"days": late, "task": ball.task}, obligation)
    return None


def _quiet(facts: Facts) -> Cause | None:
    """S4: nothing substantive for fifteen working days, unless the autumn is planned and its day has not come."""
    if any(ball.obligation.kind == AUTUMN_CONTACT and ball.obligation.due_on >= facts.today for ball in facts.balls):
        return None
    days = working_days_between(facts.last_substantive, facts.today)
    if days < QUIET_WORKING_DAYS:
        return None
    return Cause("S4", facts.last_substantive, _("Nothing has happened for %(days)d working days.") % {"days": days})


def _pause_ran_out(facts: Facts) -> Cause | None:
    """S5: a pause has passed its last day and nobody has ended it."""
    for ball in facts.balls:
        if ball.paused_until is not None and ball.paused_until < facts.today:
            sentence = _("The pause ended and nobody has gone on: %(task)s.") % {"task": ball.task}
            return Cause("S5", ball.paused_until, sentence, ball.obligation)
    return None


def _nobody_in_place(facts: Facts) -> Cause | None:
    """S6: the holder has left or is away without a stand-in, or the unit has nobody."""
    for ball in facts.balls:
        person = ball.person
        if ball.unit.pk not in facts.staffed:
            sentence = _("%(unit)s has nobody in place.") % {"unit": ball.unit.short_name}
            return Cause("S6", ball.obligation.started_on, sentence, ball.obligation)
        if person is None:
            continue
        if not person.is_active(facts.today):
            since = person.valid_to if person.valid_to < facts.today else ball.obligation.started_on
            return Cause("S6", since, _("The one who held it has left the unit."), ball.obligation)
        if person.is_away(facts.today) and person.stand_in_id is None and person.away_from:
            return Cause("S6", person.away_from, _("The one who holds it is away without a stand-in."), ball.obligation)
    return None


def _no_taker(facts: Facts) -> Cause | None:
    """S7: sent on twice, and the coordinator has not chosen or the last receiver has not taken over."""
    redirected = [referral for referral in facts.referrals if referral.status == Referral.Status.REDIRECTED]
    waiting = [ball for ball in facts.balls if ball.obligation.kind in {PLACE, "take_over"}]
    if len(redirected) < 2 or not waiting:
        return None
    sentence = _("Sent on %(times)d times and nobody has taken over.") % {"times": len(redirected)}
    return Cause("S7", waiting[0].obligation.started_on, sentence, waiting[0].obligation)


def _no_and_then_nothing(facts: Facts) -> Cause | None:
    """S8: a no, or interrupted work, and the next holder has not acted in five working days."""
    if not facts.referrals or facts.referrals[-1].status not in {"declined", "interrupted"}:
        return None
    referral = facts.referrals[-1]
    declined = referral.status == "declined"
    said_at = referral.decision.decided_at if declined else facts.acted.get(referral.to_unit_id)
    holder: Unit | None = referral.decision.next_holder if declined else facts.state.case.school_unit
    if said_at is None or holder is None or facts.acted.get(holder.pk, said_at) > said_at:
        return None
    since = timezone.localdate(said_at)
    if working_days_between(since, facts.today) <= WAIT_FOR_NEXT_HOLDER:
        return None
    sentence = _("After the no, %(unit)s has not taken the next step.") % {"unit": holder.short_name}
    step = next((ball.obligation for ball in facts.balls if ball.unit.pk == holder.pk), None)
    return Cause("S8", since, sentence, step)


def _long_in_queue(facts: Facts) -> Cause | None:
    """S12: a request has waited in a queue for over twenty days, or is expected to."""
    if not facts.queued:
        return None
    first, last = facts.queued[0], facts.queued[-1]
    since = timezone.localdate(first.queued_at)
    if working_days_between(since, max(facts.today, last.expected_on)) <= LONGEST_QUEUE:
        return None
    told = {"day": day_words(last.expected_on)}
    step = next((ball.obligation for ball in facts.balls if ball.obligation.kind == "answer_request"), None)
    return Cause("S12", since, _("Waits in a queue; expected to begin %(day)s.") % told, step)


RULES: dict[str, Callable[[Facts], Cause | None]] = {
    "S1": _no_next_step,
    "S2": _everything_paused,
    "S3": _late,
    "S4": _quiet,
    "S5": _pause_ran_out,
    "S6": _nobody_in_place,
    "S7": _no_taker,
    "S8": _no_and_then_nothing,
    "S12": _long_in_queue,
}
