"""A school's register comes from its source: seen before it is stored, and ended only when that is sure."""

from datetime import UTC, date, datetime, timedelta

import pytest

from integrations.ss12000.models import RosterChange, RosterDiff, SourcePupil, StagedRecord
from schools.models import ClassGroup, Enrolment, Guardian, Pupil, PupilIdentifier
from tests.integrations.ss12000.conftest import NOW
from tests.ss12000_server.data import meta

pytestmark = pytest.mark.django_db


def register():
    """Return who is in which class now."""
    running = Enrolment.objects.filter(ends_on=None).select_related("pupil", "class_group")
    return {one.pupil.given_name: one.class_group.name for one in running}


def test_nothing_is_stored_before_the_school_has_said_yes(sync, place):
    run = sync()

    assert (run.status, run.failure) == ("waiting", "")
    assert not Pupil.objects.exists()
    assert not ClassGroup.objects.exists()
    diff = place.diffs.get()
    assert diff.counts == {"new_class": 2, "new_pupil": 6, "mentor": 1}


def test_a_yes_brings_classes_pupils_numbers_and_guardians(read_in, place):
    diff = read_in()

    assert diff.status == "applied"
    assert register() == {f"Elev{n:03}": "7AB"[0] + "AB"[n % 2] for n in range(6)}
    assert Guardian.objects.count() == 6
    assert PupilIdentifier.objects.filter(kind="personal_number").count() == 6
    assert SourcePupil.objects.filter(source=place.source).count() == 6
    assert {group.grade for group in ClassGroup.objects.all()} == {7}


def test_what_was_compared_is_gone_when_it_is_answered(read_in):
    read_in()

    assert not RosterChange.objects.exists()
    assert not StagedRecord.objects.exists()


def test_the_same_again_changes_nothing(read_in, sync):
    read_in()
    run = sync(NOW + timedelta(days=8))

    assert run.status == "done"
    assert run.is_full
    assert not RosterDiff.objects.filter(status="waiting").exists()


def test_a_change_of_class_comes_by_the_groups_alone(read_in, sync, data):
    read_in()
    night = NOW + timedelta(days=1)
    pupil, to = data.lists["persons"][0], data.lists["groups"][1]
    data.move(pupil, to, on="2026-11-20", at=night)

    run = sync(night + timedelta(hours=1))

    assert (run.status, run.is_full) == ("done", False)
    assert register()["Elev000"] == "7B"
    before = Enrolment.objects.get(pupil__given_name="Elev000", ends_on__isnull=False)
    assert (before.class_group.name, before.ends_on) == ("7A", date(2026, 11, 19))


def test_one_who_leaves_is_ended_with_the_sources_date_and_kept(read_in, sync, data):
    for number in range(6, 60):
        data.add_pupil(f"Elev{number:03}", data.lists["groups"][0])
    read_in()
    night = datetime(2026, 11, 23, 2, tzinfo=UTC)
    data.leave(data.lists["persons"][0], on="2026-11-21", at=night)

    run = sync(night + timedelta(hours=1))

    assert run.counts["done_end"] == 1
    assert "Elev000" not in register()
    assert Pupil.objects.filter(given_name="Elev000").exists()
    assert Enrolment.objects.get(pupil__given_name="Elev000").ends_on == date(2026, 11, 21)


def test_more_than_two_percent_gone_in_the_night_waits_for_a_person(read_in, sync, say_yes, data):
    read_in()
    night = NOW + timedelta(days=1)
    data.leave(data.lists["persons"][0], on="2026-11-20", at=night)

    run = sync(night + timedelta(hours=1))

    assert run.status == "waiting"
    assert "Elev000" in register()
    say_yes(night)
    assert "Elev000" not in register()


def test_a_known_pupil_is_found_by_number_and_not_made_again(sync, say_yes, data, place):
    from tests.factories.schools import ClassGroupFactory, EnrolmentFactory, PupilIdentifierFactory

    year = place.school.provider.school_years.get()
    group = ClassGroupFactory(school=place.school, school_year=year, name="7A")
    known = EnrolmentFactory(class_group=group, pupil__given_name="Elev000", pupil__family_name="Påhittad").pupil
    number = data.lists["persons"][0]["civicNo"]["value"]
    PupilIdentifierFactory(pupil=known, value=number)
    Pupil.objects.filter(pk=known.pk).update(born_on=date.fromisoformat(number[:8]))

    run = sync()
    say_yes()

    assert run.counts["done_link"] == 1
    assert Pupil.objects.filter(given_name="Elev000").count() == 1
    assert SourcePupil.objects.get(pupil=known).source_id == place.source_id


def test_a_new_name_comes_by_itself(read_in, sync, data):
    read_in()
    night = NOW + timedelta(days=1)
    data.lists["persons"][0] |= {"familyName": "Nynamn", "meta": meta(night)}

    run = sync(night + timedelta(hours=1))

    assert run.counts["done_name"] == 1
    assert Pupil.objects.get(given_name="Elev000").family_name == "Nynamn"
