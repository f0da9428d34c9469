"""Early signals: without help first; one click answers, and then it is silent until a higher line."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from attendance import actions
from attendance.charts import Line
from attendance.figures import Week
from attendance.models import Signal
from attendance.signal_rows import trend_words
from audit.models import AccessRecord
from tests.architecture.partials import HTMX
from tests.attendance.classes import enrol, weekdays_until
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import AttendanceDayFactory, ClassDayFactory, ConcernFactory, SignalFactory
from tests.factories.cases import a_case
from tests.factories.integrations import AbsenceImportFactory
from tests.factories.schools import ClassGroupFactory

pytestmark = pytest.mark.django_db
URL = "/signals/"


def signal_about(pupil, **fields):
    return SignalFactory(enrolment=pupil.enrolments.get(), **fields)


def rows(response):
    return [row.label for row in response.context["rows"]]


def answer_url(signal):
    return reverse("attendance:answer_signal", args=[signal.pk])


def test_those_without_help_come_first_then_the_oldest(sign_in, counsellor, group):
    helped, newest, oldest = enrol(group, "A"), enrol(group, "B"), enrol(group, "C")
    signal_about(helped, crossed_on=date(2026, 9, 1))
    ConcernFactory(enrolment=helped.enrolments.get())
    signal_about(newest, crossed_on=date(2026, 11, 2))
    signal_about(oldest, crossed_on=date(2026, 10, 1))

    response = sign_in(counsellor).get(URL)

    assert rows(response) == ["C.K. 7B", "B.K. 7B", "A.K. 7B"]
    assert len(AccessRecord.objects.get(page="attendance:signal_list").pupils) == 3


def test_a_pupil_stands_once_with_the_highest_line(sign_in, counsellor, pupil):
    signal_about(pupil, level=10, crossed_on=date(2026, 10, 1))
    signal_about(pupil, level=20, crossed_on=date(2026, 10, 20))

    response = sign_in(counsellor).get(URL)

    assert len(rows(response)) == 1
    assert "Passed 20 %" in response.content.decode()


def test_the_share_and_the_line_are_those_of_the_pupil(sign_in, counsellor, pupil, group, today):
    days = weekdays_until(today, 30)
    for day in days:
        ClassDayFactory(class_group=group, day=day)
    for day in days[-5:]:
        AttendanceDayFactory(pupil=pupil, day=day)
    signal_about(pupil)

    response = sign_in(counsellor).get(URL)

    assert response.context["rows"][0].absence.percent == 25
    assert "invalid 0 %" in response.content.decode()


def test_watching_takes_one_click_and_answers_all_the_pupils_signals(sign_in, counsellor, pupil, today):
    lower, higher = signal_about(pupil), signal_about(pupil, level=15)
    client = sign_in(counsellor)

    response = client.post(answer_url(higher), {"answer": "watch"})

    assert response.url == URL
    for signal in (lower, higher):
        signal.refresh_from_db()
        assert (signal.answer, signal.watch_until) == (Signal.Answer.WATCH, today + timedelta(days=14))
    assert rows(client.get(URL)) == []
    assert rows(client.get(URL, {"show": "watched"})) == ["A.K. 7B"]


def test_with_htmx_the_row_becomes_a_receipt(sign_in, counsellor, pupil):
    signal = signal_about(pupil)

    response = sign_in(counsellor).post(answer_url(signal), {"answer": "watch"}, headers={"HX-Request": "true"})

    page = response.content.decode()
    assert "A.K. 7B is watched until" in page
    assert f'id="signal-{signal.pk}"' in page
    assert "<html" not in page


def test_already_handled_needs_a_word_on_how(sign_in, counsellor, pupil):
    signal = signal_about(pupil)
    client = sign_in(counsellor)

    refused = client.post(answer_url(signal), {"answer": "handled"})
    assert refused.status_code == 422
    assert "Tell in short how it is handled" in refused.content.decode()

    client.post(answer_url(signal), {"answer": "handled", "note": "Bruten arm, åter måndag."})
    signal.refresh_from_db()
    assert signal.answer_note == "Bruten arm, åter måndag."


def test_a_second_answer_is_refused(sign_in, counsellor, mentor, pupil):
    signal = signal_about(pupil)
    actions.answer_signal(signal=signal, answer="handled", note="Klart.", by=mentor, at=timezone.now())

    with pytest.raises(actions.SignalAlreadyAnswered):
        actions.answer_signal(signal=signal, answer="watch", by=counsellor, at=timezone.now())


def test_when_the_watch_is_over_the_pupil_comes_back(sign_in, counsellor, pupil, today):
    signal = signal_about(pupil, watched=True, watch_until=today - timedelta(days=1))
    client = sign_in(counsellor)

    assert rows(client.get(URL)) == ["A.K. 7B"]

    client.post(answer_url(signal), {"answer": "handled", "note": "Närvaron är god."})
    assert rows(client.get(URL)) == []


def test_a_mentor_sees_the_own_class_only(sign_in, mentor, pupil, group):
    signal_about(pupil)
    other = signal_about(enrol(ClassGroupFactory(school=group.school), "B"))
    client = sign_in(mentor)

    assert rows(client.get(URL)) == ["A.K. 7B"]
    assert client.post(answer_url(other), {"answer": "watch"}).status_code == 404
    with pytest.raises(actions.NotAllowed):
        actions.answer_signal(signal=other, answer="watch", by=mentor, at=timezone.now())


def test_another_school_sees_nothing(sign_in, pupil):
    signal = signal_about(pupil)
    client = sign_in(MembershipFactory(principal=True, unit=ClassGroupFactory().school.unit))

    assert rows(client.get(URL)) == []
    assert client.get(answer_url(signal)).status_code == 404


def test_old_absence_is_said_and_no_count_shown(sign_in, counsellor, group, pupil, today):
    ClassDayFactory(class_group=group, day=today - timedelta(days=30))

    page = sign_in(counsellor).get(URL).content.decode()

    assert "older than five school days" in page


@pytest.mark.parametrize("show", ["new", "watched", "all"])
def test_the_list_costs_the_same_for_many(sign_in, counsellor, group, assert_constant_queries, show, today):
    sign_in(counsellor)

    def add_row():
        pupil = enrol(group)
        watched = {"watched": True, "watch_until": today + timedelta(days=3)} if show == "watched" else {}
        signal_about(pupil, **watched)
        ConcernFactory(enrolment=pupil.enrolments.get())

    assert_constant_queries(f"{URL}?show={show}", add_row)


def test_a_tab_or_a_filter_fetched_with_htmx_equals_the_page(
    sign_in, counsellor, group, pupil, today, assert_partial_equals_page
):
    signal_about(pupil)
    signal_about(enrol(group, "Bo"), watched=True, watch_until=today + timedelta(days=3))
    client = sign_in(counsellor)

    for query in ("?show=watched", "?show=all", f"?show=new&class={group.pk}", "?show=all&kind=total&grade=7"):
        assert_partial_equals_page(
            client, URL, act=lambda c, query=query: c.get(URL + query, **HTMX), target="signals", fresh_url=URL + query
        )


def test_filters_narrow_the_list_and_can_be_taken_away(sign_in, counsellor, group, pupil):
    eighth = ClassGroupFactory(school=group.school, name="8A", grade=8)
    other = enrol(eighth, "Bo")
    signal_about(pupil)
    signal_about(other, kind="weekday", unit="weeks", level=3, facts={"weekday_0": 3})
    client = sign_in(counsellor)

    assert rows(client.get(URL, {"class": eighth.pk})) == ["B.K. 8A"]
    assert rows(client.get(URL, {"grade": "8"})) == ["B.K. 8A"]
    page = client.get(URL, {"kind": "total", "show": "all"})
    assert rows(page) == ["A.K. 7B"]
    assert page.context["filters"].tags == [("All absence", "?show=all")]
    assert "Mondays, " in client.get(URL, {"kind": "weekday"}).content.decode()
    nothing = client.get(URL, {"kind": "weekday", "class": group.pk})
    assert rows(nothing) == []
    assert "Take away a filter" in nothing.content.decode()


@pytest.mark.parametrize("asked", [{"class": "x"}, {"grade": "99"}, {"kind": "'"}, {"show": "nothing"}, {"page": "-4"}])
def test_what_cannot_be_chosen_is_not_chosen(sign_in, counsellor, pupil, asked):
    signal_about(pupil)

    assert rows(sign_in(counsellor).get(URL, asked)) == ["A.K. 7B"]


def test_other_kinds_stand_in_the_same_row(sign_in, counsellor, pupil):
    signal_about(pupil, level=10)
    signal_about(pupil, kind="in_a_row", unit="days", level=5)

    (row,) = sign_in(counsellor).get(URL).context["rows"]

    assert "10 %" in row.crossed
    assert [words.split(",")[0] for words in row.also] == ["5 days in a row"]


def test_the_count_falls_when_the_row_is_answered(sign_in, counsellor, group, pupil):
    signal, _other = signal_about(pupil), signal_about(enrol(group, "Bo"))
    ClassDayFactory(class_group=group, day=timezone.localdate())
    client = sign_in(counsellor)
    assert client.get(URL).context["tabs"][0].count == 2

    answer = client.post(answer_url(signal), {"answer": "watch"}, **HTMX, HTTP_HX_CURRENT_URL=f"http://testserver{URL}")

    page = answer.content.decode()
    assert re.findall(r'class="count">(\d+)<', page)[:2] == ["1", "1"]
    assert 'id="signal-tabs"' in page
    assert 'hx-swap-oob="true"' in page


def test_a_pupil_with_a_case_leads_there_and_a_mentor_is_told_of_no_case(sign_in, counsellor):
    story = a_case("active")
    pupil = story.pupil
    pupil.enrolments.get().class_group.mentors.add(story.cast.mentor)
    signal_about(pupil)

    client = sign_in(story.cast.principal)
    assert [row.case.pk for row in client.get(URL, {"show": "case"}).context["rows"]] == [story.case.pk]
    assert reverse("cases:case_detail", args=[story.case.pk]) in client.get(URL).content.decode()
    seen_by_mentor = sign_in(story.cast.mentor).get(URL, {"show": "case"})
    assert [tab.key for tab in seen_by_mentor.context["tabs"]] == ["new", "watched", "all"]
    assert [row.case for row in seen_by_mentor.context["rows"]] == [None]
    assert rows(sign_in(counsellor).get(URL, {"show": "case"})) == []


def test_the_age_of_the_absence_is_told_with_when_it_came(sign_in, counsellor, group, pupil, today):
    ClassDayFactory(class_group=group, day=today)
    AbsenceImportFactory(unit=group.school.unit, applied=True, closed_at=timezone.now())
    AbsenceImportFactory(applied=True, closed_at=timezone.now() + timedelta(days=9))

    assert "(imported " in sign_in(counsellor).get(URL).content.decode()


def test_without_new_absence_there_is_no_count_of_new(sign_in, counsellor, group, pupil, today):
    signal_about(pupil)
    client = sign_in(counsellor)
    assert client.get(URL).context["tabs"][0].count is None

    ClassDayFactory(class_group=group, day=today - timedelta(days=30))
    assert client.get(URL).context["tabs"][0].count is None
    ClassDayFactory(class_group=group, day=today)
    assert client.get(URL).context["tabs"][0].count == 1


def test_a_week_that_is_not_reported_is_a_gap_and_not_presence(sign_in, counsellor, group, pupil, today):
    for day in weekdays_until(today, 40):
        ClassDayFactory(class_group=group, day=day, reported_minutes=0)
    signal_about(pupil)

    (row,) = sign_in(counsellor).get(URL).context["rows"]

    assert row.trend.parts == []
    assert row.trend_words == "No week is reported well enough"


def test_the_trend_says_since_when_it_is_over_the_line():
    monday = date(2026, 9, 7)
    shares = [0, 5, None, 12, 14]
    weeks = [
        Week(monday + timedelta(weeks=n), 100, share or 0, 0, 0 if share is None else 100)
        for n, share in enumerate(shares)
    ]

    assert trend_words(weeks, 10) == "from 0 to 14 %, over 10 % since week 40"
    assert trend_words(weeks[:2], 10) == "from 0 to 5 %"
    assert trend_words([*weeks, weeks[0]], 10) == "from 0 to 0 %, most in week 41: 14 %"
    assert trend_words(weeks[:1], 10) == "week 37: 0 %"
    assert Line(shares, 100, 20).parts == ["0.0,20.0 25.0,15.0", "75.0,8.0 100.0,6.0"]
    assert Line([None, 3], 100, 20).parts == ["100.0,17.0 100.0,17.0"]
