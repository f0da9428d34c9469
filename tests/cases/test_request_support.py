"""Writing a request, checking it, sending it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from attendance.typed import as_typed
from audit.models import AccessRecord
from cases.actions.drafts import save_draft
from cases.forms.requests import RequestForm
from cases.models import Case, Consent, Disclosure, Referral, RequestDraft
from cases.receivers import Offer
from cases.sharing import ConsentGiven
from cases.views.requests import request_address
from tests.factories.cases import a_case, a_pupil
from tests.factories.schools import EnrolmentFactory, GuardianFactory, PupilFactory, ResidenceFactory
from tests.factories.socialservices import ServiceFactory

TODAY = timezone.localdate


@pytest.fixture
def pupil(cast):
    pupil = a_pupil(cast)
    ResidenceFactory(pupil=pupil)
    return pupil


@pytest.fixture
def typed(cast):
    """Everything a complete request needs."""
    return {
        "service": str(cast.service.pk),
        "why_now": "Frånvaron ökar sedan v 43.",
        "what_hinders": "Har ont i magen på morgnarna.",
        "help_wanted": "Hembesök.",
        "tried": "Morgonmöte med mentor.",
        "pupil_words": "Bild är roligt.",
        "share_absence": "on",
        "contact": "Sara Lind, 08-123",
        "guardian_1_answer": "yes",
        "guardian_1_form": "meeting",
        "guardian_1_given_on": TODAY().isoformat(),
        "guardian_1_valid_to": (TODAY() + timedelta(days=365)).isoformat(),
        "guardian_2_answer": "none",
        "pupil_answer": "not_asked",
        "scope": ["words", "absence", "receiver"],
    }


def write(client, pupil, typed):
    """Write the request and return the address of its check page."""
    response = client.post(request_address(pupil), typed)
    assert response.status_code == 302, response.context["form"].errors
    return response.url


def send(client, address):
    seen = client.get(address).context["send_form"].initial["seen"]
    return client.post(address, {"seen": seen})


def test_only_student_health_and_principals_may_write(cast, pupil, enter):
    assert enter(cast.counsellor).get(request_address(pupil)).status_code == 200
    assert enter(cast.principal).get(request_address(pupil)).status_code == 200
    assert enter(cast.mentor).get(request_address(pupil)).status_code == 403
    assert enter(cast.worker).get(request_address(pupil)).status_code == 403
    assert enter(cast.other_counsellor).get(request_address(pupil)).status_code == 404


def test_anonymous_is_sent_to_sign_in(pupil, client):
    assert client.get(request_address(pupil)).status_code == 302


@pytest.mark.parametrize("query", ["", "?pupil=", "?pupil=nobody", "?pupil=3f0c1c1e-0000-4000-8000-000000000000"])
def test_a_request_is_about_a_pupil(cast, enter, query):
    assert enter(cast.counsellor).get(reverse("cases:request_support") + query).status_code == 404


def test_services_that_do_not_take_the_pupil_are_named_with_the_reason(cast, pupil, enter):
    too_old = ServiceFactory(grade_from=4, grade_to=6)
    intake = ServiceFactory(intake=True)

    page = enter(cast.counsellor).get(request_address(pupil)).text

    assert f"{too_old.office.unit.short_name}: takes years 4–6." in page
    assert f"Not sure – let the intake office choose ({intake.office.unit.short_name})" in page
    assert f'value="{too_old.pk}"' not in page


def test_a_pupil_nobody_serves_gets_an_explanation_instead_of_a_form(cast, enter):
    elsewhere = PupilFactory()
    EnrolmentFactory(pupil=elsewhere, class_group=cast.class_group)
    ResidenceFactory(pupil=elsewhere, municipality_code="0126", district_code="")

    page = enter(cast.counsellor).get(request_address(elsewhere)).text

    assert "No team or office in the city serves this pupil." in page


def test_the_names_of_guardians_are_shown_except_protected_ones(cast, pupil, enter):
    GuardianFactory(pupil=pupil, given_name="Anna", family_name="A")
    GuardianFactory(pupil=pupil, given_name="Hemlig", family_name="B", protected=True)

    page = enter(cast.counsellor).get(request_address(pupil)).text

    assert "Guardian 1: Anna A" in page
    assert "Hemlig" not in page


def test_what_is_missing_is_said_and_everything_typed_is_kept(cast, pupil, typed, enter):
    del typed["service"], typed["tried"]

    response = enter(cast.counsellor).post(request_address(pupil), typed)

    assert response.status_code == 422
    assert "Choose where the request goes" in response.text
    assert "Write what the school has tried" in response.text
    assert "Har ont i magen på morgnarna." in response.text
    assert RequestDraft.objects.get().content["help_wanted"] == "Hembesök."


def test_a_draft_is_saved_as_typed_and_filled_in_again(cast, pupil, enter):
    client = enter(cast.counsellor)

    response = client.post(request_address(pupil), {"why_now": "Halv text", "scope": ["words"], "save": "draft"})

    assert response.url == request_address(pupil)
    page = client.get(request_address(pupil)).text
    assert "Draft saved" in page
    assert "Halv text" in page
    assert Referral.objects.count() == 0


def test_a_null_character_does_no_harm(cast, pupil, typed, enter):
    response = enter(cast.counsellor).post(request_address(pupil), typed | {"why_now": "a\x00b"})

    assert response.status_code == 422
    assert RequestDraft.objects.get().content["why_now"] == "ab"


def test_details_of_what_is_no_yes_are_not_asked_for(cast, pupil, typed, enter):
    typed |= {"pupil_answer": "not_asked", "pupil_valid_to": "2020-01-01", "pupil_given_on": "nonsense"}

    assert enter(cast.counsellor).post(request_address(pupil), typed).status_code == 302


def test_while_one_writes_the_draft_is_saved_in_place(cast, pupil, enter):
    response = enter(cast.counsellor).post(
        request_address(pupil), {"why_now": "Halv text", "save": "draft"}, headers={"HX-Request": "true"}
    )

    assert response.status_code == 200
    assert response.text.strip().startswith('<div id="draft-saved"')
    assert RequestDraft.objects.get().content["why_now"] == "Halv text"


def test_a_draft_belongs_to_its_writer(cast, pupil, typed, enter):
    address = write(enter(cast.counsellor), pupil, typed)

    assert enter(cast.principal).get(address).status_code == 404
    assert "Frånvaron ökar sedan v 43." not in enter(cast.principal).get(request_address(pupil)).text


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"guardian_1_form": ""}, "Choose how the consent was given"),
        ({"guardian_1_given_on": ""}, "Write when the consent was given"),
        ({"guardian_1_given_on": "2030-01-01"}, "Choose today or an earlier day."),
        ({"guardian_1_given_on": "i går"}, "Write the date like this"),
        ({"guardian_1_valid_to": "2020-01-01"}, "Choose today or a later day."),
        ({"scope": ["words"]}, "The yes must cover what you send and to whom."),
        ({"scope": ["words", "receiver"]}, "The yes does not cover the absence figures."),
        ({"guardian_2_answer": ""}, "Say whether guardian 2 has agreed"),
    ],
)
def test_a_yes_must_say_how_when_and_for_what(cast, pupil, typed, enter, changed, message):
    response = enter(cast.counsellor).post(request_address(pupil), typed | changed)

    assert response.status_code == 422
    assert message in response.text


def test_missing_consent_shows_the_lawful_ways_and_keeps_the_text(cast, pupil, typed, enter):
    typed["guardian_1_answer"] = "no"

    response = enter(cast.counsellor).post(request_address(pupil), typed)

    assert response.status_code == 422
    assert "The consent that is needed is missing" in response.text
    assert "<title>Error:" in response.text
    assert "orosanmälan" in response.text
    assert "Har ont i magen på morgnarna." in response.text
    assert RequestDraft.objects.get().content["why_now"] == typed["why_now"]
    assert Case.objects.count() == 0


def test_a_draft_without_consent_cannot_be_checked_or_sent(cast, pupil, typed, enter):
    typed["guardian_1_answer"] = "not_asked"
    draft = save_draft(
        pupil=pupil, content=as_typed(RequestForm(typed, services=[Offer(cast.service)])), by=cast.counsellor,
        at=timezone.now(),
    )  # fmt: skip
    address = reverse("cases:check_request", args=[draft.pk])

    response = enter(cast.counsellor).post(address, {"seen": "x"})

    assert response.url == request_address(pupil)
    assert Referral.objects.count() == 0


def test_the_preview_is_exactly_what_is_shared(cast, pupil, typed, enter):
    client = enter(cast.counsellor)
    address = write(client, pupil, typed)
    preview = client.get(address)

    send(client, address)

    assert preview.context["content"] == Disclosure.objects.get().content
    assert "Bild är roligt." in preview.text
    assert "Away" in preview.text or "No absence has been imported" in preview.text
    assert f"Send request to {cast.service.office.unit.short_name}" in preview.text


def test_what_is_not_shared_is_named(cast, pupil, typed, enter):
    del typed["share_absence"]
    client = enter(cast.counsellor)

    preview = client.get(write(client, pupil, typed))

    assert preview.context["content"]["absence"] is None
    assert "The school has not shared the absence." in preview.text
    assert "The pupil&#x27;s absence" in preview.text or "The pupil's absence" in preview.text


def test_sending_opens_the_case_and_says_who_must_do_what_by_when(cast, pupil, typed, enter):
    client = enter(cast.counsellor)

    response = send(client, write(client, pupil, typed))

    referral = Referral.objects.get()
    assert response.url == reverse("cases:request_sent", args=[referral.pk])
    page = client.get(response.url).text
    assert cast.service.office.unit.short_name in page
    assert "They acknowledge no later than" in page
    assert 'lang="sv"' in page
    assert Consent.objects.get(giver="guardian_1").scope == ["words", "absence", "receiver"]
    assert RequestDraft.objects.count() == 0


def test_sending_twice_sends_once(cast, pupil, typed, enter):
    client = enter(cast.counsellor)
    address = write(client, pupil, typed)
    seen = {"seen": client.get(address).context["send_form"].initial["seen"]}

    first, second = client.post(address, seen), client.post(address, seen)

    assert first.url == second.url
    assert Referral.objects.count() == 1


def test_a_request_that_changed_after_it_was_read_is_shown_again(cast, pupil, typed, enter):
    client = enter(cast.counsellor)
    address = write(client, pupil, typed)
    seen = {"seen": client.get(address).context["send_form"].initial["seen"]}
    write(client, pupil, typed | {"tried": "Något helt annat."})

    response = client.post(address, seen)

    assert response.status_code == 409
    assert "has changed since you saw it" in response.text
    assert Referral.objects.count() == 0


def test_a_unit_that_has_not_answered_is_not_asked_again(cast, typed, enter):
    story = a_case("acknowledged", cast=cast)
    ResidenceFactory(pupil=story.pupil)
    client = enter(cast.counsellor)

    response = send(client, write(client, story.pupil, typed))

    assert response.status_code == 409
    assert "already has a request in this case" in response.text
    assert reverse("cases:case_detail", args=[story.case.pk]) in response.text


def test_a_case_at_another_school_stops_the_request_without_saying_more(cast, pupil, typed, enter):
    story = a_case("acknowledged")
    Case.objects.filter(pk=story.case.pk).update(pupil=pupil)
    client = enter(cast.counsellor)

    response = send(client, write(client, pupil, typed))

    assert response.status_code == 409
    assert "Another school has an open case about this pupil" in response.text
    assert story.case.number not in response.text


def test_after_a_no_the_earlier_text_is_filled_in_but_not_what_the_consent_covers(cast, enter):
    story = a_case("declined", cast=cast)
    ResidenceFactory(pupil=story.pupil)

    response = enter(cast.counsellor).get(request_address(story.pupil))

    assert "Har ont i magen på morgnarna." in response.text
    assert "an open case" in response.text
    assert response.context["form"].initial.get("scope") is None


def test_new_facts_after_a_no_stay_in_the_same_case(cast, typed, enter):
    story = a_case("declined", cast=cast)
    ResidenceFactory(pupil=story.pupil)
    client = enter(cast.counsellor)

    send(client, write(client, story.pupil, typed))

    assert Case.objects.count() == 1
    assert Referral.objects.count() == 2


def test_the_receipt_is_the_schools_own(cast, enter):
    address = reverse("cases:request_sent", args=[a_case("sent", cast=cast).referral.pk])

    assert enter(cast.counsellor).get(address).status_code == 200
    assert enter(cast.other_counsellor).get(address).status_code == 404
    assert enter(cast.worker).get(address).status_code == 403


def test_reading_is_noted(cast, pupil, enter):
    enter(cast.counsellor).get(request_address(pupil))

    assert AccessRecord.objects.filter(page="cases:request_support", pupils=[pupil.pk]).exists()


def test_a_consent_given_keeps_what_was_answered(cast, typed):
    form = RequestForm(typed, services=[Offer(cast.service)])

    assert form.is_valid(), form.errors
    assert form.consents()[1] == ConsentGiven("guardian_2", "none")
