"""Somebody with a hat on each side: after a change of hats no page shows anything of the side that was left (T8)."""

from random import Random
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from accounts.roles import Side, UnitKind
from accounts.sessions import MEMBERSHIP_KEY as SESSION_KEY
from attendance.models import Concern
from cases.actions.notes import write_internal_note
from tests.architecture.addresses import all_pages
from tests.factories.accounts import MembershipFactory
from tests.permissions.world import make_world

CANARIES = {Side.SCHOOL: ("canary-concern", "canary-school-note"), Side.SOCIAL: ("canary-team-note",)}
STEPS = 14
NOT_READ = {"accounts:switch", "alive"}
"""The change of hats itself, and what answers without looking at any session."""


@pytest.fixture
def world(db):
    """One case, with something on each side that the other must never see."""
    world = make_world(UnitKind.TEAM)
    Concern.objects.update(text="canary-concern")
    case = world.story("active").case
    for seat, text in (("principal", "canary-school-note"), ("team_worker", "canary-team-note")):
        write_internal_note(case=case, text=text, submission=uuid4(), by=world.near[seat], at=timezone.now())
    return world


@pytest.fixture
def hats(world):
    """The same person as the school's principal and as a worker of the team."""
    school, team = world.near["principal"].unit, world.near["team_worker"].unit
    principal = MembershipFactory(principal=True, unit=school, user__password=make_password(None))
    return {Side.SCHOOL: principal, Side.SOCIAL: MembershipFactory(user=principal.user, team_worker=True, unit=team)}


def addresses(world):
    """Return every page that can be read, those about something with the rows of the world in them."""
    story = world.story("active")
    about = {
        "pupil_id": story.pupil.pk,
        "case_id": story.case.pk,
        "referral_id": story.referral.pk,
        "concern_id": world.concern.pk,
        "signal_id": world.signal.pk,
        "import_id": world.school_import.pk,
        "membership_id": world.near["mentor"].pk,
        "obligation_id": story.case.obligations.first().pk,
    }
    pages = [page for page in all_pages() if "GET" in page.methods and page.name not in NOT_READ]
    # django-allauth's pages make ways of saying who one is.
    return [page.path_with(about) for page in pages if not page.name.startswith(("account_", "mfa_"))]


def seen(browser, pages):
    """Return the canaries on any of the pages."""
    text = "".join(browser.get(page, follow=True).content.decode(errors="replace") for page in pages)
    return {canary for canaries in CANARIES.values() for canary in canaries if canary in text}


def change_hats(browser, membership):
    """Choose the membership; say who one is, as people of the demo do, where that is asked for."""
    answer = browser.post("/switch/", {"membership": membership.pk})
    if answer.url != "/":
        assert answer.url.startswith("/account/confirm/demo/?next=")
        browser.post(answer.url)
        answer = browser.post("/switch/", {"membership": membership.pk})
    assert answer.url == "/"


def test_no_page_shows_anything_of_the_side_that_was_left(world, hats):
    browser, pages = Client(), addresses(world)
    browser.force_login(hats[Side.SCHOOL].user)
    session = browser.session
    session[SESSION_KEY] = str(hats[Side.SCHOOL].pk)
    session.save()

    assert seen(browser, pages) == set(CANARIES[Side.SCHOOL])
    change_hats(browser, hats[Side.SOCIAL])
    assert seen(browser, pages) == set(CANARIES[Side.SOCIAL])
    change_hats(browser, hats[Side.SCHOOL])
    assert seen(browser, pages) == set(CANARIES[Side.SCHOOL])


@pytest.mark.parametrize("seed", range(5))
def test_however_one_changes_hats_one_session_has_one_side(world, hats, seed):
    """Change hats at random in two browsers: old keys are dead, and a session shows its own side only."""
    luck, dead = Random(seed), set()
    pages = [page for page in addresses(world) if "internal" in page or "concerns" in page]
    browsers = [Client(), Client()]
    wears = {}
    for browser in browsers:
        browser.force_login(hats[Side.SCHOOL].user)
        change_hats(browser, hats[Side.SCHOOL])
        wears[browser] = Side(browser.get("/account/").wsgi_request.membership.side)
    for _ in range(STEPS):
        browser, side = luck.choice(browsers), luck.choice([Side.SCHOOL, Side.SOCIAL])
        before = browser.cookies["sessionid"].value
        change_hats(browser, hats[side])
        if side != wears[browser]:
            dead.add(before)
        wears[browser] = side
        for one in browsers:
            assert seen(one, pages) <= set(CANARIES[wears[one]])
            assert one.cookies["sessionid"].value not in dead
    for key in dead:
        stolen = Client()
        stolen.cookies["sessionid"] = key
        assert stolen.get("/account/").status_code == 302
