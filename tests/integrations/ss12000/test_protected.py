"""Somebody with protected identity is counted and is nowhere: not in a table, not in a log, not on a page."""

import logging
from datetime import timedelta

import pytest

from integrations.ss12000.models import SourcePupil, SyncRun
from integrations.ss12000.runs import close
from schools.models import Enrolment, Protection, Pupil
from tests.factories.accounts import MembershipFactory
from tests.integrations.ss12000.conftest import NOW
from tests.integrations.ss12000.everywhere import found_in_tables
from tests.ss12000_server.data import meta, uid

pytestmark = pytest.mark.django_db

MARKINGS = [
    "Sekretessmarkering",
    "Skyddad folkbokföring",
    "ingen",
    "INGEN",
    "Ingen ",
    "Okänd",
    "",
    "Nej",
    0,
    False,
    [],
    {},
]


def words_of(row):
    return [row["id"], row["givenName"], row["civicNo"]["value"][2:]]


@pytest.mark.parametrize("marking", MARKINGS, ids=str)
def test_whatever_is_not_exactly_none_is_protected(sync, say_yes, data, marking):
    hidden = data.add_pupil("Hemligina", data.lists["groups"][0], securityMarking=marking)
    data.add_guardian("Hemligmamma", hidden)

    run = sync()

    assert run.counts["protected"] == 1
    assert found_in_tables([*words_of(hidden), "Hemligmamma", uid("guardian Hemligmamma")]) == []
    say_yes()
    assert found_in_tables([*words_of(hidden), "Hemligmamma"]) == []
    assert Pupil.objects.count() == 6


def test_a_row_without_a_marking_is_protected_until_the_administrator_says_otherwise(sync, data, place):
    unmarked = data.add_pupil("Omärkta", data.lists["groups"][0])
    del unmarked["securityMarking"]

    assert sync(is_dry_run=True).counts["protected"] == 1

    place.source.unmarked_is_open = True
    place.source.save()
    run = sync(is_dry_run=True)
    assert run.counts["new_pupil"] == 7
    assert "protected" not in run.counts


def test_a_source_that_marks_nobody_is_said_to(sync, data):
    for row in data.lists["persons"]:
        del row["securityMarking"]

    run = sync()

    assert (run.status, run.failure, run.details) == ("failed", "unmarked_people", {"people": 6})


def test_the_class_may_be_the_one_that_says_it(sync, data):
    hidden = data.add_pupil("Hemligina", data.lists["groups"][0])
    data.lists["groups"][0]["groupMemberships"][-1]["person"]["securityMarking"] = "Sekretessmarkering"

    run = sync()

    assert run.counts["protected"] == 1
    assert found_in_tables(words_of(hidden)) == []


def test_a_guardian_who_is_protected_is_left_out_and_the_pupil_is_not(sync, say_yes, data):
    pupil = data.lists["persons"][0]
    data.add_guardian("Hemligpappa", pupil, securityMarking="Skyddad folkbokföring")
    data.add_guardian("Hemligmorfar", pupil)
    pupil["responsibles"][-1]["person"] |= {"securityMarking": "Sekretessmarkering"}

    run = sync()
    say_yes()

    assert run.counts["protected_guardians"] == 2
    assert found_in_tables(["Hemligpappa", "Hemligmorfar", uid("guardian Hemligpappa")]) == []
    assert Pupil.objects.filter(given_name="Elev000").exists()


def test_staff_who_are_protected_are_left_out(sync, data):
    data.add_mentor("Hemlig Mentor", data.lists["groups"][0], securityMarking="Sekretessmarkering")

    run = sync()

    assert run.counts["protected_staff"] == 1
    assert found_in_tables(["Hemlig Mentor"]) == []


def test_one_who_becomes_protected_is_not_taken_for_gone(read_in, sync, data):
    read_in()
    data.lists["persons"][0] |= {"securityMarking": "Sekretessmarkering", "familyName": "Nyttnamn"}

    run = sync(NOW + timedelta(days=8))

    assert (run.status, run.is_full) == ("done", True)
    assert run.counts["protected"] == 1
    assert Enrolment.objects.filter(pupil__given_name="Elev000", ends_on=None).exists()
    assert found_in_tables(["Nyttnamn"]) == []


def test_one_who_is_protected_here_is_not_changed_by_a_source_that_does_not_know(read_in, sync, data):
    read_in()
    Pupil.objects.filter(given_name="Elev000").update(protection=Protection.SECRECY_FLAG, alias="K-1234")
    data.lists["persons"][0] |= {"familyName": "Nyttnamn", "meta": meta(NOW)}
    data.move(data.lists["persons"][0], data.lists["groups"][1], on="2026-11-20", at=NOW)

    run = sync(NOW + timedelta(days=8))

    assert run.counts["held_aside"] == 1
    assert Pupil.objects.get(given_name="Elev000").family_name == "Påhittad"
    assert Enrolment.objects.get(pupil__given_name="Elev000").class_group.name == "7A"


def test_a_number_of_one_who_is_protected_here_tells_nobody_so(sync, data, place):
    from tests.factories.schools import EnrolmentFactory, PupilIdentifierFactory

    hidden = EnrolmentFactory(pupil__protection="secrecy_flag", pupil__alias="K-1111").pupil
    PupilIdentifierFactory(pupil=hidden, value=data.lists["persons"][0]["civicNo"]["value"])

    run = sync()

    assert run.counts["held_aside"] == 1
    assert place.diffs.get().counts["new_pupil"] == 5
    assert not SourcePupil.objects.filter(pupil=hidden).exists()


def test_nothing_is_said_about_them_in_logs_or_on_pages(sync, data, place, client, caplog, sign_in):
    hidden = data.add_pupil("Hemligina", data.lists["groups"][0], securityMarking="Sekretessmarkering")
    data.add_pupil("Synliga", data.lists["groups"][0])
    with caplog.at_level(logging.DEBUG):
        sync()
    assert not [word for word in words_of(hidden) if word in caplog.text]

    text = ""
    sign_in(MembershipFactory(principal=True, unit=place.school.unit))
    text += client.get("/imports/register/").content.decode()
    text += client.get(f"/imports/register/{place.diffs.get().pk}/").content.decode()
    assert "Synliga" in text
    sign_in(MembershipFactory(system_admin=True))
    text += client.get(f"/imports/sources/{place.source_id}/").content.decode()
    assert not [word for word in words_of(hidden) if word in text]


def test_a_closed_run_holds_no_place_in_any_list(sync, place):
    run = sync()
    assert run.cursor == {}
    left = SyncRun.objects.create(
        source_school=place, kind="register", started_at=NOW, progressed_at=NOW, cursor={"place": {"token": "x"}}
    )
    close(left, "failed", at=NOW, failure="cut_off")
    assert left.cursor == {}
