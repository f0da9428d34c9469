"""Those above both sides have numbers by unit; a case of its own only when it has come up to them."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError
from django.urls import reverse
from django.utils import timezone

from cases.actions.counting import KEPT_FOR, count_standstills
from cases.models import Case, StandstillCount
from cases.stalled import causes_of, facts_of
from cases.standstill_counts import counts_for
from deadlines.stockholm import STOCKHOLM
from tests.factories.accounts import MembershipFactory
from tests.factories.cases import STATES, a_case, make_cast
from wall import identity
from wall.roles import CITY, CLOCK, SCHOOL

BOARD, WAITS = reverse("cases:stalled_list"), reverse("cases:who_waits")
LONG = timedelta(days=40)


def counted(at=None):
    """Let the clock count, as the database role that it has."""
    with identity.becoming(CLOCK):
        return count_standstills(at=at or timezone.now())


def late(cast, state="sent"):
    return a_case(state, cast=cast, at=timezone.now() - LONG)


@pytest.fixture
def district(cast):
    """Return the coordinator of the district of the cast's teams."""
    return MembershipFactory(coordinator=True, unit=cast.area_head.unit)


@pytest.mark.django_db
@pytest.mark.parametrize("state", [state for state in STATES if state != "closed"])
def test_the_clock_counts_what_the_rules_say_in_every_state(cast, state):

    story = late(cast, state)
    today = timezone.localdate()
    causes = [causes_of(one) for one in facts_of([story.case], today)]

    stands = counted()

    rows = {(row.code, row.cases) for row in StandstillCount.objects.all()}
    assert stands == sum(1 for found in causes if found)
    assert ("", 1) in rows
    assert {code for code, _cases in rows if code} == {found[0].code for found in causes if found}


def test_the_city_reads_numbers_of_each_unit_and_no_case(cast, enter):
    stories = [late(cast), late(cast), late(cast, "declined")]
    counted()

    page = enter(cast.coordinator).get(BOARD)

    team = next(one for one in page.context["counts"].units if one.unit == cast.worker.unit)
    assert (team.open_cases, team.stalled, [cause.cases for cause in team.causes]) == (2, 2, [2])
    assert (team.median_child_days, team.longest_days) == (40, team.causes[0].longest_days)
    assert page.context["counts"].stalled == 3
    assert page.context["board"].rows == []
    for story in stories:
        assert story.case.number not in page.text
        assert str(story.case.pk) not in page.text


def test_a_district_reads_its_own_units_and_the_city_all(cast, enter, district):
    late(cast)
    other = make_cast()
    late(other)
    counted()

    ours = enter(district).get(BOARD).context["counts"].units
    all_of_them = enter(cast.coordinator).get(BOARD).context["counts"].units

    assert [one.unit for one in ours] == [cast.worker.unit]
    assert {one.unit for one in all_of_them} == {cast.worker.unit, other.worker.unit}


@pytest.mark.parametrize("page", ["stalled_case", "remind", "lift_case"])
def test_a_case_that_has_not_come_up_does_not_exist_for_a_coordinator(cast, enter, district, page):
    story = late(cast)

    for coordinator in (cast.coordinator, district):
        client = enter(coordinator)
        address = reverse(f"cases:{page}", args=[story.case.pk])
        assert (client.get(address) if page == "stalled_case" else client.post(address)).status_code == 404


def test_a_request_to_place_is_a_case_of_the_coordinators_own(cast, enter):
    story = late(cast, "redirected_twice")

    client = enter(cast.coordinator)

    assert [row.stalled.case for row in client.get(BOARD).context["board"].rows] == [story.case]
    assert client.get(reverse("cases:stalled_case", args=[story.case.pk])).status_code == 200


def test_who_waits_for_whom_has_numbers_of_all_and_rows_of_what_has_come_up(cast, enter):
    late(cast)
    come_up = late(cast, "redirected_twice")

    page = enter(cast.coordinator).get(WAITS)

    pairs = page.context["pairs"]
    assert sum(len(pair.cases) for pair in pairs) == 2
    assert [one.state.case for pair in pairs for one in pair.rows] == [come_up.case]


def test_counting_twice_a_day_counts_once_and_old_counts_are_let_go(cast):
    late(cast)
    today = timezone.localdate()
    StandstillCount.objects.create(
        day=today - KEPT_FOR - timedelta(days=1), unit=cast.worker.unit, cases=1, median_days=1, longest_days=1
    )

    assert [counted(), counted()] == [1, 1]

    assert {row.day for row in StandstillCount.objects.all()} == {today}
    assert StandstillCount.objects.filter(code="S3").get().cases == 1


def test_a_day_begins_at_midnight_in_stockholm(cast):
    late(cast)
    counted(datetime(2027, 3, 28, 0, 10, tzinfo=STOCKHOLM))
    counted(datetime(2027, 10, 31, 23, 50, tzinfo=STOCKHOLM))

    assert {f"{row.day}" for row in StandstillCount.objects.all()} == {"2027-03-28", "2027-10-31"}


def test_a_closed_case_is_in_no_count(cast):
    a_case("closed", cast=cast)

    assert counted() == 0
    assert not StandstillCount.objects.exists()


def test_before_the_first_count_the_page_says_so(cast, enter):
    assert "Nothing has been counted yet" in enter(cast.coordinator).get(BOARD).text
    assert counts_for(cast.principal, timezone.localdate()) is None


def test_only_coordinators_reach_the_counts_in_the_database(cast, district):
    late(cast)
    late(make_cast())
    counted()

    seen = {}
    for who in (cast.coordinator, district, cast.area_manager, cast.analyst):
        with transaction.atomic(), identity.acting_as(who), identity.becoming(CITY):
            seen[who] = StandstillCount.objects.filter(code="").count()
    assert list(seen.values()) == [2, 1, 0, 0]
    with (
        identity.acting_as(cast.principal),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        StandstillCount.objects.count()
    with (
        identity.becoming(SCHOOL),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        StandstillCount.objects.create(day="2026-01-01", unit=cast.worker.unit, cases=1, median_days=1, longest_days=1)


def test_the_board_of_numbers_costs_the_same_with_one_unit_and_eleven(cast, enter, assert_constant_queries):
    enter(cast.coordinator)

    def another():
        late(make_cast())
        counted()

    assert_constant_queries(BOARD, another)
    assert Case.objects.count() > 1
