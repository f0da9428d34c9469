"""A unit's own times: from a later day, never past the law, and what has begun keeps the date it got."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from cases.actions import settings
from cases.ledger import NotAllowed
from cases.models import ConcernReport, UnitTime
from cases.obligations import KINDS
from cases.report_pages import rows_of
from cases.unit_times import days_of, due_on, kinds_of
from deadlines.working_days import add_working_days
from tests.factories.accounts import MembershipFactory, UnitFactory
from tests.factories.cases import a_case
from tests.factories.reports import a_report, note
from tests.factories.socialservices import OfficeFactory
from wall.identity import acting_as

WHY = "Vi hinner inte mer i vinter."
DAY = timedelta(days=1)


def address(unit, page="set_time"):
    return reverse(f"cases:{page}", args=[unit.pk])


def tomorrow():
    return timezone.localdate() + DAY


def typed(**changed):
    return {"kind": "answer_request", "days": "5", "valid_from": tomorrow().isoformat(), "why": WHY, **changed}


def set_time(cast, days=5, *, kind="answer_request", ago=0, after=1, by=None, unit=None):
    """The head sets a time, `ago` days ago, to apply `after` days after that."""
    at = timezone.now() - timedelta(days=ago)
    return settings.set_time(
        unit=unit or cast.worker.unit, kind=kind, days=days, why=WHY, at=at, by=by or cast.head,
        valid_from=timezone.localdate(at) + timedelta(days=after),
    )  # fmt: skip


def test_the_head_sets_a_time_and_everybody_in_the_unit_reads_who_when_and_why(cast, enter):
    saved = enter(cast.head).post(address(cast.head.unit), typed(), follow=True)

    settled = UnitTime.objects.get()
    assert "Saved. Applies from" in saved.text
    assert (settled.unit, settled.kind, settled.days) == (cast.head.unit, "answer_request", 5)
    assert (settled.valid_from, settled.changed_by, settled.why) == (tomorrow(), cast.head, WHY)
    assert AuditEvent.objects.filter(action="unit_time_set", target_id=str(settled.pk)).exists()
    shown = enter(cast.worker).get(address(cast.head.unit, "unit_settings"))
    assert "5 working days from" in shown.text
    assert WHY in shown.text
    assert cast.head.user.full_name in shown.text
    assert address(cast.head.unit) not in shown.text


def test_what_starts_from_that_day_on_gets_the_new_date_and_what_had_started_keeps_its_own(cast):
    before = a_case("acknowledged", cast=cast, at=timezone.now() - 3 * DAY)
    kept = before.open("answer_request").due_on
    set_time(cast, 5, ago=2)

    after = a_case("acknowledged", cast=cast)

    assert after.open("answer_request").due_on == add_working_days(after.today, 5)
    assert (
        before.open("answer_request").due_on == kept == add_working_days(before.open("answer_request").started_on, 10)
    )


def test_a_time_for_a_later_day_does_not_count_before_it(cast):
    set_time(cast, 5, after=2)
    today, unit = timezone.localdate(), cast.worker.unit

    assert [days_of("answer_request", unit, today + day * DAY) for day in (0, 1, 2, 300)] == [None, None, 5, 5]
    assert due_on("answer_request", unit, today) == add_working_days(today, 10)


def test_the_latest_day_that_has_come_wins_and_of_two_for_one_day_the_one_written_last(cast):
    unit, today = cast.worker.unit, timezone.localdate()
    set_time(cast, 5, ago=9, after=8)
    set_time(cast, 7, ago=7, after=1)
    set_time(cast, 8, ago=3, after=2)
    set_time(cast, 6, ago=2, after=1)

    assert [days_of("answer_request", unit, today - day * DAY) for day in (7, 6, 2, 1, 0)] == [None, 7, 7, 6, 6]


def test_a_time_of_one_unit_is_not_that_of_another(cast):
    set_time(cast, 5, ago=2)

    assert days_of("answer_request", cast.other_worker.unit, timezone.localdate()) is None


def test_a_school_gives_the_team_what_the_team_has_set_without_reading_why(cast):
    set_time(cast, 1, kind="acknowledge_request", ago=2)
    with acting_as(cast.counsellor):
        assert days_of("acknowledge_request", cast.worker.unit, timezone.localdate()) == 1
        assert not UnitTime.objects.exists()

    story = a_case("sent", cast=cast)

    assert story.open("acknowledge_request").due_on == add_working_days(story.today, 1)


def test_forms_propose_the_time_of_the_unit_that_will_have_to_keep_it(cast, enter):
    set_time(cast, 3, kind="first_contact", ago=2)
    set_time(cast, 2, kind="answer_question", ago=2, by=cast.principal, unit=cast.principal.unit)
    story = a_case("acknowledged", cast=cast)
    client = enter(cast.worker)

    accept = client.get(reverse("cases:assess_request", args=[story.referral.pk])).context["form"]
    ask = client.get(reverse("cases:ask_question", args=[story.referral.pk])).context["form"]

    assert accept.initial["first_contact_by"] == add_working_days(story.today, 3)
    assert ask.initial["due_on"] == add_working_days(story.today, 2)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"days": ""}, "Write how many"),
        ({"days": "två"}, "Write a whole number"),
        ({"days": "0"}, "Write a number from 1 and up"),
        ({"days": "21"}, "At most 20 working days: twice what is agreed."),
        ({"kind": ""}, "Choose for what"),
        ({"kind": "answer_objection"}, "Select a valid choice."),
        ({"kind": "decide_open_or_not"}, "Select a valid choice."),
        ({"valid_from": ""}, "Write from which day"),
        ({"valid_from": "2020-01-01"}, "Choose today or a later day."),
        ({"why": " "}, "Write in short why"),
    ],
)
def test_a_wrong_time_is_refused_at_its_field_and_nothing_typed_is_lost(cast, enter, changed, words):
    response = enter(cast.head).post(address(cast.head.unit), typed(**changed))

    assert response.status_code == 422
    assert words in response.text
    assert "why" in changed or WHY in response.text
    assert not UnitTime.objects.exists()


def test_today_is_too_early_also_past_the_form(cast, enter):
    today = timezone.localdate()
    response = enter(cast.head).post(address(cast.head.unit), typed(valid_from=today.isoformat()))

    assert "Choose tomorrow or a later day" in response.text
    with pytest.raises(settings.TooEarly):
        set_time(cast, after=0)


def test_what_applies_already_is_no_change(cast, enter):
    response = enter(cast.head).post(address(cast.head.unit), typed(days="10"))

    assert response.status_code == 422
    assert "That already applies on that day." in response.text
    set_time(cast, 5)
    with pytest.raises(settings.NothingToChange):
        set_time(cast, 5, after=3)
    assert set_time(cast, 10, after=3).days == 10


def test_the_law_s_times_can_be_shortened_and_never_made_longer(db):
    office = OfficeFactory(intake=True).unit
    head = MembershipFactory(team_head=True, unit=office)
    given = {"unit": office, "kind": "decide_open_or_not", "why": WHY, "by": head, "at": timezone.now()}

    assert settings.set_time(days=10, valid_from=tomorrow(), **given).days == 10
    with pytest.raises(settings.OutOfRange):
        settings.set_time(days=15, valid_from=tomorrow(), **given)


def test_the_form_says_which_law_gives_the_time(db, enter):
    office = OfficeFactory(intake=True).unit
    head = MembershipFactory(team_head=True, unit=office)

    response = enter(head).post(address(office), typed(kind="inform_reporter", days="8"))

    assert "The law gives 7 days (SoL 19:6). It can only be made shorter." in response.text


@pytest.mark.parametrize("kind", KINDS)
def test_the_database_knows_the_longest_time_of_every_kind(cast, kind):
    now, longest = timezone.now(), KINDS[kind].longest

    def add(days):
        with transaction.atomic():
            UnitTime.objects.create(
                unit=cast.worker.unit, kind=kind, days=days, why=WHY, changed_by=cast.head, changed_at=now,
                valid_from=timezone.localdate(now) + DAY,
            )  # fmt: skip

    if longest:
        add(longest)
    with pytest.raises(DatabaseError, match=f"{longest} at most"):
        add(longest + 1)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"days": 0}, "unit_time_is_a_day_at_least"),
        ({"why": " "}, "unit_time_says_why"),
        ({"kind": "nothing"}, "0 at most"),
        ({"valid_from": 0}, "applies from the next day at the earliest"),
    ],
)
def test_the_database_refuses_what_the_action_would(cast, changed, says):
    now = timezone.now()
    row = {"kind": "answer_request", "days": 5, "why": WHY, "valid_from": 1, **changed}
    row["valid_from"] = timezone.localdate(now) + row["valid_from"] * DAY

    with pytest.raises(DatabaseError, match=says), transaction.atomic():
        UnitTime.objects.create(unit=cast.worker.unit, changed_by=cast.head, changed_at=now, **row)


@pytest.mark.parametrize("statement", ["UPDATE cases_unittime SET days = 1", "DELETE FROM cases_unittime"])
def test_what_was_set_is_never_changed_or_removed(cast, statement):
    set_time(cast)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_nobody_but_the_unit_s_head_sets_a_time(cast, enter):
    assert enter(cast.worker).get(address(cast.worker.unit)).status_code == 403
    assert enter(cast.area_manager).get(address(cast.counsellor.unit)).status_code == 404
    assert enter(cast.head).get(address(cast.other_worker.unit)).status_code == 404
    assert enter(cast.principal).post(address(cast.worker.unit), typed()).status_code == 404
    for stranger in (cast.worker, cast.principal, cast.other_worker, cast.area_manager, cast.coordinator):
        with pytest.raises(NotAllowed):
            set_time(cast, by=stranger)


def test_the_head_of_the_area_settles_for_the_units_below_and_chooses_among_them(cast, enter):
    client = enter(cast.area_head)

    home = client.get(reverse("cases:settings_home"), follow=True)

    assert {cast.worker.unit, cast.other_worker.unit, cast.third_worker.unit} == {
        home.context["unit"], *home.context["others"],
    }  # fmt: skip
    assert client.post(address(cast.worker.unit), typed()).status_code == 302
    assert UnitTime.objects.get().changed_by == cast.area_head


def test_the_database_lets_no_worker_and_no_other_head_set_or_read_a_time(cast):
    set_time(cast)
    row = {
        "unit": cast.worker.unit, "kind": "answer_request", "days": 4, "why": WHY, "changed_at": timezone.now(),
        "valid_from": tomorrow(),
    }  # fmt: skip

    for somebody in (cast.worker, cast.other_worker, cast.principal, cast.counsellor):
        with acting_as(somebody), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            UnitTime.objects.create(**row, changed_by=somebody)
    with acting_as(cast.other_worker):
        assert not UnitTime.objects.exists()
    with acting_as(cast.head):
        assert UnitTime.objects.create(**row, changed_by=cast.head).pk
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            UnitTime.objects.create(**row, changed_by=cast.area_head)


def test_a_principal_sets_the_school_s_own_times_and_no_other(cast):
    assert {kind.code for kind in kinds_of(cast.principal.unit)} == {
        "answer_question", "acknowledge_feedback", "respond_to_no", "answer_objection", "accept_handover",
        "review_stalled", "answer_call",
    }  # fmt: skip
    assert set_time(cast, 3, kind="respond_to_no", by=cast.principal, unit=cast.principal.unit).days == 3
    with pytest.raises(NotAllowed):
        set_time(cast, 3, kind="answer_request", by=cast.principal, unit=cast.principal.unit)


def test_units_that_only_oversee_have_no_times(db):
    assert kinds_of(UnitFactory(social_area=True)) == kinds_of(UnitFactory(city=True)) == []


def test_the_page_costs_the_same_however_much_has_been_set(cast, client, enter, assert_constant_queries):
    enter(cast.head)
    days = iter(range(2, 20))

    assert_constant_queries(address(cast.head.unit, "unit_settings"), lambda: set_time(cast, next(days)))


def test_an_intake_office_s_shorter_times_count_for_reports_that_come_after_them(cast):
    now = timezone.now()
    before = a_report(cast, ago=3 * DAY)
    office = before.worker.unit
    given = {"unit": office, "why": WHY, "by": before.head, "at": now - 2 * DAY}
    settings.set_time(kind="decide_open_or_not", days=8, valid_from=timezone.localdate(now) - DAY, **given)
    settings.set_time(kind="decide_open_or_not", days=5, valid_from=timezone.localdate(now) + DAY, **given)
    after = note(before.pupil, before.worker, cast.mentor, now, asks=False)

    with acting_as(before.worker):
        reports = ConcernReport.objects.with_handling()
        rows = {row.report.pk: row for row in rows_of(reports, timezone.localdate(now))}

    def last_day(report):
        return next(duty.last_day for duty in rows[report.pk].duties if duty.code == "decide_open_or_not")

    assert last_day(before.report) == timezone.localdate(before.report.reported_at) + 14 * DAY
    assert last_day(after) == timezone.localdate(after.reported_at) + 8 * DAY


def test_a_decision_that_takes_longer_is_reckoned_from_the_office_s_own_time(cast, enter):
    now = timezone.now()
    told = a_report(cast, ago=DAY)
    UnitTime.objects.create(
        unit=told.worker.unit, kind="decide_open_or_not", days=3, why=WHY, changed_by=told.head,
        changed_at=now - 9 * DAY, valid_from=timezone.localdate(now) - 5 * DAY,
    )  # fmt: skip
    arrived = timezone.localdate(told.report.reported_at)

    page = enter(told.worker).get(reverse("cases:extend_report", args=[told.report.pk]))

    assert page.context["form"].first == max(arrived + 3 * DAY, timezone.localdate())
