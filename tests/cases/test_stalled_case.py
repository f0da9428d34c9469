"""One case of the board, several at once, and who waits for whom: metadata only, for both sides' managers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessRecord
from cases.who_waits import pairs_of
from tests.factories.cases import a_case, make_cast

BOARD = reverse("cases:stalled_list")
MANY = reverse("cases:remind_many")
WAITS = reverse("cases:who_waits")
OVERSEERS = ("head", "area_head", "principal", "area_manager", "coordinator")
WORDS = ("Alva", "Krans", "magen", "Kartlägg", "pröva mer", "Vi har redan prövat", "mötet hölls", "Morgonmöte")


def late(cast, state="sent", days=40):
    """Return a story that has stood still for more than a month."""
    return a_case(state, cast=cast, at=timezone.now() - timedelta(days=days))


def page_of(story, **query):
    return reverse("cases:stalled_case", args=[story.case.pk], query=query or None)


def test_the_row_leads_to_its_page_with_every_cause_and_who_holds_what(cast, enter):
    story = late(cast)
    client = enter(cast.head)

    assert page_of(story) in client.get(BOARD).text
    page = client.get(page_of(story))

    assert {cause.code for cause in page.context["place"].row.stalled.causes} == {"S3", "S4"}
    assert "working days late: Acknowledge the request." in page.text
    assert "Nothing has happened for" in page.text
    assert [one.ball.obligation.kind for one in page.context["held"]] == ["acknowledge_request"]


@pytest.mark.parametrize("who", OVERSEERS)
def test_no_words_of_the_case_are_on_its_page(cast, enter, who):
    for state in ("declined", "lifted", "feedback_given", "sent"):
        text = enter(getattr(cast, who)).get(page_of(late(cast, state))).text
        for word in WORDS:
            assert word not in text


def test_it_goes_on_to_the_next_one_among_those_chosen(cast, enter):
    first, other, second = late(cast, days=60), late(cast, "withdrawn", days=50), late(cast, days=40)
    client = enter(cast.head)

    whole = client.get(page_of(first)).context["place"]
    chosen = client.get(page_of(first, cause="S3"))

    assert (whole.total, chosen.context["place"].total) == (3, 2)
    assert chosen.context["place"].before is None
    assert f"{page_of(second)}?cause=S3" in chosen.text
    assert str(other.case.pk) not in chosen.text
    assert client.get(page_of(second, cause="S3")).context["place"].after is None


def test_what_one_may_do_is_offered_and_what_others_do_is_not(cast, enter):
    story = late(cast)
    obligation = story.open("acknowledge_request")

    for who, may in (("head", True), ("area_head", True), ("principal", False), ("coordinator", False)):
        text = enter(getattr(cast, who)).get(page_of(story)).text
        assert (reverse("cases:hand_over", args=[obligation.pk]) in text) is may, who
        assert (reverse("cases:move_date", args=[obligation.pk]) in text) is may, who
        assert (f'href="{reverse("cases:case_detail", args=[story.case.pk])}"' in text) is (who != "coordinator"), who


def test_a_reminder_from_the_page_comes_back_to_it(cast, enter):
    story = late(cast)

    response = enter(cast.principal).post(reverse("cases:remind", args=[story.case.pk]), {"back": "case"}, follow=True)

    assert response.redirect_chain[-1][0] == page_of(story)
    assert "Reminder sent" in response.text


def test_a_case_that_moves_says_so(cast, enter):
    story = a_case("sent", cast=cast)

    page = enter(cast.head).get(page_of(story))

    assert page.context["place"] is None
    assert "does not stand still any more" in page.text


def test_others_do_not_see_it(cast, enter):
    story = late(cast)

    assert enter(make_cast().principal).get(page_of(story)).status_code == 404
    for who in ("worker", "counsellor", "mentor", "analyst"):
        for page in (page_of(story), WAITS):
            assert enter(getattr(cast, who)).get(page).status_code == 403
        assert enter(getattr(cast, who)).post(MANY, {"case": story.case.pk}).status_code == 403


def test_several_are_reminded_at_once_after_a_look_and_each_says_what_came_of_it(cast, enter):
    stories = [late(cast), late(cast, "declined"), late(cast, "withdrawn")]
    client = enter(cast.head)
    client.post(reverse("cases:remind", args=[stories[1].case.pk]))
    chosen = [story.case.pk for story in stories[:2]]

    look = client.post(MANY, {"case": chosen})
    assert stories[0].case.events.filter(kind="reminded").count() == 0
    assert "Remind about 2 cases" in look.text
    done = client.post(MANY, {"case": chosen, "sure": "yes"})

    results = {row.stalled.case.pk: result for row, result in done.context["results"]}
    assert results == {
        chosen[0]: "A reminder is sent.",
        chosen[1]: "Not sent: the last reminder is less than three days old.",
    }
    assert [story.case.events.filter(kind="reminded").count() for story in stories] == [1, 1, 0]


def test_cases_of_others_are_not_reminded_of_by_posting_them(cast, enter):
    strangers = late(make_cast())

    response = enter(cast.head).post(MANY, {"case": [strangers.case.pk, "no-id"], "sure": "yes"}, follow=True)

    assert "Choose at least one case." in response.text
    assert not strangers.case.events.filter(kind="reminded").exists()


def test_who_waits_for_whom_has_every_open_case_once_with_its_days(cast, enter):
    now = timezone.now()
    for days in (3, 4, 10):
        a_case("sent", cast=cast, at=now - timedelta(days=days))
    a_case("declined", cast=cast, at=now - timedelta(days=7))
    a_case("closed", cast=cast)
    school, team = cast.counsellor.unit, cast.worker.unit

    pairs = {(pair.holder, pair.waiting): pair for pair in pairs_of(cast.head, timezone.localdate())}

    assert set(pairs) == {(team, school), (school, team)}
    assert (pairs[team, school].median_days, pairs[team, school].longest) == (4, 10)
    assert [one.days for one in pairs[team, school].cases] == [10, 4, 3]
    assert [one.days for one in pairs[school, team].cases] == [7]


def test_a_pair_leads_to_the_cases_that_one_may_see(cast, enter):
    story, others = late(cast), late(make_cast())

    client = enter(cast.principal)
    page = client.get(WAITS, {"holder": cast.worker.unit.pk, "waiting": cast.counsellor.unit.pk})

    assert [one.state.case for one in page.context["chosen"].cases] == [story.case]
    assert page_of(story) in page.text
    assert others.case.number not in page.text
    assert client.get(WAITS, {"holder": others.cast.worker.unit.pk, "waiting": "x"}).context["chosen"] is None
    assert AccessRecord.objects.filter(page="cases:who_waits", pupils__contains=[story.pupil.pk]).exists()


def test_the_coordinator_reads_numbers_there_and_no_initials(cast, enter):
    story = late(cast, "redirected_twice")
    client = enter(cast.coordinator)

    for page in (
        client.get(WAITS, {"holder": cast.coordinator.unit.pk, "waiting": cast.counsellor.unit.pk}),
        client.get(page_of(story)),
        client.post(MANY, {"case": [story.case.pk]}),
    ):
        assert story.case.number in page.text
        assert "A.K." not in page.text


def test_the_pages_cost_the_same_for_one_case_and_eleven(cast, enter, assert_constant_queries):
    story = late(cast)
    enter(cast.area_head)

    assert_constant_queries(WAITS, lambda: late(cast))
    assert_constant_queries(page_of(story), lambda: late(cast))
