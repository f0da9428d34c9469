"""A head of social services sees who in the own units has read about the pupils of their cases, and nothing else."""

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessRecord
from tests.factories.accounts import MembershipFactory
from tests.factories.cases import a_case, make_cast
from wall import identity

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    return a_case("active", cast=make_cast())


def read(by, *pupils):
    AccessRecord.objects.create(
        page="cases:case_detail", at=timezone.now(), pupils=[pupil.pk for pupil in pupils], user=by.user,
        membership_id=by.pk, unit_id=by.unit_id, role=by.role, authority=by.unit.authority,
    )  # fmt: skip


def page_of(story):
    return reverse("oversight:who_has_read_in_case", args=[story.case.pk])


def test_the_head_sees_the_own_units_readings_and_not_the_schools(client, sign_in, story):
    cast = story.cast
    read(cast.worker, story.pupil)
    read(cast.counsellor, story.pupil)
    read(cast.mentor, story.pupil)

    page = sign_in(client, cast.head).get(page_of(story))

    assert [line.who for line in page.context["lines"]] == [cast.worker.user.full_name]
    assert story.pupil.full_name in page.text
    assert "the case" in page.text
    assert cast.counsellor.user.full_name not in page.text
    assert AccessRecord.objects.get(page="oversight:who_has_read_in_case").pupils == [story.pupil.pk]


def test_the_district_head_sees_the_units_below_and_other_units_of_the_authority_are_left_out_for_the_teams_head(
    client, sign_in, story
):
    cast = story.cast
    neighbour = MembershipFactory(team_worker=True, unit=cast.other_worker.unit)
    assert neighbour.unit.authority == cast.head.unit.authority
    read(cast.worker, story.pupil)
    read(neighbour, story.pupil)

    seen = {
        name: {line.who for line in sign_in(client, getattr(cast, name)).get(page_of(story)).context["lines"]}
        for name in ("head", "area_head")
    }

    assert seen["head"] == {cast.worker.user.full_name}
    assert seen["area_head"] >= {cast.worker.user.full_name, neighbour.user.full_name}


def test_the_case_page_leads_there_for_heads_of_social_services_alone(client, sign_in, story):
    cast = story.cast
    case_page = reverse("cases:case_detail", args=[story.case.pk])
    leads = {
        name: page_of(story) in sign_in(client, getattr(cast, name)).get(case_page).text
        for name in ("head", "area_head", "worker", "principal", "counsellor")
    }

    assert {name for name, led in leads.items() if led} == {"head", "area_head"}


def test_a_foreign_case_is_not_there_and_the_schools_side_has_no_such_page(client, sign_in, story):
    other = make_cast()
    lifted = a_case("lifted", cast=story.cast)

    assert sign_in(client, other.head).get(page_of(story)).status_code == 404
    for member in (story.cast.worker, story.cast.principal, story.cast.counsellor):
        assert sign_in(client, member).get(page_of(story)).status_code == 403
    assert sign_in(client, story.cast.area_manager).get(page_of(lifted)).status_code == 403


def test_the_database_gives_a_head_no_other_readings_whatever_is_asked(story):
    cast = story.cast
    stranger = a_case("active", cast=make_cast())
    read(cast.worker, story.pupil)
    read(cast.worker, stranger.pupil)
    read(cast.counsellor, story.pupil)
    read(stranger.cast.worker, story.pupil)

    with identity.acting_as(cast.head):
        assert {(row.unit_id, *row.pupils) for row in AccessRecord.objects.all()} == {
            (cast.worker.unit_id, story.pupil.pk)
        }
    for nobody in (cast.worker, cast.counsellor, cast.area_manager):
        with identity.acting_as(nobody):
            assert not AccessRecord.objects.exists()
    with identity.acting_as(cast.coordinator), pytest.raises(ProgrammingError), transaction.atomic():
        connection.cursor().execute("SELECT * FROM audit_accessrecord")


def test_a_protected_pupils_readings_are_nobodys_here(client, sign_in, story):
    read(story.cast.worker, story.pupil)
    type(story.pupil).objects.filter(pk=story.pupil.pk).update(protection="secrecy_flag", alias="A-0001")

    assert sign_in(client, story.cast.head).get(page_of(story)).status_code == 404
    with identity.acting_as(story.cast.head):
        assert not AccessRecord.objects.exists()


def test_the_page_costs_the_same_for_many(client, sign_in, story, assert_constant_queries):
    workers = iter(
        [story.cast.worker, *MembershipFactory.create_batch(12, team_worker=True, unit=story.cast.head.unit)]
    )
    sign_in(client, story.cast.head)

    assert_constant_queries(page_of(story), lambda: read(next(workers), story.pupil))
