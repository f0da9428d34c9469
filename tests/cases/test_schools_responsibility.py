"""A no for the school's responsibility: the two meet within ten working days, and the second such no is a head's."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from cases.actions import meeting, second_person
from cases.ledger import NotAllowed
from cases.models import Consent, Decision, DecisionReason, Event, Obligation, PreparedNo, Referral
from cases.todo import to_do_of
from deadlines.working_days import add_working_days
from tests.cases.test_joint_meetings import QUESTION, soon
from tests.factories.accounts import MembershipFactory
from tests.factories.cases import a_case

FOR_HEAD = "Call a joint meeting: a no for the school’s responsibility, which the school is not told"


def confirmed(story, by=None):
    second_person.confirm_no(prepared=story.prepared, by=by or story.cast.colleague, at=story.at)
    return story._again()


def untold(cast):
    story = a_case("acknowledged", cast=cast)
    Consent.objects.filter(case=story.case).update(scope=["words", "receiver"])
    return confirmed(story.prepare_no())


def call(story, by):
    return meeting.call_meeting(
        referral=story.referral, question=QUESTION, times=[soon(3)], where="Skolan", family_invited=True,
        why_not_invited="", by=by, at=timezone.now(),
    )  # fmt: skip


def titles(reader, story):
    return [row.title for group in to_do_of(reader, story.today).groups for row in group.rows]


def test_where_the_school_reads_why_the_unit_is_to_call_a_meeting_within_ten_working_days(cast):
    story = confirmed(a_case("prepared", cast=cast))

    owed = story.open("call_meeting")

    assert owed.due_on == add_working_days(story.today, 10)
    assert owed.intervals.get(to_at=None).unit == cast.worker.unit
    assert "Call a joint meeting about the no" in titles(cast.worker, story)
    assert FOR_HEAD not in titles(cast.head, story)


@pytest.mark.parametrize("caller", ["worker", "counsellor"])
def test_a_call_of_either_side_meets_it(cast, caller):
    story = confirmed(a_case("prepared", cast=cast))
    owed = story.open("call_meeting")

    call(story, getattr(cast, caller))

    assert Obligation.objects.get(pk=owed.pk).outcome == "fulfilled"


def test_a_meeting_that_waits_already_is_enough(cast):
    story = a_case("prepared", cast=cast)
    call(story, cast.worker)

    confirmed(story)

    assert not story.case.obligations.filter(kind="call_meeting").exists()


def test_another_reason_leads_to_no_meeting(cast):
    assert not a_case("declined", cast=cast).case.obligations.filter(kind="call_meeting").exists()


def test_where_the_school_may_not_know_why_nothing_in_the_case_tells_it(cast):
    story = untold(cast)
    other = a_case("acknowledged")
    Consent.objects.filter(case=other.case).update(scope=["words", "receiver"])
    other.decline()

    def kinds(case, reader):
        found = Obligation.objects.visible_to(reader).filter(case=case).values_list("kind", "due_on", "outcome")
        events = Event.objects.visible_to(reader).filter(case=case)
        return (
            sorted((kind, outcome) for kind, _due, outcome in found),
            [(event.kind, [change["do"] for change in event.changes]) for event in events.order_by("pk")],
        )

    assert kinds(story.case, cast.counsellor) == kinds(other.case, other.cast.counsellor)
    assert kinds(story.case, cast.area_manager) == kinds(other.case, other.cast.area_manager)
    assert "call_meeting" not in str(kinds(story.case, cast.counsellor))


def test_there_the_head_is_asked_alone_until_somebody_has_called(cast):
    story = untold(cast)
    for reader in (cast.head, cast.area_head):
        assert FOR_HEAD in titles(reader, story)
    for reader in (cast.worker, cast.counsellor, cast.principal, cast.area_manager, cast.other_worker):
        assert FOR_HEAD not in titles(reader, story)

    call(story, cast.head)

    assert FOR_HEAD not in titles(cast.head, story)
    event = Event.objects.filter(case=story.case).latest("pk")
    assert (event.kind, event.text) == ("meeting_called", "")
    assert {change["kind"] for change in event.changes} == {"answer_call"}


def test_the_head_reaches_the_call_from_to_do(cast, enter):
    story = untold(cast)
    address = reverse("cases:call_meeting", args=[story.referral.pk])
    client = enter(cast.head)

    assert address in client.get(reverse("cases:todo")).text
    assert client.get(address).status_code == 200


def test_more_such_refusals_cost_the_head_no_more_queries(cast, enter, assert_constant_queries):
    untold(cast)
    enter(cast.head)

    assert_constant_queries(reverse("cases:todo"), lambda: untold(cast))


@pytest.fixture
def again(cast):
    """The team says the same about the same pupil for the second time; a colleague could send it the first time."""
    story = confirmed(a_case("prepared", cast=cast))
    return story.wait(1).send().acknowledge().prepare_no()


def is_said_before(story):
    return PreparedNo.objects.with_history().get(pk=story.prepared.pk).is_said_before


READ = "Read a no before it is sent"


def test_the_second_identical_no_is_for_the_head_to_read(cast, enter, again):
    address = reverse("cases:confirm_no", args=[again.referral.pk])
    page = enter(cast.colleague).get(address).text

    assert is_said_before(again)
    assert READ in titles(cast.head, again)
    assert READ not in titles(cast.colleague, again)
    assert "so your head reads it" in page
    assert "You wrote it" not in page
    assert enter(cast.colleague).post(address).status_code == 403
    assert enter(cast.head).post(address).status_code == 302
    assert again.case.referrals.get(pk=again.referral.pk).status == "declined"


def test_neither_action_nor_database_takes_a_second_one_without_the_head(cast, again):
    with pytest.raises(NotAllowed):
        confirmed(again, cast.colleague)
    Referral.objects.filter(pk=again.referral.pk).update(status="declined")
    decision = Decision.objects.create(
        referral=again.referral, answer="declined", decided_at=again.at, decided_by=cast.colleague, advice="Kartlägg.",
        next_holder=cast.counsellor.unit, next_on=again.days(3),
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="given by a head"), transaction.atomic():
        DecisionReason.objects.create(
            decision=decision, code=again.prepared.code, rationale="Nej.", prepared_by=cast.worker,
            missing_measure="home_visit",
        )  # fmt: skip
    transaction.set_rollback(True)


def test_a_head_who_wrote_it_has_read_it(cast, again):
    PreparedNo.objects.filter(pk=again.prepared.pk).update(prepared_by=cast.head)

    confirmed(again, cast.colleague)

    assert again.referral.status == "declined"


def test_another_reason_or_another_pupil_or_another_unit_is_no_second_time(cast):
    confirmed(a_case("prepared", cast=cast))
    second_pupil = a_case("prepared", cast=cast)
    assert not is_said_before(second_pupil)

    story = confirmed(a_case("prepared", cast=cast))
    story.wait(1).send(cast.other_service).acknowledge(cast.other_worker)
    with pytest.raises(NotAllowed):
        story.prepare_no()
    elsewhere = MembershipFactory(team_worker=True, unit=cast.other_worker.unit)
    story.cast = type(cast)(**{**cast.__dict__, "worker": cast.other_worker})
    story.prepare_no()

    assert not is_said_before(story)
    confirmed(story, elsewhere)
    assert story.referral.status == "declined"


def test_the_check_page_says_that_the_head_reads_it(cast, enter, again):
    given = {
        "reason": again.prepared.code_id, "rationale": "Igen.", "advice": "Kartlägg.", "missing_measure": "home_visit",
        "next_holder": cast.counsellor.unit_id, "next_on": again.days(5).isoformat(),
    }  # fmt: skip

    page = enter(cast.worker).post(reverse("cases:decline_request", args=[again.referral.pk]), given).text

    assert "The second time: your head reads it" in page
