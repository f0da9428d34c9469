"""A check asks for the right that it is about, also where today's table gives two rights to the same people.

The table is changed for one seat: with that right alone somebody may, with every other right to the same thing not.
"""

from uuid import uuid4

import pytest

from accounts import access as people
from accounts.models import Unit
from accounts.permissions import OBJECTS, Action, Object, Scope, Seat
from accounts.roles import Role, Side, UnitKind
from attendance import access as attendance
from attendance.models import Concern
from cases import access as cases
from cases.models import Case, Feedback, HolderInterval, Referral
from integrations.access import may_import, may_keep_sources
from schools.access import may_keep_register, may_lift_protection
from schools.models import Protection, Pupil, School
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import AbsenceInvestigationFactory, MeasureFactory, SignalFactory
from tests.factories.cases import a_case
from tests.permissions.people import somebody

UNIT = Unit(id=uuid4(), kind=UnitKind.SCHOOL)
CASE = Case(school_unit=UNIT)
SENT = Referral(status=Referral.Status.SENT, to_unit=UNIT)
ACCEPTED = Referral(status=Referral.Status.ACCEPTED, to_unit=UNIT)
CONCERN = Concern(pupil=Pupil(protection=Protection.NONE), school_unit=UNIT)

WITHOUT_ROWS = {
    "manage people": (Object.PERSON, Action.GRANT, people.may_manage_people),
    "log concerns": (Object.CONCERN, Action.CREATE, attendance.may_log_concerns),
    "read signals": (Object.SIGNAL, Action.READ, attendance.reads_signals),
    "answer a concern": (Object.CONCERN, Action.DECIDE, lambda who: attendance.may_answer_concern(who, CONCERN)),
    "set lines": (Object.LINES, Action.CHANGE, lambda who: attendance.may_set_lines(who, School(unit=UNIT))),
    "know of cases": (Object.CASE, Action.READ, attendance.reads_cases),
    "ask for support": (Object.REQUEST, Action.CREATE, attendance.may_ask_for_support),
    "request support": (Object.REQUEST, Action.CREATE, cases.may_request_support),
    "receive": (Object.REQUEST, Action.DECIDE, lambda who: cases.may_receive(who, SENT)),
    "acknowledge": (Object.REQUEST, Action.DECIDE, lambda who: cases.may_acknowledge(who, SENT)),
    "answer": (Object.REQUEST, Action.DECIDE, lambda who: cases.may_answer(who, SENT)),
    "allocate a request": (Object.REQUEST, Action.CHANGE, lambda who: cases.may_allocate_request(who, SENT)),
    "work": (Object.FEEDBACK, Action.CREATE, lambda who: cases.may_work(who, ACCEPTED)),
    "speak for the school": (Object.REQUEST, Action.CHANGE, lambda who: cases.may_speak_for_school(who, CASE)),
    "see consents": (Object.REQUEST, Action.CHANGE, lambda who: cases.may_see_consents(who, CASE)),
    "acknowledge feedback": (
        Object.FEEDBACK,
        Action.CHANGE,
        lambda who: cases.may_acknowledge_feedback(who, Feedback(case=CASE)),
    ),
    "close": (Object.CASE, Action.DECIDE, lambda who: cases.may_close(who, CASE)),
    "act for a unit": (Object.STEP, Action.CHANGE, lambda who: cases.may_act_for(who, UNIT)),
    "read cases": (Object.CASE, Action.READ, cases.reads_cases),
    "import": (Object.IMPORT, Action.CREATE, lambda who: may_import(who, UNIT)),
    "keep the register": (Object.PUPIL, Action.CHANGE, lambda who: may_keep_register(who, School(unit=UNIT))),
}


def test_sources_are_kept_with_the_right_to_change_them_unless_another_is_asked_for(monkeypatch):
    city = somebody(Role.SYSTEM_ADMIN, Unit(id=uuid4(), kind=UnitKind.CITY))

    monkeypatch.setitem(OBJECTS[Object.SOURCE], Seat.SYSTEM_ADMIN, {Action.CHANGE: Scope.AGGREGATE})
    assert may_keep_sources(city)
    assert not may_keep_sources(city, Action.CREATE)
    monkeypatch.setitem(
        OBJECTS[Object.SOURCE], Seat.SYSTEM_ADMIN, dict.fromkeys(others(Action.CHANGE), Scope.AGGREGATE)
    )
    assert not may_keep_sources(city)
    assert may_keep_sources(city, Action.CREATE)


def give(monkeypatch, thing, *actions):
    """Let the principal do so much, and no more, with the thing."""
    monkeypatch.setitem(OBJECTS[thing], Seat.PRINCIPAL, dict.fromkeys(actions, Scope.SCHOOL))


def others(action):
    """Return every other action."""
    return [one for one in Action if one != action]


@pytest.mark.parametrize("check", WITHOUT_ROWS)
def test_that_right_alone_is_enough_and_all_others_are_not(monkeypatch, check):
    thing, action, may = WITHOUT_ROWS[check]
    principal = somebody(Role.PRINCIPAL, UNIT)

    give(monkeypatch, thing, action)
    assert may(principal)
    give(monkeypatch, thing, *others(action))
    assert not may(principal)


def with_and_without(monkeypatch, thing, action, may):
    """Ask with every right to a thing, and with every right but one."""
    give(monkeypatch, thing, *Action)
    may_with = may()
    give(monkeypatch, thing, *others(action))
    return may_with, may()


def test_what_is_about_a_row_needs_the_right_beside_seeing_the_row(db, monkeypatch):
    story = a_case("lifted")
    principal = story.cast.principal
    case, pupil = story.case, story.pupil
    enrolment = pupil.enrolments.get()
    signal, measure = SignalFactory(enrolment=enrolment), MeasureFactory(enrolment=enrolment, responsible=principal)
    investigation = AbsenceInvestigationFactory(enrolment=enrolment)
    lift = story.case.obligations.filter(kind="answer_objection", stopped_at=None).first()
    HolderInterval.objects.filter(obligation=lift, to_at=None).update(unit=principal.unit)

    for thing, action, may in (
        (Object.NOTE, Action.CREATE, lambda: cases.may_write_note(principal, case)),
        (Object.STALLED, Action.CHANGE, lambda: cases.may_oversee(principal, case)),
        (Object.LIFT, Action.DECIDE, lambda: cases.may_answer_lift(principal, lift)),
        (Object.STEP, Action.CHANGE, lambda: cases.may_do(principal, lift)),
        (Object.SIGNAL, Action.DECIDE, lambda: attendance.may_answer_signal(principal, signal)),
        (Object.CONCERN, Action.CREATE, lambda: attendance.may_log_concern(principal, pupil)),
        (Object.CONCERN, Action.CREATE, lambda: attendance.may_about(principal).log_concern),
        (Object.MEASURE, Action.CREATE, lambda: attendance.may_add_measure(principal, pupil)),
        (Object.MEASURE, Action.CREATE, lambda: attendance.may_about(principal).add_measure),
        (Object.MEASURE, Action.CHANGE, lambda: attendance.may_change_measure(principal, measure)),
        (Object.INVESTIGATION, Action.CREATE, lambda: attendance.may_open_investigation(principal, pupil)),
        (Object.INVESTIGATION, Action.CREATE, lambda: attendance.may_about(principal).open_investigation),
        (Object.INVESTIGATION, Action.DECIDE, lambda: attendance.may_decide_not_needed(principal, pupil)),
        (Object.INVESTIGATION, Action.CHANGE, lambda: attendance.may_change_investigation(principal, investigation)),
    ):
        assert with_and_without(monkeypatch, thing, action, may) == (True, False), (thing, action)


def test_who_has_read_is_shown_to_heads_of_social_services_and_protection_lifted_by_principals():
    school, team = UNIT, Unit(id=uuid4(), kind=UnitKind.TEAM)

    for role in Role:
        head, at_school = somebody(role, team), somebody(role, school)
        assert cases.may_see_who_has_read(head) == (role == Role.UNIT_HEAD and head.side == Side.SOCIAL), role
        assert not cases.may_see_who_has_read(at_school), role
        assert may_lift_protection(at_school) == (role == Role.PRINCIPAL), role
    assert cases.may_see_who_has_read(somebody(Role.UNIT_HEAD, team))


def test_memberships_are_given_and_changed_with_the_right_to_not_with_that_to_read(db, monkeypatch):
    principal = MembershipFactory(principal=True)
    mentor = MembershipFactory(mentor=True, unit=principal.unit)
    invited = {"unit": principal.unit, "role": Role.MENTOR, "email": "ny@example.com"}

    for may in (
        lambda: people.may_change_membership(principal, mentor),
        lambda: people.may_invite(principal, **invited),
        lambda: people.may_renew(principal, mentor),
    ):
        assert with_and_without(monkeypatch, Object.PERSON, Action.GRANT, may) == (True, False)
