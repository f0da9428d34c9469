"""A joint meeting is called by either side, answered in one of three ways, held, and followed up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.actions import meeting as actions
from cases.actions.disclosing import ConsentIsMissing
from cases.ledger import AlreadyDone, NotAllowed
from cases.models import Disclosure, JointMeeting, SchoolNote
from cases.timeline import rebuild, timeline_of
from deadlines.working_days import add_working_days
from records.extract import extract_of
from tests.cases.test_consents import take_back
from tests.cases.test_every_sequence import stored
from tests.factories.cases import a_case
from wall.identity import acting_as

QUESTION = "Vem följer med till skolan på morgonen?"


@pytest.fixture
def story(cast):
    return a_case("active", cast=cast, at=timezone.now() - timedelta(minutes=5))


def soon(days=3):
    return (timezone.now() + timedelta(days=days)).replace(minute=0, second=0, microsecond=0)


def call(story, by=None, **changed):
    given = {
        "question": QUESTION, "times": [soon(3), soon(4)], "where": "Skolan", "family_invited": True,
        "why_not_invited": "", **changed,
    }  # fmt: skip
    return actions.call_meeting(referral=story.referral, by=by or story.cast.counsellor, at=timezone.now(), **given)


def held(story, kind):
    return story.case.obligations.open().get(kind=kind)


def unit_of(obligation):
    return obligation.intervals.get(to_at=None).unit


def accept(story, by=None):
    meeting = JointMeeting.objects.get(case=story.case, status="called")
    return actions.accept_time(
        obligation=held(story, "answer_call"), chosen_at=meeting.times[0], by=by or story.cast.worker,
        at=timezone.now(),
    )  # fmt: skip


def record(story, by=None, **changed):
    given = {
        "held_on": timezone.localdate(), "decisions": "Karim följer med.", "next_task": "Se hur det går.",
        "next_unit": story.cast.worker.unit, "next_on": timezone.localdate() + timedelta(days=14), **changed,
    }  # fmt: skip
    return actions.record_meeting(
        obligation=held(story, "hold_meeting"), by=by or story.cast.counsellor, at=timezone.now(), **given
    )


def typed(**changed):
    day = timezone.localdate() + timedelta(days=3)
    return {
        "question": QUESTION, "day_1": day.isoformat(), "clock_1": "13:00", "where": "Per telefon",
        "family_invited": "on", **changed,
    }  # fmt: skip


@pytest.mark.parametrize(("caller", "called"), [("counsellor", "worker"), ("worker", "counsellor")])
def test_either_side_calls_and_the_other_holds_the_answer_for_five_working_days(story, caller, called):
    call(story, getattr(story.cast, caller))

    answer = held(story, "answer_call")
    assert unit_of(answer) == getattr(story.cast, called).unit
    assert answer.due_on == add_working_days(timezone.localdate(), 5)


def test_what_the_school_asks_is_a_frozen_copy_with_its_ground(story):
    call(story)

    shared = Disclosure.objects.get(case=story.case, what="meeting")
    assert shared.content == {"text": QUESTION}
    assert shared.ground == Disclosure.Ground.CONSENT


def test_without_consent_the_school_cannot_call_and_its_decisions_stay_its_own(story):
    call(story, story.cast.worker)
    accept(story, story.cast.counsellor)
    take_back(story)
    actions.record_meeting(
        obligation=held(story, "hold_meeting"), held_on=timezone.localdate(), decisions="Vi ses igen.",
        next_task="Nytt möte.", next_unit=story.cast.worker.unit, next_on=timezone.localdate() + timedelta(days=7),
        by=story.cast.worker, at=timezone.now(),
    )  # fmt: skip

    with pytest.raises(ConsentIsMissing):
        call(story)

    call(story, story.cast.worker)
    refused = actions.decline_call(
        obligation=held(story, "answer_call"), refusal="Familjen vill inte.", instead="Vi ringer.",
        by=story.cast.counsellor, at=timezone.now(),
    )  # fmt: skip
    assert (refused.refusal, refused.instead) == ("", "")
    assert SchoolNote.objects.filter(case=story.case, text="Familjen vill inte.").exists()


def test_a_chosen_time_puts_the_meeting_on_the_unit_that_called_on_that_day(story):
    call(story)
    meeting = accept(story)

    hold = held(story, "hold_meeting")
    assert unit_of(hold) == story.cast.counsellor.unit
    assert hold.due_on == timezone.localdate(meeting.chosen_at)


def test_other_times_give_the_ball_back(story):
    call(story)
    new = [soon(8)]
    actions.propose_times(obligation=held(story, "answer_call"), times=new, by=story.cast.worker, at=timezone.now())

    assert unit_of(held(story, "answer_call")) == story.cast.counsellor.unit
    assert accept(story, story.cast.counsellor).chosen_at == new[0]


def test_a_held_meeting_leaves_decisions_and_a_follow_up_at_whom_it_named(story):
    call(story)
    accept(story)
    record(story)

    follow_up = held(story, "follow_up")
    assert unit_of(follow_up) == story.cast.worker.unit
    assert follow_up.task == "Se hur det går."
    assert JointMeeting.objects.get().decisions == "Karim följer med."
    assert rebuild(story.case.events.order_by("id")) == stored(story.case)


def test_one_meeting_waits_at_a_time_and_nobody_answers_twice(story):
    call(story)
    with pytest.raises(AlreadyDone):
        call(story)
    waiting = held(story, "answer_call")
    accept(story)
    with pytest.raises(AlreadyDone):
        actions.decline_call(
            obligation=waiting, refusal="Nej.", instead="Ring.", by=story.cast.colleague, at=timezone.now()
        )


def test_only_those_with_a_part_call_and_only_the_called_answer(story):
    for one in (story.cast.mentor, story.cast.other_worker, story.cast.other_counsellor, story.cast.area_manager):
        with pytest.raises(NotAllowed):
            call(story, one)
    call(story)
    with pytest.raises(NotAllowed):
        accept(story, story.cast.counsellor)


def test_managers_to_whom_the_case_is_lifted_may_call(cast):
    story = a_case("lifted", cast=cast)

    assert call(story, cast.area_manager).calling_unit == cast.counsellor.unit


def test_a_time_that_was_not_proposed_is_refused(story):
    call(story)
    with pytest.raises(NotAllowed):
        actions.accept_time(
            obligation=held(story, "answer_call"), chosen_at=soon(20), by=story.cast.worker, at=timezone.now()
        )


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"question": ""}, "Write what is to be decided"),
        ({"day_1": "", "clock_1": ""}, "Propose at least one time"),
        ({"question": "", "where": "", "day_1": "", "clock_1": ""}, "Propose at least one time"),
        ({"clock_1": ""}, "Write both day and time"),
        ({"day_1": "2026-01-02"}, "Choose today or a later day."),
        ({"where": ""}, "Write where"),
        ({"family_invited": ""}, "Write why they have not been invited"),
    ],
)
def test_what_a_call_needs_is_asked_for_and_nothing_typed_is_lost(story, enter, changed, words):
    refused = enter(story.cast.worker).post(reverse("cases:call_meeting", args=[story.referral.pk]), typed(**changed))

    assert refused.status_code == 422
    assert words in refused.text
    assert changed.get("question") == "" or QUESTION in refused.text
    assert not JointMeeting.objects.exists()


def test_the_whole_way_through_the_pages(story, enter):
    cast = story.cast
    enter(cast.counsellor).post(reverse("cases:call_meeting", args=[story.referral.pk]), typed())
    address = reverse("cases:answer_call", args=[held(story, "answer_call").pk])
    client = enter(cast.worker)
    assert address in client.get("/").text
    way = client.get(address).context["form"].fields["way"].choices[0][0]
    client.post(address, {"way": way})

    client = enter(cast.counsellor)
    client.post(
        reverse("cases:record_meeting", args=[held(story, "hold_meeting").pk]),
        {
            "held_on": timezone.localdate().isoformat(), "decisions": "Karim följer med.",
            "next_task": "Se hur det går.",
            "next_unit": cast.worker.unit_id,
            "next_on": (timezone.localdate() + timedelta(days=10)).isoformat(),
        },
    )  # fmt: skip

    page = client.get(reverse("cases:case_detail", args=[story.case.pk]))
    assert "Plan and meetings" in page.text
    assert "Karim följer med." in page.text
    titles = [str(item.title) for item in timeline_of(story.case, cast.counsellor)]
    assert titles[:3] == ["Joint meeting held", "Yes to the joint meeting", "Called to a joint meeting"]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({}, "Choose an answer"),
        ({"way": "new"}, "Propose at least one time"),
        ({"way": "no"}, "Write why not"),
        ({"way": "no", "refusal": "Nej."}, "Write what instead"),
    ],
)
def test_an_answer_needs_what_its_way_asks_for(story, enter, told, words):
    call(story)

    refused = enter(story.cast.worker).post(reverse("cases:answer_call", args=[held(story, "answer_call").pk]), told)

    assert refused.status_code == 422
    assert words in refused.text


def test_a_slower_colleague_gets_what_was_typed_back(story, enter):
    call(story)
    address = reverse("cases:answer_call", args=[held(story, "answer_call").pk])
    accept(story)

    late = enter(story.cast.colleague).post(address, {"way": "no", "refusal": "Vi hinner inte.", "instead": "Ring."})

    assert late.status_code == 409
    assert "Vi hinner inte." in late.text


def test_a_closed_case_calls_nobody(cast, enter):
    story = a_case("closed", cast=cast)

    refused = enter(cast.counsellor).post(reverse("cases:call_meeting", args=[story.referral.pk]), typed())

    assert refused.status_code == 409
    assert not JointMeeting.objects.exists()


def test_the_database_shows_a_meeting_to_the_two_sides_and_keeps_the_question(story):
    call(story)
    cast = story.cast
    for one, sees in ((cast.counsellor, 1), (cast.worker, 1), (cast.other_worker, 0), (cast.other_counsellor, 0)):
        with acting_as(one):
            assert JointMeeting.objects.count() == sees
    with acting_as(cast.worker), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        JointMeeting.objects.update(question="x")


def test_a_copy_of_what_is_held_about_a_pupil_has_the_meeting(story):
    call(story)

    copy = extract_of(story.pupil, story.cast.principal)

    assert QUESTION in [item.text for item in copy.items]


def test_the_case_page_asks_as_many_questions_for_one_meeting_as_for_three(story, enter, django_assert_num_queries):
    address = reverse("cases:case_detail", args=[story.case.pk])
    client = enter(story.cast.worker)
    for number in range(3):
        call(story)
        actions.decline_call(
            obligation=held(story, "answer_call"), refusal="Nej.", instead="Ring.", by=story.cast.worker,
            at=timezone.now(),
        )  # fmt: skip
        if number == 0:
            client.get(address)
            with CaptureQueriesContext(connection) as one:
                client.get(address)

    with django_assert_num_queries(len(one)):
        client.get(address)
