"""Whether a measure helps: asked on its day, answered with what was seen, told beside the absence; or it ends."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from attendance import taking_measures as actions
from attendance.actions import ReasonIsMissing
from attendance.models import Measure, MeasureFollowUp
from attendance.todo import school_dates
from audit.models import AuditEvent
from deadlines.working_days import add_working_days
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import AttendanceDayFactory, MeasureFactory

pytestmark = pytest.mark.django_db
Kind = Measure.Kind


@pytest.fixture
def measure(pupil, mentor, today):
    return MeasureFactory(enrolment=pupil.enrolments.get(), responsible=mentor, follow_up_on=today)


def url(measure, page="measure_detail"):
    return reverse(f"attendance:{page}", args=[measure.pupil_id, measure.pk])


def test_a_measure_that_helps_goes_on_until_it_is_asked_again(sign_in, measure, mentor, today):
    later = today + timedelta(days=7)
    sent = {"effect": "a_little", "note": "Tre dagar av fem.", "goes_on": "yes", "next_on": later.isoformat()}

    response = sign_in(mentor).post(url(measure, "follow_up_measure"), sent)

    assert response.url == url(measure)
    measure.refresh_from_db()
    assert (measure.follow_up_on, measure.ended_on) == (later, None)
    follow_up = MeasureFollowUp.objects.get()
    assert (follow_up.effect, follow_up.was_due_on, follow_up.next_on) == ("a_little", today, later)
    assert "Tre dagar av fem." in sign_in(mentor).get(url(measure)).content.decode()


def test_a_measure_that_does_not_help_ends_with_what_was_seen(sign_in, measure, counsellor, today):
    sent = {"effect": "no", "note": "Kommer ändå inte.", "goes_on": "no", "next_on": ""}

    sign_in(counsellor).post(url(measure, "follow_up_measure"), sent)

    measure.refresh_from_db()
    assert (measure.ended_on, measure.ended_by, measure.end_reason) == (today, counsellor, "Kommer ändå inte.")
    assert AuditEvent.objects.filter(action="measure followed up", details={"effect": "no"}).exists()
    assert AuditEvent.objects.filter(action="measure ended").exists()


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({}, "Say whether it helps"),
        ({"effect": "better"}, "Say whether it goes on"),
        ({"effect": "better", "goes_on": "yes"}, "Write a date for the follow-up"),
        ({"effect": "too_early", "goes_on": "no"}, "Too early to say: let it go on"),
        ({"effect": "better", "goes_on": "yes", "next_on": "2099-01-01"}, "Choose a day from"),
    ],
)
def test_a_follow_up_says_what_is_missing(sign_in, measure, mentor, sent, error):
    response = sign_in(mentor).post(url(measure, "follow_up_measure"), sent | {"note": "Det jag skrev"})

    page = response.content.decode()
    assert response.status_code == 422
    assert error in page
    assert "Det jag skrev" in page
    assert not MeasureFollowUp.objects.exists()


def test_too_early_gives_a_new_day_and_never_an_end(measure, mentor, today):
    with pytest.raises(actions.WrongDay):
        actions.follow_up_measure(measure=measure, effect="too_early", next_on=None, by=mentor, at=timezone.now())
    with pytest.raises(actions.WrongDay):
        actions.follow_up_measure(measure=measure, effect="too_early", next_on=today, by=mentor, at=timezone.now())

    later = today + timedelta(days=3)
    actions.follow_up_measure(measure=measure, effect="too_early", next_on=later, by=mentor, at=timezone.now())

    measure.refresh_from_db()
    assert measure.follow_up_on == later


def test_a_measure_ends_once(sign_in, measure, mentor, counsellor):
    assert sign_in(mentor).post(url(measure, "end_measure"), {"reason": ""}).status_code == 422
    sign_in(mentor).post(url(measure, "end_measure"), {"reason": "Flyttad till måndagar."})

    second = sign_in(counsellor).post(url(measure, "end_measure"), {"reason": "Min."}, follow=True)

    measure.refresh_from_db()
    assert measure.end_reason == "Flyttad till måndagar."
    assert "A colleague has already ended this measure" in second.content.decode()
    with pytest.raises(actions.MeasureHasEnded):
        actions.follow_up_measure(measure=measure, effect="no", next_on=None, by=mentor, at=timezone.now())
    with pytest.raises(ReasonIsMissing):
        actions.end_measure(measure=MeasureFactory(enrolment=measure.pupil.enrolments.get()), reason=" ",
                            by=counsellor, at=timezone.now())  # fmt: skip


def rows(reader, today):
    return [row.key for row in school_dates(reader, today) if row.key.startswith("measure-")]


def test_a_follow_up_waits_for_who_sees_to_it_from_two_working_days_before(measure, mentor, counsellor, today):
    for days, shown in ((2, True), (3, False)):
        Measure.objects.update(follow_up_on=add_working_days(today, days))
        assert bool(rows(mentor, today)) is shown
    Measure.objects.update(follow_up_on=today - timedelta(days=30))
    assert rows(mentor, today) == [f"measure-{measure.pk}"]
    assert rows(counsellor, today) == []

    Measure.objects.update(ended_on=today, ended_by=mentor, end_reason="Klart")
    assert rows(mentor, today) == []


def test_a_follow_up_whose_holder_has_left_waits_for_student_health_and_the_principal(
    measure, mentor, counsellor, principal, group, today
):
    other = MembershipFactory(mentor=True, unit=group.school.unit)
    group.mentors.add(other)
    mentor.valid_to = today - timedelta(days=1)
    mentor.save()

    assert rows(counsellor, today) == rows(principal, today) == [f"measure-{measure.pk}"]
    assert rows(other, today) == []


def test_a_follow_up_whose_holder_is_away_is_seen_by_student_health_too(measure, mentor, counsellor, today):
    for first, last, seen in ((-3, -1, False), (-1, 0, True), (0, 4, True), (1, 4, False)):
        mentor.away_from, mentor.away_to = today + timedelta(days=first), today + timedelta(days=last)
        mentor.save()
        assert bool(rows(counsellor, today)) is seen, (first, last)
        assert rows(mentor, today)


def test_what_is_to_be_done_says_nothing_of_what_the_measure_is(measure, mentor, today):
    (row,) = [row for row in school_dates(mentor, today) if row.key.startswith("measure-")]

    assert measure.title not in f"{row.title} {row.label}"
    assert row.label == "A.K. 7B"


def test_absence_before_and_after_is_told_with_three_school_weeks_on_each_side(sign_in, pupil, group, mentor, taught):
    start = taught[-15]
    measure = MeasureFactory(enrolment=pupil.enrolments.get(), responsible=mentor, starts_on=start)
    for day in taught[-30:-24]:
        AttendanceDayFactory(pupil=pupil, day=day)
    AttendanceDayFactory(pupil=pupil, day=taught[-1])

    page = " ".join(sign_in(mentor).get(url(measure)).content.decode().split())

    assert "Absence before 40 %, after 6 %." in page
    assert "It need not be because of the measure." in page
    assert page.count("before the start") == page.count("after the start") == 3
    assert page.count("<polyline") == 2

    Measure.objects.update(starts_on=taught[-14])
    page = sign_in(mentor).get(url(measure)).content.decode()
    assert "<polyline" not in page
    assert "three school weeks on each side" in page


def test_too_little_reported_tells_no_change(sign_in, pupil, group, mentor, taught):
    measure = MeasureFactory(enrolment=pupil.enrolments.get(), responsible=mentor, starts_on=taught[-15])
    group.days.filter(day__in=taught[-30:-20]).update(reported_minutes=100)

    assert "<polyline" not in sign_in(mentor).get(url(measure)).content.decode()
