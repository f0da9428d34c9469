"""What the head of Farsta has settled for the team that visitors can work in, and who is away from it."""

from __future__ import annotations

from datetime import datetime, time
from functools import partial

from accounts.actions import set_away
from accounts.roles import Role
from cases.actions.settings import set_reason, set_time
from socialservices.actions import set_service
from socialservices.models import Service

from .agenda import Agenda
from .city import FARSTA
from .people import TEAM_WORKER, UNIT_HEAD
from .staff import Staff
from .story_days import StoryDays

SOON = "Vi läser allt samma vecka och har hållit åtta dagar hela hösten."
SOONER = "En tjänst till från årsskiftet: vi kan svara ännu fortare."
SORTED_OUT = "Dubbletter tar vi upp med skolan på telefon."
MORE_PLACES = "En tjänst till från årsskiftet."


def plan_settings(agenda: Agenda, staff: Staff, days: StoryDays) -> None:
    """Let the head settle times and a reason, plan more places, and name a stand-in for who is away this week."""
    head, worker = staff.people[UNIT_HEAD], staff.people[TEAM_WORKER]
    service = staff.services[FARSTA, Service.Kind.ATTENDANCE_TEAM]
    unit = worker.unit
    absent = staff.at(unit, Role.TEAM_WORKER)[1]

    def settle(at: datetime) -> None:
        soon, later = days.on(-3), days.on(20)
        answer = partial(set_time, unit=unit, kind="answer_request", by=head, at=at)
        answer(days=8, valid_from=soon, why=SOON)
        answer(days=6, valid_from=later, why=SOONER)
        set_reason(unit=unit, code="DUPLICATE", is_hidden=True, valid_from=soon, why=SORTED_OUT, by=head, at=at)

    def plan(at: datetime) -> None:
        facts = service.facts() | {"capacity": (service.capacity or 0) + 5}
        day = days.on(20)
        set_service(
            office=service.office, kind=service.kind, facts=facts, valid_from=day, why=MORE_PLACES, by=head, at=at
        )

    def leave(at: datetime) -> None:
        first, last = days.on(0), days.on(4)
        set_away(membership=absent, away_from=first, away_to=last, stand_in=worker, by=head, at=at)

    agenda.add(days.at(-5, time(11)), settle)
    agenda.add(days.at(-4, time(11)), plan)
    agenda.add(days.at(-2, time(11)), leave)
