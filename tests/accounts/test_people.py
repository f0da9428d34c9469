"""The people page: who sees whom, ending a role, being away."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.models import Membership
from audit.models import AuditEvent
from tests.factories.accounts import MembershipFactory

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PEOPLE = "/people/"


def names(response):
    return {membership.user.full_name for membership in response.context["page"]}


def test_principal_sees_own_school_only(client, cast, sign_in):
    shown = names(sign_in(client, cast.principal).get(PEOPLE))

    assert shown == {one.user.full_name for one in (cast.mentor, cast.counsellor, cast.principal, cast.school_admin)}


def test_head_of_a_district_sees_the_teams_below(client, cast, sign_in):
    head = MembershipFactory(team_head=True, unit=cast.team_worker.unit.parent)

    shown = names(sign_in(client, head).get(PEOPLE))

    assert {cast.team_worker.user.full_name, cast.other_team_worker.user.full_name} <= shown
    assert cast.counsellor.user.full_name not in shown


def test_system_administrator_sees_everybody(client, cast, sign_in):
    assert len(names(sign_in(client, cast.system_admin).get(PEOPLE))) == Membership.objects.count()


def test_page_costs_the_same_for_many(client, cast, sign_in, assert_constant_queries):
    sign_in(client, cast.principal)
    unit = cast.principal.unit
    away = {"away_from": AT.date(), "away_to": AT.date(), "stand_in": cast.counsellor}

    assert_constant_queries(PEOPLE, lambda: MembershipFactory(mentor=True, unit=unit, **away))


def test_ended_people_are_listed_apart(client, cast, sign_in):
    sign_in(client, cast.principal)
    Membership.objects.filter(pk=cast.mentor.pk).update(valid_to=date(2026, 1, 1))

    assert cast.mentor.user.full_name not in names(client.get(PEOPLE))
    assert names(client.get(PEOPLE + "?show=ended")) == {cast.mentor.user.full_name}


def test_ending_a_role_shuts_the_person_out_the_day_after(client, cast, sign_in):
    today = timezone.localdate()
    sign_in(client, cast.principal)
    url = reverse("accounts:end_membership", args=[cast.mentor.pk])

    assert client.post(url, {"last_day": (today - timedelta(days=1)).isoformat()}).status_code == 302

    response = sign_in(client, cast.mentor).get("/account/")
    assert response.wsgi_request.membership is None
    assert AuditEvent.objects.filter(action="membership_ended", target_id=str(cast.mentor.pk)).exists()


def test_last_day_long_past_is_refused(client, cast, sign_in):
    sign_in(client, cast.principal)

    response = client.post(reverse("accounts:end_membership", args=[cast.mentor.pk]), {"last_day": "2026-01-01"})

    assert response.status_code == 422


def test_last_day_before_the_first_is_refused_by_action_and_database(cast):
    with pytest.raises(actions.DayNotPossible):
        actions.end_membership(membership=cast.mentor, last_day=date(2019, 12, 31), by=cast.principal, at=AT)
    too_late = cast.mentor.valid_to + timedelta(days=1)
    with pytest.raises(actions.DayNotPossible):
        actions.end_membership(membership=cast.mentor, last_day=too_late, by=cast.principal, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=cast.mentor.pk).update(valid_to=date(2019, 12, 31), renewed_on=None)


@pytest.mark.parametrize("page", ["end_membership", "set_away"])
def test_own_membership_is_never_ones_own_to_change(client, cast, sign_in, page):
    sign_in(client, cast.principal)
    own = reverse(f"accounts:{page}", args=[cast.principal.pk])
    elsewhere = reverse(f"accounts:{page}", args=[cast.other_counsellor.pk])

    assert client.get(own).status_code == 403
    assert client.get(elsewhere).status_code == 404
    with pytest.raises(actions.NotAllowed):
        actions.end_membership(membership=cast.principal, last_day=date(2026, 12, 1), by=cast.principal, at=AT)


def test_away_with_a_stand_in_and_back_again(client, cast, sign_in):
    sign_in(client, cast.principal)
    days = {"away_from": "2026-12-01", "away_to": "2026-12-12", "stand_in": cast.counsellor.pk}

    client.post(reverse("accounts:set_away", args=[cast.mentor.pk]), days)

    cast.mentor.refresh_from_db()
    assert cast.mentor.stand_in == cast.counsellor
    assert cast.mentor.is_away(date(2026, 12, 12))
    assert not cast.mentor.is_away(date(2026, 12, 13))
    assert f"Stand-in: {cast.counsellor.user.full_name}" in client.get(PEOPLE).content.decode()

    client.post(reverse("accounts:back_again", args=[cast.mentor.pk]))

    cast.mentor.refresh_from_db()
    assert cast.mentor.away_from is None
    assert [event.action for event in AuditEvent.objects.filter(target_id=str(cast.mentor.pk))] == [
        "away_set",
        "back_again",
    ]


def test_stand_in_comes_from_the_same_unit(cast):
    for stand_in in (cast.other_counsellor, cast.mentor):
        with pytest.raises(actions.NotAColleague):
            actions.set_away(
                membership=cast.mentor,
                away_from=date(2026, 12, 1),
                away_to=date(2026, 12, 2),
                stand_in=stand_in,
                by=cast.principal,
                at=AT,
            )
