"""Pupils: found by name or whole number; the page says in a sentence what the calendar shows."""

from datetime import timedelta

import pytest
from django.urls import reverse

from attendance.absence_calendar import absence_calendar
from attendance.figures import Absence, Day, absence_of, absence_over, absences_and_weeks, days_of, frozen_absence
from attendance.models import PeriodTotal
from attendance.patterns import often_away_on
from attendance.trend import trend_of
from audit.models import AccessRecord
from deadlines.school_days import DayRange, SchoolCalendar
from tests.architecture.partials import HTMX
from tests.attendance.classes import enrol, weekdays_until
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import (
    AbsenceSourceFactory,
    AttendanceDayFactory,
    ClassDayFactory,
    ConcernFactory,
    LessonAbsenceFactory,
    PeriodTotalFactory,
    SignalFactory,
)
from tests.factories.schools import ClassGroupFactory

pytestmark = pytest.mark.django_db


def detail(pupil):
    return reverse("attendance:pupil_detail", args=[pupil.pk])


def test_the_page_says_in_a_sentence_how_much_and_how_it_was_before(sign_in, counsellor, pupil, taught):
    for day in taught[-4:]:
        AttendanceDayFactory(pupil=pupil, day=day)
    AttendanceDayFactory(pupil=pupil, day=taught[-25], invalid=True)

    response = sign_in(counsellor).get(detail(pupil))

    page = " ".join(response.content.decode().split())
    assert "Away 20 % of the time over the last 20 school days (20 of 100 hours)." in page
    assert "Up from 5 %." in page
    assert "Invalid 0 %, valid 20 %." in page
    assert AccessRecord.objects.get(page="attendance:pupil_detail").pupils == [pupil.pk]


def test_too_little_reporting_is_said_and_not_counted_as_presence(sign_in, counsellor, pupil, group, today):
    for day in weekdays_until(today, 25):
        ClassDayFactory(class_group=group, day=day, reported_minutes=100)

    page = sign_in(counsellor).get(detail(pupil)).content.decode()

    assert "Only 33 % of the last 20 school days is reported" in page


def test_a_pupil_without_absence_data_has_a_page(sign_in, counsellor, pupil):
    page = sign_in(counsellor).get(detail(pupil)).content.decode()

    assert "No absence has been imported for the pupil." in page


def test_only_student_health_and_the_principal_are_led_to_a_request(sign_in, counsellor, mentor, pupil):
    link = f"{reverse('cases:request_support')}?pupil={pupil.pk}"

    assert link in sign_in(counsellor).get(detail(pupil)).content.decode()
    assert link not in sign_in(mentor).get(detail(pupil)).content.decode()


def test_a_mentor_reads_the_own_concerns_only(sign_in, mentor, counsellor, pupil):
    enrolment = pupil.enrolments.get()
    ConcernFactory(enrolment=enrolment, logged_by=mentor, pupil_words="Jag gillar bild.")
    ConcernFactory(enrolment=enrolment, logged_by=counsellor, pupil_words="Hemligt.")

    page = sign_in(mentor).get(detail(pupil)).content.decode()

    assert "Jag gillar bild." in page
    assert "Hemligt." not in page


def test_another_class_and_another_school_are_not_found(sign_in, mentor, pupil, group):
    stranger = enrol(ClassGroupFactory(school=group.school))

    assert sign_in(mentor).get(detail(stranger)).status_code == 404
    assert sign_in(MembershipFactory(principal=True)).get(detail(pupil)).status_code == 404


def test_the_page_costs_the_same_for_many_signals_and_concerns(
    sign_in, counsellor, pupil, taught, assert_constant_queries
):
    sign_in(counsellor)
    enrolment = pupil.enrolments.get()
    crossed = iter(taught)

    def add_row():
        SignalFactory(enrolment=enrolment, crossed_on=next(crossed))
        ConcernFactory(enrolment=enrolment)

    assert_constant_queries(detail(pupil), add_row)


def test_the_calendar_tells_presence_absence_breaks_and_missing_reports_apart(today):
    monday = today - timedelta(days=today.weekday() + 7)
    days = {
        monday: Day(300, 300, 0, 0),
        monday + timedelta(days=1): Day(300, 300, 100, 0),
        monday + timedelta(days=2): Day(300, 300, 100, 60),
        monday + timedelta(days=3): Day(300, 300, 0, 300),
        monday + timedelta(days=4): Day(300, 0, 0, 0),
    }
    term = SchoolCalendar(terms=(DayRange(monday - timedelta(days=14), monday + timedelta(days=30)),))

    calendar = absence_calendar(days, term, today)

    week = [row.cells[-2] for row in calendar.rows]
    assert [cell.sign for cell in week] == ["·", "▫", "▪", "■", "◌"]
    assert [cell.is_invalid for cell in week] == [False, False, True, True, False]
    assert "away the whole day, invalid" in week[3].text
    assert {row.cells[0].sign for row in calendar.rows} == {"–"}
    assert len(calendar.absences) == 3


def test_a_weekday_stands_out_only_when_it_really_does(today):
    monday = today - timedelta(days=today.weekday())
    mondays = [monday - timedelta(weeks=n) for n in range(1, 6)]
    taught = {day + timedelta(days=n): Day(300, 300, 0, 0) for day in mondays for n in range(5)}

    assert often_away_on(taught, today) is None
    assert often_away_on(taught | dict.fromkeys(mondays[:4], Day(300, 300, 60, 0)), today) == ("Monday", 4, 5)
    assert often_away_on(taught | dict.fromkeys(mondays[:2], Day(300, 300, 60, 0)), today) is None


def test_the_frozen_copy_holds_shares_and_weeks_and_no_causes(pupil, taught, today):
    AttendanceDayFactory(pupil=pupil, day=taught[-1], valid_minutes=200, invalid_minutes=100)
    AttendanceDayFactory(pupil=pupil, day=taught[-2], invalid=True)

    frozen = frozen_absence(pupil, today)

    assert (frozen["total_percent"], frozen["valid_percent"], frozen["invalid_percent"]) == (10, 4, 6)
    assert (frozen["school_days"], frozen["coverage_percent"]) == (20, 100)
    assert frozen["until"] == taught[-1].isoformat()
    assert len(frozen["weeks"]) == 8


def test_figures_and_weeks_of_a_list_are_those_of_the_days_one_by_one_after_a_summer_too(group, today):
    taught = [*weekdays_until(today - timedelta(weeks=13), 30), *weekdays_until(today, 12)]
    for day in taught:
        ClassDayFactory(class_group=group, day=day)
    old, new, away = enrol(group), enrol(group, "Nya"), enrol(group, "Borta")
    new.enrolments.update(starts_on=taught[-5])
    for day in (taught[-1], taught[-2], taught[25]):
        AttendanceDayFactory(pupil=old, day=day, valid_minutes=40, invalid_minutes=60)
    for day in weekdays_until(today, 3):
        AttendanceDayFactory(pupil=away, day=day, valid_minutes=300)
    AttendanceDayFactory(pupil=away, day=taught[-4], offered_minutes=0, valid_minutes=0)

    absences, weeks = absences_and_weeks([old.pk, new.pk, away.pk], today, 12)

    monday = today - timedelta(days=today.weekday())
    for pupil in (old, new, away):
        days = days_of(pupil, today - timedelta(days=300), today)
        assert absences[pupil.pk] == absence_over(days, today)
        assert [week.monday for week in weeks[pupil.pk]] == [monday - timedelta(weeks=n) for n in range(11, -1, -1)]
        for week in weeks[pupil.pk]:
            told = [figures for day, figures in days.items() if week.monday <= day <= week.monday + timedelta(days=6)]
            assert (week.offered, week.valid, week.invalid, week.reported) == (
                sum(day.offered for day in told),
                sum(day.valid for day in told),
                sum(day.invalid for day in told),
                sum(day.reported for day in told),
            )
    assert absences[old.pk].school_days == 20
    assert absences[new.pk].school_days == 5


def test_figures_of_nothing_are_nothing(pupil, today):
    assert absence_of(pupil, today) == Absence()
    assert days_of(pupil, today - timedelta(days=50), today) == {}
    assert not Absence().is_reliable


def test_days_without_a_report_and_days_of_a_reduced_timetable_have_signs_of_their_own(today):
    monday = today - timedelta(days=today.weekday() + 7)
    days = {
        monday: Day(200, 200, 0, 0, taught=300),
        monday + timedelta(days=1): Day(0, 0, 0, 0, taught=300),
        monday + timedelta(days=2): Day(300, 200, 0, 0, taught=300),
        monday + timedelta(days=3): Day(300, 0, 0, 0, taught=300),
    }
    term = SchoolCalendar(terms=(DayRange(monday - timedelta(days=14), monday + timedelta(days=30)),))

    calendar = absence_calendar(days, term, today)

    week = [row.cells[-2] for row in calendar.rows]
    assert [cell.sign for cell in week] == ["·", "○", "◌", "◌", "?"]
    assert "reduced timetable" in week[0].text
    assert [cell.is_reduced for cell in week] == [True, False, False, False, False]
    assert "reported in part" in week[2].text
    assert "nothing has come in" in week[4].text
    assert calendar.has_reduced


def test_days_before_the_pupil_came_are_empty_and_the_page_says_when(sign_in, counsellor, group, taught):
    came = taught[-8]
    pupil = enrol(group, "Nya")
    pupil.enrolments.update(starts_on=came)

    response = sign_in(counsellor).get(detail(pupil))

    assert "; shown from then." in response.content.decode()
    cells = [cell for row in response.context["calendar"].rows for cell in row.cells]
    assert {cell.sign for cell in cells if cell.day < came} == {""}
    assert "·" in {cell.sign for cell in cells if cell.day >= came}


@pytest.mark.parametrize("query", ["?span=term&view=table", "?span=year&view=list", "?span=8w&view=list"])
def test_other_weeks_and_the_list_come_alone_with_htmx_and_equal_the_page(
    sign_in, counsellor, pupil, taught, query, assert_partial_equals_page
):
    AttendanceDayFactory(pupil=pupil, day=taught[-1])
    LessonAbsenceFactory(pupil=pupil, day=taught[-1])
    url = detail(pupil)

    assert_partial_equals_page(
        sign_in(counsellor), url, act=lambda c: c.get(url + query, **HTMX), target="cal", fresh_url=url + query
    )


def test_the_list_tells_the_lessons_of_a_day(sign_in, counsellor, pupil, taught):
    AttendanceDayFactory(pupil=pupil, day=taught[-1])
    LessonAbsenceFactory(pupil=pupil, day=taught[-1])

    page = sign_in(counsellor).get(detail(pupil), {"view": "list"}).content.decode()

    assert "08:10 Matematik, 60 minutes: Valid absence" in page


@pytest.mark.parametrize("asked", [{"span": "x"}, {"view": "x"}, {"span": "", "view": ""}])
def test_what_cannot_be_shown_is_shown_as_usual(sign_in, counsellor, pupil, taught, asked):
    shown = sign_in(counsellor).get(detail(pupil), asked).context["shown"]

    assert (shown.span, shown.view) == ("8w", "table")


def test_patterns_stand_in_the_sentence(sign_in, counsellor, pupil, taught):
    for day in taught[-20::5]:
        AttendanceDayFactory(pupil=pupil, day=day, valid_minutes=60)
        LessonAbsenceFactory(pupil=pupil, day=day)
    for day in taught[-3:]:
        AttendanceDayFactory(pupil=pupil, day=day) if day not in taught[-20::5] else None

    page = " ".join(sign_in(counsellor).get(detail(pupil)).content.decode().split())

    assert "Mostly lessons that begin before 10: 4 of 4." in page
    assert "Mostly Matematik: 4 of 4 lessons." in page
    assert "Away 3 days in a row" in page


def test_the_trend_marks_what_the_school_did_and_breaks_where_nothing_is_known(today):
    days = {day: Day(300, 300, 60, 0) for day in weekdays_until(today, 70)}
    for day in weekdays_until(today - timedelta(days=28), 5):
        days[day] = Day(300, 0, 0, 0)

    trend = trend_of(
        days, [(today - timedelta(days=9), "concern logged"), (today - timedelta(days=300), "old")], [10, 15, 50], today
    )

    assert [mark.what for mark in trend.marks] == ["concern logged"]
    assert [level for _y, level in trend.levels] == [10, 15]
    assert None in [point.percent for point in trend.points]
    assert len(trend.line.parts) > 1 or trend.points[0].percent is None
    assert sum(len(point.done) for point in trend.points) == 1


def test_the_school_administrator_sees_absence_and_nothing_the_school_did(sign_in, group, pupil, taught):
    enrolment = pupil.enrolments.get()
    ConcernFactory(enrolment=enrolment, pupil_words="Jag gillar bild.")
    SignalFactory(enrolment=enrolment, watched=True)

    response = sign_in(MembershipFactory(school_admin=True, unit=group.school.unit)).get(detail(pupil))

    assert response.context["trend"].marks == []
    for words in ("Jag gillar bild.", "Watched", "First signal", "concern logged"):
        assert words not in response.content.decode()


def test_totals_of_periods_are_added_up_only_in_minutes(sign_in, counsellor, group, pupil, today):
    months = [
        (today.replace(day=1), today),
        (today.replace(day=1) - timedelta(days=20), today.replace(day=1) - timedelta(days=1)),
    ]
    for first, last in months:
        PeriodTotalFactory(pupil=pupil, period_start=first, period_end=last)
    other = AbsenceSourceFactory(unit=group.school.unit, name="Vklass", is_counted=False)
    for first, last in months:
        PeriodTotalFactory(
            pupil=pupil, source=other, granularity=PeriodTotal.Granularity.MONTH, period_start=first, period_end=last,
            valid_minutes=None, invalid_minutes=None, offered_minutes=None, reported_minutes=None,
            absent_percent="12.50", is_approximate=True,
        )  # fmt: skip

    response = sign_in(counsellor).get(detail(pupil))

    minutes, percent = response.context["periods"]
    assert (minutes.total.away, minutes.total.share) == ("12 h 0 min", "6 %")
    assert percent.total is None
    assert {row.share for row in percent.rows} == {"about 12.5 %"}
    assert "tells weeks, months or terms only" in response.content.decode()


def test_periods_that_overlap_are_not_added_up(sign_in, counsellor, pupil, today):
    for back in (0, 3):
        PeriodTotalFactory(
            pupil=pupil, period_start=today - timedelta(days=10 + back), period_end=today - timedelta(days=back)
        )

    (table,) = sign_in(counsellor).get(detail(pupil)).context["periods"]

    assert table.total is None


def test_what_the_source_means_stands_under_the_figures(sign_in, counsellor, pupil, taught):
    assert "Late arrival counts as" in sign_in(counsellor).get(detail(pupil)).content.decode()
