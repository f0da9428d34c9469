"""What the wall asks in cheaper words is seen by the same readers: cases by their keys, enrolments by their class."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import F, Q

from accounts.models import Membership, Unit
from accounts.roles import Role, Side
from cases.models import Case, HolderInterval, Party
from schools.models import Enrolment
from tests.factories.cases import Cast, a_case, make_cast
from tests.factories.schools import ClassGroupFactory, EnrolmentFactory
from wall import identity

pytestmark = pytest.mark.django_db

STATES = ("asked", "declined", "lifted", "redirected", "closed")
READERS = ("counsellor", "principal", "mentor", "area_manager", "worker", "colleague", "head", "area_head",
           "other_worker", "third_worker", "other_counsellor")  # fmt: skip
AT_SCHOOL = {Role.STUDENT_HEALTH, Role.PRINCIPAL}
AT_SOCIAL = {Role.TEAM_WORKER, Role.INTAKE_WORKER, Role.UNIT_HEAD}


@pytest.fixture
def casts() -> list[Cast]:
    """Two casts with a case in every state; a party of one has left."""
    casts = [make_cast(), make_cast()]
    for cast in casts:
        for state in STATES:
            a_case(state, cast=cast)
    left = Party.objects.filter(unit=casts[0].worker.unit).first()
    Party.objects.filter(pk=left.pk).update(ended_at=F("started_at"))
    return casts


def opened_by_taking_part(reader: Membership) -> set[UUID]:
    """Return the cases whose rows of parties and holders say that `reader` reads them."""
    parties = Party.objects.filter(ended_at=None)
    if reader.side == Side.SCHOOL and reader.role in AT_SCHOOL:
        own = Q(pk__in=parties.filter(unit=reader.unit_id).values("case")) | Q(school_unit=reader.unit_id)
    elif reader.side == Side.SCHOOL and reader.role == Role.UNIT_HEAD:
        lifted = HolderInterval.objects.filter(obligation__kind="answer_objection", unit=reader.unit_id)
        own = Q(pk__in=lifted.values("obligation__case"))
    elif reader.side == Side.SOCIAL and reader.role in AT_SOCIAL:
        units = Unit.objects.below(reader.unit) if reader.role == Role.UNIT_HEAD else [reader.unit]
        own = Q(pk__in=parties.filter(unit__in=units).values("case"))
    else:
        return set()
    return set(Case.objects.filter(own).values_list("pk", flat=True))


def test_keys_open_the_cases_that_taking_part_opens(casts: list[Cast]) -> None:
    readers = {f"{name} {number}": getattr(cast, name) for number, cast in enumerate(casts) for name in READERS}
    expected = {name: opened_by_taking_part(reader) for name, reader in readers.items()}

    found = {}
    for name, reader in readers.items():
        with identity.acting_as(reader), connection.cursor() as cursor:
            cursor.execute("SELECT id FROM cases_case")
            found[name] = {row[0] for row in cursor.fetchall()}

    assert found == expected
    assert found["area_manager 1"]
    assert found["area_manager 1"] < found["principal 1"]
    assert len(found["worker 0"]) < len(found["worker 1"])
    assert not found["mentor 1"]


@pytest.mark.parametrize("name", ["counsellor", "worker"])
def test_an_index_answers_which_cases_are_ones_own(casts: list[Cast], name: str) -> None:
    """It can only while `at_my_units_...` is the first of the restrictive policies."""
    with identity.acting_as(getattr(casts[0], name)), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT id FROM cases_case")
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "Bitmap Index Scan on case_opened_by_keys" in plan


@pytest.mark.parametrize("name", ["counsellor", "principal", "mentor", "area_manager"])
def test_an_enrolment_seen_for_its_class_is_one_of_ones_own_pupils(casts: list[Cast], name: str) -> None:
    """One has moved to another class and one has left: the first is seen with both rows, the second with none."""
    stayed, moved, left = Enrolment.objects.filter(class_group=casts[0].class_group).order_by("pk")[:3]
    casts[0].class_group.mentors.set([casts[0].mentor])
    other = ClassGroupFactory(school=casts[0].class_group.school)
    ended = stayed.starts_on + timedelta(days=1)
    Enrolment.objects.filter(pk__in=[moved.pk, left.pk]).update(ends_on=ended)
    EnrolmentFactory(pupil=moved.pupil, class_group=other, starts_on=ended + timedelta(days=1))

    with identity.acting_as(getattr(casts[0], name)), connection.cursor() as cursor:
        cursor.execute("SELECT id, pupil_id IN (SELECT my_pupils()) FROM schools_enrolment")
        seen = dict(cursor.fetchall())
        cursor.execute("SELECT count(*) FROM my_pupils()")
        pupils = cursor.fetchone()[0]

    assert all(seen.values())
    assert left.pk not in seen
    assert (stayed.pk in seen) == (name != "area_manager")
    assert (moved.pk in seen) == (name in {"counsellor", "principal"})
    assert bool(pupils) == bool(seen)
