from uuid import uuid4

from django.urls import reverse

from audit.models import AccessRecord
from cases.models import SchoolNote
from tests.factories.cases import a_case


def address(story):
    return reverse("cases:internal_notes", args=[story.case.pk])


def test_a_note_is_written_for_ones_own_unit_only(cast, enter):
    story = a_case("active", cast=cast)

    response = enter(cast.counsellor).post(address(story), {"text": "Mentor informerad.", "submission": str(uuid4())})

    assert response.url == address(story)
    assert "Mentor informerad." in enter(cast.principal).get(address(story)).text
    assert "Mentor informerad." not in enter(cast.worker).get(address(story)).text
    assert "Mentor informerad." not in enter(cast.head).get(address(story)).text


def test_the_page_says_who_reads_it(cast, enter):
    page = enter(cast.counsellor).get(address(a_case("active", cast=cast))).text

    assert f"INTERNAL – {cast.counsellor.unit.short_name} only" in page
    assert f"Save for {cast.counsellor.unit.short_name}" in page


def test_a_double_click_writes_one_note(cast, enter):
    story = a_case("active", cast=cast)
    typed = {"text": "En gång.", "submission": str(uuid4())}
    client = enter(cast.counsellor)

    client.post(address(story), typed)
    client.post(address(story), typed)

    assert SchoolNote.objects.count() == 1


def test_an_empty_note_is_refused(cast, enter):
    response = enter(cast.counsellor).post(
        address(a_case("active", cast=cast)), {"text": "  ", "submission": str(uuid4())}
    )

    assert response.status_code == 422
    assert "Write something first" in response.text


def test_who_may_write(cast, enter):
    story = a_case("active", cast=cast)

    assert enter(cast.worker).get(address(story)).status_code == 200
    assert enter(cast.other_counsellor).get(address(story)).status_code == 404
    assert enter(cast.other_worker).post(address(story), {"text": "x"}).status_code == 404
    assert enter(cast.mentor).get(address(story)).status_code == 403


def test_anonymous_is_sent_to_sign_in(cast, client):
    assert client.get(address(a_case("active", cast=cast))).status_code == 302


def test_reading_is_noted(cast, enter):
    story = a_case("active", cast=cast)

    enter(cast.counsellor).get(address(story))

    assert AccessRecord.objects.filter(page="cases:internal_notes", pupils__contains=[story.pupil.pk]).exists()
