"""The page Retention: numbers without names, proposed by one and approved by another."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from records.models import RetentionRun
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import AttendanceDayFactory

PAGE = reverse("records:retention")


@pytest.fixture
def second(cast):
    return MembershipFactory(system_admin=True, unit=cast.system_admin.unit)


@pytest.fixture
def long_gone(people, known):
    """Something old enough today: the absence of a school year long gone."""
    AttendanceDayFactory(pupil=known.pupil, day=date(2020, 11, 25))
    return known


def test_page_tells_numbers_and_no_names(client, cast, sign_in, long_gone):
    page = sign_in(client, cast.system_admin).get(PAGE).content.decode()

    assert "Absence, day by day and lesson by lesson" in page
    assert "until the child is 30" in page
    assert long_gone.canary not in page
    assert str(long_gone.pupil.pk) not in page


def test_one_proposes_and_another_approves(client, cast, sign_in, second, long_gone):
    sign_in(client, cast.system_admin).post(reverse("records:propose_retention"))
    run = RetentionRun.objects.get()
    assert run.counts == {"absence": 1}

    page = client.get(PAGE).content.decode()
    assert "Somebody else has to approve" in page
    page = client.post(reverse("records:approve_retention", args=[run.pk]), follow=True).content.decode()
    assert "You proposed this yourself" in page
    run.refresh_from_db()
    assert run.status == "proposed"

    page = sign_in(client, second).post(reverse("records:approve_retention", args=[run.pk]), follow=True)
    run.refresh_from_db()
    assert run.status == "approved"
    assert "It is carried out tonight" in page.content.decode()
    assert run.subjects["absence"] == [f"absence_year:{long_gone.pupil.pk}|2020"] or run.subjects["absence"]


def test_proposal_is_cancelled_and_nothing_is_said_when_nothing_is_due(client, cast, sign_in, long_gone):
    sign_in(client, cast.system_admin).post(reverse("records:propose_retention"))
    run = RetentionRun.objects.get()

    page = client.post(reverse("records:propose_retention"), follow=True).content.decode()
    assert "Somebody was faster" in page
    client.post(reverse("records:cancel_retention", args=[run.pk]))
    run.refresh_from_db()
    assert (run.status, run.subjects) == ("cancelled", {})

    long_gone.pupil.attendance_days.all().delete()
    page = client.post(reverse("records:propose_retention"), follow=True).content.decode()
    assert "Nothing may be erased today" in page
    assert RetentionRun.objects.count() == 1


@pytest.mark.parametrize("who", ["principal", "team_head", "coordinator", "log_auditor"])
def test_nobody_else_enters(client, cast, sign_in, who):
    assert sign_in(client, getattr(cast, who)).get(PAGE).status_code == 403
