"""What a team offers: its head starts, changes and ends services from a later day; nothing that was is rewritten."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from cases.receivers import offers_of
from socialservices import actions
from socialservices.models import Service
from tests.factories.accounts import MembershipFactory
from tests.factories.cases import a_case
from tests.factories.socialservices import OfficeFactory, ServiceFactory
from wall.identity import acting_as

WHY = "Vi har fått en tjänst till."
DAY = timedelta(days=1)


def typed(service, **changed):
    facts = service.facts() | {"capacity": service.capacity or "", "expected_weeks": service.expected_weeks or ""}
    facts["is_taking_in"] = "on" if service.is_taking_in else ""
    return {**facts, "valid_from": (timezone.localdate() + DAY).isoformat(), "why": WHY, **changed}


def address(service, page="change_service"):
    return reverse(f"cases:{page}", args=[service.pk])


def home(unit):
    return reverse("cases:unit_settings", args=[unit.pk])


def in_force(service, day):
    return Service.objects.current(day).filter(office=service.office, kind=service.kind)


def change(cast, after=1, **facts):
    return actions.set_service(
        office=cast.service.office, kind=cast.service.kind, facts=cast.service.facts() | facts, why=WHY, by=cast.head,
        at=timezone.now(), valid_from=timezone.localdate() + after * DAY,
    )  # fmt: skip


def test_a_change_ends_what_applies_and_begins_the_next_with_who_and_why(cast, enter):
    today, client = timezone.localdate(), enter(cast.head)

    saved = client.post(address(cast.service), typed(cast.service, grade_from="7", capacity="12"), follow=True)

    new = in_force(cast.service, today + DAY).get()
    assert in_force(cast.service, today).get() == cast.service
    assert "Saved. Applies from" in saved.text
    assert (new.grade_from, new.grade_to, new.capacity, new.set_by, new.why) == (7, 9, 12, cast.head, WHY)
    shown = enter(cast.worker).get(home(cast.head.unit)).text
    assert WHY in shown
    assert cast.head.user.full_name in shown
    assert address(cast.service) not in shown


def test_capacity_is_shown_against_those_the_team_works_with_over_every_version(cast, enter):
    a_case("active", cast=cast)
    a_case("sent", cast=cast)
    Service.objects.filter(pk=cast.service.pk).update(valid_to=timezone.localdate() - DAY)
    new = ServiceFactory(office=cast.service.office, capacity=1, valid_from=timezone.localdate())

    assert "1 of 1 taken" in enter(cast.head).get(home(cast.head.unit)).text
    with acting_as(cast.counsellor):
        assert offers_of([new])[0].at_work == 1


def test_a_later_plan_is_replaced_by_one_for_an_earlier_day(cast):
    today = timezone.localdate()
    plan = change(cast, after=10, grade_to=6)
    sooner = change(cast, after=3, grade_to=5)

    plan.refresh_from_db()
    assert plan.valid_to < plan.valid_from
    for day in range(20):
        assert in_force(cast.service, today + day * DAY).get() == (cast.service if day < 3 else sooner)
    assert list(Service.objects.filter(office=cast.service.office).lasting(today)) == [cast.service, sooner]


def test_a_plan_for_a_later_day_follows_on_the_first(cast):
    today = timezone.localdate()
    first, second = change(cast, after=3, grade_to=5), change(cast, after=10, grade_to=6)

    for day in range(20):
        wanted = cast.service if day < 3 else first if day < 10 else second
        assert in_force(cast.service, today + day * DAY).get() == wanted


def test_a_service_ends_with_who_and_why_and_can_begin_again(cast, enter):
    today, client = timezone.localdate(), enter(cast.head)
    sent = {"last_day": today.isoformat(), "why": WHY}

    saved = client.post(address(cast.service, "end_service"), sent, follow=True)

    assert "Saved. The last day is" in saved.text
    cast.service.refresh_from_db()
    assert (cast.service.valid_to, cast.service.ended_by, cast.service.ended_why) == (today, cast.head, WHY)
    assert not in_force(cast.service, today + DAY).exists()
    again = typed(cast.service, kind="sst_plus", valid_from=(today + 2 * DAY).isoformat())
    assert client.post(reverse("cases:start_service", args=[cast.head.unit_id]), again).status_code == 302
    assert Service.objects.current(today + 2 * DAY).get(office=cast.service.office).kind == "sst_plus"


def test_ending_takes_away_what_was_planned(cast):
    today = timezone.localdate()
    plan = change(cast, after=5, grade_to=6)

    actions.end_service(service=cast.service, last_day=today + DAY, why=WHY, by=cast.head, at=timezone.now())

    plan.refresh_from_db()
    assert plan.valid_to < plan.valid_from
    assert not in_force(cast.service, today + 2 * DAY).exists()
    with pytest.raises(actions.NothingToChange):
        actions.end_service(service=plan, last_day=today + 9 * DAY, why=WHY, by=cast.head, at=timezone.now())


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"grade_from": ""}, "Write a number"),
        ({"grade_to": "10"}, "Write at most 9"),
        ({"grade_from": "9", "grade_to": "4"}, "Write the same number or a higher one"),
        ({"absence_from": "50", "absence_to": "20"}, "Write the same number or a higher one"),
        ({"school_forms": []}, "Choose at least one"),
        ({"provider_kinds": ["somebody"]}, "Select a valid choice"),
        ({"capacity": "0"}, "Write a number from 1 and up"),
        ({"offers_sv": ""}, "Write what you offer"),
        ({"why": ""}, "Write in short why"),
        ({"valid_from": timezone.localdate().isoformat()}, "Choose tomorrow or a later day"),
    ],
)
def test_a_wrong_entry_is_refused_at_its_field(cast, enter, changed, words):
    response = enter(cast.head).post(address(cast.service), typed(cast.service, **changed))

    assert response.status_code == 422
    assert words in response.text
    assert Service.objects.filter(office=cast.service.office).count() == 1


def test_what_the_catalogue_says_already_is_no_change(cast, enter):
    response = enter(cast.head).post(address(cast.service), typed(cast.service))

    assert "That is what the catalogue says already." in response.text
    assert Service.objects.filter(office=cast.service.office).count() == 1


def test_days_that_have_passed_stay_as_they_were(cast):
    with pytest.raises(actions.TooEarly):
        change(cast, after=0, grade_to=5)
    with pytest.raises(actions.TooEarly):
        actions.end_service(
            service=cast.service, last_day=timezone.localdate() - DAY, why=WHY, by=cast.head, at=timezone.now()
        )


def test_only_the_head_changes_and_the_intake_takes_everybody_in(cast, enter):
    for stranger in (cast.worker, cast.principal, cast.area_manager):
        assert enter(stranger).get(address(cast.service)).status_code == (404 if stranger.role == "unit_head" else 403)
    assert enter(cast.head).get(address(cast.other_service)).status_code == 404
    for somebody in (cast.worker, cast.principal, cast.area_manager, cast.other_worker):
        with pytest.raises(actions.NotAllowed):
            actions.end_service(
                service=cast.service, last_day=timezone.localdate(), why=WHY, by=somebody, at=timezone.now()
            )
    intake = ServiceFactory(office=OfficeFactory(intake=True), kind=Service.Kind.INTAKE)
    head = MembershipFactory(team_head=True, unit=intake.office.unit)
    assert enter(head).get(address(intake)).status_code == 403
    with pytest.raises(actions.NotAllowed):
        actions.end_service(service=intake, last_day=timezone.localdate(), why=WHY, by=head, at=timezone.now())


def test_the_database_lets_nobody_write_another_s_catalogue_or_what_has_been(cast):
    today = timezone.localdate()
    row = {name: getattr(cast.service, name) for name in ("office", "grade_from", "grade_to", "offers_sv", "offers_en")}
    row |= {"kind": "sst_plus", "set_at": timezone.now(), "why": WHY}
    for somebody in (cast.worker, cast.other_worker, cast.head):
        with acting_as(somebody), pytest.raises(DatabaseError), transaction.atomic():
            Service.objects.create(**row, set_by=somebody, valid_from=today)
        with acting_as(somebody), pytest.raises(DatabaseError), transaction.atomic():
            Service.objects.create(
                **row | {"office": cast.other_service.office}, set_by=somebody, valid_from=today + DAY
            )
    with acting_as(cast.principal), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Service.objects.filter(pk=cast.service.pk).update(valid_to=today)
    with acting_as(cast.head):
        with pytest.raises(DatabaseError), transaction.atomic():
            Service.objects.filter(pk=cast.service.pk).update(valid_to=today - DAY)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Service.objects.filter(pk=cast.service.pk).update(capacity=1)
        assert not Service.objects.filter(pk=cast.other_service.pk).update(valid_to=today)
        assert Service.objects.create(**row, set_by=cast.head, valid_from=today + DAY).pk


def test_an_entry_without_why_is_refused_by_the_database(cast):
    with pytest.raises(DatabaseError, match="service_is_set_by_somebody_who_says_why"), transaction.atomic():
        ServiceFactory(office=cast.service.office, kind="sst_plus", set_by=cast.head, set_at=timezone.now())
    with pytest.raises(DatabaseError, match="service_is_ended_by_somebody_who_says_why"), transaction.atomic():
        Service.objects.filter(pk=cast.service.pk).update(ended_why=WHY)
