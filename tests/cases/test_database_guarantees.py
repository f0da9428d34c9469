"""What the database refuses whoever asks and however: each promise broken on purpose, past the actions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from cases.models import (
    Case,
    Consent,
    Decision,
    DecisionReason,
    Disclosure,
    Event,
    Feedback,
    Hold,
    HolderInterval,
    Obligation,
    Party,
    Question,
    Referral,
    SchoolNote,
    SocialNote,
)
from tests.factories.cases import Story, a_case
from tests.factories.socialservices import ReasonCodeFactory
from wall.roles import EVERYBODY, WEB

pytestmark = pytest.mark.django_db


def refused(attempt: Callable[[], object], *, says: str) -> None:
    """Try it and commit as far as constraints go; the database must say no, and why."""

    def commit() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            attempt()
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(DatabaseError, match=says):
        commit()


@pytest.fixture
def story() -> Story:
    return a_case("acknowledged")


def no(story: Story, **changed: object) -> None:
    """Write a no past the action, with something left out."""
    why = {"code": story.cast.reason, "rationale": "Nej.", "told_on": ""}
    complete = {"advice": "Pröva.", "next_holder": story.cast.worker.unit, "next_on": story.days(5)}
    Referral.objects.filter(pk=story.referral.pk).update(status="declined")
    decision = Decision.objects.create(
        referral=story.referral, answer="declined", decided_at=story.at, decided_by=story.cast.worker,
        **{name: changed.get(name, value) for name, value in complete.items()},
    )  # fmt: skip
    if "why" not in changed:
        given = {name: changed.get(name, value) for name, value in why.items()}
        DecisionReason.objects.create(decision=decision, **given)


@pytest.mark.parametrize(
    "missing",
    [{"advice": ""}, {"advice": "\n"}, {"next_holder": None}, {"next_on": None}],
)
def test_an_incomplete_no(story: Story, missing: dict[str, object]) -> None:
    refused(lambda: no(story, **missing), says="a_no_has_advice_holder_and_date")


@pytest.mark.parametrize(
    ("missing", "says"),
    [
        ({"rationale": ""}, "reason_is_given_in_words"),
        ({"rationale": "  "}, "reason_is_given_in_words"),
        ({"code": None}, "does not say why"),
        ({"why": None}, "does not say why"),
    ],
)
def test_a_no_that_does_not_say_why(story: Story, missing: dict[str, object], says: str) -> None:
    refused(lambda: no(story, **missing), says=says)


@pytest.mark.parametrize("ground", ["necessary_10_2", "general_clause_10_27"])
def test_why_told_to_the_school_on_a_ground_that_does_not_open_it(story: Story, ground: str) -> None:
    refused(lambda: no(story, told_on=ground), says="No consent covers")


@pytest.mark.parametrize(
    "changed",
    [{"scope": ["words", "receiver"]}, {"valid_to": date(2020, 1, 1), "given_on": date(2019, 1, 1)}, {"answer": "no"}],
)
def test_why_told_to_the_school_without_a_consent_that_covers_it(story: Story, changed: dict[str, object]) -> None:
    Consent.objects.filter(case=story.case).update(**changed)
    refused(lambda: no(story, told_on="consent_osl_10_1"), says="No consent covers")


def test_a_reason_told_that_no_school_may_have(story: Story) -> None:
    secret = ReasonCodeFactory(is_shown_to_school=False)
    refused(lambda: no(story, code=secret, told_on="consent_osl_10_1"), says="may not be told this reason")


def test_a_complete_no_is_not_what_was_refused_above(story: Story) -> None:
    with transaction.atomic():
        no(story)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def test_declined_without_a_decision(story: Story) -> None:
    refused(
        lambda: Referral.objects.filter(pk=story.referral.pk).update(status="declined"), says="its answer is missing"
    )


def test_a_decision_about_a_request_that_is_still_being_assessed(story: Story) -> None:
    refused(
        lambda: Decision.objects.create(
            referral=story.referral, answer="accepted", decided_at=story.at, decided_by=story.cast.worker
        ),
        says="is assessing but its answer is accepted",
    )


def test_a_second_decision(story: Story) -> None:
    story.accept()
    refused(
        lambda: Decision.objects.create(
            referral=story.referral, answer="accepted", decided_at=story.at, decided_by=story.cast.colleague
        ),
        says="unique",
    )


def test_accepted_without_a_handler(story: Story) -> None:
    refused(
        lambda: Referral.objects.filter(pk=story.referral.pk).update(status="accepted"),
        says="accepted_referral_has_a_handler_and_a_first_date",
    )


def test_an_open_case_without_an_obligation(story: Story) -> None:
    def stop_everything() -> None:
        now = timezone.now()
        HolderInterval.objects.filter(obligation__case=story.case).update(to_at=now)
        Obligation.objects.filter(case=story.case).update(stopped_at=now, outcome="fulfilled")

    refused(stop_everything, says="has no open obligation")


def test_a_new_case_without_an_obligation(story: Story) -> None:
    other = a_case("closed", cast=story.cast)
    refused(
        lambda: Case.objects.create(
            number="9999-0001", pupil=other.pupil, school_unit=story.case.school_unit, class_name="7A",
            opened_at=story.at, opened_by=story.cast.counsellor, child_time_from=story.today,
        ),
        says="has no open obligation",
    )  # fmt: skip


def test_two_holders_at_a_time(story: Story) -> None:
    refused(
        lambda: HolderInterval.objects.create(
            obligation=story.open("answer_request"), unit=story.cast.other_worker.unit, from_at=story.at
        ),
        says="one_holder_at_a_time",
    )


def test_an_open_obligation_that_nobody_holds(story: Story) -> None:
    refused(
        lambda: HolderInterval.objects.filter(obligation__case=story.case, to_at=None).update(to_at=timezone.now()),
        says="has 0 holders, not one",
    )


def test_a_stopped_obligation_that_somebody_still_holds(story: Story) -> None:
    story.accept()
    refused(
        lambda: Obligation.objects.filter(pk=story.open("first_contact").pk).update(
            stopped_at=timezone.now(), outcome="fulfilled"
        ),
        says="Stopped obligation .* still has a holder|has no open obligation",
    )


def test_an_obligation_that_stops_without_an_outcome(story: Story) -> None:
    refused(
        lambda: Obligation.objects.filter(case=story.case).update(stopped_at=timezone.now()),
        says="obligation_stops_with_an_outcome",
    )


def test_two_open_answers_to_one_request(story: Story) -> None:
    refused(
        lambda: Obligation.objects.create(
            case=story.case, referral=story.referral, kind="answer_request", started_on=story.today,
            due_on=story.today, first_due_on=story.today,
        ),
        says="one_open_answer_per_referral",
    )  # fmt: skip


@pytest.mark.parametrize("missing", [{"outcome": ""}, {"final_word": ""}, {"closed_by": None}])
def test_closed_without_an_outcome_a_last_word_or_a_name(story: Story, missing: dict[str, object]) -> None:
    complete = {"outcome": "improved", "final_word": "Bra.", "closed_by": story.cast.counsellor.pk}
    refused(
        lambda: Case.objects.filter(pk=story.case.pk).update(closed_at=timezone.now(), **complete | missing),
        says="case_is_closed_when_it_has_an_outcome",
    )


def test_closed_with_an_open_obligation(story: Story) -> None:
    refused(
        lambda: Case.objects.filter(pk=story.case.pk).update(
            closed_at=timezone.now(), outcome="improved", final_word="Bra.", closed_by=story.cast.counsellor.pk
        ),
        says="has an open obligation",
    )


def test_an_outcome_without_closing(story: Story) -> None:
    refused(
        lambda: Case.objects.filter(pk=story.case.pk).update(outcome="improved"),
        says="case_is_closed_when_it_has_an_outcome",
    )


def test_a_hold_on_a_statutory_obligation(story: Story) -> None:
    obligation = story.open("answer_request")
    Obligation.objects.filter(pk=obligation.pk).update(is_statutory=True)
    refused(
        lambda: Hold.objects.create(
            obligation=obligation, started_on=story.today, until=story.days(2), reason="Vi hinner inte."
        ),
        says="never on hold",
    )


def test_a_second_hold_and_one_without_a_reason(story: Story) -> None:
    given = {"started_on": story.today, "until": story.days(2)}
    refused(
        lambda: Hold.objects.create(obligation=story.open("answer_request"), reason=" ", **given),
        says="hold_has_a_reason",
    )
    story.pause("answer_request")
    refused(
        lambda: Hold.objects.create(obligation=story.open("answer_request"), reason="Igen.", **given),
        says="paused_once",
    )


def test_a_second_open_case_about_the_pupil(story: Story) -> None:
    refused(
        lambda: Case.objects.create(
            number="9999-0002", pupil=story.pupil, school_unit=story.case.school_unit, class_name="7A",
            opened_at=story.at, opened_by=story.cast.counsellor, child_time_from=story.today,
        ),
        says="one_open_case_per_pupil",
    )  # fmt: skip


def test_a_unit_that_is_party_twice(story: Story) -> None:
    refused(
        lambda: Party.objects.create(case=story.case, unit=story.cast.worker.unit, started_at=story.at),
        says="party_once",
    )


@pytest.mark.parametrize("model", [Event, Decision])
def test_what_was_written_is_not_rewritten(story: Story, model: type) -> None:
    story.accept()
    field = "kind" if model is Event else "advice"

    refused(lambda: model.objects.update(**{field: "något annat"}), says="permission denied|refuse|only")


@pytest.mark.parametrize(
    "model",
    [Case, Party, Referral, Decision, DecisionReason, Question, Consent, Disclosure, Feedback, SchoolNote, SocialNote,
     Obligation, HolderInterval, Hold, Event],
)  # fmt: skip
def test_nothing_of_a_case_is_deleted(story: Story, model: type) -> None:
    table = connection.ops.quote_name(model._meta.db_table)

    def delete(role: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {role}")
            cursor.execute(f"DELETE FROM {table}")

    for role in (WEB, *EVERYBODY):
        refused(lambda role=role: delete(role), says="permission denied")


def test_not_even_the_owner_rewrites_an_event(story: Story) -> None:
    refused(lambda: Event.objects.update(kind="något annat"), says="only|change|added")
    refused(lambda: Event.objects.all().delete(), says="only|change|added")


def test_an_incomplete_consent(story: Story) -> None:
    refused(lambda: Consent.objects.filter(case=story.case).update(scope=[]), says="a_yes_has_date_form_scope_and_end")


def test_refusals_are_integrity_errors_that_name_their_rule(story: Story) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Obligation.objects.filter(case=story.case).update(stopped_at=timezone.now())
