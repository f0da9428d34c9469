"""No room is no reason for a no: a place in the queue, a day, and what happens meanwhile."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from cases.actions import answers
from cases.ledger import AlreadyDone, NotAllowed
from cases.models import Decision, Obligation, QueuePlace, Referral
from cases.stalled import stalled_cases
from deadlines.templatetags.days import day_words
from tests.factories.cases import a_case
from wall.identity import acting_as

MEANWHILE = "Mentorn ringer hem på måndagar."


def address(story):
    return reverse("cases:queue_request", args=[story.referral.pk])


def typed(story, **changed):
    return {"place": "3", "expected_on": story.days(15).isoformat(), "interim": MEANWHILE, **changed}


def test_the_team_queues_with_one_page_and_keeps_the_ball(cast, enter):
    story = a_case("acknowledged", cast=cast)

    response = enter(cast.worker).post(address(story), typed(story), follow=True)

    place = QueuePlace.objects.get()
    held = Obligation.objects.open().get(kind="answer_request")
    assert "In the queue." in response.text
    assert (place.place, place.expected_on, place.queued_by) == (3, story.days(15), cast.worker)
    assert (held.due_on, held.intervals.get(to_at=None).unit) == (story.days(15), cast.worker.unit)
    assert Referral.objects.get().status == "queued"
    assert not Decision.objects.exists()


def test_the_school_reads_place_day_and_what_happens_meanwhile(cast, enter):
    story = a_case("queued", cast=cast)

    shown = enter(cast.counsellor).get(reverse("cases:case_detail", args=[story.case.pk])).text

    assert "In the queue: no room yet" in shown
    assert "&lt;time" not in shown
    assert MEANWHILE in shown
    assert "Place in the queue" in shown


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"place": ""}, "Write which place"),
        ({"place": "0"}, "Write a number from 1 and up"),
        ({"expected_on": ""}, "Write when you expect to begin"),
        ({"expected_on": "2020-01-01"}, "Choose today or a later day."),
        ({"interim": " "}, "Write what happens meanwhile, and who does it"),
    ],
)
def test_a_place_without_day_or_meanwhile_is_refused_and_nothing_typed_is_lost(cast, enter, changed, words):
    story = a_case("acknowledged", cast=cast)

    response = enter(cast.worker).post(address(story), typed(story, **changed))

    assert response.status_code == 422
    assert words in response.text
    assert "interim" in changed or MEANWHILE in response.text


def test_today_is_no_queue(cast, enter):
    story = a_case("acknowledged", cast=cast)
    response = enter(cast.worker).post(address(story), typed(story, expected_on=timezone.localdate().isoformat()))

    assert "accept the request" in response.text
    with pytest.raises(NotAllowed):
        story.queue(0)


def test_a_new_place_is_added_and_the_old_one_kept(cast, enter):
    story = a_case("queued", cast=cast)

    enter(cast.worker).post(address(story), typed(story, place="1"))

    assert [one.place for one in QueuePlace.objects.all()] == [2, 1]
    assert (
        "Place 1 in your queue"
        in enter(cast.worker).get(reverse("cases:assess_request", args=[story.referral.pk])).text
    )
    with pytest.raises(DatabaseError, match="only added"), transaction.atomic():
        QueuePlace.objects.update(place=9)


def test_from_the_queue_the_request_is_accepted_or_sent_on_or_declined(cast):
    assert a_case("queued", cast=cast).accept().referral.status == "accepted"
    assert a_case("queued", cast=cast).decline().referral.status == "declined"
    assert a_case("queued", cast=cast).withdraw().referral.status == "withdrawn"
    a_case("queued", cast=cast).redirect()
    assert Referral.objects.filter(status="redirected").count() == 1


def test_while_the_school_has_a_question_there_is_no_queue(cast, enter):
    story = a_case("asked", cast=cast)

    assert enter(cast.worker).post(address(story), typed(story)).status_code == 409
    with pytest.raises(AlreadyDone):
        story.queue()


def test_the_inbox_has_a_tab_of_its_own_for_the_queue(cast, enter):
    story = a_case("queued", cast=cast)

    assert story.case.label in enter(cast.worker).get(reverse("cases:inbox") + "?show=queue").text
    assert story.case.label not in enter(cast.worker).get(reverse("cases:inbox") + "?show=assess").text


@pytest.mark.parametrize(("days", "seen"), [(20, False), (21, True)])
def test_over_twenty_days_in_a_queue_is_seen_by_head_and_coordinator_without_the_words(cast, days, seen):
    story = a_case("acknowledged", cast=cast).queue(days)

    for member in (cast.head, cast.coordinator):
        with acting_as(member):
            codes = {cause.code for row in stalled_cases(member, story.today) for cause in row.causes}
            assert ("S12" in codes) == seen, member
    with acting_as(cast.coordinator), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("SELECT interim FROM cases_queueplace")


def test_the_board_says_when_in_words(cast, enter):
    story = a_case("acknowledged", cast=cast).queue(21)

    shown = enter(cast.coordinator).get(reverse("cases:stalled_list")).text

    assert f"expected to begin {day_words(story.days(21))}." in shown
    assert "&lt;time" not in shown


def test_a_short_wait_that_became_long_is_seen_too(cast):
    story = a_case("queued", cast=cast)

    with acting_as(cast.head):
        later = story.today + timedelta(days=40)
        assert "S12" in {cause.code for row in stalled_cases(cast.head, later) for cause in row.causes}


def test_only_the_units_own_people_queue_and_no_other_unit_reads_the_place(cast, enter):
    story = a_case("acknowledged", cast=cast)
    for stranger in (cast.other_worker, cast.counsellor):
        assert enter(stranger).post(address(story), typed(story)).status_code in {403, 404}
        with pytest.raises(NotAllowed):
            answers.queue_request(
                referral=story.referral, place=1, expected_on=story.days(5), interim="Vi.", by=stranger, at=story.at
            )
    story.queue()
    for member, seen in ((cast.worker, 1), (cast.counsellor, 1), (cast.other_worker, 0), (cast.mentor, 0)):
        with acting_as(member):
            assert QueuePlace.objects.count() == seen, member


def test_the_database_refuses_a_request_in_the_queue_without_a_place(cast):
    story = a_case("acknowledged", cast=cast)

    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="without a place"), transaction.atomic():
        Referral.objects.filter(pk=story.referral.pk).update(status="queued")
    with pytest.raises(DatabaseError, match="queue_says_what_happens_meanwhile"), transaction.atomic():
        QueuePlace.objects.create(
            referral=story.referral, place=1, expected_on=story.days(3), interim=" ", queued_at=story.at,
            queued_by=cast.worker,
        )  # fmt: skip
