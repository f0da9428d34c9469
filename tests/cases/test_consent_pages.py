"""The pages of consents and of what was shared."""

from datetime import date, timedelta
from uuid import uuid4

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.consent_law import Way
from cases.models import Consent, Disclosure, Event, Question, Referral, SchoolNote
from tests.cases.test_consents import take_back
from tests.factories.cases import a_case, a_pupil
from tests.factories.schools import GuardianFactory


def test_two_clicks_withdraw_and_the_page_says_what_was_given(cast, enter):
    story = a_case("acknowledged", cast=cast)
    client = enter(cast.counsellor)
    page = client.get(reverse("cases:pupil_consents", args=[story.pupil.pk]))
    consent = Consent.objects.get(giver="guardian_1")
    address = reverse("cases:withdraw_consent", args=[consent.pk])
    assert address in page.text

    asked = client.get(address).text
    response = client.post(address)

    assert "has already been given" in asked
    assert "Har ont i magen på morgnarna." in asked
    assert cast.worker.user.full_name in asked
    after = client.get(response.url).text
    assert "The consent does not stand" in after
    assert "withdrawn" in after
    assert "OSL 23:2" in after
    assert address not in after


def test_behind_the_wall_too_an_unread_request_is_taken_back_and_the_team_reads_nothing(cast, enter):
    story = a_case("sent", cast=cast)
    consent = Consent.objects.get(giver="guardian_1")

    enter(cast.counsellor).post(reverse("cases:withdraw_consent", args=[consent.pk]))

    assert Referral.objects.get().status == "withdrawn"
    page = enter(cast.worker).get(reverse("cases:assess_request", args=[story.referral.pk]))
    assert "Har ont i magen på morgnarna." not in page.text
    assert "Nothing has been shared with your unit." in page.text
    assert Disclosure.objects.get().read_at is None


def test_with_a_team_that_has_read_the_answer_to_its_question_waits_for_a_new_yes(cast, enter):
    story = a_case("asked", cast=cast)
    take_back(story)
    client = enter(cast.counsellor)

    page = client.post(reverse("cases:answer_question", args=[story.referral.pk]), {"answer": "Svårt på morgnar."})

    assert page.status_code == 422
    assert "Svårt på morgnar." in page.text
    assert "Ask again and note the answer" in page.text
    assert Question.objects.get().answer == ""


def test_a_team_that_would_send_a_stopped_request_on_is_told_why_not(cast, enter):
    story = a_case("acknowledged", cast=cast)
    take_back(story)

    page = enter(cast.worker).post(
        reverse("cases:redirect_request", args=[story.referral.pk]),
        {"service": str(cast.other_service.pk), "rationale": "Dit."},
    )

    assert page.status_code == 422
    assert "The consent has been withdrawn" in page.text
    assert "Dit." in page.text


def test_the_page_of_a_no_says_that_words_stay_in_the_school(cast, enter):
    story = a_case("declined", cast=cast)
    take_back(story)
    address = reverse("cases:respond_to_no", args=[story.referral.pk])
    client = enter(cast.principal)

    assert "stays in your school as an internal note" in client.get(address).text
    client.post(address, {"way": "talk", "about": "Om mamma.", "meet_on": "2099-01-02"})

    assert SchoolNote.objects.get().text == "Om mamma."
    page = enter(cast.worker).get(reverse("cases:case_detail", args=[story.case.pk])).text
    assert "Om mamma." not in page
    assert "The school wants to talk first" in page


def test_withdrawing_twice_says_who_was_first(cast, enter):
    story = a_case("acknowledged", cast=cast)
    consent = Consent.objects.get(giver="guardian_1")
    client, address = enter(cast.counsellor), reverse("cases:withdraw_consent", args=[consent.pk])
    client.post(address)

    assert client.post(address).status_code == 409
    assert Event.objects.filter(case=story.case, kind="consent_withdrawn").count() == 1


def test_new_answers_are_noted_on_a_page_and_nothing_typed_is_lost(cast, enter):
    story = a_case("acknowledged", cast=cast)
    client = enter(cast.counsellor)
    address = reverse("cases:note_consents", args=[story.case.pk, cast.worker.unit_id])
    typed = {"guardian_1_answer": "yes", "guardian_1_interpreter": "tigrinja", "guardian_2_answer": "none"}

    refused = client.post(address, typed | {"pupil_answer": "not_asked"})
    assert refused.status_code == 422
    assert "tigrinja" in refused.text
    assert "Choose how the consent was given" in refused.text

    terms = {"form": "phone", "given_on": "2026-01-01", "valid_to": (timezone.localdate() + timedelta(30)).isoformat()}
    terms = {f"guardian_1_{name}": value for name, value in terms.items()}
    done = client.post(address, typed | terms | {"pupil_answer": "not_asked", "scope": ["words", "receiver"]})
    assert done.url == reverse("cases:pupil_consents", args=[story.pupil.pk])
    assert Consent.objects.filter(interpreter="tigrinja", form="phone").exists()


def test_answers_are_noted_only_about_units_that_have_been_asked_about(cast, enter):
    story = a_case("acknowledged", cast=cast)
    client = enter(cast.counsellor)

    for unit in (cast.other_worker.unit_id, cast.counsellor.unit_id, uuid4()):
        assert client.get(reverse("cases:note_consents", args=[story.case.pk, unit])).status_code == 404


def test_what_we_have_shared_about_you_is_complete_and_can_be_printed(cast, enter):
    story = a_case("question_answered", cast=cast)

    page = enter(cast.principal).get(reverse("cases:shared_about_pupil", args=[story.pupil.pk])).text

    assert "What we have shared about you" in page
    assert "Svårt på morgnar." in page
    assert "Har ont i magen på morgnarna." in page
    assert "Consent (OSL 10:1)" in page
    assert cast.worker.user.full_name in page
    assert "data-print" in page
    assert "Do not hand this out unasked." not in page


def test_a_print_warns_where_a_guardian_is_protected_or_has_no_custody(cast, enter):
    story = a_case("sent", cast=cast)
    GuardianFactory(pupil=story.pupil, has_custody=False)

    page = enter(cast.principal).get(reverse("cases:shared_about_pupil", args=[story.pupil.pk])).text

    assert "Do not hand this out unasked." in page


def test_a_pupil_nobody_has_been_asked_about_has_an_empty_page(cast, enter):
    pupil = a_pupil(cast)
    client = enter(cast.counsellor)

    assert "Nobody has been asked" in client.get(reverse("cases:pupil_consents", args=[pupil.pk])).text
    assert "We have shared nothing" in client.get(reverse("cases:shared_about_pupil", args=[pupil.pk])).text


def test_consents_are_the_schools_own_pages(cast, enter):
    story = a_case("acknowledged", cast=cast)
    consent = Consent.objects.get(giver="guardian_1")
    addresses = [
        reverse("cases:pupil_consents", args=[story.pupil.pk]),
        reverse("cases:shared_about_pupil", args=[story.pupil.pk]),
        reverse("cases:note_consents", args=[story.case.pk, cast.worker.unit_id]),
        reverse("cases:withdraw_consent", args=[consent.pk]),
    ]

    for address in addresses:
        assert enter(cast.counsellor).get(address).status_code == 200
        assert enter(cast.other_counsellor).get(address).status_code == 404
        assert enter(cast.mentor).get(address).status_code == 403
        assert enter(cast.worker).get(address).status_code == 403


def test_the_team_is_told_that_the_consent_was_withdrawn(cast, enter):
    story = a_case("acknowledged", cast=cast)
    take_back(story)

    page = enter(cast.worker).get(reverse("cases:assess_request", args=[story.referral.pk])).text

    assert "The consent was withdrawn on" in page


def test_what_was_given_counts_also_the_units_that_the_request_was_sent_on_to(cast, enter):
    story = a_case("taken_over", cast=cast)
    consent = Consent.objects.get(giver="guardian_1")

    page = enter(cast.counsellor).get(reverse("cases:withdraw_consent", args=[consent.pk]))

    assert {copy.to_unit for copy in page.context["copies"]} == {cast.worker.unit, cast.other_worker.unit}
    (receiver,) = (
        enter(cast.counsellor).get(reverse("cases:pupil_consents", args=[story.pupil.pk])).context["receivers"]
    )
    assert len(receiver.copies) == 2


def test_the_page_asks_as_many_questions_for_one_receiver_as_for_three(cast, enter, django_assert_num_queries):
    story = a_case("declined", cast=cast)
    client, address = enter(cast.counsellor), reverse("cases:pupil_consents", args=[story.pupil.pk])
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    story.wait(1).send(cast.other_service).wait(1).send(cast.third_service)

    with django_assert_num_queries(len(one)):
        assert len(client.get(address).context["receivers"]) == 3


def test_where_a_guardian_is_not_asked_from_here_the_page_of_new_answers_says_so(cast, enter):
    story = a_case("acknowledged", cast=cast)
    GuardianFactory(pupil=story.pupil, given_name="Hemlig", family_name="A", protected=True)

    page = enter(cast.counsellor).get(reverse("cases:note_consents", args=[story.case.pk, cast.worker.unit_id])).text

    assert "must not be contacted from here" in page
    assert "Hemlig" not in page


def test_a_protected_guardian_whose_yes_has_run_out_is_asked_another_way(cast, enter):
    story = a_case("acknowledged", cast=cast)
    GuardianFactory(pupil=story.pupil, given_name="Hemlig", family_name="A", protected=True)
    Consent.objects.filter(case=story.case).update(given_on=date(2026, 1, 7), valid_to=date(2026, 2, 1))

    answer = enter(cast.counsellor).get(reverse("cases:pupil_consents", args=[story.pupil.pk]))

    (receiver,) = answer.context["receivers"]
    assert Way.ASK_THROUGH_THE_OTHER_WAY in {way.code for way in receiver.told.ways}
    assert "Hemlig" not in answer.text
