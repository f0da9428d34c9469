"""A no that is lifted: both versions on one page, the managers' answers, and the way up."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import UnitKind
from cases.actions import objections, oversight
from cases.ledger import AlreadyDone, NotAllowed
from cases.lifting import objections_so_far
from cases.models import Event, Objection, ObjectionAnswer, Obligation
from tests.factories.accounts import MembershipFactory
from tests.factories.cases import Story, a_case

pytestmark = pytest.mark.django_db


def the(story: Story) -> Objection:
    """Return the story's objection."""
    return Objection.objects.get(case=story.case)


def answer(story: Story, by: Membership, code: str = "no_stands") -> None:
    """Let `by` answer for the unit that `by` belongs to."""
    asked = Obligation.objects.open().filter(kind="answer_objection").held_by(by.unit).get(case=story.case)
    oversight.answer_lift(
        obligation=asked, answer=code, reason="Därför.", conditions="Skolan är med." if code.startswith("yes") else "",
        next_task="Möte.", next_unit=story.case.school_unit, next_on=story.days(3), by=by, at=story.at,
    )  # fmt: skip


@pytest.fixture
def lifted(cast) -> Story:
    """A no that the school has lifted."""
    return a_case("lifted", cast=cast)


@pytest.fixture
def district(cast) -> Membership:
    """The coordinator of the district whose team said no."""
    return MembershipFactory(coordinator=True, unit=cast.area_head.unit)


def test_what_both_managers_say_settles_it(lifted):
    answer(lifted, lifted.cast.area_manager)
    assert the(lifted).ended_at is None

    answer(lifted, lifted.cast.area_head)

    assert the(lifted).outcome == Objection.Outcome.UPHELD
    assert not lifted.case.obligations.open().filter(kind="answer_objection").exists()


@pytest.mark.parametrize("code", ["yes_with_conditions", "shared"])
def test_a_changed_answer_gives_the_unit_that_said_no_the_request_to_accept(lifted, code):
    for manager in (lifted.cast.area_manager, lifted.cast.area_head):
        answer(lifted, manager, code)

    answers = lifted.case.obligations.open().filter(kind="answer_request").held_by(lifted.referral.to_unit)

    assert the(lifted).outcome == Objection.Outcome.OVERTURNED
    assert answers.get().due_on == lifted.days(3)
    assert lifted.referral.decision.answer == "declined"


def test_managers_who_differ_send_it_to_the_district_for_ten_working_days(lifted, district):
    answer(lifted, lifted.cast.area_manager, "yes_with_conditions")
    answer(lifted, lifted.cast.area_head, "no_stands")

    asked = lifted.open("answer_objection")
    assert the(lifted).level == "district"
    assert asked.due_on == lifted.days(10)

    answer(lifted, district, "yes_with_conditions")

    assert the(lifted).outcome == Objection.Outcome.OVERTURNED


def test_a_district_without_a_coordinator_is_passed_by(lifted):
    answer(lifted, lifted.cast.area_manager, "no_stands")
    answer(lifted, lifted.cast.area_head, "joint_meeting")

    assert the(lifted).level == "city"
    asked = lifted.case.obligations.open().get(kind="answer_objection")
    assert asked.intervals.get(to_at=None).unit.kind == "city"


def test_whoever_has_answered_does_not_answer_for_the_next_level_too(lifted, district):
    answer(lifted, lifted.cast.area_manager, "shared")
    answer(lifted, lifted.cast.area_head, "no_stands")

    with pytest.raises(NotAllowed):
        answer(lifted, lifted.cast.area_head, "no_stands")


def test_the_unit_that_said_no_writes_its_version_once_and_before_anybody_answers(lifted):
    given = {"objection": the(lifted), "by": lifted.cast.worker, "at": lifted.at}
    objections.write_other_version(text="Vi ser det så.", **given)

    with pytest.raises(AlreadyDone):
        objections.write_other_version(text="Nej, så.", **given)
    with pytest.raises(NotAllowed):
        objections.write_other_version(**given | {"by": lifted.cast.counsellor}, text="Skolan.")
    assert the(lifted).other_version == "Vi ser det så."


def test_both_sides_read_one_page_with_both_versions_and_who_is_waited_for(lifted, enter):
    objections.write_other_version(objection=the(lifted), text="Vi ser det så.", by=lifted.cast.worker, at=lifted.at)
    page = reverse("cases:objection", args=[the(lifted).pk])

    for reader in (lifted.cast.counsellor, lifted.cast.worker, lifted.cast.area_head, lifted.cast.area_manager):
        text = enter(reader).get(page).text
        assert "Vi har redan prövat." in text
        assert "Vi ser det så." in text
        assert lifted.cast.area_head.user.full_name in text
        assert "appeal" not in text


def test_a_coordinator_reads_the_versions_when_it_has_come_up_and_never_the_case(lifted, enter, district):
    page = reverse("cases:objection", args=[the(lifted).pk])
    assert enter(district).get(page).status_code == 404

    answer(lifted, lifted.cast.area_manager, "shared")
    answer(lifted, lifted.cast.area_head, "no_stands")

    text = enter(district).get(page).text
    assert "Vi har redan prövat." in text
    assert "Skolan behöver pröva mer först." not in text
    assert lifted.pupil.given_name not in text
    assert enter(district).get(reverse("cases:case_detail", args=[lifted.case.pk])).status_code in {403, 404}
    assert enter(lifted.cast.coordinator).get(page).status_code == 404
    assert page in enter(district).get(reverse("cases:stalled_list")).text


def test_a_coordinator_answers_on_the_page(lifted, enter, district):
    answer(lifted, lifted.cast.area_manager, "shared")
    answer(lifted, lifted.cast.area_head, "no_stands")

    response = enter(district).post(
        reverse("cases:objection", args=[the(lifted).pk]),
        {"answer": "yes_with_conditions", "conditions": "Skolan är med.", "reason": "Nu.", "next_task": "Börja.",
         "next_unit": lifted.referral.to_unit_id, "next_on": lifted.days(3)},
    )  # fmt: skip

    assert response.status_code == 302
    assert the(lifted).outcome == Objection.Outcome.OVERTURNED


def test_those_who_are_not_asked_answer_nothing(lifted, enter):
    page = reverse("cases:objection", args=[the(lifted).pk])

    for reader in (lifted.cast.counsellor, lifted.cast.worker, lifted.cast.head):
        assert enter(reader).post(page, {"answer": "shared"}).status_code == 403
    assert enter(lifted.cast.other_counsellor).get(page).status_code == 404
    assert enter(lifted.cast.mentor).get(page).status_code == 403


def test_a_yes_without_conditions_is_not_saved(lifted, enter):
    page = reverse("cases:objection", args=[the(lifted).pk])

    response = enter(lifted.cast.area_head).post(page, {"answer": "yes_with_conditions", "reason": "x"})

    assert response.status_code == 422
    assert "Write the conditions" in response.text


def test_the_success_rate_is_shown_from_five_on(cast):
    for _ in range(4):
        settled(cast, "shared")
    assert objections_so_far() is None

    settled(cast, "no_stands")

    assert (objections_so_far().ended, objections_so_far().changed) == (5, 4)


def settled(cast, code: str) -> None:
    """Let both managers say `code` of a lifted no."""
    story = a_case("lifted", cast=cast)
    for manager in (cast.area_manager, cast.area_head):
        answer(story, manager, code)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases_objection SET disagreement = 'x'",
        "UPDATE cases_objectionanswer SET reason = 'x'",
        "UPDATE cases_objection SET level = 'heads' WHERE level = 'district'",
        "DELETE FROM cases_objectionanswer",
    ],
)
def test_the_database_keeps_what_was_said(lifted, district, statement):
    answer(lifted, lifted.cast.area_manager, "shared")
    answer(lifted, lifted.cast.area_head, "no_stands")

    with pytest.raises(Exception, match=r"stands|only|added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_refuses_a_second_answer_of_a_unit_and_a_yes_without_conditions(lifted):
    answer(lifted, lifted.cast.area_manager, "shared")
    first = ObjectionAnswer.objects.get()
    given = {"objection": first.objection, "level": "heads", "reason": "x", "answered_at": timezone.now(),
             "answered_by": lifted.cast.area_head}  # fmt: skip

    with pytest.raises(IntegrityError), transaction.atomic():
        ObjectionAnswer.objects.create(unit=first.unit, code="shared", **given)
    with pytest.raises(IntegrityError), transaction.atomic():
        ObjectionAnswer.objects.create(unit=lifted.cast.area_head.unit, code="yes_with_conditions", **given)


def test_every_change_of_a_lifted_no_is_in_the_ledger(lifted):
    answer(lifted, lifted.cast.area_manager, "shared")
    answer(lifted, lifted.cast.area_head, "shared")

    settled_by = Event.objects.filter(case=lifted.case, kind="lift_answered").latest("pk")
    assert {"do": "objection", "objection": str(the(lifted).pk), "outcome": "overturned"} in settled_by.changes
    assert settled_by.unit.kind == UnitKind.SOCIAL_AREA
