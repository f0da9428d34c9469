"""While somebody is away, the stand-in has what the person holds; without one, the head is asked before it begins."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from cases.todo import to_do_of
from tests.factories.accounts import MembershipFactory
from tests.factories.cases import a_case

DAY = timedelta(days=1)


def is_away(person, first=0, last=5, stand_in=None):
    today = timezone.localdate()
    days = {"away_from": today + first * DAY, "away_to": today + last * DAY}
    Membership.objects.filter(pk=person.pk).update(**days, stand_in=stand_in)


def rows(reader):
    reader = Membership.objects.select_related("user", "unit__parent").get(pk=reader.pk)
    return [row for group in to_do_of(reader, timezone.localdate()).groups for row in group.rows]


def to_name(reader):
    return [row for row in rows(reader) if str(row.key).startswith("away-")]


def test_the_stand_in_finds_what_the_absent_person_holds_as_their_own(cast, enter):
    a_case("acknowledged", cast=cast)
    is_away(cast.worker, stand_in=cast.colleague)

    (row,) = rows(cast.colleague)
    shown = enter(cast.colleague).get(reverse("cases:todo")).text

    assert row.is_mine
    assert row.stands_in_for == cast.worker
    assert f"you stand in for {cast.worker.user.short_name}" in shown


@pytest.mark.parametrize(("first", "last"), [(1, 5), (-5, -1)])
def test_before_and_after_the_absence_nobody_stands_in(cast, first, last):
    a_case("acknowledged", cast=cast)
    is_away(cast.worker, first, last, stand_in=cast.colleague)

    (row,) = rows(cast.colleague)

    assert not row.is_mine
    assert row.stands_in_for is None


def test_who_does_not_stand_in_reads_who_holds_it(cast, enter):
    a_case("acknowledged", cast=cast)
    is_away(cast.colleague, stand_in=cast.worker)

    assert rows(cast.colleague)[0].stands_in_for is None
    assert f"with {cast.worker.user.short_name}" in enter(cast.colleague).get(reverse("cases:todo")).text


def test_the_head_is_asked_for_a_stand_in_the_day_before_the_absence_begins(cast, enter):
    a_case("acknowledged", cast=cast)
    is_away(cast.worker, first=3, last=9)

    (row,) = to_name(cast.head)
    shown = enter(cast.head).get(reverse("cases:todo")).text

    assert row.due_on == timezone.localdate() + 2 * DAY
    assert f"Name a stand-in for {cast.worker.user.full_name}" in shown
    assert "holds 1 thing" in shown
    assert reverse("accounts:set_away", args=[cast.worker.pk]) in shown


@pytest.mark.parametrize("change", ["named", "over", "holds_nothing", "comes_back"])
def test_the_head_is_not_asked_where_nothing_is_to_be_named(cast, change):
    if change != "holds_nothing":
        a_case("acknowledged", cast=cast)
    days = (-9, -1) if change == "over" else (0, 5)
    is_away(cast.worker, *days, stand_in=cast.colleague if change == "named" else None)
    if change == "comes_back":
        Membership.objects.filter(pk=cast.worker.pk).update(away_from=None, away_to=None)

    assert to_name(cast.head) == []


def test_only_the_nearest_manager_is_asked(cast):
    a_case("acknowledged", cast=cast)
    is_away(cast.worker)

    assert to_name(cast.head)
    assert not to_name(cast.area_head)
    assert not to_name(cast.colleague)
    Membership.objects.filter(pk=cast.head.pk).update(valid_to=timezone.localdate() - DAY)
    assert to_name(cast.area_head)


def test_a_principal_is_asked_for_those_of_the_school(cast):
    a_case("declined", cast=cast)
    is_away(cast.counsellor)

    assert [row.title for row in to_name(cast.principal)] == [f"Name a stand-in for {cast.counsellor.user.full_name}"]


def test_the_settings_say_who_is_away_and_who_stands_in(cast, enter):
    a_case("acknowledged", cast=cast)
    is_away(cast.worker, stand_in=cast.colleague)
    is_away(cast.head)
    page = reverse("cases:unit_settings", args=[cast.worker.unit_id])

    people = {row.membership: row for row in enter(cast.colleague).get(page).context["people"]}

    assert people[cast.worker].is_away
    assert not people[cast.worker].lacks_stand_in
    assert people[cast.worker].held == 1
    is_away(cast.worker)
    assert "Nobody for 1 thing" in enter(cast.head).get(page).text


def test_the_start_page_costs_the_same_however_many_are_away(cast, client, enter, assert_constant_queries):
    enter(cast.head)

    def one_more():
        person = MembershipFactory(team_worker=True, unit=cast.worker.unit)
        story = a_case("acknowledged", cast=cast)
        story.open("answer_request").intervals.filter(to_at=None).update(person=person)
        is_away(person)

    assert_constant_queries(reverse("cases:todo"), one_more)
