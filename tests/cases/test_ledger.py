"""What the ledger promises, one sentence at a time. Walks over every order of things: test_every_sequence.py."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Membership
from cases.actions import answers, closing, oversight, replies, requests, work
from cases.ledger import AlreadyDone, AlreadyPaused, CaseIsClosed, NotAllowed
from cases.models import Case, Event, HolderInterval, Obligation
from deadlines.working_days import add_working_days
from tests.factories.accounts import MembershipFactory
from tests.factories.cases import STATES, a_case, make_cast

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)


def holder_of(obligation: Obligation) -> HolderInterval:
    return obligation.intervals.get(to_at=None)


def kinds_of(case: Case) -> set[str]:
    return set(case.obligations.open().values_list("kind", flat=True))


@pytest.mark.parametrize("state", STATES)
def test_in_every_state_an_open_case_has_a_holder_and_a_date(state: str) -> None:
    case = a_case(state).case

    held = HolderInterval.objects.filter(obligation__case=case, to_at=None)
    assert held.count() == case.obligations.open().count()
    assert held.exists() == case.is_open


def test_yes_makes_the_handler_responsible_for_the_first_contact() -> None:
    story = a_case("accepted", at=MONDAY)

    obligation = story.open("first_contact")

    assert holder_of(obligation).person == story.cast.worker
    assert obligation.due_on == add_working_days(story.today, 5)
    assert kinds_of(story.case) == {"first_contact"}


def test_a_handler_from_another_unit_is_refused() -> None:
    story = a_case("acknowledged")

    with pytest.raises(NotAllowed):
        answers.accept_request(
            referral=story.referral, handler=story.cast.other_worker, first_contact_by=story.days(5),
            by=story.cast.worker, at=story.at,
        )  # fmt: skip


def test_a_handler_who_has_left_is_refused() -> None:
    story = a_case("acknowledged", at=MONDAY)
    Membership.objects.filter(pk=story.cast.colleague.pk).update(valid_to=story.today - timedelta(days=1))

    with pytest.raises(NotAllowed):
        answers.accept_request(
            referral=story.referral, handler=Membership.objects.get(pk=story.cast.colleague.pk),
            first_contact_by=story.days(5), by=story.cast.worker, at=story.at,
        )  # fmt: skip


def test_answering_also_acknowledges() -> None:
    story = a_case("accepted")

    assert story.referral.acknowledged_by == story.cast.worker


def test_second_answer_is_refused_and_the_first_stands() -> None:
    story = a_case("declined")

    with pytest.raises(AlreadyDone):
        story.accept()

    assert story.referral.decision.answer == "declined"


def test_a_question_rests_the_answer_until_the_school_has_answered() -> None:
    story = a_case("asked", at=MONDAY)
    assert story.open("answer_request").holds.get(ended_at=None).until == story.days(5)
    due = story.open("answer_request").due_on

    story.wait_working_days(3).answer_question()

    assert not story.open("answer_request").holds.filter(ended_at=None).exists()
    assert story.open("answer_request").due_on == add_working_days(due, 3)


def test_a_second_question_does_not_rest_the_clock_again() -> None:
    story = a_case("question_answered", at=MONDAY).ask()

    assert not story.open("answer_request").holds.filter(ended_at=None).exists()


def test_answering_one_request_leaves_the_clock_of_another_at_rest() -> None:
    story = a_case("asked", at=MONDAY)
    first = story.referral
    story.send(story.cast.other_service).acknowledge(story.cast.other_worker)
    other = Obligation.objects.open().get(referral=story.referral, kind="answer_request")
    oversight.pause(obligation=other, until=story.days(5), reason="Lov.", by=story.cast.other_worker, at=story.at)

    story.referral = first
    story.answer_question()

    assert other.holds.filter(ended_at=None).exists()


def test_an_agreed_clock_rests_at_most_ten_working_days_and_once() -> None:
    story = a_case("acknowledged", at=MONDAY)
    obligation, worker = story.open("answer_request"), story.cast.worker

    oversight.pause(obligation=obligation, until=story.days(30), reason="Lov.", by=worker, at=story.at)
    assert obligation.holds.get().until == story.days(10)

    oversight.resume(obligation=obligation, by=worker, at=story.at)
    with pytest.raises(AlreadyPaused):
        oversight.pause(obligation=obligation, until=story.days(2), reason="Lov.", by=worker, at=story.at)


def test_a_statutory_clock_is_not_paused() -> None:
    story = a_case("acknowledged")
    obligation = story.open("answer_request")
    Obligation.objects.filter(pk=obligation.pk).update(is_statutory=True)

    with pytest.raises(NotAllowed):
        story.pause("answer_request")


def test_a_date_is_moved_twice_at_most_and_the_first_is_kept() -> None:
    story = a_case("acknowledged", at=MONDAY)
    obligation = story.open("answer_request")
    given = {"reason": "Sjukdom.", "by": story.cast.worker, "at": story.at}

    for days in (11, 12):
        oversight.move_date(obligation=obligation, due_on=story.days(days), **given)
    with pytest.raises(oversight.TooManyDates):
        oversight.move_date(obligation=obligation, due_on=story.days(13), **given)

    obligation.refresh_from_db()
    assert (obligation.due_on, obligation.first_due_on) == (story.days(12), story.days(10))


def test_a_case_without_a_next_step_falls_into_the_net_at_the_school() -> None:
    story = a_case("withdrawn")

    assert holder_of(story.open("review_stalled")).unit == story.case.school_unit


def test_only_the_net_is_fulfilled_by_setting_a_next_step() -> None:
    story = a_case("acknowledged")

    with pytest.raises(NotAllowed):
        oversight.set_next_step(
            obligation=story.open("answer_request"), task="Möte.", unit=story.case.school_unit,
            due_on=story.days(5), by=story.cast.worker, at=story.at,
        )  # fmt: skip


def test_a_unit_outside_the_case_is_not_given_a_step() -> None:
    story = a_case("withdrawn")

    with pytest.raises(NotAllowed):
        oversight.set_next_step(
            obligation=story.open("review_stalled"), task="Möte.", unit=story.cast.other_worker.unit,
            due_on=story.days(5), by=story.cast.counsellor, at=story.at,
        )  # fmt: skip


def test_a_no_names_a_unit_that_is_part_of_the_case() -> None:
    story = a_case("acknowledged")

    with pytest.raises(NotAllowed):
        story.decline(next_holder=story.cast.third_worker)


def test_following_the_advice_replaces_the_step_of_that_no_only() -> None:
    story = a_case("completed")
    left = story.open("do_next_step")
    story.send(story.cast.other_service)
    story.acknowledge(story.cast.other_worker)
    answers.decline_request(
        referral=story.referral, reason=story.cast.reason, rationale="Nej.", advice="Pröva mer.",
        next_holder=story.case.school_unit, next_on=story.days(3), by=story.cast.other_worker, at=story.at,
    )  # fmt: skip

    story.follow_advice()

    left.refresh_from_db()
    assert left.stopped_at is None
    assert story.case.obligations.open().filter(kind="do_next_step").count() == 2


def test_new_facts_replace_the_step_that_the_no_left_with_the_school() -> None:
    story = a_case("declined").send()

    assert kinds_of(story.case) == {"acknowledge_request"}


def test_a_disagreement_is_held_by_the_managers_of_both_sides() -> None:
    story = a_case("lifted")

    lifted = story.case.obligations.open().filter(kind="answer_objection")

    assert {holder_of(o).unit for o in lifted} == {story.cast.area_manager.unit, story.cast.area_head.unit}


def test_a_worker_does_not_answer_what_was_lifted() -> None:
    story = a_case("lifted")
    team = story.cast.worker.unit
    obligation = story.case.obligations.open().filter(kind="answer_objection").first()
    obligation.intervals.filter(to_at=None).update(unit=team)

    with pytest.raises(NotAllowed):
        oversight.answer_lift(
            obligation=obligation, answer="shared", reason="Så.", next_task="Möte.",
            next_unit=story.case.school_unit, next_on=story.days(5), by=story.cast.worker, at=story.at,
        )  # fmt: skip


def test_what_somebody_else_has_done_is_already_done() -> None:
    story = a_case("advice_followed")
    step = story.open("do_next_step")
    given = {
        "obligation": step, "what": "Gjort.", "next_task": "Möte.", "next_unit": story.case.school_unit,
        "next_on": story.days(5), "at": story.at,
    }  # fmt: skip

    oversight.record_step(**given, by=story.cast.counsellor)
    with pytest.raises(AlreadyDone):
        oversight.record_step(**given, by=story.cast.principal)


def test_handing_over_stays_within_the_unit() -> None:
    story = a_case("acknowledged")
    given = {"obligation": story.open("answer_request"), "reason": "Ledig.", "by": story.cast.worker, "at": story.at}

    with pytest.raises(NotAllowed):
        oversight.hand_over(unit=story.cast.other_worker.unit, person=story.cast.other_worker, **given)
    oversight.hand_over(unit=story.cast.worker.unit, person=story.cast.colleague, **given)

    assert holder_of(story.open("answer_request")).person == story.cast.colleague


def test_handing_over_a_receipt_at_the_school_leaves_the_handler() -> None:
    story = a_case("feedback_given")

    oversight.hand_over(
        obligation=story.open("acknowledge_feedback"), unit=story.case.school_unit, person=story.cast.principal,
        reason="Ledig.", by=story.cast.counsellor, at=story.at,
    )  # fmt: skip

    story.referral.refresh_from_db()
    assert story.referral.handler == story.cast.worker


def test_choosing_another_handler_moves_the_feedback_too() -> None:
    story = a_case("active")

    answers.allocate_request(referral=story.referral, person=story.cast.colleague, by=story.cast.head, at=story.at)

    story.referral.refresh_from_db()
    assert story.referral.handler == story.cast.colleague
    assert holder_of(story.open("give_feedback")).person == story.cast.colleague


def test_nobody_is_chosen_for_a_request_that_has_ended() -> None:
    story = a_case("declined")

    with pytest.raises(AlreadyDone):
        answers.allocate_request(referral=story.referral, person=story.cast.colleague, by=story.cast.head, at=story.at)


def test_each_feedback_is_owed_its_own_receipt() -> None:
    story = a_case("feedback_given").give_feedback()
    assert story.case.obligations.open().filter(kind="acknowledge_feedback").count() == 2

    story.acknowledge_feedback()

    assert story.case.obligations.open().filter(kind="acknowledge_feedback").count() == 1


def test_a_reminder_is_sent_once_in_three_days() -> None:
    story = a_case("sent", at=MONDAY)
    oversight.remind(case=story.case, by=story.cast.principal, at=story.at)

    with pytest.raises(oversight.TooSoon):
        oversight.remind(case=story.case, by=story.cast.head, at=story.wait(2).at)
    oversight.remind(case=story.case, by=story.cast.head, at=story.wait(1).at)

    assert story.case.events.filter(kind="reminded").count() == 2


def test_a_case_is_lifted_once() -> None:
    story = a_case("declined")
    oversight.lift_case(case=story.case, disagreement="Står still.", by=story.cast.head, at=story.at)

    with pytest.raises(AlreadyDone):
        oversight.lift_case(case=story.case, disagreement="Igen.", by=story.cast.principal, at=story.at)
    story.lift()

    assert story.case.obligations.open().filter(kind="answer_objection").count() == 2


def test_in_a_closed_case_nothing_more_happens() -> None:
    story = a_case("closed")

    with pytest.raises(CaseIsClosed):
        oversight.remind(case=story.case, by=story.cast.principal, at=story.at)
    with pytest.raises(CaseIsClosed):
        work.give_feedback(referral=story.referral, text="Bra.", by=story.cast.worker, at=story.at)


def test_only_the_school_closes() -> None:
    story = a_case("completed")

    with pytest.raises(NotAllowed):
        closing.close_case(case=story.case, outcome="improved", final_word="Klart.", by=story.cast.worker, at=story.at)


def test_outsiders_are_refused_everywhere() -> None:
    story, stranger = a_case("acknowledged"), make_cast()
    obligation = story.open("answer_request")
    attempts = [
        lambda by: answers.acknowledge_request(referral=story.referral, by=by, at=story.at),
        lambda by: replies.talk_first(referral=story.referral, about="?", meet_on=story.days(1), by=by, at=story.at),
        lambda by: oversight.say_no_change(obligation=obligation, because="?", by=by, at=story.at),
        lambda by: oversight.remind(case=story.case, by=by, at=story.at),
        lambda by: requests.withdraw_request(referral=story.referral, reason="?", by=by, at=story.at),
    ]

    for attempt in attempts:
        for outsider in (stranger.worker, stranger.counsellor, stranger.principal, MembershipFactory(analyst=True)):
            with pytest.raises(NotAllowed):
                attempt(outsider)


def test_views_and_reminders_are_not_substantive() -> None:
    story = a_case("opened")
    oversight.remind(case=story.case, by=story.cast.principal, at=story.at)

    substantive = Event.objects.filter(case=story.case, is_substantive=True)

    assert [event.kind for event in substantive] == ["request_sent"]
