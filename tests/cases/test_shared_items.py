from django.urls import reverse

from audit.models import AccessRecord
from tests.factories.cases import a_case


def address(story):
    return reverse("cases:shared_items", args=[story.case.pk])


def test_what_was_shared_stands_with_its_ground_and_when_it_was_read(cast, enter):
    unread, read = a_case("sent", cast=cast), a_case("acknowledged", cast=cast)
    client = enter(cast.counsellor)

    assert "Not opened yet" in client.get(address(unread)).text
    page = client.get(address(read)).text
    assert "Not opened yet" not in page
    assert cast.worker.user.full_name in page
    assert "Consent (OSL 10:1)" in page
    assert "Har ont i magen på morgnarna." in page


def test_consents_are_listed(cast, enter):
    page = enter(cast.counsellor).get(address(a_case("sent", cast=cast))).text

    assert "Guardian 1" in page
    assert "at a meeting" in page


def test_each_social_unit_sees_only_what_it_was_given(cast, enter):
    story = a_case("declined", cast=cast)
    story.wait(1).send(cast.other_service)

    first, second = enter(cast.worker).get(address(story)), enter(cast.other_worker).get(address(story))

    assert {item.to_unit_id for item in first.context["disclosures"]} == {cast.worker.unit_id}
    assert {item.to_unit_id for item in second.context["disclosures"]} == {cast.other_worker.unit_id}
    assert {consent.to_unit_id for consent in second.context["consents"]} == {cast.other_worker.unit_id}


def test_who_may_see_it(cast, enter):
    story = a_case("sent", cast=cast)

    assert enter(cast.head).get(address(story)).status_code == 200
    assert enter(cast.other_counsellor).get(address(story)).status_code == 404
    assert enter(cast.mentor).get(address(story)).status_code == 403


def test_anonymous_is_sent_to_sign_in(cast, client):
    assert client.get(address(a_case("sent", cast=cast))).status_code == 302


def test_reading_is_noted(cast, enter):
    story = a_case("sent", cast=cast)

    enter(cast.counsellor).get(address(story))

    assert AccessRecord.objects.filter(page="cases:shared_items", pupils__contains=[story.pupil.pk]).exists()


def test_the_way_to_the_consents_shows_to_those_alone_who_may_go_it(cast, enter):
    story = a_case("acknowledged", cast=cast)
    path = reverse("cases:pupil_consents", args=[story.case.pupil_id])

    linked = {
        name: path in enter(member).get(address(story)).text
        for name, member in {"school": cast.counsellor, "team": cast.worker}.items()
    }

    assert linked == {"school": True, "team": False}
    assert enter(cast.counsellor).get(path).status_code == 200
