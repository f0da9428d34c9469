"""A request sent on twice: the coordinator chooses who takes it. A no that managers changed: the unit has it again."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Membership
from cases.actions import answers, consents, placing, silence
from cases.actions.disclosing import ConsentIsMissing
from cases.actions.requests import NothingNew
from cases.ledger import AlreadyDone, NotAllowed
from cases.models import Case, Decision, Disclosure, Objection, Obligation, Referral
from cases.stalled import stalled_cases
from tests.factories.accounts import MembershipFactory
from tests.factories.cases import Story, a_case, reason_of

pytestmark = pytest.mark.django_db


def holder_of(obligation: Obligation):
    """Return the unit that holds it."""
    return obligation.intervals.get(to_at=None).unit


def address(story: Story) -> str:
    """Return the coordinator's page."""
    return reverse("cases:place_request", args=[story.case.obligations.get(kind="place_request").pk])


@pytest.fixture
def district(cast) -> Membership:
    """The coordinator of the teams' district."""
    return MembershipFactory(coordinator=True, unit=cast.area_head.unit)


@pytest.fixture
def asked(cast, district) -> Story:
    """A request that the second team has sent on, so that the district's coordinator is asked."""
    return a_case("redirected_twice", cast=cast)


def test_the_second_time_the_coordinator_is_asked_and_the_unit_keeps_the_answer(asked, district):
    held = {one.kind: holder_of(one) for one in asked.case.obligations.open()}

    assert held == {"place_request": district.unit, "answer_request": asked.cast.other_worker.unit}
    assert asked.open("place_request").due_on == asked.days(5)
    assert not Referral.objects.filter(to_unit=asked.cast.third_worker.unit).exists()


def test_without_a_coordinator_in_the_district_the_city_is_asked(cast):
    story = a_case("redirected_twice", cast=cast)

    assert holder_of(story.open("place_request")).kind == "city"


def test_the_chosen_unit_gets_the_copies_and_the_date_that_the_request_had(asked):
    due, shared = asked.open("answer_request").due_on, asked.referral.disclosures.get().content

    asked.wait_working_days(2).place()
    assert asked.referral.disclosures.get().content == shared
    assert asked.referral.sent_by == asked.cast.counsellor
    assert holder_of(asked.open("answer_request")) == asked.cast.other_worker.unit

    asked.acknowledge(asked.cast.third_worker)

    assert {one.kind: holder_of(one) for one in asked.case.obligations.open()} == {
        "answer_request": asked.cast.third_worker.unit
    }
    assert asked.open("answer_request").due_on == due
    assert not Case.objects.visible_to(asked.cast.other_worker).filter(pk=asked.case.pk).exists()


def test_the_unit_that_has_the_request_can_be_told_to_keep_it(asked):
    asked.place(asked.cast.other_service).acknowledge(asked.cast.other_worker)

    assert {one.kind: holder_of(one) for one in asked.case.obligations.open()} == {
        "answer_request": asked.cast.other_worker.unit
    }
    assert Case.objects.visible_to(asked.cast.other_worker).filter(pk=asked.case.pk).exists()


def test_the_chosen_unit_neither_sends_on_nor_says_that_somebody_else_should_have_been_asked(asked):
    asked.place().acknowledge(asked.cast.third_worker)
    given = {"referral": asked.referral, "by": asked.cast.third_worker, "at": asked.at}

    with pytest.raises(NotAllowed):
        answers.redirect_request(service=asked.cast.service, rationale="Nej.", **given)
    with pytest.raises(NotAllowed):
        answers.decline_request(
            reason=reason_of("WRONG_DISTRICT"), rationale="Nej.", advice="Gör.", next_holder=asked.case.school_unit,
            next_on=asked.days(5), **given,
        )  # fmt: skip
    answers.decline_request(
        reason=asked.cast.reason, rationale="Nej.", advice="Gör.", next_holder=asked.case.school_unit,
        next_on=asked.days(5), **given,
    )  # fmt: skip


def test_only_the_coordinator_who_is_asked_chooses_and_once(asked, district):
    given = {"obligation": asked.open("place_request"), "service": asked.cast.third_service, "why": "Så."}

    for other in (asked.cast.coordinator, asked.cast.other_worker, asked.cast.principal, asked.cast.area_manager):
        with pytest.raises(NotAllowed):
            placing.place_request(by=other, at=asked.at, **given)
    placing.place_request(by=district, at=asked.at, **given)
    with pytest.raises(AlreadyDone):
        placing.place_request(by=district, at=asked.at, **given)


def test_a_unit_that_has_a_request_about_the_pupil_already_is_not_chosen(asked):
    first = asked.referral
    asked.send(asked.cast.third_service)
    asked.referral = first

    with pytest.raises(NothingNew):
        asked.place()


def test_nothing_goes_on_when_the_consent_has_been_taken_back(asked):
    Disclosure.objects.filter(case=asked.case).update(stopped_at=asked.at)

    with pytest.raises(ConsentIsMissing):
        asked.place()
    assert not Referral.objects.filter(to_unit=asked.cast.third_worker.unit).exists()


def test_with_the_consent_the_choice_ends_and_the_school_has_the_next_step(asked):
    given = asked.case.consents.get(answer="yes")
    task = asked.open("place_request")

    consents.withdraw_consent(consent=given, by=asked.cast.counsellor, at=asked.at)

    [left] = asked.case.obligations.open()
    assert (left.kind, holder_of(left)) == ("review_stalled", asked.case.school_unit)
    with pytest.raises(AlreadyDone):
        placing.place_request(
            obligation=task, service=asked.cast.third_service, why="x", by=asked.cast.coordinator, at=asked.at
        )


def test_silence_of_the_district_takes_it_to_the_city_where_it_is_only_counted(asked, cast):
    for _ in range(3):
        asked.wait_working_days(6)
        silence.note_silences(at=asked.at)

    held = asked.case.obligations.open().filter(kind="place_request")
    assert [holder_of(one).kind for one in held] == ["city"]


def test_it_stands_on_the_board_as_sent_on_without_a_taker(asked, district):
    [row] = stalled_cases(district, asked.today)

    assert row.cause.code == "S7"
    asked.place().acknowledge(asked.cast.third_worker)
    assert stalled_cases(district, asked.today) == []


def test_the_coordinator_chooses_on_the_page_and_reads_nothing_of_the_case(asked, district, enter):
    board = enter(district).get(reverse("cases:stalled_list")).text
    assert address(asked) in board

    page = enter(district).get(address(asked)).text
    assert asked.cast.other_worker.unit.name in page
    assert asked.cast.third_worker.unit.name in page
    for hidden in ("Ni har rätt uppdrag.", "Har ont i magen på morgnarna.", asked.pupil.given_name, "A.K."):
        assert hidden not in page

    response = enter(district).post(address(asked), {"service": asked.cast.third_service.pk, "why": "Ni har rum."})

    assert response.status_code == 302
    new = Referral.objects.get(to_unit=asked.cast.third_worker.unit)
    assert new.disclosures.count() == 1
    assert enter(district).get(address(asked)).status_code == 409


def test_the_coordinator_is_told_at_the_field_what_is_missing(asked, district, enter):
    response = enter(district).post(address(asked), {"service": asked.cast.third_service.pk, "why": ""})
    assert response.status_code == 422
    assert "Write why" in response.text

    Disclosure.objects.filter(case=asked.case).update(stopped_at=asked.at)
    response = enter(district).post(address(asked), {"service": asked.cast.third_service.pk, "why": "Ni har rum."})
    assert response.status_code == 422
    assert "The consent has been withdrawn" in response.text
    assert "Ni har rum." in response.text


def test_others_do_not_open_the_coordinators_page(asked, enter):
    assert enter(asked.cast.other_worker).get(address(asked)).status_code == 403
    assert enter(asked.cast.counsellor).get(address(asked)).status_code == 403
    assert enter(asked.cast.principal).get(address(asked)).status_code == 403
    assert enter(MembershipFactory(principal=True)).get(address(asked)).status_code == 404


def test_school_and_units_read_what_happens_in_the_case(asked, district, enter):
    case_page = reverse("cases:case_detail", args=[asked.case.pk])
    for reader in (asked.cast.counsellor, asked.cast.other_worker):
        text = enter(reader).get(case_page).text
        assert "Decide which unit takes the request" in text
        assert "Proposed" in text
    asked.place()

    assert "Ni har rum först." in enter(asked.cast.counsellor).get(case_page).text
    assert "Ni har rum först." in enter(asked.cast.other_worker).get(case_page).text
    page = enter(asked.cast.third_worker).get(reverse("cases:assess_request", args=[asked.referral.pk])).text
    assert "Ni har rum först." in page
    assert "Send to the right unit" not in page


def test_the_page_of_the_second_unit_says_that_it_only_proposes(cast, enter, district):
    story = a_case("taken_over", cast=cast)
    page = reverse("cases:redirect_request", args=[story.referral.pk])

    assert "Therefore you only propose" in enter(cast.other_worker).get(page).text
    response = enter(cast.other_worker).post(
        page, {"service": cast.third_service.pk, "rationale": "De har rätt uppdrag."}, follow=True
    )
    assert "The coordinator decides which unit takes it" in response.text
    assert holder_of(story.open("place_request")) == district.unit


@pytest.mark.parametrize("code", ["yes_with_conditions", "shared"])
def test_a_changed_no_gives_the_unit_the_request_to_accept_by_the_managers_day(cast, code):
    story = a_case("lifted", cast=cast)
    declined = story.referral
    story.overturn(code)

    assert story.referral.parent == declined
    assert (story.referral.to_unit, story.referral.status) == (declined.to_unit, "sent")
    assert story.referral.disclosures.get(what="request").content == declined.disclosures.get(what="request").content
    assert story.open("answer_request").due_on == story.days(3)
    assert not story.case.obligations.open().filter(kind="respond_to_no").exists()
    assert not story.case.obligations.open().filter(kind="do_next_step").held_by(declined.to_unit).exists()

    story.acknowledge()
    assert story.open("answer_request").due_on == story.days(3)
    story.accept()
    assert story.case.child_time_from == declined.case.child_time_from
    assert not story.case.obligations.open().filter(kind="answer_request").exists()


def test_a_new_no_and_a_new_address_are_refused_for_what_managers_gave_back(cast, enter):
    story = a_case("given_back", cast=cast)
    given = {"referral": story.referral, "by": cast.worker, "at": story.at}

    with pytest.raises(NotAllowed):
        answers.decline_request(
            reason=cast.reason, rationale="Nej.", advice="Gör.", next_holder=story.case.school_unit,
            next_on=story.days(5), **given,
        )  # fmt: skip
    with pytest.raises(NotAllowed):
        answers.redirect_request(service=cast.other_service, rationale="Nej.", **given)
    page = enter(cast.worker).get(reverse("cases:assess_request", args=[story.referral.pk])).text
    assert "It cannot be declined or sent on." in page
    assert "Skolan är med." in page
    for name in ("decline_request", "redirect_request"):
        assert reverse(f"cases:{name}", args=[story.referral.pk]) not in page
        assert enter(cast.worker).get(reverse(f"cases:{name}", args=[story.referral.pk])).status_code == 403


@pytest.mark.parametrize(
    ("state", "answer"), [("given_back", "declined"), ("given_back", "redirected"), ("placed", "redirected")]
)
def test_the_database_lets_a_decision_from_above_stand(cast, state, answer):
    story = a_case(state, cast=cast)

    with pytest.raises(IntegrityError, match="was placed by"), transaction.atomic():
        Decision.objects.create(
            referral=story.referral, answer=answer, decided_at=story.at, decided_by=cast.worker, advice="Gör.",
            next_holder=cast.worker.unit, next_on=story.days(5),
        )  # fmt: skip


def test_a_changed_no_whose_consent_was_taken_back_gives_the_next_step_only(cast):
    story = a_case("lifted", cast=cast)
    declined = story.referral
    given = story.case.consents.get(answer="yes")
    consents.withdraw_consent(consent=given, by=cast.counsellor, at=story.at)
    story.overturn()

    assert Objection.objects.get(case=story.case).outcome == "overturned"
    assert list(story.case.referrals.all()) == [declined]
    assert story.case.obligations.open().filter(kind="do_next_step").held_by(declined.to_unit).exists()


def test_what_was_given_back_rests_on_the_consent_of_the_request_that_was_declined(cast):
    story = a_case("given_back", cast=cast)
    consents.withdraw_consent(consent=story.case.consents.get(answer="yes"), by=cast.counsellor, at=story.at)

    assert not story.referral.disclosures.filter(stopped_at=None).exists()
