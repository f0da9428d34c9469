"""Erasure: what is due, two people, one transaction for each compartment, and nothing of the other side's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, models, transaction

from attendance.models import AttendanceDay, Concern
from audit.models import AuditEvent
from cases.models import Case, Disclosure, Event, Feedback, Party, SchoolNote, SocialNote
from records import actions, selection
from records.models import KeepOrder, RetentionRun, RetentionTombstone
from records.policy import load_policy
from schools.models import Guardian, Pupil, PupilIdentifier
from tests.factories.cases import a_case
from tests.factories.records import WHEN, known_pupil
from tests.records.traces import traces_of
from wall.identity import acting_as

LONG_AFTER = date(2040, 1, 15)
AT = datetime(2040, 1, 15, 3, tzinfo=UTC)


def names(day: date) -> dict[str, int]:
    return {rule: len(found) for rule, found in selection.due(load_policy(), day).items() if found}


def test_nothing_is_due_the_day_after(known):
    assert names(date(2026, 11, 26)) == {}


def test_absence_is_due_two_years_after_its_school_year_and_no_sooner(known):
    assert "absence" not in names(date(2029, 6, 30))
    assert names(date(2029, 7, 1))["absence"] == 1


def test_case_is_due_on_each_side_by_its_own_rule_and_shared_when_both_let_go(known):
    assert "case" not in names(date(2031, 11, 25))

    due = names(date(2031, 11, 26))

    assert (due["case_at_school"], due["case_at_social"], due["case"]) == (1, 1, 1)


def test_pupil_is_due_only_with_everything_that_is_about_the_pupil(known):
    due = names(date(2031, 11, 26))
    assert "pupil" not in due  # the concern and the numbers count from when the pupil left the school

    due = names(date(2032, 1, 26))
    assert (due["concerns"], due["pupil_at_school"], due["pupil"]) == (1, 1, 1)


def test_open_case_is_never_due(people):
    a_case("active", cast=people, at=WHEN)

    assert not {"case_at_school", "case_at_social", "case"} & names(LONG_AFTER).keys()


TABLES_OF_FILES = {"integrations_importedfile", "integrations_importproblem"}


def rows_of(*models: type[models.Model]) -> list[list[dict]]:
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_everything_goes_and_the_other_pupil_stays(people, known, erase_all):
    other = known_pupil(people, 2, at=datetime(2039, 11, 1, 9, tzinfo=UTC))
    untouched = traces_of([other.canary])

    run = erase_all(LONG_AFTER, AT)

    assert traces_of([known.canary]) == {}
    # The other pupil's file is old enough to go; nothing else is.
    kept = {table: n for table, n in untouched.items() if table not in TABLES_OF_FILES}
    assert traces_of([other.canary]) == kept
    assert run.status == "done"
    assert run.subjects == {}
    assert run.results["case"] == {"erased": 1, "left_out": 0, "rows": run.results["case"]["rows"]}


def test_school_erases_what_social_services_must_keep(people, known, erase_all):
    notes_at = datetime(2031, 11, 1, tzinfo=UTC)
    SocialNote.objects.create(
        case=known.case, unit=people.worker.unit, text="Kvar.", written_at=notes_at, written_by=people.worker
    )
    shared = rows_of(Disclosure, Feedback, Event)

    erase_all(date(2033, 1, 1), datetime(2033, 1, 1, 3, tzinfo=UTC))

    assert not Concern.objects.exists()
    assert not PupilIdentifier.objects.filter(pupil=known.pupil).exists()
    assert not Guardian.objects.filter(pupil=known.pupil).exists()
    assert not SchoolNote.objects.exists()
    assert SocialNote.objects.count() == 2
    assert rows_of(Disclosure, Feedback, Event) == shared
    assert Pupil.objects.get(pk=known.pupil.pk).given_name == known.pupil.given_name
    assert not Case.objects.visible_to(people.counsellor).exists()
    assert not Disclosure.objects.visible_to(people.counsellor).exists()
    assert Case.objects.visible_to(people.worker).get() == known.case
    assert Disclosure.objects.visible_to(people.worker).exists()
    # The same without the application's filters: the database itself shows the school nothing of the case.
    with acting_as(people.counsellor):
        assert not Case.objects.exists()
        assert not Disclosure.objects.exists()
        assert not Event.objects.exists()
        assert not Feedback.objects.exists()
    with acting_as(people.worker):
        assert Case.objects.count() == 1
        assert Disclosure.objects.count() == 3  # the request, an answer, a reply


def test_social_services_erase_what_the_school_must_keep(people, known, erase_all):
    KeepOrder.objects.create(
        pupil=known.pupil, unit=people.principal.unit, compartment="school", ground="dispute",
        ordered_at=WHEN, ordered_by=people.principal,
    )  # fmt: skip
    schools_own = (Concern, AttendanceDay, Guardian, PupilIdentifier, Feedback, Disclosure)
    before = rows_of(*schools_own)

    erase_all(LONG_AFTER, AT)

    assert rows_of(*schools_own) == before
    assert not SocialNote.objects.exists()
    assert SchoolNote.objects.count() == 1
    assert not Case.objects.visible_to(people.worker).exists()
    assert not Disclosure.objects.visible_to(people.worker).exists()
    assert Case.objects.visible_to(people.counsellor).get() == known.case
    with acting_as(people.worker):
        assert not Case.objects.exists()
        assert not Disclosure.objects.exists()
    with acting_as(people.counsellor):
        assert Case.objects.count() == 1
        assert Disclosure.objects.count() == 3  # the request, an answer, a reply


def test_investigated_child_is_kept_by_social_services_until_thirty(people, known):
    KeepOrder.objects.create(
        pupil=known.pupil, unit=people.worker.unit, compartment="social", ground="investigation",
        ordered_at=WHEN, ordered_by=people.head,
    )  # fmt: skip
    turns_thirty = date(2043, 5, 5)

    assert known.pupil.born_on == date(2013, 5, 5)
    assert "case_at_social" not in names(turns_thirty - timedelta(days=1))
    assert names(turns_thirty)["case_at_social"] == 1
    assert "pupil" not in names(turns_thirty - timedelta(days=1))


@pytest.mark.parametrize("ground", ["never", "research", "dispute"])
def test_keep_order_stops_the_side_that_gave_it(people, known, ground):
    order = KeepOrder.objects.create(
        pupil=known.pupil, unit=people.worker.unit, compartment="social", ground=ground,
        ordered_at=WHEN, ordered_by=people.head,
    )  # fmt: skip
    due = names(LONG_AFTER)
    assert "case_at_social" not in due
    assert due["case_at_school"] == 1

    order.lifted_at, order.lifted_by = AT, people.head
    order.save()

    assert names(LONG_AFTER)["case_at_social"] == 1


def test_what_has_changed_since_the_proposal_is_left_out_and_said(people, known, admins):
    policy = load_policy()
    run = actions.propose_retention(policy=policy, today=date(2033, 1, 1), by=admins[0], at=AT)
    run = actions.approve_retention(run=run, by=admins[1], at=AT)
    written_at = datetime(2032, 12, 30, tzinfo=UTC)
    SocialNote.objects.create(
        case=known.case, unit=people.worker.unit, text="Nytt.", written_at=written_at, written_by=people.worker
    )

    run = actions.carry_out_retention(run=run, policy=policy, at=AT)

    assert run.results["case_at_social"] == {"erased": 0, "left_out": 1, "rows": 0}
    assert run.results["case"]["left_out"] == 1
    assert run.results["pupil"]["left_out"] == 1
    assert run.results["case_at_school"]["erased"] == 1
    assert SocialNote.objects.count() == 2


def test_one_cannot_approve_what_one_has_proposed(known, admins):
    run = actions.propose_retention(policy=load_policy(), today=LONG_AFTER, by=admins[0], at=AT)

    with pytest.raises(actions.SecondPersonNeeded):
        actions.approve_retention(run=run, by=admins[0], at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionRun.objects.filter(pk=run.pk).update(status="approved", approved_at=AT, approved_by=admins[0].user)


def test_nobody_but_a_system_administrator_proposes_or_approves(people, known, admins):
    with pytest.raises(actions.NotAllowed):
        actions.propose_retention(policy=load_policy(), today=LONG_AFTER, by=people.principal, at=AT)
    run = actions.propose_retention(policy=load_policy(), today=LONG_AFTER, by=admins[0], at=AT)
    with pytest.raises(actions.NotAllowed):
        actions.approve_retention(run=run, by=people.head, at=AT)


def test_one_proposal_at_a_time_and_none_for_nothing(people, known, admins):
    with pytest.raises(actions.NothingIsDue):
        actions.propose_retention(policy=load_policy(), today=date(2026, 11, 26), by=admins[0], at=AT)
    run = actions.propose_retention(policy=load_policy(), today=LONG_AFTER, by=admins[0], at=AT)
    with pytest.raises(actions.RunAlreadyWaiting):
        actions.propose_retention(policy=load_policy(), today=LONG_AFTER, by=admins[1], at=AT)

    assert actions.cancel_retention(run=run, by=admins[1], at=AT).subjects == {}
    with pytest.raises(actions.RunHasMovedOn):
        actions.approve_retention(run=run, by=admins[1], at=AT)


def test_changed_list_or_policy_is_refused(known, admins):
    policy = load_policy()
    run = actions.propose_retention(policy=policy, today=LONG_AFTER, by=admins[0], at=AT)
    run = actions.approve_retention(run=run, by=admins[1], at=AT)
    run.subjects["concerns"].append("concern:00000000-0000-4000-8000-000000000000")

    with pytest.raises(actions.ProposalHasChanged):
        actions.carry_out_retention(run=run, policy=policy, at=AT)
    run.refresh_from_db()
    RetentionRun.objects.filter(pk=run.pk).update(policy_sha256="0" * 64)
    run.refresh_from_db()
    with pytest.raises(actions.ProposalHasChanged):
        actions.carry_out_retention(run=run, policy=policy, at=AT)
    assert Concern.objects.exists()


def test_proposal_that_nobody_approved_is_not_carried_out(known, admins):
    run = actions.propose_retention(policy=load_policy(), today=LONG_AFTER, by=admins[0], at=AT)

    with pytest.raises(actions.RunHasMovedOn):
        actions.carry_out_retention(run=run, policy=load_policy(), at=AT)


def test_interrupted_run_goes_on_with_the_compartments_that_are_left(known, admins):
    policy = load_policy()
    run = actions.propose_retention(policy=policy, today=LONG_AFTER, by=admins[0], at=AT)
    run = actions.approve_retention(run=run, by=admins[1], at=AT)
    actions._carry_out_compartment(run, policy, "school", AT)
    assert not Concern.objects.exists()
    assert Case.objects.exists()

    run = actions.carry_out_retention(run=RetentionRun.objects.get(pk=run.pk), policy=policy, at=AT)

    assert run.results["concerns"]["erased"] == 1
    assert traces_of([known.canary]) == {}


def test_tombstones_say_how_much_and_never_what(known, erase_all):
    run = erase_all(LONG_AFTER, AT)

    said = set(RetentionTombstone.objects.values_list("compartment", "rule", "table"))
    assert {("school", "concerns", "attendance.concern"), ("shared", "pupil", "schools.pupil")} <= said
    assert ("social", "case_at_social", "cases.socialnote") in said
    assert sum(RetentionTombstone.objects.values_list("count", flat=True)) == sum(
        t["rows"] for t in run.results.values()
    )
    assert traces_of([str(known.pupil.pk), str(known.case.pk)]).keys() <= {"audit_auditevent"}
    with pytest.raises(DatabaseError, match="only added"), transaction.atomic():
        RetentionTombstone.objects.update(count=0)


def test_run_is_in_the_log_without_ids_of_what_was_erased(known, erase_all):
    run = erase_all(LONG_AFTER, AT)

    events = AuditEvent.objects.filter(target_type="records.retentionrun").order_by("id")
    assert [event.action for event in events] == ["retention_proposed", "retention_approved", "retention_carried_out"]
    assert events[2].details["concerns"] == 1
    assert str(known.pupil.pk) not in str([event.details for event in events])
    assert run.results["events_log"]["erased"] == 1


def test_party_rows_of_the_side_that_let_go_are_gone(people, known, erase_all):
    KeepOrder.objects.create(
        pupil=known.pupil, unit=people.worker.unit, compartment="social", ground="never",
        ordered_at=WHEN, ordered_by=people.head,
    )  # fmt: skip

    erase_all(LONG_AFTER, AT)

    assert set(Party.objects.filter(case=known.case).values_list("unit", flat=True)) == {people.worker.unit_id}


def test_open_note_of_a_later_day_moves_the_five_years(people, known):
    case = Case.objects.get(pk=known.case.pk)
    SocialNote.objects.create(
        case=case,
        unit=people.worker.unit,
        text="Senare.",
        written_at=datetime(2030, 1, 1, tzinfo=UTC),
        written_by=people.worker,
    )

    assert "case_at_social" not in names(date(2034, 12, 31))
    assert names(date(2035, 1, 2))["case_at_social"] == 1
