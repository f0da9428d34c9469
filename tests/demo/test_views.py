"""The door to the demo."""

from __future__ import annotations

import importlib
from datetime import time

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import config.urls
from accounts.models import User
from audit.models import AuditEvent
from demo.city import SMALL_CITY
from demo.people import DEMO_PEOPLE
from demo.staff import RENEWED_WORKING_DAYS, recruit
from demo.story_days import StoryDays

CHOOSE = "/demo/"


@pytest.fixture(scope="module")
def people(registers):
    """Let the people of one school and its district be there, and nothing else."""
    with transaction.atomic():
        days = StoryDays(timezone.localdate())
        recruiter = recruit(days, SMALL_CITY)
        recruiter.renew(days.at(-RENEWED_WORKING_DAYS, time(9)))
        yield recruiter.staff.people
        transaction.set_rollback(True)


@pytest.fixture
def visitor(people):
    """Return a browser; what it does is undone after the test."""
    with transaction.atomic():
        yield Client()
        transaction.set_rollback(True)


def test_everybody_may_choose_and_sees_one_button_for_each_person(visitor):
    page = visitor.get(CHOOSE)

    assert page.status_code == 200
    for key in DEMO_PEOPLE:
        assert f'data-person="{key}"'.encode() in page.content


def test_a_visitor_walks_in_without_a_password(visitor, people):
    answer = visitor.post("/demo/counsellor/enter/")

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert visitor.session["membership"] == str(people["counsellor"].pk)
    assert visitor.session["_auth_user_id"] == str(people["counsellor"].user_id)


def test_walking_in_is_written_down(visitor, people):
    visitor.post("/demo/counsellor/enter/")

    event = AuditEvent.objects.filter(action="membership_chosen").latest("pk")
    assert event.membership_id == people["counsellor"].pk


def test_changing_person_begins_a_new_session(visitor, people):
    visitor.post("/demo/counsellor/enter/")
    session = visitor.session
    session["secret"] = "the counsellor's"
    session.save()
    before = visitor.session.session_key

    visitor.post("/demo/team_worker/enter/")

    assert visitor.session.session_key != before
    assert "secret" not in visitor.session
    assert visitor.session["membership"] == str(people["team_worker"].pk)


def test_the_page_says_who_the_visitor_is_now(visitor):
    visitor.post("/demo/counsellor/enter/")

    page = visitor.get(CHOOSE)

    assert b'data-person="counsellor"' not in page.content
    assert b'data-person="principal"' in page.content


def test_the_visitors_language_goes_along(visitor, people):
    visitor.cookies["django_language"] = "sv"

    visitor.post("/demo/counsellor/enter/")

    assert User.objects.get(pk=people["counsellor"].user_id).language == "sv"


def test_a_link_does_not_sign_anybody_in(visitor):
    answer = visitor.get("/demo/counsellor/enter/")

    assert answer.status_code == 405
    assert "_auth_user_id" not in visitor.session


def test_another_site_cannot_sign_a_visitor_in(visitor):
    strict = Client(enforce_csrf_checks=True)

    assert strict.post("/demo/counsellor/enter/").status_code == 403


@pytest.mark.parametrize("key", ["nobody", "second_system_admin"])
def test_only_the_people_on_the_page_can_be_chosen(key, visitor):
    assert visitor.post(f"/demo/{key}/enter/").status_code == 404


def test_nothing_can_be_chosen_where_the_demo_is_off(visitor, settings):
    settings.DEMO = False

    assert visitor.get(CHOOSE).status_code == 404
    assert visitor.post("/demo/counsellor/enter/").status_code == 404
    assert "_auth_user_id" not in visitor.session


def test_the_addresses_are_not_there_where_the_demo_is_off(settings):
    settings.DEMO = False
    try:
        mounted = [str(route.pattern) for route in importlib.reload(config.urls).urlpatterns]
    finally:
        settings.DEMO = True
        importlib.reload(config.urls)

    assert "imports/" in mounted
    assert "demo/" not in mounted


def test_the_door_is_at_its_address():
    assert reverse("demo:choose") == CHOOSE


@pytest.mark.django_db
def test_a_city_without_people_says_how_to_load_it(client):
    assert b"load_demo" in client.get(CHOOSE).content
