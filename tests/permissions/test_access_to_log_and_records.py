"""Each condition of oversight.access, records.access and integrations.access by itself: rows in memory, no database."""

from uuid import uuid4

from accounts.models import Unit
from accounts.roles import Role, UnitKind
from audit.models import AccessRecord
from integrations.access import may_import
from oversight import access as oversight
from oversight.models import LogExtract
from records import access as records
from records.models import RightsRequest
from tests.permissions.people import somebody

OURS, THEIRS = "provider:1", "provider:2"
SCHOOL = Unit(id=uuid4(), kind=UnitKind.SCHOOL, authority=OURS)
TEAM = Unit(id=uuid4(), kind=UnitKind.TEAM, authority="board:a")
AREA = Unit(id=uuid4(), kind=UnitKind.SCHOOL_AREA, authority=OURS)


def test_a_reading_is_judged_by_an_auditor_of_the_authority_and_never_the_own():
    reading = AccessRecord(authority=OURS, user_id=uuid4())
    auditor = somebody(Role.LOG_AUDITOR, SCHOOL)

    assert {role for role in Role if oversight.may_review(somebody(role, SCHOOL), reading)} == {Role.LOG_AUDITOR}
    assert oversight.may_review(auditor, reading) is True
    assert oversight.may_review(auditor, AccessRecord(authority=THEIRS, user_id=uuid4())) is False
    assert oversight.may_review(auditor, AccessRecord(authority=OURS, user_id=auditor.user_id)) is False


def test_only_auditors_draft_extracts():
    assert {role for role in Role if oversight.may_draft(somebody(role, SCHOOL))} == {Role.LOG_AUDITOR}


def test_an_extract_is_decided_on_once_by_a_second_person_of_the_authority():
    extract = LogExtract(authority=OURS, drafter=uuid4())
    auditor = somebody(Role.LOG_AUDITOR, SCHOOL)

    deciders = {role for role in Role if oversight.may_decide(somebody(role, SCHOOL), extract)}
    assert deciders == {Role.LOG_AUDITOR, Role.PRINCIPAL}
    assert oversight.may_decide(auditor, extract) is True
    assert oversight.may_decide(auditor, LogExtract(authority=THEIRS, drafter=uuid4())) is False
    assert oversight.may_decide(auditor, LogExtract(authority=OURS, drafter=auditor.user_id)) is False
    for decision in LogExtract.Decision:
        decided = LogExtract(authority=OURS, drafter=uuid4(), decision=decision)
        assert oversight.may_decide(auditor, decided) is False


def test_only_system_administrators_run_the_erasures():
    assert {role for role in Role if records.may_run_retention(somebody(role, SCHOOL))} == {Role.SYSTEM_ADMIN}
    assert records.may_run_retention(somebody(Role.SYSTEM_ADMIN, SCHOOL)) is True


def test_a_principal_and_a_head_in_social_services_answer_for_the_data_of_their_unit():
    assert {role for role in Role if records.may_answer_for_data(somebody(role, SCHOOL))} == {Role.PRINCIPAL}
    assert {role for role in Role if records.may_answer_for_data(somebody(role, TEAM))} == {
        Role.PRINCIPAL,
        Role.UNIT_HEAD,
    }
    assert not records.may_answer_for_data(somebody(Role.UNIT_HEAD, AREA))


def test_a_question_about_data_is_handled_in_the_unit_that_was_asked():
    principal = somebody(Role.PRINCIPAL, SCHOOL)

    assert records.may_handle(principal, RightsRequest(unit=SCHOOL)) is True
    assert records.may_handle(principal, RightsRequest(unit=TEAM)) is False
    assert records.may_handle(somebody(Role.MENTOR, SCHOOL), RightsRequest(unit=SCHOOL)) is False


def test_a_schools_principal_and_administrator_bring_in_its_absence():
    other = Unit(id=uuid4(), kind=UnitKind.SCHOOL)

    importers = {role for role in Role if may_import(somebody(role, SCHOOL), SCHOOL)}
    assert importers == {Role.PRINCIPAL, Role.SCHOOL_ADMIN}
    assert may_import(somebody(Role.PRINCIPAL, SCHOOL), SCHOOL) is True
    assert may_import(somebody(Role.PRINCIPAL, SCHOOL), other) is False


def test_absence_is_brought_into_schools_only():
    for unit in (TEAM, AREA):
        assert may_import(somebody(Role.PRINCIPAL, unit), unit) is False
