"""Before the summer: asking for a plan for the autumn in every open case."""

from __future__ import annotations

from datetime import date, datetime

from cases.breaks import to_ask, without_plan
from cases.ledger import CaseIsClosed, entry
from cases.models import Case
from cases.obligations import PLAN_AUTUMN
from cases.silence import is_noted_at
from deadlines.stockholm import stockholm_day


def ask_for_autumn_plans(*, at: datetime) -> int:
    """Ask each school for a plan in each of its open cases, once a summer; return in how many it was asked now.

    Run it as the clock. On working days from eight in Stockholm, from four weeks before the school's last day: whatever
    days were missed, nothing is asked twice.
    """
    if not is_noted_at(at):
        return 0
    today = stockholm_day(at)
    cases = without_plan(Case.objects.all(), today).defer("final_word").order_by("opened_at", "pk")
    return sum(_ask(case, due_on, at) for case, due_on in to_ask(cases, today))


def _ask(case: Case, due_on: date, at: datetime) -> bool:
    """Ask in one case, in a transaction of its own; say whether it was asked now."""
    try:
        with entry(case=case, kind="autumn_plan_asked", by=None, at=at, is_substantive=False) as happening:
            if not without_plan(Case.objects.filter(pk=case.pk), happening.today).exists():
                raise _AlreadyAsked
            happening.start(PLAN_AUTUMN, unit=happening.case.school_unit, due_on=due_on)
    except (_AlreadyAsked, CaseIsClosed):
        return False
    return True


class _AlreadyAsked(Exception):
    """Another worker asked, before the case was locked."""
