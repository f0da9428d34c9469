"""Every object, action and seat: the checks that the product asks say what the table in accounts/permissions says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.access import may_change_membership, may_invite
from accounts.models import Membership, Unit
from accounts.permissions import OBJECTS, PAGES, Action, Object, Scope, Seat
from accounts.roles import Role, Side, UnitKind
from attendance.access import (
    may_add_measure,
    may_answer_concern,
    may_answer_signal,
    may_ask_for_support,
    may_change_investigation,
    may_change_measure,
    may_decide_not_needed,
    may_log_concern,
    may_open_investigation,
    may_set_lines,
    reads_signals,
)
from attendance.models import AbsenceInvestigation, Concern, Measure, Signal
from cases import access
from cases.lifting import asked_of
from cases.models import (
    Case,
    ConcernReport,
    Consultation,
    Deviation,
    Disclosure,
    Feedback,
    Objection,
    Obligation,
    Referral,
    SchoolNote,
    SocialNote,
)
from followup.scope import scope_of
from integrations.access import may_import, may_keep_sources
from integrations.models import AbsenceImport, SchoolSource
from schools.access import may_keep_register
from schools.models import Pupil
from socialservices.access import may_change_catalogue
from tests.permissions.world import World, make_world

NARROWED = Scope.METADATA | Scope.AGGREGATE
Check = Callable[[Membership, World], bool]


def sees(model, row) -> bool:
    """Return whether `visible_to` gives the row."""
    return model.filter(pk=row.pk).exists()


def reads_pupil(reader: Membership, world: World) -> bool:
    """A school reads its pupils, social services those in its cases."""
    story = world.story("active")
    if reader.side == Side.SOCIAL:
        return sees(Case.objects.visible_to(reader), story.case)
    return sees(Pupil.objects.visible_to(reader), story.pupil)


def reads_lines(reader: Membership, world: World) -> bool:
    """Those for whom the page of the lines is open read those of their own school."""
    opens = PAGES["attendance:lines"]["GET"]
    return reader.role in opens and reader.unit_id == world.story("active").case.school_unit_id


def changes_request(reader: Membership, world: World) -> bool:
    """A school takes back, social services allocate."""
    if reader.side == Side.SOCIAL:
        return access.may_allocate_request(reader, world.story("acknowledged").referral)
    return access.may_speak_for_school(reader, world.story("acknowledged").case)


def acts_for(reader: Membership, world: World) -> bool:
    """Each side does its own steps."""
    story = world.story("active")
    unit = story.referral.to_unit if reader.side == Side.SOCIAL else story.case.school_unit
    return access.may_act_for(reader, unit)


def answers_lift(reader: Membership, world: World) -> bool:
    """Managers answer what was lifted to their side: the area's, and the principal's where a school has no area."""
    story = world.story("lifted_to_school" if reader.role == Role.PRINCIPAL else "lifted")
    lifts = Obligation.objects.open().filter(case=story.case, kind="answer_objection")
    ours = [one for one in lifts if one.intervals.get(to_at=None).unit.side == reader.side]
    return any(access.may_answer_lift(reader, one) for one in ours or lifts)


def reads_lift(reader: Membership, world: World) -> bool:
    """A lifted case is read by managers too who read no other."""
    return sees(Case.objects.visible_to(reader), world.story("lifted").case)


def objection_for(reader: Membership, world: World) -> Objection:
    """Return what the reader would be asked: a coordinator what has come up, a principal what came to the school."""
    states: dict[str, str] = {Role.COORDINATOR: "lifted_to_city", Role.PRINCIPAL: "lifted_to_school"}
    return Objection.objects.get(case=world.story(states.get(reader.role, "lifted")).case)


def deviation_for(reader: Membership, world: World) -> Deviation:
    """Return what the reader registered; for others one of somebody else."""
    return world.deviations.get(reader.pk) or next(iter(world.deviations.values()))


def deviation_about(reader: Membership, world: World) -> Deviation:
    """Return one that is about the reader's side, else any."""
    found = list(world.deviations.values())
    return next((one for one in found if one.about_unit.side == reader.side), found[0])


def reads_note(reader: Membership, world: World) -> bool:
    """Return whether the reader reads the note of the own unit; nobody ever reads that of another."""
    seen = {note for notes in (SchoolNote, SocialNote) for note in notes.objects.visible_to(reader)}
    assert seen <= {world.notes.get(reader.unit_id)}
    return bool(seen)


def unit_near(reader: Membership, world: World) -> Unit:
    """Return the unit on the reader's side that has a part in the case."""
    story = world.story("active")
    return story.referral.to_unit if reader.side == Side.SOCIAL else story.case.school_unit


def changes_settings(reader: Membership, world: World) -> bool:
    """Times, reasons and the catalogue are settled by the same people; a school has no catalogue."""
    may = access.may_change_settings(reader, unit_near(reader, world))
    office = world.story("active").referral.to_unit.office
    assert may_change_catalogue(reader, office) is (may and reader.side == Side.SOCIAL)
    return may


def to_oversee(reader: Membership, world: World) -> Case:
    """Return the case that the reader would oversee: a coordinator one that has come up."""
    return world.story("lifted_to_city" if reader.role == Role.COORDINATOR else "active").case


CHECKS: dict[tuple[Object, Action], Check] = {
    (Object.PUPIL, Action.READ): reads_pupil,
    (Object.PUPIL, Action.CHANGE): lambda who, w: may_keep_register(who, w.story("active").cast.class_group.school),
    (Object.ABSENCE, Action.READ): lambda who, w: sees(Pupil.objects.visible_to(who), w.story("active").pupil),
    (Object.IMPORT, Action.READ): lambda who, w: sees(AbsenceImport.objects.visible_to(who), w.school_import),
    (Object.IMPORT, Action.CREATE): lambda who, w: may_import(who, w.school_import.unit),
    (Object.SOURCE, Action.READ): lambda who, w: sees(SchoolSource.objects.visible_to(who), w.source),
    (Object.SOURCE, Action.CREATE): lambda who, w: may_keep_sources(who, Action.CREATE),
    (Object.SOURCE, Action.CHANGE): lambda who, w: may_keep_sources(who),
    (Object.SIGNAL, Action.READ): lambda who, w: reads_signals(who) and sees(Signal.objects.visible_to(who), w.signal),
    (Object.SIGNAL, Action.DECIDE): lambda who, w: may_answer_signal(who, w.signal),
    (Object.LINES, Action.READ): reads_lines,
    (Object.LINES, Action.CHANGE): lambda who, w: may_set_lines(who, w.story("active").cast.class_group.school),
    (Object.CONCERN, Action.READ): lambda who, w: sees(Concern.objects.visible_to(who), w.concern),
    (Object.CONCERN, Action.CREATE): lambda who, w: may_log_concern(who, w.story("active").pupil),
    (Object.CONCERN, Action.DECIDE): lambda who, w: may_answer_concern(who, w.concern),
    (Object.MEASURE, Action.READ): lambda who, w: sees(Measure.objects.visible_to(who), w.measure),
    (Object.MEASURE, Action.CREATE): lambda who, w: may_add_measure(who, w.story("active").pupil),
    (Object.MEASURE, Action.CHANGE): lambda who, w: may_change_measure(who, w.measure),
    (Object.INVESTIGATION, Action.READ): lambda who, w: sees(
        AbsenceInvestigation.objects.visible_to(who), w.investigation
    ),
    (Object.INVESTIGATION, Action.CREATE): lambda who, w: may_open_investigation(who, w.story("active").pupil),
    (Object.INVESTIGATION, Action.CHANGE): lambda who, w: may_change_investigation(who, w.investigation),
    (Object.INVESTIGATION, Action.DECIDE): lambda who, w: may_decide_not_needed(who, w.story("active").pupil),
    (Object.CASE, Action.READ): lambda who, w: (
        access.reads_cases(who) and sees(Case.objects.visible_to(who), w.story("active").case)
    ),
    (Object.CASE, Action.DECIDE): lambda who, w: access.may_close(who, w.story("active").case),
    (Object.STEP, Action.READ): lambda who, w: sees(
        Obligation.objects.visible_to(who), w.story("active").case.obligations.first()
    ),
    (Object.STEP, Action.CHANGE): acts_for,
    (Object.REQUEST, Action.READ): lambda who, w: sees(Referral.objects.visible_to(who), w.story("active").referral),
    (Object.REQUEST, Action.CREATE): lambda who, w: (
        access.may_request_support(who)
        and may_ask_for_support(who)
        and sees(Pupil.objects.visible_to(who), w.story("active").pupil)
    ),
    (Object.REQUEST, Action.CHANGE): changes_request,
    (Object.REQUEST, Action.DECIDE): lambda who, w: (
        access.may_answer(who, w.story("acknowledged").referral)
        and sees(Referral.objects.received_by(who), w.story("acknowledged").referral)
    ),
    (Object.CONCERN_REPORT, Action.READ): lambda who, w: sees(
        ConcernReport.objects.visible_to(who), w.reports.get(who.pk, w.report)
    ),
    (Object.CONCERN_REPORT, Action.CREATE): lambda who, w: (
        access.may_report(who) and sees(Pupil.objects.visible_to(who), w.story("active").pupil)
    ),
    (Object.CONCERN_REPORT, Action.DECIDE): lambda who, w: access.may_handle_report(who, w.report),
    (Object.CONSULTATION, Action.READ): lambda who, w: sees(Consultation.objects.visible_to(who), w.consultation),
    (Object.CONSULTATION, Action.CREATE): lambda who, w: (
        access.may_consult(who) and who.unit_id == w.consultation.school_unit_id
    ),
    (Object.CONSULTATION, Action.DECIDE): lambda who, w: access.may_answer_consultation(who, w.consultation),
    (Object.DEVIATION, Action.READ): lambda who, w: sees(Deviation.objects.visible_to(who), deviation_for(who, w)),
    (Object.DEVIATION, Action.CREATE): lambda who, w: access.may_register_deviation(who, w.story("active").case),
    (Object.DEVIATION, Action.DECIDE): lambda who, w: access.may_answer_deviation(who, deviation_about(who, w)),
    (Object.SHARED, Action.READ): lambda who, w: sees(
        Disclosure.objects.visible_to(who), w.story("active").case.disclosures.first()
    ),
    (Object.FEEDBACK, Action.READ): lambda who, w: sees(
        Feedback.objects.visible_to(who), w.story("feedback_given").feedback
    ),
    (Object.FEEDBACK, Action.CREATE): lambda who, w: access.may_work(who, w.story("active").referral),
    (Object.FEEDBACK, Action.CHANGE): lambda who, w: access.may_acknowledge_feedback(
        who, w.story("feedback_given").feedback
    ),
    (Object.NOTE, Action.READ): reads_note,
    (Object.NOTE, Action.CREATE): lambda who, w: access.may_write_note(who, w.story("lifted").case),
    (Object.LIFT, Action.READ): reads_lift,
    (Object.LIFT, Action.DECIDE): answers_lift,
    (Object.OBJECTION, Action.READ): lambda who, w: sees(Objection.objects.visible_to(who), objection_for(who, w)),
    (Object.OBJECTION, Action.CREATE): lambda who, w: access.may_write_other_version(who, objection_for(who, w)),
    (Object.OBJECTION, Action.DECIDE): lambda who, w: asked_of(who, objection_for(who, w)) is not None,
    (Object.STALLED, Action.READ): lambda who, w: sees(Case.objects.overseen_by(who), to_oversee(who, w)),
    (Object.STALLED, Action.CHANGE): lambda who, w: access.may_oversee(who, to_oversee(who, w)),
    (Object.FIGURES, Action.READ): lambda who, w: sees(scope_of(who).cases, w.story("active").case),
    (Object.SETTING, Action.READ): lambda who, w: (
        Unit.objects.settled_for(who).filter(pk=unit_near(who, w).pk).exists()
    ),
    (Object.SETTING, Action.CHANGE): changes_settings,
    (Object.PERSON, Action.READ): lambda who, w: sees(Membership.objects.visible_to(who), stranger_near(who, w)),
    (Object.PERSON, Action.GRANT): lambda who, w: (
        may_invite(who, unit=stranger_near(who, w).unit, role=stranger_near(who, w).role, email="x@example.com")
        and may_change_membership(who, stranger_near(who, w))
    ),
}
"""What the product asks for each action with each object."""

ASKED_ELSEWHERE = {(Object.LOG, Action.READ), (Object.CLAIM, Action.CREATE)}
"""Checks that stand, and are tested, beside what they guard."""

COUNTED_AS_READING = {Object.STALLED, Object.FIGURES}
"""Objects that are themselves dates or figures: a right to no more is a right to them."""


def stranger_near(reader: Membership, world: World) -> Membership:
    """Return somebody who works on the reader's side, near the pupil."""
    return world.colleagues[Side.SOCIAL if reader.side == Side.SOCIAL else Side.SCHOOL]


@pytest.fixture(params=[UnitKind.TEAM, UnitKind.INTAKE])
def world(db, request) -> World:
    """Return a world with requests to a team, and one with requests to an intake office."""
    return make_world(request.param)


def expected(seat: Seat, thing: Object, action: Action) -> bool:
    """Return what the table says about somebody near."""
    scope = OBJECTS[thing].get(seat, {}).get(action, Scope.NOTHING)
    if thing not in COUNTED_AS_READING and scope & NARROWED:
        scope = Scope.NOTHING
    # A lifted case is read by managers, and by everybody who reads the case anyway.
    return bool(scope) or ((thing, action) == (Object.LIFT, Action.READ) and expected(seat, Object.CASE, action))


def test_every_right_in_the_table_is_asked_for():
    rights = {(thing, action) for thing in Object for seat in OBJECTS[thing].values() for action in seat}

    assert rights == set(CHECKS) | ASKED_ELSEWHERE


def test_those_near_may_what_the_table_says_and_nothing_else(world):
    faults = [
        f"{seat.label}: {action.label} {thing.label}: {not right}, the table says {right}"
        for (thing, action), check in CHECKS.items()
        for seat in Seat
        if check(world.near[seat], world) != (right := expected(seat, thing, action))
    ]

    assert not faults, "\n".join(faults)


def test_those_far_away_may_nothing(world):
    faults = [
        f"{seat.label}: {action.label} {thing.label}"
        for (thing, action), check in CHECKS.items()
        for seat in Seat
        if check(world.far[seat], world)
    ]

    assert not faults, "\n".join(faults)


def test_mentor_reads_only_the_own_concerns_and_pupils(world):
    colleague = world.colleagues[Side.SCHOOL]

    assert not sees(Concern.objects.visible_to(colleague), world.concern)
    assert not sees(Pupil.objects.visible_to(colleague), world.story("active").pupil)


def test_dates_and_figures_are_no_content(world):
    for seat in (Seat.COORDINATOR, Seat.ANALYST, Seat.AREA_MANAGER):
        assert not access.reads_cases(world.near[seat])
        assert not Case.objects.visible_to(world.near[seat]).filter(pk=world.story("active").case.pk).exists()


@pytest.mark.parametrize("role", ["", "nobody", "admin"])
def test_a_role_that_is_not_in_the_table_may_nothing(world, role):
    somebody = world.near[Seat.PRINCIPAL]
    somebody.role = role

    assert not any(check(somebody, world) for check in CHECKS.values())


def test_a_control_with_every_right_is_found(world, monkeypatch):
    """With the table opened to everybody the far away see something: the test above is not blind."""
    everything = {seat: dict.fromkeys(Action, Scope.UNIT) for seat in Seat}
    monkeypatch.setattr("accounts.permissions.objects.OBJECTS", dict.fromkeys(Object, everything))
    strangers = [who for who in world.far.values() if who.side == Side.SCHOOL]
    for who in strangers:
        who.unit = world.near[Seat.PRINCIPAL].unit

    assert any(check(who, world) for who in strangers for check in CHECKS.values())
