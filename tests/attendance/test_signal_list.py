"""Early signals: without help first; one click answers, and then it is silent until a higher line."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from attendance import actions
from attendance.models import Signal
from audit.models import AccessRecord
from tests.attendance.classes import enrol, weekdays_until
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import AttendanceDayFactory, ClassDayFactory, ConcernFactory, SignalFactory
from tests.factories.schools import ClassGroupFactory

pytestmark = pytest.mark.django_db
URL = "/signals/"


def signal_about(pupil, **fields):
    return SignalFactory(enrolment=pupil.enrolments.get(), **fields)


def rows(response):
    return [row["label"] for row in response.context["rows"]]


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

    assert response.context["rows"][0]["absence"].percent == 25
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
