"""What a holder does: the next step, a manager's answer, handing over, pausing, moving a date, saying no change."""

from __future__ import annotations

import pytest
from django.urls import reverse

from audit.models import AccessRecord
from cases.models import Obligation
from tests.factories.cases import a_case, make_cast

FAR = "2099-01-02"


def address(obligation: Obligation, page: str) -> str:
    return reverse(f"cases:{page}", args=[obligation.pk])


def holder_of(obligation: Obligation):
    return obligation.intervals.get(to_at=None)


def test_the_net_is_fulfilled_by_naming_what_happens_next(cast, enter):
    story = a_case("withdrawn", cast=cast)

    enter(cast.counsellor).post(
        address(story.open("review_stalled"), "set_next_step"),
        {"next_task": "Boka möte.", "next_unit": cast.counsellor.unit_id, "next_on": FAR},
    )

    step = story.open("do_next_step")
    assert (step.task, step.due_on.isoformat(), holder_of(step).unit) == ("Boka möte.", FAR, cast.counsellor.unit)
    assert story.case.obligations.open().count() == 1


def test_a_step_that_is_done_names_the_next_one(cast, enter):
    story = a_case("advice_followed", cast=cast)
    done = story.open("do_next_step")

    enter(cast.counsellor).post(
        address(done, "record_step"),
        {"what": "Kartlagt.", "next_task": "Möte.", "next_unit": cast.worker.unit_id, "next_on": FAR},
    )

    done.refresh_from_db()
    assert done.outcome == "fulfilled"
    assert holder_of(story.open("do_next_step")).unit == cast.worker.unit


def test_the_school_can_close_instead_of_naming_a_next_step(cast, enter):
    story = a_case("advice_followed", cast=cast)

    text = enter(cast.counsellor).get(address(story.open("do_next_step"), "record_step")).text

    assert reverse("cases:close_case", args=[story.case.pk]) in text


def test_a_next_step_is_only_offered_to_units_in_the_case(cast, enter):
    story = a_case("withdrawn", cast=cast)
    page = address(story.open("review_stalled"), "set_next_step")

    units = set(enter(cast.counsellor).get(page).context["form"].fields["next_unit"].queryset)
    refused = enter(cast.counsellor).post(
        page, {"next_task": "Möte.", "next_unit": cast.third_worker.unit_id, "next_on": FAR}
    )

    assert units == {cast.counsellor.unit, cast.worker.unit}
    assert refused.status_code == 422


def test_both_versions_stand_side_by_side_for_both_managers(cast, enter):
    story = a_case("lifted", cast=cast)

    for manager in (cast.area_manager, cast.area_head):
        obligation = Obligation.objects.held_by(manager.unit).get(case=story.case)
        text = enter(manager).get(address(obligation, "answer_lift")).text

        assert "Skolan behöver pröva mer först." in text
        assert "Vi har redan prövat." in text


def test_a_managers_answer_has_a_code_a_reason_and_a_next_step(cast, enter):
    story = a_case("lifted", cast=cast)
    obligation = Obligation.objects.held_by(cast.area_head.unit).get(case=story.case)

    enter(cast.area_head).post(
        address(obligation, "answer_lift"),
        {"answer": "shared", "reason": "Vi delar.", "next_task": "Möte.", "next_unit": cast.worker.unit_id,
         "next_on": FAR},
    )  # fmt: skip

    event = story.case.events.get(kind="lift_answered")
    assert event.text == "shared: Vi delar."
    assert story.case.obligations.open().filter(kind="do_next_step", due_on=FAR).exists()


def test_handing_over_offers_the_people_of_the_unit(cast, enter):
    story = a_case("acknowledged", cast=cast)
    page = address(story.open("answer_request"), "hand_over")
    client = enter(cast.worker)

    people = set(client.get(page).context["form"].fields["person"].queryset)
    client.post(page, {"person": cast.colleague.pk, "reason": "Semester."})

    assert people == {cast.worker, cast.colleague, cast.head}
    assert holder_of(story.open("answer_request")).person == cast.colleague


def test_a_pause_tells_its_limit_and_holds_it(cast, enter):
    story = a_case("acknowledged", cast=cast)
    page, client = address(story.open("answer_request"), "pause"), enter(cast.worker)

    assert story.days(10).isoformat() in client.get(page).text
    refused = client.post(page, {"until": story.days(11).isoformat(), "reason": "Lov."})
    client.post(page, {"until": story.days(10).isoformat(), "reason": "Lov."})

    assert refused.status_code == 422
    assert story.open("answer_request").holds.get(ended_at=None).until == story.days(10)


def test_a_second_pause_is_refused_in_words(cast, enter):
    story = a_case("paused", cast=cast)
    obligation, client = story.open("answer_request"), enter(cast.worker)

    assert client.get(address(obligation, "resume")).status_code == 200
    client.post(address(obligation, "resume"), {"csrfmiddlewaretoken": "-"})
    response = client.post(address(obligation, "pause"), {"until": story.days(3).isoformat(), "reason": "Igen."})

    assert response.status_code == 422
    assert "This clock has rested once already." in response.text
    assert not obligation.holds.filter(ended_at=None).exists()


def test_a_date_moves_twice_and_then_words_say_what_is_left(cast, enter):
    story = a_case("acknowledged", cast=cast)
    page, client = address(story.open("answer_request"), "move_date"), enter(cast.worker)

    answers = [
        client.post(page, {"due_on": story.days(11 + times).isoformat(), "reason": "Sjukdom."}) for times in range(3)
    ]

    assert [answer.status_code for answer in answers] == [302, 302, 422]
    assert "The date has been moved twice." in answers[-1].text


def test_no_change_is_told_to_the_others(cast, enter):
    story = a_case("active", cast=cast)

    enter(cast.worker).post(address(story.open("give_feedback"), "say_no_change"), {"because": "Väntar på BUP."})

    assert story.case.events.get(kind="no_change").text == "Väntar på BUP."


@pytest.mark.parametrize("page", ["hand_over", "pause", "move_date", "say_no_change", "resume"])
def test_only_the_holders_unit_and_those_above_act(cast, enter, page):
    story = a_case("acknowledged", cast=cast)
    held = address(story.open("answer_request"), page)

    for person, answer in (
        (cast.worker, 200), (cast.colleague, 200), (cast.head, 200), (cast.area_head, 200), (cast.counsellor, 403),
        (cast.other_worker, 404), (cast.other_counsellor, 404), (make_cast().head, 404), (cast.mentor, 403),
        (cast.coordinator, 403),
    ):  # fmt: skip
        assert enter(person).get(held).status_code == answer, person.role


def test_an_area_manager_hands_over_without_reading_the_case(cast, enter):
    story = a_case("withdrawn", cast=cast)
    net, client = story.open("review_stalled"), enter(cast.area_manager)

    page = client.get(address(net, "hand_over"))
    response = client.post(address(net, "hand_over"), {"person": cast.principal.pk, "reason": "Ledig."})

    assert page.status_code == 200
    assert "Alva" not in page.text
    assert client.get(address(net, "set_next_step")).status_code == 404
    assert response.url == reverse("cases:stalled_list")
    assert holder_of(story.open("review_stalled")).person == cast.principal


def test_a_page_of_the_wrong_kind_is_not_there(cast, enter):
    story = a_case("acknowledged", cast=cast)
    answer = story.open("answer_request")

    for page in ("set_next_step", "record_step", "answer_lift"):
        assert enter(cast.worker).get(address(answer, page)).status_code == 404


def test_what_a_colleague_has_done_is_shown_with_what_was_typed(cast, enter):
    story = a_case("advice_followed", cast=cast)
    step = story.open("do_next_step")
    typed = {"what": "Min text", "next_task": "Möte.", "next_unit": cast.counsellor.unit_id, "next_on": FAR}
    enter(cast.counsellor).post(address(step, "record_step"), typed)

    response = enter(cast.principal).post(address(step, "record_step"), typed)

    assert response.status_code == 409
    assert "Min text" in response.text


def test_reading_a_step_is_written_down(cast, enter):
    story = a_case("advice_followed", cast=cast)

    enter(cast.counsellor).get(address(story.open("do_next_step"), "record_step"))

    assert AccessRecord.objects.filter(page="cases:record_step", pupils__contains=[story.pupil.pk]).exists()
