"""A school asks without saying who the pupil is, and the unit that is asked answers; nobody else reads it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from cases.actions import consulting
from cases.consulting import consultation_dates
from cases.ledger import AlreadyDone, NotAllowed
from cases.models import Case, Consultation
from tests.factories.cases import a_case, a_pupil
from tests.factories.socialservices import ServiceFactory
from wall.identity import acting_as

NEW = reverse("cases:ask_consultation")
LIST = reverse("cases:consultation_list")
FRIDAY = datetime(2026, 11, 27, 9, tzinfo=UTC)
QUESTION = "En elev i mellanstadiet är borta varje måndag. Vad kan vi göra?"


def ask(cast, *, at=None, to=None, question=QUESTION):
    return consulting.ask(
        to_unit=to or cast.worker.unit, question=question, submission=uuid4(), by=cast.counsellor,
        at=at or timezone.now(),
    )  # fmt: skip


def answer(cast, consultation, text="Gå hem till familjen.", **who):
    return consulting.answer(
        consultation=consultation, text=text, advice="none", by=who.get("by", cast.worker), at=timezone.now()
    )


def page(consultation):
    return reverse("cases:consultation_detail", args=[consultation.pk])


def typed(cast, question=QUESTION):
    return {"submission": str(uuid4()), "to_unit": cast.worker.unit_id, "question": question}


def test_a_question_is_asked_once_and_makes_no_case(cast, enter):
    client, given = enter(cast.counsellor), typed(cast)

    first, second = client.post(NEW, given), client.post(NEW, given)

    consultation = Consultation.objects.get()
    assert first.url == second.url == page(consultation)
    assert not Case.objects.exists()
    assert AuditEvent.objects.filter(action="consultation_asked", target_id=str(consultation.pk)).count() == 1


def test_the_answer_is_due_in_three_working_days(cast):
    assert ask(cast, at=FRIDAY).due_on.isoformat() == "2026-12-02"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Det gäller 121103-2380 som är borta", "121103-2380"),
        ("Ring mig på 070-123 45 67", "070-123 45 67"),
        ("Skriv till mig@example.com", "mig@example.com"),
        ("Eleven Noor är borta", "Noor"),
    ],
)
def test_a_text_that_says_who_it_is_about_is_refused_with_the_word_and_kept(cast, enter, text, word):
    refused = enter(cast.counsellor).post(NEW, typed(cast, text))

    assert refused.status_code == 422
    assert f"“{word}”" in refused.text
    assert refused.context["form"]["question"].value() == text
    assert not Consultation.objects.exists()


def test_the_name_of_a_pupil_at_the_school_is_refused(cast, enter):
    pupil = a_pupil(cast)
    pupil.given_name, pupil.family_name = "Tindra", "Rosenlund"
    pupil.save()

    refused = enter(cast.principal).post(NEW, typed(cast, "Vi undrar om tindra rosenlund."))

    assert refused.status_code == 422
    assert "Tindra Rosenlund" in refused.text


def test_social_services_may_not_answer_with_the_name_of_a_pupil_they_know(cast, enter):
    story = a_case("active", cast=cast)
    consultation = ask(cast)
    name = story.referral.disclosures.get().content["pupil"]["name"]

    refused = enter(cast.worker).post(page(consultation), {"text": f"Är det {name}?", "advice": "none"})

    assert refused.status_code == 422
    assert name in refused.text
    assert not Consultation.objects.get().is_answered


def test_a_class_is_let_through_with_a_warning(cast, enter):
    told = enter(cast.counsellor).post(NEW, typed(cast, "En elev i 7B är borta."), follow=True)

    assert "You wrote 7B." in told.text
    assert Consultation.objects.count() == 1


def test_the_unit_answers_with_advice_and_the_school_reads_it(cast, enter):
    consultation = ask(cast)

    enter(cast.worker).post(page(consultation), {"text": "Begär stöd av oss.", "advice": "request"})
    read = enter(cast.counsellor).get(page(consultation))

    assert "Begär stöd av oss." in read.text
    assert reverse("cases:request_support") in read.text


def test_an_answer_needs_words_and_advice(cast, enter):
    refused = enter(cast.worker).post(page(ask(cast)), {})

    assert refused.status_code == 422
    assert "Write your answer" in refused.text
    assert "Choose what you advise" in refused.text


def test_a_colleague_who_was_faster_stands_and_the_slower_keeps_the_words(cast, enter):
    consultation = ask(cast)
    answer(cast, consultation, "Först.")

    late = enter(cast.colleague).post(page(consultation), {"text": "Sedan, med mer.", "advice": "none"})

    assert late.status_code == 409
    assert "Sedan, med mer." in late.text
    assert Consultation.objects.get().answer == "Först."
    with pytest.raises(AlreadyDone):
        answer(cast, consultation)


def test_only_the_school_the_unit_and_its_heads_read_it(cast, enter):
    consultation = ask(cast)
    readers = {cast.counsellor, cast.principal, cast.worker, cast.colleague, cast.head, cast.area_head}
    strangers = {cast.other_worker, cast.other_counsellor, cast.mentor, cast.area_manager, cast.coordinator}

    assert all(enter(one).get(page(consultation)).status_code == 200 for one in readers)
    assert all(enter(one).get(page(consultation)).status_code in {403, 404} for one in strangers)


def test_the_database_shows_it_to_nobody_else(cast):
    consultation = ask(cast)
    for one, sees in (
        (cast.counsellor, True), (cast.worker, True), (cast.area_head, True), (cast.mentor, False),
        (cast.other_counsellor, False), (cast.other_worker, False), (cast.area_manager, False),
    ):  # fmt: skip
        with acting_as(one):
            assert Consultation.objects.filter(pk=consultation.pk).exists() is sees, one.role


def test_the_database_lets_no_school_answer_and_no_unit_change_the_question(cast):
    consultation = ask(cast)
    for one, changed in ((cast.counsellor, "answer"), (cast.worker, "question")):
        with acting_as(one), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Consultation.objects.filter(pk=consultation.pk).update(**{changed: "x"})


def test_what_was_answered_stands_in_the_database(cast):
    consultation = answer(cast, ask(cast))

    with pytest.raises(DatabaseError, match="stands"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_consultation SET answer = 'x' WHERE id = %s", [consultation.pk])


def test_those_who_may_not_ask_or_answer_are_refused(cast):
    consultation = ask(cast)
    for one in (cast.mentor, cast.worker, cast.area_manager):
        with pytest.raises(NotAllowed):
            consulting.ask(to_unit=cast.worker.unit, question=QUESTION, submission=uuid4(), by=one, at=timezone.now())
    for one in (cast.counsellor, cast.other_worker):
        with pytest.raises(NotAllowed):
            answer(cast, consultation, by=one)


def test_only_units_with_a_service_for_such_a_school_are_offered(cast, enter):
    elsewhere = ServiceFactory(school_forms=["gy"]).office.unit

    offered = enter(cast.counsellor).get(NEW).context["form"].fields["to_unit"].queryset

    assert cast.worker.unit in offered
    assert elsewhere not in offered
    with pytest.raises(NotAllowed):
        ask(cast, to=elsewhere)


def test_to_do_of_the_unit_has_it_and_of_the_head_above_when_late(cast):
    consultation = ask(cast, at=FRIDAY)
    on_time, late = consultation.due_on, consultation.due_on + timedelta(days=1)

    assert [len(consultation_dates(cast.worker, day)) for day in (on_time, late)] == [1, 1]
    assert [len(consultation_dates(cast.area_head, day)) for day in (on_time, late)] == [0, 1]
    assert consultation_dates(cast.other_worker, late) == []
    assert consultation_dates(cast.mentor, late) == []


def test_a_late_one_stands_under_late_and_the_answer_under_new_to_read(cast, enter):
    consultation = ask(cast, at=timezone.now() - timedelta(days=10))
    groups = {group.code: group.rows for group in enter(cast.worker).get("/").context["to_do"].groups}
    assert [row.url for row in groups["late"]] == [page(consultation)]

    answer(cast, consultation)

    groups = {group.code: group.rows for group in enter(cast.counsellor).get("/").context["to_do"].groups}
    assert [row.url for row in groups["read"]] == [page(consultation)]
    assert consultation_dates(cast.worker, timezone.localdate()) == []


def test_the_list_keeps_answered_and_unanswered_apart(cast, enter):
    waiting, done = ask(cast), answer(cast, ask(cast))
    client = enter(cast.principal)

    assert [one for one, _due in client.get(LIST).context["rows"]] == [waiting]
    assert [one for one, _due in client.get(LIST, {"show": "answered"}).context["rows"]] == [done]


@pytest.mark.parametrize("address", [LIST, "/"])
def test_lists_ask_as_many_questions_for_one_as_for_three(cast, enter, address, django_assert_num_queries):
    ask(cast)
    client = enter(cast.worker)
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    ask(cast)
    ask(cast)

    with django_assert_num_queries(len(one)):
        client.get(address)


def test_the_list_is_found_from_incoming_and_from_cases(cast, enter):
    assert LIST in enter(cast.worker).get(reverse("cases:inbox")).text
    assert LIST in enter(cast.counsellor).get(reverse("cases:case_list")).text
