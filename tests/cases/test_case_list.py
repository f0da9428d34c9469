import pytest
from django.urls import reverse
from django.utils import timezone

from cases.views import case_pages
from tests.factories.cases import a_case

ADDRESS = "/cases/"


def test_the_tabs_divide_cases_by_who_has_the_ball(cast, enter):
    a_case("declined", cast=cast)
    a_case("sent", cast=cast)
    a_case("closed", cast=cast)

    client = enter(cast.counsellor)
    tabs = {code: count for code, _title, count in client.get(ADDRESS).context["tabs"]}

    assert tabs == {"ours": 1, "waiting": 1, "closed": 1}
    assert "Respond to the no" in client.get(ADDRESS).text
    assert "Acknowledge the request" in client.get(f"{ADDRESS}?show=waiting").text
    assert "CLOSED" in client.get(f"{ADDRESS}?show=closed").text.upper()


def test_the_other_side_sees_the_same_case_the_other_way_round(cast, enter):
    a_case("sent", cast=cast)

    assert len(enter(cast.worker).get(ADDRESS).context["states"]) == 1


def test_lists_show_initials_and_never_why(cast, enter):
    a_case("declined", cast=cast)

    for reader in (cast.counsellor, cast.worker):
        pages = enter(reader).get(ADDRESS).text + enter(reader).get(f"{ADDRESS}?show=waiting").text
        assert "A.K." in pages
        assert "Alva" not in pages
        assert "Kartlägg lärmiljön." not in pages


def test_only_parties_see_the_case(cast, enter):
    a_case("sent", cast=cast)

    for stranger in (cast.other_counsellor, cast.other_worker, cast.area_manager):
        client = enter(stranger)
        assert client.get(ADDRESS).context["states"] == []
        assert client.get(f"{ADDRESS}?show=waiting").context["states"] == []


def test_roles_without_cases_may_not_enter(cast, enter):
    assert enter(cast.mentor).get(ADDRESS).status_code == 403
    assert enter(cast.analyst).get(ADDRESS).status_code == 403


def test_anonymous_is_sent_to_sign_in(client, db):
    assert client.get(ADDRESS).status_code == 302


@pytest.mark.parametrize("query", ["?show=nothing", "?page=x", "?page=99", "?show=closed&page=-1"])
def test_odd_addresses_show_the_list(cast, enter, query):
    assert enter(cast.counsellor).get(ADDRESS + query).status_code == 200


def test_a_long_list_is_divided_into_pages(cast, enter, monkeypatch):
    monkeypatch.setattr(case_pages, "PAGE_SIZE", 2)
    for _ in range(3):
        a_case("sent", cast=cast)

    first = enter(cast.counsellor).get(f"{ADDRESS}?show=waiting")

    assert len(first.context["states"]) == 2
    assert "Page 1 of 2" in first.text
    assert "show=waiting" in first.text.split('rel="next"')[1].split(">")[0].replace("&amp;", "&")


@pytest.mark.parametrize("show", ["ours", "waiting", "closed"])
def test_the_list_costs_the_same_whatever_its_length(cast, enter, assert_constant_queries, show):
    enter(cast.counsellor)
    state = {"ours": "declined", "waiting": "sent", "closed": "closed"}[show]

    assert_constant_queries(f"{ADDRESS}?show={show}", lambda: a_case(state, cast=cast, at=timezone.now()))


def test_the_case_page_is_one_click_away(cast, enter):
    story = a_case("declined", cast=cast)

    assert reverse("cases:case_detail", args=[story.case.pk]) in enter(cast.counsellor).get(ADDRESS).text
