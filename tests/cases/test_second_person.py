"""A no that takes two: written by one in the unit, read and sent by another, or sent back with a word."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from cases.actions import answers, second_person
from cases.ledger import AlreadyDone, NotAllowed
from cases.models import Decision, DecisionReason, Event, NoSaid, PreparedNo, Referral
from cases.todo import to_do_of
from tests.factories.accounts import MembershipFactory
from tests.factories.cases import a_case, make_cast, reason_of

pytestmark = pytest.mark.django_db
WORDS = "Skolan behöver pröva mer först."


@pytest.fixture
def story(db):
    return a_case("prepared")


def page(story, name="confirm_no"):
    return reverse(f"cases:{name}", args=[story.referral.pk])


def to_do(reader, story, title):
    groups = to_do_of(reader, story.today).groups
    return [row for group in groups for row in group.rows if row.title == title]


def test_a_confirmed_no_for_such_a_reason_is_left_to_a_colleague_and_answers_nothing(enter):
    story = a_case("acknowledged")
    given = {
        "reason": reason_of("SCHOOL_RESPONSIBILITY").pk, "rationale": WORDS, "advice": "Kartlägg.",
        "missing_measure": "home_visit", "next_holder": story.cast.counsellor.unit_id,
        "next_on": story.days(5).isoformat(),
    }  # fmt: skip
    client = enter(story.cast.worker)

    check = client.post(reverse("cases:decline_request", args=[story.referral.pk]), given)
    left = client.post(reverse("cases:decline_request", args=[story.referral.pk]), {**given, "confirm": "1"})

    assert "This reason takes two" in check.text
    assert left.status_code == 302
    assert not Decision.objects.exists()
    assert PreparedNo.objects.open().get().prepared_by == story.cast.worker
    assert story.open("answer_request").stopped_at is None


def test_the_school_learns_nothing_of_a_no_that_waits(enter, story):
    before = Event.objects.filter(case=story.case).values_list("kind", flat=True)
    client = enter(story.cast.counsellor)

    shown = client.get(reverse("cases:case_detail", args=[story.case.pk])).text

    assert "no_prepared" not in before
    assert WORDS not in shown
    assert client.get(page(story)).status_code == 403
    assert not PreparedNo.objects.visible_to(story.cast.counsellor).exists()


def test_a_colleague_finds_it_in_to_do_and_sends_it(enter, story):
    title = "Read a no before it is sent"
    assert to_do(story.cast.colleague, story, title)
    assert not to_do(story.cast.worker, story, title)
    client = enter(story.cast.colleague)

    assert WORDS in client.get(page(story)).text
    assert client.post(page(story)).status_code == 302

    decision = Decision.objects.get()
    given = DecisionReason.objects.defer(None).get()
    assert decision.decided_by == story.cast.colleague
    assert (given.prepared_by, given.rationale) == (story.cast.worker, WORDS)
    assert Referral.objects.get(pk=story.referral.pk).status == "declined"
    assert PreparedNo.objects.get().ending == "sent"
    assert not to_do(story.cast.colleague, story, title)


def test_the_head_above_may_be_the_second_person(enter, story):
    assert to_do(story.cast.head, story, "Read a no before it is sent")

    assert enter(story.cast.head).post(page(story)).status_code == 302
    assert Decision.objects.get().decided_by == story.cast.head


def test_who_wrote_it_does_not_send_it_not_even_in_another_role(enter, story):
    other_hat = MembershipFactory(user=story.cast.worker.user, unit=story.cast.head.unit, role=story.cast.head.role)
    for who in (story.cast.worker, other_hat):
        with pytest.raises(NotAllowed):
            second_person.confirm_no(prepared=story.prepared, by=who, at=story.at)
    assert enter(story.cast.worker).post(page(story)).status_code == 403
    assert "You wrote it" in enter(story.cast.worker).get(page(story)).text


def test_sent_back_with_a_word_it_is_mended_and_nothing_typed_is_lost(enter, story):
    client = enter(story.cast.colleague)

    empty = client.post(page(story, "send_no_back"), {"why": " "})
    client.post(page(story, "send_no_back"), {"why": "Hembesök gjordes i oktober."})

    assert empty.status_code == 422
    assert "Write what should be thought of once more" in empty.text
    assert PreparedNo.objects.get().ending == "sent_back"
    assert to_do(story.cast.worker, story, "Mend the no: a colleague has sent it back")
    client = enter(story.cast.worker)
    assert "Hembesök gjordes i oktober." in client.get(reverse("cases:assess_request", args=[story.referral.pk])).text
    form = client.get(reverse("cases:decline_request", args=[story.referral.pk])).text
    assert WORDS in form
    assert (
        "Hembesök gjordes i oktober."
        not in enter(story.cast.counsellor).get(reverse("cases:case_detail", args=[story.case.pk])).text
    )


def test_another_answer_takes_the_place_of_a_no_that_waits(enter, story):
    story.accept()

    assert PreparedNo.objects.get().ending == "replaced"
    with pytest.raises(AlreadyDone):
        second_person.confirm_no(prepared=story.prepared, by=story.cast.colleague, at=story.at)
    assert enter(story.cast.colleague).post(page(story)).status_code == 409


def test_a_second_version_replaces_the_first(story):
    story.prepare_no()

    assert sorted(PreparedNo.objects.values_list("ending", flat=True)) == ["", "replaced"]


def test_two_seconds_at_once_send_one_no(story):
    second_person.confirm_no(prepared=story.prepared, by=story.cast.colleague, at=story.at)

    with pytest.raises(AlreadyDone):
        second_person.confirm_no(prepared=story.prepared, by=story.cast.head, at=story.at)
    assert Decision.objects.count() == 1


def test_a_no_whose_date_has_passed_is_sent_back_and_not_sent(enter, story):
    late = story.at + timedelta(days=40)
    with pytest.raises(NotAllowed):
        second_person.confirm_no(prepared=story.prepared, by=story.cast.colleague, at=late)


def test_only_the_receiving_unit_reads_it(enter, story):
    assert enter(story.cast.other_worker).get(page(story)).status_code == 404
    assert enter(make_cast().worker).post(page(story)).status_code == 404
    assert enter(story.cast.mentor).get(page(story)).status_code == 403


@pytest.mark.parametrize("code", ["SCHOOL_RESPONSIBILITY", "PUPIL_NOT_MOTIVATED"])
def test_neither_action_nor_database_takes_it_from_one_alone(code):
    story = a_case("acknowledged")
    words = {"tried": "Ringt.", "alternative": "home_visit", "missing_measure": "home_visit"}
    holder = story.cast.worker.unit if code == "PUPIL_NOT_MOTIVATED" else story.cast.counsellor.unit
    given = {"advice": "Pröva.", "next_holder": holder, "next_on": story.days(3)}
    with pytest.raises(NotAllowed):
        answers.decline_request(
            referral=story.referral, reason=reason_of(code), rationale="Nej.", by=story.cast.worker, at=story.at,
            **given, **words,
        )  # fmt: skip
    Referral.objects.filter(pk=story.referral.pk).update(status="declined")
    decision = Decision.objects.create(
        referral=story.referral, answer="declined", decided_at=story.at, decided_by=story.cast.worker, **given
    )
    for first in (None, story.cast.worker, story.cast.colleague):
        with pytest.raises(DatabaseError, match="written by one and sent by another"), transaction.atomic():
            DecisionReason.objects.create(
                decision=decision, code=reason_of(code), rationale="Nej.", prepared_by=first, **words
            )
    transaction.set_rollback(True)


def test_a_reason_that_one_may_give_alone_is_not_prepared():
    story = a_case("acknowledged")
    said = NoSaid(story.cast.reason, "Pröva.", story.cast.counsellor.unit, story.days(3), {"rationale": "Nej."})
    with pytest.raises(NotAllowed):
        second_person.prepare_no(referral=story.referral, said=said, by=story.cast.worker, at=story.at)
