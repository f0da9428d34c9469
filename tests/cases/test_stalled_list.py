"""The board: why a case stands still, since when, who can act, one button, and no content."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessRecord
from tests.factories.cases import a_case, make_cast

BOARD = reverse("cases:stalled_list")
HTMX = {"HX-Request": "true"}


def late(cast, state="sent"):
    """Return a story that has stood still for more than a month."""
    return a_case(state, cast=cast, at=timezone.now() - timedelta(days=40))


def row_for(client, story):
    return next(row for row in client.get(BOARD).context["board"].rows if row.stalled.case == story.case)


def test_a_row_says_why_since_when_and_who_can_act(cast, enter):
    story = late(cast)

    page = enter(cast.head).get(BOARD)

    row = page.context["board"].rows[0]
    assert (row.stalled.case, row.unit) == (story.case, cast.worker.unit)
    assert "working days late: Acknowledge the request." in page.text
    assert "1 with social services · 0 with the schools" in page.text


def test_no_texts_of_the_case_are_on_the_board(cast, enter):
    late(cast, "declined")
    late(cast, "lifted")
    late(cast, "feedback_given")

    for manager in (cast.head, cast.principal, cast.area_manager, cast.coordinator):
        text = enter(manager).get(BOARD).text
        for hidden in ("Alva", "Krans", "magen", "Kartlägg", "pröva mer", "Vi har redan prövat", "mötet hölls"):
            assert hidden not in text


def test_both_sides_managers_see_the_same_rows(cast, enter):
    stories = {late(cast).case, late(cast, "declined").case}

    for manager in (cast.head, cast.area_head, cast.principal, cast.area_manager):
        assert {row.stalled.case for row in enter(manager).get(BOARD).context["board"].rows} == stories


def test_the_coordinator_sees_numbers_and_no_initials(cast, enter):
    story = late(cast, "redirected_twice")

    text = enter(cast.coordinator).get(BOARD).text

    assert story.case.number in text
    assert "A.K." not in text


def test_ones_own_side_comes_first(cast, enter):
    late(cast, "withdrawn")
    late(cast)

    assert [row.side for row in enter(cast.head).get(BOARD).context["board"].rows] == ["social", "school"]
    assert [row.side for row in enter(cast.principal).get(BOARD).context["board"].rows] == ["school", "social"]


def test_a_cause_can_be_chosen(cast, enter):
    late(cast)
    net = late(cast, "withdrawn")

    board = enter(cast.head).get(BOARD, {"cause": "S1"}).context["board"]

    assert [row.stalled.case for row in board.shown] == [net.case]
    assert {code for code, _words, _count in board.causes} == {"S1", "S3"}


@pytest.mark.parametrize(
    ("state", "who", "remedy"),
    [
        ("sent", "head", "remind"),
        ("withdrawn", "principal", "set_next_step"),
        ("withdrawn", "head", "remind"),
        ("redirected_twice", "coordinator", "place_request"),
        ("redirected_twice", "area_head", "lift_case"),
        ("declined", "principal", "lift_case"),
    ],
)
def test_the_button_fits_the_cause_and_the_reader(cast, enter, state, who, remedy):
    story = late(cast, state)

    row = row_for(enter(getattr(cast, who)), story)

    assert row.remedy == remedy
    assert row.url == reverse(
        f"cases:{remedy}",
        args=[row.stalled.ball.obligation.pk if remedy in {"set_next_step", "place_request"} else story.case.pk],
    )


def test_one_row_and_eleven_cost_the_same(cast, enter, assert_constant_queries):
    enter(cast.area_head)

    assert_constant_queries(BOARD, lambda: late(cast))


def test_reading_the_board_is_written_down(cast, enter):
    story = late(cast, "redirected_twice")

    enter(cast.coordinator).get(BOARD)

    assert AccessRecord.objects.filter(page="cases:stalled_list", pupils__contains=[story.pupil.pk]).exists()


def test_others_do_not_see_the_board(cast, enter, client):
    late(cast)

    for person in (cast.worker, cast.counsellor, cast.mentor, cast.analyst):
        assert enter(person).get(BOARD).status_code == 403
    assert enter(make_cast().principal).get(BOARD).context["board"].rows == []
    client.logout()
    assert client.get(BOARD).url.startswith(reverse("account_login"))


def test_a_reminder_is_one_click_and_the_row_says_so(cast, enter):
    story = late(cast)
    address = reverse("cases:remind", args=[story.case.pk])

    part = enter(cast.principal).post(address, headers=HTMX)

    assert "Reminder sent" in part.text
    assert f'<tr id="case-{story.case.pk}">' in part.text
    assert "Reminder sent" in enter(cast.head).get(BOARD).text


def test_without_javascript_the_board_comes_back_with_a_message(cast, enter):
    story = late(cast)

    response = enter(cast.head).post(reverse("cases:remind", args=[story.case.pk]), follow=True)

    assert response.redirect_chain[-1][0] == BOARD
    assert "A reminder is sent" in response.text


def test_a_reminder_too_soon_is_refused_in_words(cast, enter):
    story = late(cast)
    client, address = enter(cast.head), reverse("cases:remind", args=[story.case.pk])
    client.post(address)

    assert "less than three days ago" in client.post(address, follow=True).text
    assert story.case.events.filter(kind="reminded").count() == 1


def test_lifting_puts_it_on_both_managers(cast, enter):
    story = late(cast, "redirected_twice")
    client, address = enter(cast.coordinator), reverse("cases:lift_case", args=[story.case.pk])

    page = client.get(address)
    response = client.post(address, {"disagreement": "Vem tar ansvaret?"}, follow=True)

    assert cast.area_manager.unit.name in page.text
    assert "A.K." not in page.text
    assert story.case.obligations.open().filter(kind="answer_objection").count() == 2
    assert "Lifted." in response.text


def test_lifting_says_what_is_missing_and_is_not_done_twice(cast, enter):
    story = late(cast, "redirected_twice")
    client, address = enter(cast.area_head), reverse("cases:lift_case", args=[story.case.pk])

    assert client.post(address, {"disagreement": ""}).status_code == 422
    client.post(address, {"disagreement": "Vem?"})
    assert "lifted already" in client.post(address, {"disagreement": "Vem?"}, follow=True).text


@pytest.mark.parametrize("page", ["remind", "lift_case"])
def test_moving_a_case_is_for_those_who_oversee_it(cast, enter, page):
    story = late(cast)
    address = reverse(f"cases:{page}", args=[story.case.pk])

    assert enter(make_cast().principal).post(address).status_code == 404
    assert enter(cast.worker).post(address).status_code == 403
    assert enter(cast.analyst).post(address).status_code == 403
