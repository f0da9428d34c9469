"""Whatever happens while the school's own work is written down, what was typed is there afterwards and stored once."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from attendance import actions, investigating, taking_measures
from attendance.models import AbsenceInvestigation, Concern, Measure, Signal
from audit.models import AuditEvent
from tests.accounts.sessions import end_by_idleness
from tests.factories.attendance import AbsenceInvestigationFactory, ConcernFactory, MeasureFactory, SignalFactory

pytestmark = pytest.mark.django_db
PASSWORD = "långt ord med hästar"
WORDS = "Skrivet i en timme"


@pytest.fixture
def enrolment(pupil):
    return pupil.enrolments.get()


@pytest.fixture
def measure(enrolment, counsellor, today):
    return MeasureFactory(enrolment=enrolment, responsible=counsellor, follow_up_on=today)


@pytest.fixture
def investigation(enrolment, counsellor, today):
    return AbsenceInvestigationFactory(enrolment=enrolment, lead=counsellor, due_on=today)


@pytest.fixture
def concern(enrolment, mentor, counsellor):
    return ConcernFactory(enrolment=enrolment, logged_by=mentor, holder=counsellor)


def address(page, *keys):
    return reverse(f"attendance:{page}", args=keys)


def places(pupil, measure, investigation, concern):
    """Return the address of each form with a text in it, and what is typed there: all of it, but for what is wrong."""
    task = investigation.tasks.first()
    return {
        "add_measure": (address("add_measure", pupil.pk), {"in_words": WORDS, "submission": str(uuid4())}),
        "follow_up": (address("follow_up_measure", pupil.pk, measure.pk), {"note": WORDS}),
        "end": (address("end_measure", pupil.pk, measure.pk), {"reason": f"{WORDS} {'x' * 700}"}),
        "not_needed": (address("investigation_not_needed", pupil.pk), {"reason": WORDS, "submission": str(uuid4())}),
        "task": (address("write_task", pupil.pk, task.pk), {"text": WORDS, "seen_at": ""}),
        "causes": (
            address("name_causes", pupil.pk, investigation.pk), {"in_words": WORDS, "setting_off": ["nothing known"]}
        ),
        "finish": (address("finish_investigation", pupil.pk, investigation.pk), {"conclusion": WORDS}),
        "answer": (address("answer_concern", concern.pk), {"text": WORDS}),
    }  # fmt: skip


PLACES = ["add_measure", "follow_up", "end", "not_needed", "task", "causes", "finish", "answer"]


@pytest.mark.parametrize("place", PLACES)
def test_what_was_typed_stands_in_a_form_that_is_refused(
    sign_in, principal, pupil, measure, investigation, concern, place
):
    where, typed = places(pupil, measure, investigation, concern)[place]

    refused = sign_in(principal).post(where, typed)

    assert refused.status_code == 422
    assert WORDS in refused.content.decode()


@pytest.mark.parametrize("place", PLACES)
def test_what_was_typed_when_the_session_ended_comes_back_after_signing_in(
    client, principal, pupil, measure, investigation, concern, place
):
    where, typed = places(pupil, measure, investigation, concern)[place]
    user = principal.user
    user.set_password(PASSWORD)
    user.save()
    client.post("/sign-in/", {"login": user.email, "password": PASSWORD})
    end_by_idleness(client)

    answer = client.post(where, typed)
    page = client.post(answer.url, {"login": user.email, "password": PASSWORD}, follow=True)

    assert page.request["PATH_INFO"] == where
    assert WORDS in page.content.decode()


def measure_sent(counsellor, today):
    return {
        "kind": "own", "in_words": WORDS, "responsible": counsellor.pk, "starts_on": today, "follow_up_on": today,
        "pupil_agrees": "yes", "submission": str(uuid4()),
    }  # fmt: skip


def test_a_double_click_adds_one_measure_and_opens_one_investigation(sign_in, counsellor, pupil, taught, today):
    client = sign_in(counsellor)
    sent = measure_sent(counsellor, today)
    first, second = (client.post(address("add_measure", pupil.pk), sent) for _ in range(2))
    assert (first.status_code, first.url) == (302, second.url)
    assert Measure.objects.count() == 1

    opened = {"lead": counsellor.pk, "submission": str(uuid4())}
    first, second = (client.post(address("open_investigation", pupil.pk), opened) for _ in range(2))
    assert (first.status_code, first.url) == (302, second.url)
    assert AbsenceInvestigation.objects.count() == 1


def test_two_windows_add_two_measures_and_open_one_investigation(sign_in, counsellor, pupil, taught, today):
    client = sign_in(counsellor)
    for _ in range(2):
        assert client.post(address("add_measure", pupil.pk), measure_sent(counsellor, today)).status_code == 302
        client.post(address("open_investigation", pupil.pk), {"lead": counsellor.pk, "submission": str(uuid4())})

    assert Measure.objects.count() == 2
    assert AbsenceInvestigation.objects.count() == 1


def given_back(answer):
    page = answer.content.decode()
    return answer.status_code == 409 and WORDS in page and "Your text is still here" in page


def test_a_follow_up_of_a_measure_that_a_colleague_ended_meanwhile_is_given_back(
    sign_in, counsellor, principal, pupil, measure
):
    taking_measures.end_measure(measure=measure, reason="Klar.", by=principal, at=timezone.now())

    sent = {"effect": "no", "note": WORDS, "goes_on": "no"}
    assert given_back(sign_in(counsellor).post(address("follow_up_measure", pupil.pk, measure.pk), sent))
    ended = sign_in(counsellor).post(address("end_measure", pupil.pk, measure.pk), {"reason": WORDS})
    assert given_back(ended)


def test_what_was_written_in_an_investigation_that_a_colleague_finished_meanwhile_is_given_back(
    sign_in, counsellor, pupil, enrolment
):
    finished = AbsenceInvestigationFactory(enrolment=enrolment, lead=counsellor, finished=True, tasks="Klart.")
    task = finished.tasks.first()
    client = sign_in(counsellor)
    seen = task.changed_at.isoformat() if task.changed_at else ""

    written = {"text": WORDS, "status": "started", "seen_at": seen}
    assert given_back(client.post(address("write_task", pupil.pk, task.pk), written))
    named = {"in_words": WORDS, "setting_off": ["health"], "keeping_up": []}
    assert given_back(client.post(address("name_causes", pupil.pk, finished.pk), named))


def test_a_decision_against_an_investigation_that_a_colleague_opened_meanwhile_is_given_back(
    sign_in, counsellor, principal, pupil, taught, today
):
    investigating.open_investigation(pupil=pupil, lead=counsellor, submission=uuid4(), by=counsellor, at=timezone.now())
    sent = {"reason": WORDS, "review_on": today.isoformat(), "submission": str(uuid4())}
    sent["review_on"] = taking_measures.calendar_of(principal, timezone.now()).add_school_days(today, 5).isoformat()

    assert given_back(sign_in(principal).post(address("investigation_not_needed", pupil.pk), sent))


def test_an_answer_to_a_concern_that_a_colleague_answered_meanwhile_is_given_back(
    sign_in, counsellor, principal, concern
):
    actions.answer_concern(
        concern=concern, answer=Concern.Answer.FOLLOW, text="Vi följer.", by=principal, at=timezone.now()
    )

    sent = {"answer": "close", "text": WORDS}
    assert given_back(sign_in(counsellor).post(address("answer_concern", concern.pk), sent))


def test_an_answer_to_a_signal_that_a_colleague_answered_meanwhile_is_given_back(
    sign_in, counsellor, principal, enrolment
):
    signal = SignalFactory(enrolment=enrolment)
    actions.answer_signal(signal=signal, answer=Signal.Answer.WATCH, note="", by=principal, at=timezone.now())

    sent = {"answer": "handled", "note": WORDS}
    assert given_back(sign_in(counsellor).post(address("answer_signal", signal.pk), sent))


def test_what_is_sent_twice_is_said_once(sign_in, counsellor, pupil, measure, investigation, concern, taught, today):
    client = sign_in(counsellor)
    later = taking_measures.calendar_of(counsellor, timezone.now()).add_school_days(today, 5).isoformat()
    where = address("follow_up_measure", pupil.pk, measure.pk)
    asked_on = client.get(where).context["form"]["asked_on"].value()
    task = investigation.tasks.first()
    sent = [
        (where, {"effect": "a_little", "note": WORDS, "goes_on": "yes", "next_on": later, "asked_on": asked_on}),
        (address("end_measure", pupil.pk, measure.pk), {"reason": WORDS}),
        (address("write_task", pupil.pk, task.pk), {"text": WORDS, "status": "done", "seen_at": ""}),
        (address("answer_concern", concern.pk), {"answer": "follow", "text": WORDS}),
    ]  # fmt: skip
    for path, typed in sent:
        first, second = client.post(path, typed), client.post(path, typed)
        assert (first.status_code, second.status_code) == (302, 302), path
        assert first.url == second.url

    assert measure.follow_ups.count() == 1
    actions_of = AuditEvent.objects.values_list("action", flat=True)
    for action in ("measure followed up", "measure ended", "investigation task written", "concern answered"):
        assert list(actions_of).count(action) == 1, action


def test_a_follow_up_that_another_has_made_meanwhile_is_not_made_again(sign_in, counsellor, principal, pupil, measure):
    client = sign_in(counsellor)
    where = address("follow_up_measure", pupil.pk, measure.pk)
    asked_on = client.get(where).context["form"]["asked_on"].value()
    later = taking_measures.calendar_of(principal, timezone.now()).add_school_days(measure.follow_up_on, 5)
    taking_measures.follow_up_measure(measure=measure, effect="better", next_on=later, by=principal, at=timezone.now())

    sent = {"effect": "no", "note": WORDS, "goes_on": "no", "asked_on": asked_on}

    assert given_back(client.post(where, sent))
    assert [told.effect for told in measure.follow_ups.all()] == ["better"]


def test_an_investigation_finished_twice_is_finished_once(sign_in, counsellor, pupil, investigation):
    client = sign_in(counsellor)
    client.post(address("record_support", pupil.pk, investigation.pk), {"special_support": "no", "action_plan": "no"})
    sent = {"conclusion": WORDS, "left_undone": "Ingen tid."}

    first, second = (client.post(address("finish_investigation", pupil.pk, investigation.pk), sent) for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 302)
    assert AuditEvent.objects.filter(action="investigation finished").count() == 1
