"""The request from end to end: what it begins with, what is picked, whom it can go to, and what the receiver reads."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from attendance.tried import tried_before
from cases.actions.consents import withdraw_consent
from cases.models import Consent, Referral, RequestDraft
from cases.receivers import Offer, offers_of
from cases.views.requests import request_address
from tests.cases.test_request_support import pupil, send, typed, write  # noqa: F401 (fixtures)
from tests.factories.attendance import ConcernFactory, SignalFactory
from tests.factories.cases import a_case
from tests.factories.schools import GuardianFactory, ResidenceFactory
from tests.factories.socialservices import ServiceFactory

START, END = '<div class="stack-lg request-as-shared">', "<!-- /request-as-shared -->"


def as_shared(page) -> bytes:
    """Return the bytes of a page between the beginning and the end of what is shared."""
    body = page.content
    start = body.index(START.encode())
    return body[start : body.index(END.encode(), start)]


@pytest.fixture
def seen(cast, pupil):  # noqa: F811
    """What the school has seen and done: a signal that was answered, and a concern."""
    enrolment = pupil.enrolments.get()
    signal = SignalFactory(enrolment=enrolment, watched=True, answered_by=cast.counsellor, answer_note="Morgonmöten.")
    concern = ConcernFactory(
        enrolment=enrolment, logged_by=cast.counsellor, answered=True, answer_text="Vi följer.",
        text="Hemligt om hemmet.", pupil_words="Det är för högt i matsalen.",
    )  # fmt: skip
    return signal, concern


def test_the_preview_is_byte_for_byte_what_the_team_later_reads(cast, pupil, typed, enter, seen):  # noqa: F811
    keys = [one.key for one in tried_before(pupil, cast.counsellor)]
    client = enter(cast.counsellor)
    typed |= {
        "tried_items": keys, "scope": ["words", "absence", "tried", "receiver"], "guardian_1_interpreter": "arabiska",
        "why_now": "Rad ett.\nRad två & <b>tecken</b>.",
    }  # fmt: skip
    address = write(client, pupil, typed)
    preview = as_shared(client.get(address))
    send(client, address)
    referral = Referral.objects.get()

    read = enter(cast.worker).get(reverse("cases:assess_request", args=[referral.pk]))
    in_case = enter(cast.worker).get(reverse("cases:case_detail", args=[referral.case_id]))
    printed = enter(cast.principal).get(reverse("cases:shared_about_pupil", args=[pupil.pk]))

    assert len(preview) > 1000
    assert as_shared(read) == preview
    assert as_shared(in_case) == preview
    assert as_shared(printed) == preview


def test_what_the_school_changes_afterwards_does_not_change_what_was_given(cast, pupil, typed, enter, seen):  # noqa: F811
    client = enter(cast.counsellor)
    address = write(client, pupil, typed)
    preview = as_shared(client.get(address))
    send(client, address)
    pupil.family_name = "Annat"
    pupil.save(update_fields=["family_name"])
    seen[0].answer_note = "Något helt annat."
    seen[0].save(update_fields=["answer_note"])

    read = enter(cast.worker).get(reverse("cases:assess_request", args=[Referral.objects.get().pk]))

    assert as_shared(read) == preview


def test_the_team_reaches_nothing_else_of_the_schools(cast, pupil, typed, enter, seen):  # noqa: F811
    typed["scope"] = ["words", "absence", "tried", "receiver"]
    typed["tried_items"] = [f"concern-{seen[1].pk}"]
    client = enter(cast.counsellor)
    send(client, write(client, pupil, typed))
    referral = Referral.objects.get()
    own = RequestDraft.objects.create(
        pupil=pupil, writer=cast.counsellor, school_unit=cast.counsellor.unit, saved_at=timezone.now()
    )
    closed = [
        request_address(pupil),
        reverse("cases:check_request", args=[own.pk]),
        reverse("cases:pupil_consents", args=[pupil.pk]),
        reverse("cases:shared_about_pupil", args=[pupil.pk]),
        reverse("cases:note_gap", args=[pupil.pk]),
        reverse("attendance:pupil_detail", args=[pupil.pk]),
        reverse("attendance:concern_detail", args=[seen[1].pk]),
        reverse("attendance:answer_signal", args=[seen[0].pk]),
    ]

    worker = enter(cast.worker)
    assert [worker.get(address).status_code for address in closed] == [403] * len(closed)
    case = referral.case_id
    for name, key in (("assess_request", referral.pk), ("case_detail", case), ("shared_items", case)):
        page = worker.get(reverse(f"cases:{name}", args=[key])).text
        assert "Hemligt om hemmet." not in page
        assert "Morgonmöten." not in page, "the signal was not ticked"
        assert "Vi följer." in page


def test_that_harm_was_suspected_is_never_among_what_can_be_picked(cast, pupil):  # noqa: F811
    enrolment = pupil.enrolments.get()
    ConcernFactory(
        enrolment=enrolment, logged_by=cast.counsellor, answered=True, harm_suspected="yes", answer_text="Ok."
    )

    (one,) = tried_before(pupil, cast.counsellor)

    assert "harm" not in str(one.as_content())
    assert one.as_content().keys() == {"kind", "day", "answer", "codes", "percent", "text"}


def test_what_can_be_picked_is_what_the_reader_may_read_latest_first(cast, pupil, seen):  # noqa: F811
    SignalFactory(enrolment=pupil.enrolments.get(), level=40)

    found = tried_before(pupil, cast.counsellor)

    assert {one.kind for one in found} == {"signal", "concern"}
    assert [one.day for one in found] == sorted((one.day for one in found), reverse=True)
    assert [one.kind for one in found if one.starts_ticked] == ["signal"]
    assert tried_before(pupil, cast.other_counsellor) == []
    assert tried_before(pupil, cast.worker) == []


def test_what_is_not_ticked_stays_in_the_school_and_the_page_says_so(cast, pupil, typed, enter, seen):  # noqa: F811
    client = enter(cast.counsellor)

    preview = client.get(write(client, pupil, typed))

    assert "Vi följer." not in preview.text
    assert "that is not ticked</li>" in preview.text.replace(" (2)", "")


def test_ticked_items_need_a_consent_that_covers_them(cast, pupil, typed, enter, seen):  # noqa: F811
    typed["tried_items"] = [f"signal-{seen[0].pk}"]
    client = enter(cast.counsellor)

    refused = client.post(request_address(pupil), typed)
    assert refused.status_code == 422
    assert "does not cover what you have ticked" in refused.text

    typed["scope"] = ["words", "absence", "tried", "receiver"]
    assert client.post(request_address(pupil), typed).status_code == 302


def test_at_most_two_boxes_are_left_to_type(cast, pupil, enter, seen):  # noqa: F811
    form = enter(cast.counsellor).get(request_address(pupil)).context["form"]

    boxes = ("why_now", "what_hinders", "help_wanted", "pupil_words", "contact")
    assert [name for name in boxes if not form[name].value()] == ["what_hinders", "help_wanted"]
    assert form["pupil_words"].value() == "Det är för högt i matsalen."
    assert form["tried_items"].value() == [f"signal-{seen[0].pk}"]


def test_nobody_is_asked_about_motivation(cast, pupil, enter):  # noqa: F811
    page = enter(cast.counsellor).get(request_address(pupil)).text.lower()

    assert "motivat" not in page
    with translation.override("sv"):
        assert "motiv" not in enter(cast.counsellor).get(request_address(pupil), headers={"accept-language": "sv"}).text


def test_a_team_is_offered_with_how_soon_it_answers_and_whether_there_is_room(cast, pupil, enter):  # noqa: F811
    for _ in range(5):
        story = a_case("sent", cast=cast, at=timezone.now() - timedelta(days=30))
        story.wait(6).accept()
    cast.service.capacity = 5
    cast.service.save(update_fields=["capacity"])

    (offer, *_others) = offers_of([cast.service])

    assert (offer.answer_days, offer.at_work) == (6, 5)
    page = enter(cast.counsellor).get(request_address(pupil)).text
    assert "Answers in 6 days on average. Full just now: you may have to wait." in page


@pytest.mark.parametrize(
    ("service", "days", "at_work", "words"),
    [
        ({"capacity": 4}, 1, 3, "Answers in 1 day on average. Has room."),
        ({"capacity": None}, None, 3, ""),
        ({"is_taking_in": False, "capacity": 4}, None, 0, "Not taking in just now: the answer may take longer."),
    ],
)
def test_how_a_service_is_offered(db, service, days, at_work, words):
    made = ServiceFactory(**service)

    label = str(Offer(made, days, at_work).label)

    assert label == f"{made.office.unit.short_name} – {made.offers.rstrip('.')}. {words}".strip()


def test_fewer_than_five_answers_say_nothing_of_a_team(cast):
    for _ in range(4):
        a_case("accepted", cast=cast)

    assert offers_of([cast.service])[0].answer_days is None


# --- Who is asked -----------------------------------------------------------------------------------------------------


def test_a_protected_guardian_is_not_asked_from_here(cast, pupil, typed, enter):  # noqa: F811
    GuardianFactory(pupil=pupil, given_name="Hemlig", family_name="A", protected=True)
    client = enter(cast.counsellor)
    assert "must not be contacted from here" in client.get(request_address(pupil)).text

    refused = client.post(request_address(pupil), typed | {"guardian_1_answer": "not_asked"})

    assert "OSL 21:3, 21:3 a" in refused.text
    assert "Hemlig" not in refused.text


@pytest.mark.parametrize(
    ("changed", "paragraphs"),
    [
        ({"guardian_2_answer": "no"}, ["FB 6:11, 6:13", "FB 6:13 a", "SoL 21:1", "OSL 23:2", "SoL 19:1"]),
        ({"guardian_2_answer": "not_reachable"}, ["OSL 10:1, 12:2", "FB 6:13 2 st."]),
        ({"pupil_answer": "no"}, ["OSL 23:2", "SoL 19:1", "Skollagen 7:19 a, 15:16"]),
    ],
)
def test_each_lawful_way_that_remains_is_offered_with_its_paragraph(cast, pupil, typed, enter, changed, paragraphs):  # noqa: F811
    response = enter(cast.counsellor).post(request_address(pupil), typed | changed)

    assert response.status_code == 422
    assert not Referral.objects.exists()
    for paragraph in paragraphs:
        assert f"({paragraph})" in response.text


def test_the_unreached_guardian_who_cannot_be_waited_for_does_not_stop_the_request(cast, pupil, typed, enter):  # noqa: F811
    typed |= {"guardian_2_answer": "not_reachable", "guardian_2_cannot_wait": "on"}

    response = enter(cast.counsellor).post(request_address(pupil), typed)

    assert response.status_code == 302
    assert "cannot wait" in enter(cast.counsellor).get(response.url).text


def test_a_pupil_of_fifteen_sends_alone_where_it_is_judged_suitable(cast, pupil, typed, enter):  # noqa: F811
    today = timezone.localdate()
    pupil.born_on = today.replace(year=today.year - 15, day=min(today.day, 28))
    pupil.save(update_fields=["born_on"])
    terms = {f"pupil_{name}": typed[f"guardian_1_{name}"] for name in ("form", "given_on", "valid_to")}
    alone = {"pupil_answer": "yes", **terms}
    typed |= {"guardian_1_answer": "no"} | alone
    client = enter(cast.counsellor)

    refused = client.post(request_address(pupil), typed)
    assert refused.status_code == 422
    assert "(SoL 21:2)" in refused.text

    assert client.post(request_address(pupil), typed | {"pupil_suitable": "on"}).status_code == 302


def test_after_a_withdrawal_an_old_yes_is_not_filled_in_again(cast, enter):
    story = a_case("declined", cast=cast)
    ResidenceFactory(pupil=story.pupil)
    client = enter(cast.counsellor)
    assert client.get(request_address(story.pupil)).context["form"]["guardian_1_answer"].value() == "yes"

    withdraw_consent(consent=Consent.objects.get(giver="guardian_1"), by=cast.counsellor, at=timezone.now())

    assert client.get(request_address(story.pupil)).context["form"]["guardian_1_answer"].value() == ""


def test_a_draft_is_never_found_by_guessing(cast, enter):
    assert enter(cast.counsellor).get(reverse("cases:check_request", args=[uuid4()])).status_code == 404
