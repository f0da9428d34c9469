"""The summer in an open case: a plan for the autumn is asked for once, made for week 33 or 34, and carried out."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.actions import oversight
from cases.actions.breaks import ask_for_autumn_plans
from cases.breaks import summer_of
from cases.ledger import NotAllowed
from cases.models import Event, Obligation
from cases.resting import school_year_of
from cases.stalled import QUIET_WORKING_DAYS, causes_of, facts_of
from deadlines.stockholm import STOCKHOLM
from deadlines.working_days import add_working_days, next_working_day
from schools.models import BreakDay, School
from tests.factories.cases import Story, a_case
from tests.factories.schools import BreakDayFactory, SchoolFactory, SchoolYearFactory
from wall import identity
from wall.roles import CLOCK

pytestmark = pytest.mark.django_db

LAST_DAY = date(2027, 6, 10)
"""The last school day of the usual spring term of 2027."""


def morning(day: date) -> datetime:
    """Return when the clock acts on `day`."""
    return datetime.combine(day, time(8), tzinfo=STOCKHOLM)


def asks(at: datetime) -> int:
    """Let the clock ask, as the database role that it has."""
    with identity.becoming(CLOCK):
        return ask_for_autumn_plans(at=at)


def in_spring(state: str = "opened") -> Story:
    """Return a case that began in spring 2027."""
    return a_case(state, at=datetime(2027, 4, 12, 9, tzinfo=STOCKHOLM))


@pytest.mark.parametrize(
    ("first_year", "last_school_day", "contact"),
    [
        (2026, date(2027, 6, 10), (date(2027, 8, 16), date(2027, 8, 27))),  # after a year with 53 weeks
        (2027, date(2028, 6, 15), (date(2028, 8, 14), date(2028, 8, 25))),  # a leap year
        (2025, date(2026, 6, 11), (date(2026, 8, 10), date(2026, 8, 21))),
        (2020, date(2021, 6, 10), (date(2021, 8, 16), date(2021, 8, 27))),
    ],
)
def test_the_summer_ends_in_weeks_33_and_34(first_year, last_school_day, contact):
    summer = summer_of(SchoolFactory(), first_year + 1)

    assert summer is not None
    assert (summer.last_school_day, (summer.contact_from, summer.contact_to)) == (last_school_day, contact)


@pytest.mark.parametrize(
    ("day", "asked"),
    [
        (LAST_DAY - timedelta(days=29), 0),
        (LAST_DAY - timedelta(days=28), 1),
        (LAST_DAY, 1),
        (date(2027, 7, 30), 1),
        (date(2027, 8, 13), 1),
        (date(2027, 8, 16), 0),
        (date(2027, 5, 15), 0),  # a Saturday
        (date(2027, 6, 25), 0),  # Midsummer's Eve
    ],
)
def test_a_plan_is_asked_for_on_working_days_from_four_weeks_before_the_last_school_day(day, asked):
    in_spring()

    assert asks(morning(day)) == asked


def test_the_plan_is_to_be_made_by_the_last_school_day_or_in_a_week_of_work():
    story = in_spring()
    asks(morning(LAST_DAY - timedelta(days=20)))
    assert story.open("plan_autumn").due_on == LAST_DAY

    late = in_spring()
    asks(morning(date(2027, 6, 9)))
    assert late.open("plan_autumn").due_on == add_working_days(date(2027, 6, 9), 5)


def test_after_a_week_without_a_worker_each_case_is_asked_once():
    stories = [in_spring(), in_spring("accepted"), in_spring("declined")]

    assert [asks(morning(day)) for day in (date(2027, 5, 24), date(2027, 5, 24), date(2027, 5, 25))] == [3, 0, 0]
    assert Event.objects.filter(kind="autumn_plan_asked").count() == len(stories)


def test_nothing_is_asked_in_a_closed_case_nor_before_eight():
    in_spring("closed")
    in_spring()

    assert asks(datetime(2027, 5, 24, 7, 59, tzinfo=STOCKHOLM)) == 0
    assert asks(morning(date(2027, 5, 24))) == 1


def test_a_plan_made_is_not_asked_for_again_and_becomes_the_first_contact():
    story = in_spring()
    asks(morning(date(2027, 5, 24)))
    contact = planned(story, date(2027, 8, 18))

    assert asks(morning(date(2027, 6, 1))) == 0
    assert (contact.kind, contact.due_on) == ("autumn_contact", date(2027, 8, 18))
    assert Obligation.objects.get(case=story.case, kind="plan_autumn").outcome == "fulfilled"


def test_next_summer_a_plan_is_asked_for_again():
    story = in_spring()
    asks(morning(date(2027, 5, 24)))
    planned(story, date(2027, 8, 18))

    assert asks(morning(date(2028, 5, 24))) == 1


def test_a_plan_that_still_waits_from_last_summer_is_not_asked_for_again_and_stops_no_other_case():
    in_spring()
    asks(morning(date(2027, 5, 24)))
    a_case("opened", at=datetime(2028, 4, 12, 9, tzinfo=STOCKHOLM))

    assert [asks(morning(day)) for day in (date(2028, 5, 24), date(2028, 5, 25))] == [1, 0]


def test_a_contact_of_last_autumn_that_was_never_made_is_replaced_by_the_new_plan():
    story = in_spring()
    asks(morning(date(2027, 5, 24)))
    never_made = planned(story, date(2027, 8, 18))
    asks(morning(date(2028, 5, 24)))

    contact = planned(story, date(2028, 8, 16), on=date(2028, 5, 25))

    never_made.refresh_from_db()
    assert never_made.outcome == "replaced"
    assert story.open("autumn_contact") == contact


@pytest.mark.parametrize("day", [date(2027, 8, 13), date(2027, 8, 30), date(2027, 6, 14)])
def test_the_first_contact_is_in_week_33_or_34_in_the_action_and_in_the_database(day):
    story = in_spring()
    asks(morning(date(2027, 5, 24)))

    with pytest.raises(NotAllowed):
        planned(story, day)
    contact = planned(story, date(2027, 8, 18))
    with pytest.raises(IntegrityError, match="autumn_begins_in_week_33_or_34"), transaction.atomic():
        Obligation.objects.filter(pk=contact.pk).update(first_due_on=day)


def test_the_clock_writes_no_other_kind_of_event():
    story = in_spring()
    with identity.becoming(CLOCK), pytest.raises(Exception, match="row-level security"), transaction.atomic():
        Event.objects.create(
            case=story.case, kind="autumn_planned", at=morning(LAST_DAY), is_substantive=False, changes=[]
        )


def test_a_planned_autumn_does_not_stand_still_over_the_summer_and_an_unplanned_one_does():
    stories = in_spring("accepted"), in_spring("accepted")
    asks(morning(date(2027, 5, 24)))
    planned(stories[0], date(2027, 8, 18))
    quiet = add_working_days(date(2027, 5, 24), QUIET_WORKING_DAYS + 5)

    def causes(story: Story, today: date) -> list[str]:
        return [cause.code for cause in causes_of(facts_of([story.case], today)[0])]

    assert "S4" not in causes(stories[0], quiet)
    assert "S4" in causes(stories[1], quiet)
    assert "S4" in causes(stories[0], next_working_day(date(2027, 8, 18)))


def planned(story: Story, day: date, on: date = date(2027, 5, 25)) -> Obligation:
    """Let the counsellor plan the autumn."""
    return oversight.plan_autumn(
        obligation=story.open("plan_autumn"), next_task="Ring hem i vecka 33.", next_unit=story.case.school_unit,
        next_on=day, by=story.cast.counsellor, at=morning(on),
    )  # fmt: skip


class TestPages:
    """What the school and the others see."""

    def test_the_plan_is_made_on_its_page_from_to_do(self, enter, time_machine):
        time_machine.move_to(morning(date(2027, 5, 24)))
        story = in_spring()
        asks(morning(date(2027, 5, 24)))
        client = enter(story.cast.counsellor)
        page = reverse("cases:plan_autumn", args=[story.open("plan_autumn").pk])
        assert page in client.get("/").content.decode()
        given = {"next_task": "Ring hem.", "next_unit": story.case.school_unit_id, "next_on": "2027-09-01"}

        wrong = client.post(page, given)
        assert wrong.status_code == 422
        assert "2027-08-16" in wrong.content.decode()
        assert "Ring hem." in wrong.content.decode()
        client.post(page, given | {"next_on": "2027-08-17"})

        assert story.open("autumn_contact").due_on == date(2027, 8, 17)
        assert reverse("cases:record_step", args=[story.open("autumn_contact").pk]) in client.get("/").content.decode()

    def test_after_week_34_a_plan_that_was_never_made_becomes_the_next_step(self, enter, time_machine):
        story = in_spring()
        asks(morning(date(2027, 5, 24)))
        time_machine.move_to(morning(date(2027, 8, 30)))
        page = reverse("cases:plan_autumn", args=[story.open("plan_autumn").pk])
        given = {"next_task": "Ring hem.", "next_unit": story.case.school_unit_id, "next_on": "2027-09-03"}

        assert enter(story.cast.counsellor).post(page, given).status_code == 302

        assert story.open("do_next_step").due_on == date(2027, 9, 3)
        assert not story.case.obligations.open().filter(kind="plan_autumn").exists()

    def test_social_services_cannot_make_the_schools_plan(self, enter, time_machine):
        time_machine.move_to(morning(date(2027, 5, 24)))
        story = in_spring("accepted")
        asks(morning(date(2027, 5, 24)))
        page = reverse("cases:plan_autumn", args=[story.open("plan_autumn").pk])

        assert enter(story.cast.worker).get(page).status_code == 403
        assert enter(story.cast.other_counsellor).get(page).status_code == 404


class TestCalendar:
    """What rests when."""

    def test_days_that_follow_each_other_are_one_break_and_staff_days_are_the_schools_own(self):
        school = SchoolFactory()
        year = SchoolYearFactory(provider=school.provider, with_terms=True)
        for day in (26, 27, 28, 29, 30):
            BreakDayFactory(school_year=year, day=date(2026, 10, day), name="Höstlov")
        BreakDayFactory(school_year=year, day=date(2026, 9, 25), school=school, staff_day=True)
        BreakDayFactory(school_year=year, day=date(2026, 9, 28), school=SchoolFactory(provider=school.provider),
                        staff_day=True)  # fmt: skip

        found = school_year_of(school, date(2026, 11, 27))

        assert found.is_set
        days = {(one.first, one.last): one for one in found.free}
        assert days[date(2026, 10, 26), date(2026, 10, 30)].name == "Höstlov"
        assert (date(2026, 9, 25), date(2026, 9, 25)) in days
        assert (date(2026, 9, 28), date(2026, 9, 28)) not in days

    def test_a_holiday_rests_working_days_too_and_a_break_does_not(self):
        found = school_year_of(None, date(2026, 11, 27))

        assert not found.is_set
        ascension = next(one for one in found.free if one.holds(date(2027, 5, 6)))
        winter = next(one for one in found.free if one.holds(date(2027, 3, 3)))
        assert (ascension.is_at_work, winter.is_at_work) == (False, True)
        summer = next(one for one in found.free if one.holds(date(2027, 7, 15)))
        assert summer.first == date(2027, 6, 11)

    @pytest.mark.parametrize(
        "who", ["counsellor", "mentor", "principal", "worker", "head", "coordinator", "area_manager"]
    )
    def test_everybody_may_see_it_with_its_clocks_under_the_right_heading(self, who, cast, enter):
        page = enter(getattr(cast, who)).get(reverse("cases:calendar"))

        assert page.status_code == 200
        assert page.content.decode().count("<caption") == 3

    @pytest.mark.parametrize("day", [date(2026, 11, 27), date(2027, 6, 30)])
    def test_the_summer_told_of_is_the_one_after_the_school_year(self, enter, time_machine, day):
        time_machine.move_to(morning(day))
        summer = enter(a_case().cast.counsellor).get(reverse("cases:calendar")).context["summer"]

        assert summer.last_school_day == LAST_DAY

    def test_a_school_is_chosen_among_ones_own_only(self, enter):
        story = in_spring()
        mine, other = School.objects.get(pk=story.case.school_unit_id), SchoolFactory()
        client = enter(story.cast.worker)
        page = reverse("cases:calendar")

        assert mine.unit.short_name in client.get(page, {"school": mine.school_unit_code}).content.decode()
        assert client.get(page, {"school": other.school_unit_code}).status_code == 404
        assert BreakDay.objects.count() == 0
