"""What a client of real servers must survive (T1-T20), seen through a whole reading of the register."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from integrations.ss12000.deleted import deleted_in
from integrations.ss12000.models import RosterChange, SourcePupil
from integrations.ss12000.problems import SourceError
from schools.models import Enrolment, Guardian, Pupil, PupilIdentifier
from tests.integrations.ss12000.conftest import NOW
from tests.ss12000_server.data import meta, uid
from tests.ss12000_server.server import Behaviour

pytestmark = pytest.mark.django_db

WRONG_WAYS = {
    "T1 filters ignored": Behaviour(ignores={"*"}),
    "T2 filters forgotten": Behaviour(paging="forgetful"),
    "T4 filters repeated": Behaviour(paging="repeat"),
    "T6 tokens expire": Behaviour(expires=2),
    "T7 limit ignored": Behaviour(ignores_limit=True),
    "T8 times without zone": Behaviour(naive_times=True),
    "T12 names fail": Behaviour(names_fail=True),
    "T14 errors in other shapes": Behaviour(errors="nested", refuses=Counter({429: 1})),
    "T15 lists under their own name": Behaviour(list_key="own"),
    "T15 lists under no name": Behaviour(list_key="bare"),
    "T17 small lookups": Behaviour(lookup_at_most=1),
    "half answers": Behaviour(cut_bodies=3),
    "dropped connections": Behaviour(drops={2, 5, 9}),
    "a clock an hour slow": Behaviour(clock=-timedelta(hours=1)),
    "a clock a day fast": Behaviour(clock=timedelta(days=1)),
    "no duties": Behaviour(forbidden={"duties"}),
}


@pytest.mark.parametrize("way", WRONG_WAYS)
def test_whatever_the_manners_the_same_pupils_come_in(way, request, data, place):
    data.lists["persons"].append(
        {
            "id": uid("elsewhere"),
            "meta": meta(),
            "givenName": "Annanstans",
            "familyName": "X",
            "securityMarking": "Ingen",
            "enrolments": [{"enroledAt": {"id": uid("elsewhere")}, "schoolType": "GR", "startDate": "2026-08-17"}],
        }
    )
    how = request.getfixturevalue("how")
    vars(how).update(vars(WRONG_WAYS[way]))
    sync = request.getfixturevalue("sync")

    run = sync()

    assert (run.status, run.failure, run.details) == ("waiting", "", {})
    found = RosterChange.objects.filter(kind="new_pupil").values_list("after__given", flat=True)
    assert sorted(found) == [f"Elev{n:03}" for n in range(6)]
    request.getfixturevalue("say_yes")()
    assert Guardian.objects.count() == 6
    assert set(Enrolment.objects.values_list("class_group__name", flat=True)) == {"7A", "7B"}


@pytest.mark.parametrize("kind", ["same", "new"])
def test_t5_pages_without_end_import_nothing(sync, how, kind):
    how.endless = kind

    run = sync()

    assert (run.status, run.failure) == ("failed", "endless_pages")
    assert not RosterChange.objects.exists()


@pytest.mark.parametrize("number", ["{six}-{four}", "{eight}-{four}", "{eight}{four}", None, "skräp"])
def test_t9_numbers_come_in_any_form_or_not_at_all(sync, say_yes, data, number):
    value = data.lists["persons"][0]["civicNo"]["value"]
    parts = {"six": value[2:8], "eight": value[:8], "four": value[8:]}
    data.lists["persons"][0]["civicNo"] = {"value": number.format(**parts)} if number else None
    data.lists["persons"][0]["birthDate"] = "2013-02-03"

    sync()
    say_yes()

    pupil = Pupil.objects.get(given_name="Elev000")
    assert list(PupilIdentifier.objects.filter(pupil=pupil).values_list("value", flat=True)) == (
        [value] if number and number != "skräp" else []
    )


def test_t10_values_outside_the_lists_are_data(sync, say_yes, data):
    data.lists["duties"][0]["dutyRole"] = "Övrig personal"
    data.lists["duties"][0]["assignmentRole"].append({"group": {"id": uid("class 7A")}, "assignmentRoleType": "Lärare"})
    data.lists["persons"][0] |= {"personStatus": "Okänd", "sex": "X", "emails": [{"value": "a@b.se", "type": "Skola"}]}
    data.lists["persons"][0]["enrolments"].append(
        {"enroledAt": {"id": data.school}, "schoolType": "VUX", "startDate": "2026-08-17"}
    )

    run = sync()
    say_yes()

    assert run.counts["mentor"] == 1
    assert Pupil.objects.filter(given_name="Elev000").exists()


def test_t13_no_person_is_asked_for_by_id(sync, source):
    sync()

    assert not [
        path for _method, path, _query in source.requests if path.startswith("persons/") and "lookup" not in path
    ]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"id": "17"}, "ids_are_not_uuids"),
        ({"id": None}, "ids_are_not_uuids"),
        ({"firstName": "A"}, "other_field_names"),
        ({"given_name": "A"}, "other_field_names"),
        ({"civicNumber": "1"}, "other_field_names"),
    ],
)
def test_t16_what_is_not_ss12000_imports_nothing_and_says_why(sync, data, wrong, code):
    data.lists["persons"][2] |= wrong

    run = sync()

    assert (run.status, run.failure, run.details["kind"]) == ("failed", code, "persons")
    assert not RosterChange.objects.exists()
    assert run.failure_text


def test_one_row_without_a_name_is_counted_and_the_others_come_in(read_in, sync, data):
    read_in()
    data.lists["persons"][0]["givenName"] = ""

    run = sync(NOW + timedelta(days=8))

    assert run.counts["bad"] == 1
    assert run.status == "done"
    assert Enrolment.objects.filter(pupil__given_name="Elev000", ends_on=None).exists()


@pytest.mark.parametrize("name", ["persons", "groups"])
def test_t18_an_empty_list_ends_nobody(read_in, sync, how, name):
    read_in()
    how.empty = {name}

    run = sync(NOW + timedelta(days=8))

    assert (run.status, run.failure, run.details) == ("failed", "empty_list", {"endpoint": name})
    assert Enrolment.objects.filter(ends_on=None).count() == 6


def test_t18_half_of_a_list_waits_for_a_second_yes(read_in, sync, say_yes, data):
    from integrations.ss12000.sync_register import EndsTooMany

    for number in range(6, 20):
        data.add_pupil(f"Elev{number:03}", data.lists["groups"][0])
    read_in()
    data.lists["persons"][:] = [row for row in data.lists["persons"] if row["givenName"][-1] in "02468"]

    run = sync(NOW + timedelta(days=8))

    assert (run.status, run.counts["end"]) == ("waiting", 10)
    with pytest.raises(EndsTooMany):
        say_yes()
    assert Enrolment.objects.filter(ends_on=None).count() == 20
    say_yes(ends_confirmed=True)
    assert Enrolment.objects.filter(ends_on=None).count() == 10
    assert Pupil.objects.count() == 20


def test_t19_a_duty_at_the_school_above_is_found(sync, data):
    data.add_mentor("Max Mentor", data.lists["groups"][1], at=data.above)
    data.add_mentor("Någon Annanstans", data.lists["groups"][1], at=uid("elsewhere"))

    run = sync()

    names = RosterChange.objects.filter(kind="mentor").values_list("after__name", flat=True)
    assert sorted(names) == ["Max Mentor", "Mia Mentor"]
    assert run.counts["mentor"] == 2


def test_t20_guardians_who_are_in_no_list_are_looked_up(sync, say_yes, data, source):
    assert [row for row in data.lists["persons"] if row.get("is_listed") is False]

    sync()
    say_yes()

    assert Guardian.objects.count() == 6
    assert ("POST", "persons/lookup", []) in source.requests


def test_no_personal_number_ever_stands_in_an_address(sync, say_yes, data, source):
    sync()
    numbers = [row["civicNo"]["value"][2:] for row in data.lists["persons"] if "civicNo" in row]

    assert not [query for _m, _p, query in source.requests for _k, value in query if any(n in value for n in numbers)]


# --- what was deleted -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["standard", "right", "flat"])
def test_what_was_deleted_is_ended_and_unlinked_in_every_known_shape(read_in, sync, say_yes, data, how, shape):
    read_in()
    gone = data.lists["persons"][0]
    data.delete("persons", gone)
    data.deleted["activities"] = [uid("activity")]
    how.deleted_shape = shape

    run = sync(NOW + timedelta(days=1))
    assert (run.is_full, run.counts["end"]) == (False, 1)
    say_yes(NOW + timedelta(days=1))

    assert not Enrolment.objects.filter(pupil__given_name="Elev000", ends_on=None).exists()
    assert SourcePupil.objects.get(pupil__given_name="Elev000").gone_on is not None
    assert Pupil.objects.filter(given_name="Elev000").exists()


def test_an_unknown_shape_stops_the_reading_by_name(read_in, sync, data, how):
    read_in()
    data.delete("persons", data.lists["persons"][0])
    how.deleted_shape = "odd"

    run = sync(NOW + timedelta(days=1))

    assert (run.status, run.failure) == ("failed", "deleted_not_understood")
    assert Enrolment.objects.filter(ends_on=None).count() == 6


@pytest.mark.parametrize(
    "answer",
    [
        None,
        3,
        "x",
        {"data": 3},
        {"data": {"persons": "x"}},
        {"data": {"persons": ["17"]}},
        {"data": [{"id": uid("x")}]},
        {"data": [{"entityType": "Moon", "id": uid("x")}]},
        {"data": {"moons": []}},
        {"rows": []},
    ],
)
def test_anything_else_is_not_taken_for_deletions(answer):
    with pytest.raises(SourceError, match="deleted_not_understood"):
        deleted_in(answer)


# --- clocks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [-timedelta(hours=3), timedelta(hours=3)])
def test_changes_are_not_missed_though_the_clocks_differ(read_in, sync, data, how, wrong):
    """The source's clock stamps its rows; ours goes otherwise, and so does the Date in its answers."""
    how.clock = wrong
    read_in()
    stamped = datetime(2026, 11, 20, 4, tzinfo=UTC) + wrong
    data.lists["persons"][0] |= {"familyName": "Nynamn", "meta": meta(stamped)}

    run = sync(NOW + timedelta(days=1))

    assert (run.is_full, run.counts["done_name"]) == (False, 1)


def test_a_row_from_the_future_does_not_carry_the_reading_past_others(read_in, sync, data, place):
    data.lists["persons"][1]["meta"] = meta(datetime(2050, 1, 1, tzinfo=UTC))
    read_in()
    data.lists["persons"][0] |= {"familyName": "Nynamn", "meta": meta(NOW + timedelta(hours=1))}

    run = sync(NOW + timedelta(days=1))

    assert run.counts["done_name"] == 1


def test_what_was_changed_while_we_read_comes_next_time(read_in, sync, data, source):
    read_in()
    since = data.lists["persons"][0]["meta"]["modified"]
    sync(NOW + timedelta(days=1))

    asked = [
        dict(query)["meta.modified.after"] for query in source.asked("persons") if "meta.modified.after" in dict(query)
    ]
    assert asked
    assert all(datetime.fromisoformat(one) <= datetime.fromisoformat(since) - timedelta(minutes=5) for one in asked)


# --- conflicts --------------------------------------------------------------------------------------------------------


def test_what_is_not_clear_is_told_and_not_done(read_in, sync, data):
    read_in()
    people, groups = data.lists["persons"], data.lists["groups"]
    people[0]["personStatus"] = "Avliden"
    groups[1]["groupMemberships"].append({"person": {"id": people[2]["id"]}, "startDate": "2026-08-17"})
    groups[0]["groupMemberships"].append({"person": {"id": people[2]["id"]}, "startDate": "2026-08-17"})
    people[4]["birthDate"] = "2011-01-01"
    people[6]["civicNo"]["value"] = people[8]["civicNo"]["value"]
    people[6]["birthDate"] = Pupil.objects.get(given_name="Elev003").born_on.isoformat()

    sync(NOW + timedelta(days=8), is_automatic=False)

    why = RosterChange.objects.filter(kind="conflict").values_list("after__given", "after__why")
    assert sorted(why) == [
        ("Elev000", "deceased"),
        ("Elev001", "several_classes"),
        ("Elev002", "birth_date"),
        ("Elev003", "number_changed"),
    ]
    assert Enrolment.objects.filter(ends_on=None).count() == 6


def test_a_temporary_number_becomes_a_real_one_with_a_yes(read_in, sync, say_yes, data):
    number = data.lists["persons"][0]["civicNo"]["value"]
    data.lists["persons"][0]["civicNo"]["value"] = number[:8] + "TF01"
    read_in()
    data.lists["persons"][0]["civicNo"]["value"] = number

    run = sync(NOW + timedelta(days=8))
    assert (run.status, run.counts["number"]) == ("waiting", 1)
    say_yes()

    kinds = PupilIdentifier.objects.filter(pupil__given_name="Elev000", valid_to=None)
    assert list(kinds.values_list("kind", "value")) == [("personal_number", number)]


def test_one_who_comes_back_is_the_same_pupil(read_in, sync, say_yes, data):
    read_in()
    data.leave(data.lists["persons"][0], on="2026-11-20", at=NOW)
    sync(NOW + timedelta(days=8))
    say_yes()
    data.lists["persons"][0]["enrolments"].append(
        {"enroledAt": {"id": data.school}, "schoolType": "GR", "startDate": "2026-11-23", "schoolYear": 7}
    )

    run = sync(NOW + timedelta(days=16))
    assert run.counts["new_pupil"] == 1
    say_yes()

    assert Pupil.objects.filter(given_name="Elev000").count() == 1
    assert Enrolment.objects.filter(pupil__given_name="Elev000").count() == 2


# --- back-reporting ---------------------------------------------------------------------------------------------------


def test_the_source_is_told_how_it_went_and_nothing_about_anybody(sync, place, data, source):
    place.source.endpoints += ["log", "statistics"]
    place.source.reports_back = True
    place.source.save()
    data.lists["persons"][0]["givenName"] = ""

    sync()

    told = dict(source.told)
    assert told["statistics"] | {"timeOfOccurance": ""} == {
        "resourceType": "Person",
        "newCount": 5,
        "updatedCount": 0,
        "deletedCount": 0,
        "timeOfOccurance": "",
    }
    assert (told["log"]["severityLevel"], "1 rows" in told["log"]["message"]) == ("Warning", True)
    assert not [
        word for row in data.lists["persons"] for word in (row["id"], row["givenName"]) if word and word in str(told)
    ]


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_source_that_does_not_listen_is_left_alone(sync, place, how, status):
    place.source.endpoints += ["log", "statistics"]
    place.source.reports_back = True
    place.source.save()
    how.missing = {"log", "statistics"}

    assert sync().status == "waiting"
