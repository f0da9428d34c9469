"""A deviation in the co-operation: registered by one side, read by both managers, answered by the other's."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessRecord, AuditEvent
from cases.actions.deviating import answer_deviation, register_deviation
from cases.deviating import deviation_dates, units_of_the_other_side
from cases.ledger import AlreadyDone, NotAllowed
from cases.models import Deviation
from cases.naming import SaysWho
from tests.factories.cases import a_case, make_cast
from wall.identity import acting_as

LIST = reverse("cases:deviation_list")
EXPORT = reverse("cases:export_deviations")
HAPPENED = "Begäran låg tre veckor utan svar."
LED_TO = "Insatsen började en månad senare än den kunde."


@pytest.fixture
def story(cast):
    return a_case("active", cast=cast)


def register(story, by=None, about=None, at=None, **words):
    by = by or story.cast.counsellor
    about = about or (story.case.school_unit if by.side == "social" else story.referral.to_unit)
    facts = {"kind": "no_answer", "happened": HAPPENED, "consequence": LED_TO, "remedy": "", "asks_lex_sarah": False}
    return register_deviation(
        case=story.case, about_unit=about, submission=uuid4(), by=by, at=at or timezone.now(), **{**facts, **words}
    )


def answer(deviation, by, response="Vi ändrar hur vi fördelar."):
    return answer_deviation(deviation=deviation, response=response, by=by, at=timezone.now())


def page(deviation):
    return reverse("cases:deviation_detail", args=[deviation.pk])


def typed(story, **words):
    return {
        "submission": str(uuid4()), "about_unit": story.referral.to_unit_id, "kind": "no_answer", "happened": HAPPENED,
        "consequence": LED_TO, "remedy": "", **words,
    }  # fmt: skip


def test_it_is_registered_once_from_the_case_and_leaves_the_case_as_it_was(story, enter):
    client, given = enter(story.cast.counsellor), typed(story)
    address = reverse("cases:register_deviation", args=[story.case.pk])
    before = story.case.events.count(), story.case.obligations.open().count()

    assert address in client.get(reverse("cases:case_detail", args=[story.case.pk])).text
    first, second = client.post(address, given), client.post(address, given)

    deviation = Deviation.objects.get()
    assert first.url == second.url == page(deviation)
    assert (deviation.from_unit, deviation.about_unit) == (story.case.school_unit, story.referral.to_unit)
    assert (story.case.events.count(), story.case.obligations.open().count()) == before
    assert AuditEvent.objects.filter(action="deviation_registered", target_id=str(deviation.pk)).count() == 1


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (datetime(2026, 11, 27, 9, tzinfo=UTC), "2026-12-29"),
        (datetime(2027, 3, 1, 9, tzinfo=UTC), "2027-03-31"),
        (datetime(2026, 11, 26, 23, 30, tzinfo=UTC), "2026-12-29"),
    ],
)
def test_the_answer_is_due_in_twenty_working_days(story, at, due):
    assert register(story, at=at).due_on.isoformat() == due


def test_a_name_is_refused_at_its_field_and_nothing_typed_is_lost(story, enter):
    address = reverse("cases:register_deviation", args=[story.case.pk])
    wrong = typed(story, consequence="Alva Krans blev utan hjälp.")

    refused = enter(story.cast.counsellor).post(address, wrong)

    assert refused.status_code == 422
    assert "Alva Krans" in refused.context["form"].errors["consequence"][0]
    assert HAPPENED in refused.text
    assert not Deviation.objects.exists()


def test_what_is_missing_is_said_at_each_field(story, enter):
    address = reverse("cases:register_deviation", args=[story.case.pk])

    refused = enter(story.cast.worker).post(address, {"submission": str(uuid4())})

    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"about_unit", "kind", "happened", "consequence"}


def test_the_managers_of_both_sides_and_who_registered_it_read_it_and_nobody_else(story, enter):
    cast, deviation = story.cast, register(story)
    readers = {"counsellor", "principal", "area_manager", "head", "area_head"}
    others = {"worker", "colleague", "mentor", "coordinator", "analyst", "other_counsellor", "other_worker"}

    for who in readers | others:
        found = enter(getattr(cast, who)).get(page(deviation))
        assert (found.status_code == 200) is (who in readers), who
        assert (HAPPENED in found.text) is (who in readers), who
    assert AccessRecord.objects.filter(page="cases:deviation_detail", pupils__contains=[story.pupil.pk]).count() == 5


def test_the_other_sides_manager_answers_once_and_who_registered_it_reads_it(story, enter):
    cast, deviation = story.cast, register(story)

    for who in ("counsellor", "principal", "area_manager"):
        with pytest.raises(NotAllowed):
            answer(deviation, getattr(cast, who))
    answer(deviation, cast.head)

    with pytest.raises(AlreadyDone):
        answer(deviation, cast.area_head)
    text = enter(cast.counsellor).get(page(deviation)).text
    assert "Vi ändrar hur vi fördelar." in text


def test_an_area_manager_of_schools_answers_what_a_team_registered(story, enter):
    deviation = register(story, by=story.cast.worker)
    client = enter(story.cast.area_manager)

    response = client.post(page(deviation), {"response": "Vi ser över rutinen."}, follow=True)

    deviation.refresh_from_db()
    assert (deviation.response, deviation.responded_by) == ("Vi ser över rutinen.", story.cast.area_manager)
    assert "The other side sees it now." in response.text


def test_who_was_slower_gets_the_own_words_back(story, enter):
    deviation = register(story)
    client = enter(story.cast.area_head)
    answer(deviation, story.cast.head)

    late = client.post(page(deviation), {"response": "Mitt eget svar."})

    assert late.status_code == 409
    assert "Mitt eget svar." in late.text
    assert "Vi ändrar hur vi fördelar." in late.text


def test_an_answer_with_a_name_is_refused(story):
    with pytest.raises(SaysWho) as told:
        answer(register(story), story.cast.head, "Vi har ringt Alva Krans.")
    assert told.value.field == "response"


def test_it_is_about_a_unit_of_the_other_side_that_takes_part(story):
    cast = story.cast

    assert units_of_the_other_side(cast.counsellor, story.case) == [story.referral.to_unit]
    assert units_of_the_other_side(cast.worker, story.case) == [story.case.school_unit]
    for about in (story.case.school_unit, cast.other_worker.unit):
        with pytest.raises(NotAllowed):
            register(story, about=about)
    with pytest.raises(NotAllowed):
        register(story, by=make_cast().counsellor)


def test_a_closed_case_can_have_one_too(cast):
    story = a_case("closed", cast=cast)

    assert register(story).case == story.case


def test_to_do_asks_the_manager_and_then_tells_who_registered_it(story):
    cast, today = story.cast, timezone.localdate()
    deviation = register(story)

    for who in ("head", "area_head"):
        assert [row.due_on for row in deviation_dates(getattr(cast, who), today)] == [deviation.due_on]
    for who in ("counsellor", "principal", "area_manager", "worker", "coordinator"):
        assert deviation_dates(getattr(cast, who), today) == []
    answer(deviation, cast.head)
    assert deviation_dates(cast.head, today) == []
    assert [row.is_reading for row in deviation_dates(cast.counsellor, today)] == [True]


def test_the_file_holds_the_same_rows_and_no_formula(story, enter):
    register(story, happened="=SUMMA(A1)", asks_lex_sarah=True)
    register(a_case("active", cast=make_cast()))

    found = enter(story.cast.head).get(EXPORT)

    rows = list(csv.reader(io.StringIO(found.content.decode().removeprefix("\ufeff")), delimiter=";"))
    assert [row[0] for row in rows] == ["Case", story.case.number]
    assert rows[1][5] == "'=SUMMA(A1)"
    assert rows[1][8] == "Asked"
    assert enter(story.cast.counsellor).get(EXPORT).status_code == 403


def test_what_was_registered_and_answered_stands_in_the_database(story):
    cast, deviation = story.cast, register(story)
    answer(deviation, cast.head)

    for column in ("happened", "response"):
        with acting_as(cast.head), pytest.raises(DatabaseError), transaction.atomic():
            Deviation.objects.filter(pk=deviation.pk).update(**{column: "Annat."})
    with pytest.raises(DatabaseError, match="what was answered"), transaction.atomic():
        Deviation.objects.filter(pk=deviation.pk).update(response="Annat.")
    for column in ("happened", "consequence"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE cases_deviation SET {column} = ' ', response = '', responded_at = NULL")


def test_the_database_lets_nobody_else_see_or_answer(story):
    cast, deviation = story.cast, register(story)

    for who in ("worker", "mentor", "coordinator", "other_worker", "other_counsellor"):
        with acting_as(getattr(cast, who)):
            try:
                seen = Deviation.objects.filter(pk=deviation.pk).exists()
            except DatabaseError:
                continue
            assert not seen, who
    with acting_as(cast.principal):
        assert Deviation.objects.filter(pk=deviation.pk).update(response="Vårt svar.") == 0


def test_lists_cost_the_same_for_one_and_eleven(story, enter, assert_constant_queries):
    register(story)
    enter(story.cast.head)

    assert_constant_queries(LIST, lambda: register(story))
    assert_constant_queries(EXPORT, lambda: register(story))
