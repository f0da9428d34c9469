"""Four people answer one request at the same moment, over four connections: one answer stands, the others are told.

Five hundred times (G10): never two decisions, never a contradiction, never an error of ours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from cases.actions import answers
from cases.ledger import AlreadyDone
from cases.models import Decision, Obligation
from tests.factories.cases import Story, a_case, make_cast

ROUNDS = 500


def accept(story: Story) -> None:
    answers.accept_request(
        referral=story.referral, handler=story.cast.worker, first_contact_by=story.days(5), by=story.cast.worker,
        at=story.at,
    )  # fmt: skip


def decline(story: Story) -> None:
    answers.decline_request(
        referral=story.referral, reason=story.cast.reason, rationale="Nej.", advice="Pröva.",
        next_holder=story.cast.counsellor.unit, next_on=story.days(10), by=story.cast.colleague, at=story.at,
    )  # fmt: skip


def redirect(story: Story) -> None:
    answers.redirect_request(
        referral=story.referral, service=story.cast.other_service, rationale="Ni har rätt uppdrag.",
        by=story.cast.colleague, at=story.at,
    )  # fmt: skip


def decline_as_head(story: Story) -> None:
    answers.decline_request(
        referral=story.referral, reason=story.cast.reason, rationale="Nej, inte nu.", advice="Kartlägg.",
        next_holder=story.cast.worker.unit, next_on=story.days(5), by=story.cast.head, at=story.at,
    )  # fmt: skip


ANSWERS = (accept, decline, redirect, decline_as_head)


def outcome_of(answer: Callable[[Story], None], story: Story, start: Barrier) -> str:
    """Answer on a connection of this thread's own, closed afterwards; say how it went."""
    try:
        connection.ensure_connection()
        start.wait(timeout=30)
        answer(story)
    except AlreadyDone:
        return "told"
    finally:
        connection.close()
    return "stands"


@pytest.mark.django_db(transaction=True)
def test_exactly_one_of_four_answers_stands() -> None:
    cast = make_cast()
    given: Counter[str] = Counter()
    with ThreadPoolExecutor(max_workers=len(ANSWERS)) as people:
        for _round in range(ROUNDS):
            story, start = a_case("acknowledged", cast=cast), Barrier(len(ANSWERS))

            all_four = [people.submit(outcome_of, answer, story, start) for answer in ANSWERS]

            assert sorted(one.result(timeout=60) for one in all_four) == ["stands", "told", "told", "told"]
            decision = Decision.objects.get(referral=story.referral)
            left = {o.kind for o in Obligation.objects.open().filter(case=story.case)}
            expected = {
                "accepted": {"first_contact"},
                "declined": {"respond_to_no", "do_next_step"},
                "redirected": {"answer_request", "take_over"},
            }
            assert left == expected[decision.answer]
            given[decision.answer] += 1
    assert given.total() == ROUNDS
    assert len(given) > 1, "the race was never lost by the same people"
