"""The follow-up page: figures of the city, or of the reader's own units, and nobody in them."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import ServiceGap
from tests.factories.cases import a_case, a_pupil, make_cast

PAGE = reverse("followup:report")


@pytest.fixture
def cast(db):
    return make_cast()


@pytest.fixture
def enter(client):
    def sign_in(membership):
        client.force_login(membership.user)
        return client

    return sign_in


def figure(page, code):
    found = [figure for _question, figures in page.context["report"].questions for figure in figures]
    return next(figure for figure in found if figure.code == code)


def test_the_city_counts_everybody_and_others_their_own_units(cast, enter):
    for _n in range(5):
        a_case("sent", cast=cast)
    stranger = make_cast()
    for _n in range(2):
        a_case("sent", cast=stranger)

    counted = {
        name: figure(enter(getattr(cast, name)).get(PAGE), "open_cases").value
        for name in ("analyst", "coordinator", "principal", "head", "area_head", "area_manager")
    }

    assert counted == {
        "analyst": "7", "coordinator": "7", "principal": "5", "head": "5", "area_head": "5", "area_manager": "5",
    }  # fmt: skip
    assert figure(enter(stranger.principal).get(PAGE), "open_cases").value == "fewer than 5"


def test_social_services_are_not_shown_what_the_schools_have_seen(cast, enter):
    codes = [
        figure.code for _q, figures in enter(cast.head).get(PAGE).context["report"].questions for figure in figures
    ]

    assert "first_answer" not in codes


def test_nobody_is_named(cast, enter):
    story = a_case("declined", cast=cast)

    text = enter(cast.analyst).get(PAGE).text

    for hidden in ("Alva", "A.K.", story.case.number, cast.worker.unit.name, "Kartlägg"):
        assert hidden not in text


def test_an_empty_city_has_a_page(cast, enter):
    page = enter(cast.analyst).get(PAGE)

    assert "too few to show" in page.text
    assert "No request has been declined since the school year began." in page.text


def test_the_page_is_for_those_who_follow_up(cast, enter, client):
    for person in (cast.worker, cast.counsellor, cast.mentor):
        assert enter(person).get(PAGE).status_code == 403
    client.logout()
    assert client.get(PAGE).url.startswith(reverse("account_login"))


def test_the_page_costs_the_same_for_one_case_and_eleven(cast, enter, assert_constant_queries):
    enter(cast.analyst)

    assert_constant_queries(PAGE, lambda: a_case("declined", cast=cast))


def test_the_city_sees_how_many_pupils_no_team_takes_and_small_gaps_are_merged(cast, enter):
    for grade, count in ((2, 6), (3, 1), (4, 4)):
        for _n in range(count):
            ServiceGap.objects.create(
                pupil=a_pupil(cast), school_unit=cast.counsellor.unit, grade=grade, school_form="gr",
                provider_kind="independent", first_noted_at=timezone.now(), last_noted_at=timezone.now(),
                noted_by=cast.counsellor,
            )  # fmt: skip

    report = enter(cast.analyst).get(PAGE).context["report"]

    assert report.gaps == [
        ("No team takes year 2 in compulsory school, independent schools", "6"), ("Other gaps, together", "5"),
    ]  # fmt: skip
    for other in (cast.head, cast.principal, cast.area_manager):
        page = enter(other).get(PAGE)
        assert page.context["report"].gaps == []
        assert "Pupils that no team takes" not in page.text
