from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessRecord
from cases.views import todo
from tests.factories.accounts import MembershipFactory
from tests.factories.cases import a_case


def test_anonymous_is_sent_to_sign_in(client, db):
    response = client.get("/")

    assert response.status_code == 302
    assert reverse("account_login") in response.url


def test_school_sees_what_it_must_do_and_the_team_what_it_must_do(cast, enter):
    a_case("asked", cast=cast)

    school = enter(cast.counsellor).get("/").text
    assert "Answer the question" in school
    assert "A.K." in school
    assert "Alva" not in school

    team = enter(cast.worker).get("/").text
    assert "Paused until" in team


def test_another_school_sees_nothing_of_it(cast, enter):
    a_case("asked", cast=cast)

    page = enter(cast.other_counsellor).get("/").text

    assert "Answer the question" not in page
    assert "Nothing waits for you." in page


def test_what_others_hold_is_folded_with_the_longest_wait(cast, enter):
    a_case("sent", cast=cast)

    page = enter(cast.counsellor).get("/").text

    assert "Waiting for others (1)" in page
    assert cast.worker.unit.short_name in page


def test_late_things_come_first_and_are_counted(cast, enter):
    a_case("declined", cast=cast, at=timezone.now() - timedelta(days=30))

    page = enter(cast.counsellor).get("/").text

    assert "group-late" in page
    assert "are late." in page


def test_feedback_can_be_acknowledged_in_its_row(cast, enter):
    story = a_case("feedback_given", cast=cast)

    page = enter(cast.counsellor).get("/").text

    assert reverse("cases:acknowledge_feedback", args=[story.feedback.pk]) in page
    assert "Första mötet hölls." in page


def test_a_mentor_cannot_acknowledge_feedback(cast, enter):
    a_case("feedback_given", cast=cast)

    page = enter(cast.mentor).get("/").text

    assert "Första mötet hölls." not in page


@pytest.mark.parametrize("role", ["mentor", "student_health", "principal"])
def test_school_roles_have_log_a_concern_at_hand(role, enter, db):
    page = enter(MembershipFactory(**{role: True})).get("/").text

    assert "sticky-action" in page


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("coordinator", "cases:stalled_list"),
        ("analyst", "followup:report"),
        ("school_admin", "integrations:import_list"),
        ("system_admin", "accounts:people"),
    ],
)
def test_those_without_a_list_begin_elsewhere(role, name, enter, db):
    response = enter(MembershipFactory(**{role: True})).get("/")

    assert response.status_code == 302
    assert response.url == reverse(name)


def test_a_log_auditor_begins_with_the_readings_to_review(enter, db):
    assert enter(MembershipFactory(log_auditor=True)).get("/").url == reverse("oversight:workspace")


def test_without_a_membership_one_is_told_whom_to_ask(client, db):
    gone = MembershipFactory(valid_to=date(2021, 1, 1))
    client.force_login(gone.user)

    assert client.get("/").url == reverse("accounts:no_membership")


def test_reading_the_page_is_noted(cast, enter):
    story = a_case("asked", cast=cast)

    enter(cast.counsellor).get("/")

    assert AccessRecord.objects.filter(page="cases:todo", pupils__contains=[story.pupil.pk]).exists()


def test_many_rows_are_shown_on_demand(cast, enter, monkeypatch):
    monkeypatch.setattr(todo, "MOST_ROWS", 3)
    for _ in range(2):
        a_case("declined", cast=cast)
    client = enter(cast.counsellor)

    short, whole = client.get("/").text, client.get("/?all=1").text

    assert short.count('class="todo-action"') == 3
    assert "Show 1 more" in short
    assert whole.count('class="todo-action"') == 4


def test_the_page_costs_the_same_whatever_waits(cast, enter, assert_constant_queries):
    enter(cast.counsellor)

    assert_constant_queries("/", lambda: a_case("feedback_given", cast=cast))
