"""What the database itself refuses about the log, whatever the pages do."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, ProgrammingError
from django.utils import timezone

from accounts.models import Unit
from audit.actions import record
from audit.models import AccessRecord, AuditEvent, Link
from oversight import actions
from oversight.checking import check_readings
from oversight.models import LogExtract, Review, RuleHit
from tests.factories.accounts import MembershipFactory
from tests.factories.cases import make_cast
from tests.factories.schools import EnrolmentFactory, PupilFactory
from wall import identity
from wall.roles import CLOCK


@pytest.fixture
def cast(db):
    """Return people on both sides."""
    return make_cast()


@pytest.fixture
def pupil(cast):
    """Return a pupil of the cast's class."""
    return EnrolmentFactory(class_group=cast.class_group).pupil


def reading_of(by, pupil, **changed):
    """Write a reading as the wall lets its reader write it, other than changed."""
    told = {
        "page": "cases:case_detail", "at": timezone.now(), "pupils": [pupil.pk], "user": by.user,
        "membership_id": by.pk, "unit_id": by.unit_id, "role": by.role, "authority": by.unit.authority,
    }  # fmt: skip
    return AccessRecord.objects.create(**(told | changed))


def auditor_beside(member):
    """Return a log auditor in somebody's unit, or in the area above where the unit has none."""
    unit = member.unit if member.unit.kind in {"school", "city"} else Unit.objects.get(pk=member.unit.parent_id)
    return MembershipFactory(log_auditor=True, unit=unit)


@pytest.mark.parametrize("who", ["counsellor", "mentor", "worker", "head", "coordinator", "area_manager"])
def test_everybody_writes_their_own_readings_and_reads_none(cast, pupil, who):
    member = getattr(cast, who)
    with identity.acting_as(member):
        reading_of(member, pupil)
        record(action="tried", target=pupil, by=member, at=timezone.now())
        for model in (AccessRecord, AuditEvent, Link):
            with suppress(ProgrammingError), transaction.atomic():
                assert not model.objects.exists()

    assert AccessRecord.objects.get().membership_id == member.pk


@pytest.mark.parametrize("forged", ["user", "membership", "unit", "authority"])
def test_nobody_writes_as_somebody_else(cast, pupil, forged):
    me, other = cast.counsellor, cast.worker
    changed = {
        "user": {"user": other.user},
        "membership": {"membership_id": other.pk},
        "unit": {"unit_id": other.unit_id},
        "authority": {"authority": "board:nowhere"},
    }[forged]
    with identity.acting_as(me), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        reading_of(me, pupil, **changed)


def test_events_are_not_written_as_somebody_else(cast, pupil):
    with (
        identity.acting_as(cast.counsellor),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        record(action="tried", target=pupil, by=cast.worker, at=timezone.now())


@pytest.mark.parametrize("statement", ["UPDATE {} SET role = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", ["audit_auditevent", "audit_accessrecord", "audit_link", "oversight_review"])
def test_nobody_changes_the_log(cast, table, statement):
    for member in (cast.principal, cast.worker, auditor_beside(cast.principal)):
        with identity.acting_as(member), pytest.raises(ProgrammingError), transaction.atomic():
            connection.cursor().execute(statement.format(table))


def test_auditor_reads_the_own_authority_alone(cast, pupil):
    reading_of(cast.counsellor, pupil)
    reading_of(cast.worker, pupil)
    seen = {}
    for name, member in (("school", cast.counsellor), ("social", cast.worker)):
        with identity.acting_as(auditor_beside(member)):
            seen[name] = list(AccessRecord.objects.values_list("membership_id", flat=True))

    assert cast.counsellor.unit.authority != cast.worker.unit.authority
    assert seen == {"school": [cast.counsellor.pk], "social": [cast.worker.pk]}


def test_auditor_reads_no_pupils_cases_or_concerns(cast):
    with identity.acting_as(auditor_beside(cast.counsellor)):
        for table in ("schools_pupil", "schools_guardian", "cases_case", "attendance_concern", "cases_schoolnote"):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(f"SELECT * FROM {table}")


def test_principal_reads_who_has_read_about_the_schools_own_pupils(cast, pupil):
    stranger = EnrolmentFactory().pupil
    reading_of(cast.counsellor, pupil)
    reading_of(cast.counsellor, stranger)
    reading_of(cast.worker, pupil)

    with identity.acting_as(cast.principal):
        assert [row.pupils for row in AccessRecord.objects.all()] == [[pupil.pk]]


def test_rules_run_with_the_clocks_rights_alone(cast, pupil):
    reading_of(MembershipFactory(), pupil)

    check_readings(timezone.now() + timedelta(hours=1))

    assert "outside" in RuleHit.objects.values_list("rule", flat=True)
    with identity.becoming(CLOCK), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("SELECT * FROM schools_pupil")


def test_nobody_but_the_clock_asks_for_relations(cast, pupil):
    for member in (cast.principal, cast.worker, auditor_beside(cast.principal)):
        with (
            identity.acting_as(member),
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
        ):
            connection.cursor().execute("SELECT * FROM relations_of(%s)", [[pupil.pk]])


def test_protected_pupil_is_not_found_by_number(cast):
    hidden = EnrolmentFactory(class_group=cast.class_group, pupil=PupilFactory(numbered=True, protected=True)).pupil
    reading_of(cast.counsellor, hidden)
    number = hidden.identifiers.get()

    with identity.acting_as(auditor_beside(cast.counsellor)), connection.cursor() as cursor:
        cursor.execute("SELECT pupil_in_my_log(%s, %s)", [number.kind, number.value])
        assert cursor.fetchone() == (None,)


def test_review_cannot_be_signed_for_somebody_else_or_another_reader(cast, pupil):
    reading_of(cast.counsellor, pupil)
    mine, other = auditor_beside(cast.counsellor), auditor_beside(cast.counsellor)
    row = AccessRecord.objects.get()
    told = {
        "authority": row.authority, "record": row, "outcome": "fine", "reviewed_at": timezone.now(),
        "reviewed_by": mine, "reviewer": mine.user_id, "reader": row.user_id,
    }  # fmt: skip
    with identity.acting_as(mine):
        for forged in ({"reviewed_by": other}, {"reviewer": other.user_id}, {"reader": None}, {"authority": "city"}):
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                Review.objects.create(**(told | forged))
        Review.objects.create(**told)


def test_extract_is_let_out_by_a_second_person_whatever_statement_is_run(cast, pupil):
    mine = auditor_beside(cast.counsellor)
    today = timezone.localdate()
    with identity.acting_as(mine):
        extract = actions.draft_extract(pupil_id=pupil.pk, since=today, until=today, by=mine, at=timezone.now())
        let_out = {"decision": "released", "decided_at": timezone.now()}
        for signed in (mine, cast.principal):
            with pytest.raises(DatabaseError), transaction.atomic():
                LogExtract.objects.filter(pk=extract.pk).update(**let_out, decided_by=signed, decider=signed.user_id)

    with identity.acting_as(cast.principal):
        actions.release_extract(extract=extract, by=cast.principal, at=timezone.now())
    assert LogExtract.objects.get().is_released
