"""Social services find a request by name, personal or co-ordination number and case number, and by nothing else."""

from datetime import date

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from attendance.models import AbsenceInvestigation
from audit.models import AccessRecord
from cases.inbox_search import found
from cases.models import Case, Referral
from schools.models import Pupil, PupilIdentifier
from schools.personal_numbers import luhn_digit, numbers_for_tests
from tests.factories.cases import WORDS, a_case
from tests.factories.schools import PupilIdentifierFactory
from wall.identity import acting_as

INBOX = reverse("cases:inbox")
NUMBER = numbers_for_tests(date(2013, 4, 15))[0]
COORDINATION = "20130475239" + luhn_digit("130475239")
KIND = PupilIdentifier.Kind


@pytest.fixture
def story(cast):
    """A request about Alva Kvarnby Ek, case 2611-0412, with a number of each kind."""
    story = a_case("acknowledged", cast=cast)
    Pupil.objects.filter(pk=story.pupil.pk).update(given_name="Alva", family_name="Kvarnby Ek")
    Case.objects.filter(pk=story.case.pk).update(number="2611-0412")
    for kind, value in (
        (KIND.PERSONAL_NUMBER, NUMBER.value), (KIND.COORDINATION_NUMBER, COORDINATION),
        (KIND.TEMPORARY_NUMBER, "20130415TF12"), (KIND.SOURCE_ID, "elev-4711"),
    ):  # fmt: skip
        PupilIdentifierFactory(pupil=story.pupil, kind=kind, value=value)
    return story


def search(client, words):
    return client.post(INBOX, {"q": words}, follow=True)


def rows(page):
    return [row.referral for row in page.context["rows"]]


FINDS = [
    "Alva", "alva", "Al", "Kvarnby", "alva kvarn", "Kvarnby Alva", "  Alva   Kv ", "2611-0412", NUMBER.value,
    NUMBER.shown, NUMBER.value[2:], COORDINATION, f"{COORDINATION[:8]}-{COORDINATION[8:]}",
]  # fmt: skip
FINDS_NOT = [
    "A", "Alva K", "lva", "Alva Berg", "7B", "Alva 7B", "2611", "2611-041", "0412", "26110412", NUMBER.value[:8],
    NUMBER.value[:-1], "20130415-TF12", "elev-4711", "2611-0413", "%", "Alva%", "_lva", "Al va X", "'", "R.B.",
]  # fmt: skip


@pytest.mark.parametrize("words", FINDS)
def test_a_name_or_a_whole_number_finds_the_request(story, enter, words):
    page = search(enter(story.cast.worker), words)

    assert rows(page) == [story.referral]
    assert "1 request found" in page.text


@pytest.mark.parametrize("words", FINDS_NOT)
def test_a_part_of_a_number_a_class_or_anything_else_finds_nothing(story, enter, words):
    page = search(enter(story.cast.worker), words)

    assert rows(page) == []
    assert "No request to your unit fits." in page.text


def test_what_is_written_in_a_request_cannot_be_searched_for(story, enter):
    client = enter(story.cast.worker)
    causes = [str(label) for field in AbsenceInvestigation._meta.fields if field.choices for _v, label in field.choices]
    written = {word.strip(".,") for text in (*WORDS.values(), *causes, "arabiska") for word in text.split()}

    assert len(written) > 15
    assert [word for word in sorted(written) if rows(search(client, word))] == []


def test_words_searched_for_are_in_no_address_and_the_search_is_logged_as_one(story, enter):
    page = search(enter(story.cast.worker), NUMBER.shown)

    (address, status), *_rest = page.redirect_chain
    assert status == 302
    assert NUMBER.value[2:8] not in address
    assert "search=" in address
    assert AccessRecord.objects.about(story.pupil.pk).filter(kind="search").exists()


@pytest.mark.parametrize("words", ["Alva", "2611-0412", NUMBER.shown])
def test_nobody_finds_what_has_come_to_others(story, enter, words):
    for stranger in (story.cast.other_worker, story.cast.third_worker):
        assert rows(search(enter(stranger), words)) == []
    assert rows(search(enter(story.cast.area_head), words)) == [story.referral]
    assert enter(story.cast.counsellor).post(INBOX, {"q": words}).status_code == 403


@pytest.mark.parametrize("words", ["Alva", "2611-0412", NUMBER.shown])
def test_a_pupil_with_protected_identity_is_found_by_nobody(story, enter, words):
    Pupil.objects.filter(pk=story.pupil.pk).update(protection="marked", alias="Elev 7")

    assert rows(search(enter(story.cast.worker), words)) == []


def test_too_long_a_search_is_refused_at_its_field(story, enter):
    response = enter(story.cast.worker).post(INBOX, {"q": "a" * 61})

    assert response.status_code == 422
    assert "at most 60 characters" in response.text


def test_an_empty_search_shows_the_tabs(story, enter):
    page = search(enter(story.cast.worker), "  ")

    assert page.context["tab"] is not None
    assert rows(page) == [story.referral]


def test_the_database_answers_about_whole_numbers_of_the_office_s_own_children_only(story):
    def asked(who, kind, value):
        with acting_as(who), connection.cursor() as cursor:
            cursor.execute("SELECT received_pupils_with_number(%s, %s)", [kind, value])
            return [pupil for (pupil,) in cursor.fetchall()]

    assert asked(story.cast.worker, "personal_number", NUMBER.value) == [story.pupil.pk]
    assert asked(story.cast.worker, "temporary_number", "20130415TF12") == []
    assert asked(story.cast.worker, "source_id", "elev-4711") == []
    assert asked(story.cast.other_worker, "personal_number", NUMBER.value) == []


def test_the_answer_is_narrowed_and_never_widened(story):
    received = Referral.objects.received_by(story.cast.worker)

    for words in (*FINDS, *FINDS_NOT):
        assert set(found(received.none(), words, timezone.localdate())) == set()
