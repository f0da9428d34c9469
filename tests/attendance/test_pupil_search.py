"""The list of pupils, and searching in it: words are sent, and stand in no address."""

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AccessRecord
from tests.attendance.classes import enrol
from tests.attendance.searching import search
from tests.factories.schools import ClassGroupFactory, PupilIdentifierFactory

pytestmark = pytest.mark.django_db
LIST = "/pupils/"


def names(response):
    return [row["pupil"].given_name for row in response.context["rows"]]


def detail(pupil):
    return reverse("attendance:pupil_detail", args=[pupil.pk])


def test_a_mentor_finds_the_own_pupils_and_student_health_all(sign_in, mentor, counsellor, pupil, group):
    enrol(ClassGroupFactory(school=group.school), "Bo", "Alm")
    enrol(ClassGroupFactory(), "Ceci", "Berg")

    assert names(sign_in(mentor).get(LIST)) == ["Alva"]
    assert names(sign_in(counsellor).get(LIST)) == ["Bo", "Alva"]


def test_a_protected_pupil_is_never_listed_nor_opened(sign_in, counsellor, group):
    hidden = enrol(group, "Dold", protected=True)
    client = sign_in(counsellor)

    assert names(client.get(LIST)) == []
    assert client.get(detail(hidden)).status_code == 404


@pytest.mark.parametrize(
    ("searched", "found"), [("alva", ["Alva"]), ("kask al", ["Alva"]), ("ask", []), ("Bo", ["Bo"]), ("x", [])]
)
def test_pupils_are_found_by_the_beginning_of_their_names(sign_in, counsellor, group, pupil, searched, found):
    enrol(group, "Bo", "Alm")

    assert names(search(sign_in(counsellor), searched)) == found


def test_a_pupil_is_found_by_a_whole_personal_number(sign_in, counsellor, group, pupil):
    number = PupilIdentifierFactory(pupil=pupil).value
    enrol(group, "Bo", "Alm")
    client = sign_in(counsellor)

    assert names(search(client, f"{number[:8]}-{number[8:]}")) == ["Alva"]
    assert names(search(client, number[:8])) == []


def test_what_was_searched_for_stands_in_no_address(sign_in, counsellor, group, pupil):
    client = sign_in(counsellor)
    sent = client.post(LIST, {"q": "Alva Kask"})

    assert sent.status_code == 302
    assert "alva" not in sent.url.lower()
    page = client.get(sent.url)
    assert names(page) == ["Alva"]
    assert 'value="Alva Kask"' in page.text
    assert "q=" not in re.sub(r"<input[^>]*>", "", page.text)


def test_the_answer_is_there_again_when_the_page_is_loaded_anew_and_in_another_tab(sign_in, counsellor, group, pupil):
    enrol(group, "Bo", "Alm")
    client = sign_in(counsellor)
    first, second = (client.post(LIST, {"q": words}).url for words in ("Alva", "Bo"))

    assert names(client.get(second)) == names(client.get(second)) == ["Bo"]
    assert names(client.get(first)) == ["Alva"]


def test_paging_keeps_the_search(sign_in, counsellor, group, pupil):
    for _ in range(27):
        enrol(group, "Bo", "Alm")
    client = sign_in(counsellor)
    address = client.post(LIST, {"q": "Bo"}).url

    page = client.get(address)
    (following,) = re.findall(r'rel="next" href="([^"]+)"', page.text)
    rest = client.get(LIST + html.unescape(following))

    assert len(page.context["rows"]) == 25
    assert names(rest) == ["Bo", "Bo"]
    assert not rest.context["page"].has_next()


def test_the_code_of_a_search_means_nothing_in_another_session(client, confirm, counsellor, group, pupil):
    enrol(group, "Bo", "Alm")
    client.force_login(counsellor.user)
    address = client.post(LIST, {"q": "Alva"}).url
    other = Client()
    other.force_login(counsellor.user)

    assert names(other.get(address)) == ["Bo", "Alva"]


def test_a_search_in_the_address_searches_for_nobody(sign_in, counsellor, group, pupil):
    enrol(group, "Bo", "Alm")

    page = sign_in(counsellor).get(LIST, {"q": "Bo", "search": "Bo"})

    assert names(page) == ["Bo", "Alva"]
    assert page.context["searched"] == ""


def test_the_latest_ten_searches_are_kept_and_a_refused_one_is_shown_again(sign_in, counsellor, group, pupil):
    client = sign_in(counsellor)
    addresses = [client.post(LIST, {"q": "Alva"}).url for _ in range(11)]

    assert client.get(addresses[0]).context["searched"] == ""
    assert client.get(addresses[1]).context["searched"] == "Alva"
    assert client.post(LIST, {"q": " "}).url == LIST
    refused = client.post(LIST, {"q": "A" * 61})
    assert refused.status_code == 422
    assert "at most 60 characters" in refused.text
    assert "A" * 61 in refused.text


def test_a_search_is_written_as_one_and_names_whom_it_showed(sign_in, counsellor, group, pupil):
    enrol(group, "Bo", "Alm")

    search(sign_in(counsellor), "Alva")

    (row,) = AccessRecord.objects.filter(page="attendance:pupil_list")
    assert (row.kind, row.pupils) == ("search", [pupil.pk])


def test_the_list_costs_the_same_for_many(sign_in, counsellor, group, assert_constant_queries):
    sign_in(counsellor)

    assert_constant_queries(LIST, lambda: enrol(group))
