"""Measures: added with a day for the follow-up, asked whether they help, ended; read by those around the pupil."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from attendance import taking_measures as actions
from attendance.actions import NotAllowed, ReasonIsMissing
from attendance.models import Measure
from audit.models import AccessRecord, AuditEvent
from schools.calendars import school_calendar
from tests.attendance.classes import enrol
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import AttendanceDayFactory, MeasureFactory, SignalFactory
from wall.roles import EVERYBODY, SCHOOL

pytestmark = pytest.mark.django_db
Kind = Measure.Kind


@pytest.fixture
def calendar(group, today):
    return school_calendar(group.school, today=today)


@pytest.fixture
def measure(pupil, mentor, today):
    return MeasureFactory(enrolment=pupil.enrolments.get(), responsible=mentor, follow_up_on=today)


def url(measure, page="measure_detail"):
    return reverse(f"attendance:{page}", args=[measure.pupil_id, measure.pk])


def new(pupil):
    return reverse("attendance:add_measure", args=[pupil.pk])


def told(member, today, **changes):
    return {
        "kind": "morning_contact",
        "in_words": "",
        "responsible": str(member.pk),
        "starts_on": today.isoformat(),
        "follow_up_on": (today + timedelta(days=7)).isoformat(),
        "pupil_agrees": "yes",
        "submission": str(uuid4()),
    } | changes


def taken(member, today, **changes):
    return {
        "kind": Kind.MORNING_CONTACT.value,
        "in_words": "",
        "responsible": member,
        "starts_on": today,
        "follow_up_on": today + timedelta(days=7),
        "pupil_agrees": "yes",
        "submission": uuid4(),
        "by": member,
        "at": timezone.now(),
    } | changes


def test_a_mentor_adds_a_measure_and_is_told_when_it_is_followed_up(sign_in, mentor, pupil, today):
    client = sign_in(mentor)
    page = client.get(new(pupil))
    assert page.context["form"].initial["responsible"] == mentor.pk

    response = client.post(new(pupil), told(mentor, today), follow=True)

    measure = Measure.objects.get()
    assert (measure.pupil, measure.school_unit, measure.added_by) == (pupil, mentor.unit, mentor)
    assert response.redirect_chain[-1][0] == url(measure)
    assert "it is asked whether it helps" in response.content.decode()
    assert AuditEvent.objects.filter(action="measure added", details={"kind": "morning_contact"}).exists()
    assert AccessRecord.objects.filter(page="attendance:measure_detail", pupils=[pupil.pk]).exists()


def test_sent_twice_it_is_one_measure(sign_in, mentor, pupil, today):
    sent = told(mentor, today)

    first, second = (sign_in(mentor).post(new(pupil), sent) for _ in range(2))

    assert first.url == second.url
    assert Measure.objects.count() == 1
    assert AuditEvent.objects.filter(action="measure added").count() == 1


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"kind": ""}, "Choose what the school does"),
        ({"kind": "own"}, "Describe in short what the school does"),
        ({"responsible": str(uuid4())}, "Choose one of your colleagues"),
        ({"starts_on": ""}, "Write from which day"),
        ({"starts_on": "2020-01-01"}, "Choose a day of the last twelve months."),
        ({"follow_up_on": ""}, "Write a date for the follow-up, or the measure is forgotten"),
        ({"follow_up_on": "snart"}, "Write the date like this"),
        ({"follow_up_on": "2020-01-01"}, "Choose today or a later day."),
        ({"pupil_agrees": ""}, "Say whether the pupil agrees"),
        ({"kind": "reduced_timetable", "hours_a_week": "10"}, "such a measure must have an end"),
        ({"kind": "reduced_timetable", "ends_on": "2099-01-01"}, "Write how many hours a week the pupil has"),
        ({"kind": "reduced_timetable", "ends_on": "2099-01-01", "hours_a_week": "halva"}, "as a whole number"),
        ({"kind": "distance"}, "such a measure must have an end"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(sign_in, mentor, pupil, today, changes, error):
    response = sign_in(mentor).post(new(pupil), told(mentor, today, in_words="", **changes))

    assert response.status_code == 422
    assert error in response.content.decode()
    assert not Measure.objects.exists()


def test_a_follow_up_too_far_ahead_is_refused_with_the_days_that_hold(sign_in, mentor, pupil, today, calendar):
    last = calendar.add_school_days(today, 15)
    sent = told(mentor, today, follow_up_on=(last + timedelta(days=1)).isoformat(), in_words="Möter vid dörren")

    response = sign_in(mentor).post(new(pupil), sent)

    page = response.content.decode()
    assert response.status_code == 422
    assert "Choose a day from" in page
    assert "Möter vid dörren" in page
    assert sign_in(mentor).post(new(pupil), sent | {"follow_up_on": last.isoformat()}).status_code == 302


def test_days_are_judged_by_the_action_too(mentor, pupil, today, calendar):
    last = calendar.add_school_days(today, 15)
    day = timedelta(days=1)
    for field, changes in {
        "starts_on": {"starts_on": last + day, "follow_up_on": last + day},
        "follow_up_on": {"follow_up_on": last + day},
        "ends_on": {"kind": "changed_timetable", "ends_on": None},
    }.items():
        with pytest.raises(actions.WrongDay) as wrong:
            actions.add_measure(pupil=pupil, **taken(mentor, today, **changes))
        assert wrong.value.field == field
    with pytest.raises(actions.WrongDay, match="follow_up_on"):
        actions.add_measure(pupil=pupil, **taken(mentor, today, follow_up_on=today - day))
    with pytest.raises(ReasonIsMissing):
        actions.add_measure(pupil=pupil, **taken(mentor, today, kind="own", in_words=" "))


def test_teaching_at_a_distance_ends_with_the_term_at_the_latest(mentor, pupil, today, calendar):
    end = min(term.last for term in calendar.terms if term.last >= today)
    with pytest.raises(actions.WrongDay, match="ends_on"):
        actions.add_measure(pupil=pupil, **taken(mentor, today, kind="distance", ends_on=end + timedelta(days=1)))

    assert actions.add_measure(pupil=pupil, **taken(mentor, today, kind="distance", ends_on=end)).ends_on == end


def test_only_those_who_work_with_the_pupil_add_measures(mentor, pupil, group, today):
    stranger = MembershipFactory(mentor=True, unit=group.school.unit)
    office = MembershipFactory(school_admin=True, unit=group.school.unit)
    elsewhere = MembershipFactory(principal=True)

    for member in (stranger, office, elsewhere):
        with pytest.raises(NotAllowed):
            actions.add_measure(pupil=pupil, **taken(member, today, responsible=mentor))


def test_somebody_elsewhere_or_without_pupils_sees_to_no_measure(mentor, pupil, group, today):
    office = MembershipFactory(school_admin=True, unit=group.school.unit)
    gone = MembershipFactory(unit=group.school.unit, valid_to=today - timedelta(days=1))

    for member in (office, gone, MembershipFactory()):
        with pytest.raises(NotAllowed):
            actions.add_measure(pupil=pupil, **taken(mentor, today, responsible=member))


def test_nobody_takes_measures_about_a_protected_pupil(counsellor, group, today):
    hidden = enrol(group, protection="protected_registration", alias="K-1")

    with pytest.raises(NotAllowed):
        actions.add_measure(pupil=hidden, **taken(counsellor, today))
    measure = MeasureFactory(enrolment=hidden.enrolments.get())
    assert not Measure.objects.visible_to(counsellor).filter(pk=measure.pk).exists()


@pytest.mark.parametrize("page", ["measure_detail", "follow_up_measure", "end_measure"])
def test_measures_are_hidden_from_other_classes_other_schools_and_the_office(sign_in, measure, group, page):
    for stranger in (
        MembershipFactory(mentor=True, unit=group.school.unit),
        MembershipFactory(principal=True),
    ):
        assert sign_in(stranger).get(url(measure, page)).status_code == 404
    assert (
        sign_in(MembershipFactory(school_admin=True, unit=group.school.unit)).get(url(measure, page)).status_code == 403
    )
    assert sign_in(MembershipFactory(team_worker=True)).get(url(measure, page)).status_code == 403


def test_a_measure_is_found_under_its_own_pupil_alone(sign_in, measure, counsellor, group):
    other = enrol(group, "Bo", "Berg")
    address = reverse("attendance:measure_detail", args=[other.pk, measure.pk])

    assert sign_in(counsellor).get(address).status_code == 404


def test_the_database_itself_refuses_a_timetable_without_end(pupil):
    enrolment = pupil.enrolments.get()
    for wrong in (
        {"kind": "reduced_timetable", "hours_a_week": 10},
        {"kind": "reduced_timetable", "ends_on": "2026-12-18"},
        {"kind": "distance"},
        {"kind": "own", "in_words": ""},
        {"ended_on": "2026-11-20"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            MeasureFactory(enrolment=enrolment, **wrong)


def test_a_reduced_timetable_stands_beside_every_figure_and_to_the_office_too(
    sign_in, pupil, taught, mentor, counsellor, group, today
):
    enrolment = pupil.enrolments.get()
    AttendanceDayFactory(pupil=pupil, day=taught[-1])
    SignalFactory(enrolment=enrolment)
    MeasureFactory(enrolment=enrolment, reduced=True, starts_on=today - timedelta(days=5), ends_on=today)
    said = "Reduced timetable, 10 hours a week, until"
    office = MembershipFactory(school_admin=True, unit=group.school.unit)
    pupils, signals = reverse("attendance:pupil_list"), reverse("attendance:signal_list")
    detail = reverse("attendance:pupil_detail", args=[pupil.pk])

    for reader in (mentor, counsellor, office):
        assert said in sign_in(reader).get(pupils).content.decode()
        assert said in sign_in(reader).get(detail).content.decode()
    assert said in sign_in(counsellor).get(signals).content.decode()

    Measure.objects.update(ended_on=today - timedelta(days=2), ended_by=mentor, end_reason="Slut")
    assert "Had a reduced timetable" in sign_in(mentor).get(detail).content.decode()
    Measure.objects.update(ended_on=today - timedelta(days=6))
    assert "educed timetable, 10" not in sign_in(mentor).get(detail).content.decode()


def test_the_pupil_page_tells_what_is_being_done(sign_in, measure, mentor, counsellor, pupil):
    MeasureFactory(enrolment=pupil.enrolments.get(), kind=Kind.HOME_VISIT, in_words="", ended=True)

    page = sign_in(counsellor).get(reverse("attendance:pupil_detail", args=[pupil.pk])).content.decode()
    all_of_them = sign_in(counsellor).get(reverse("attendance:measure_list", args=[pupil.pk])).content.decode()

    assert "Morning contact or pick-up" in page
    assert "Home visit" not in page.partition('id="measures"')[2].partition("</section>")[0]
    assert "Home visit" in all_of_them


def test_pages_cost_the_same_for_many_measures(sign_in, counsellor, pupil, taught, assert_constant_queries):
    sign_in(counsellor)
    enrolment = pupil.enrolments.get()

    for page in ("pupil_detail", "measure_list"):
        assert_constant_queries(
            reverse(f"attendance:{page}", args=[pupil.pk]), lambda: MeasureFactory(enrolment=enrolment)
        )
    assert_constant_queries(reverse("attendance:pupil_list"), lambda: MeasureFactory(enrolment=enrolment, reduced=True))


def test_no_role_of_the_database_but_the_schools_has_a_right_to_measures():
    tables = ("attendance_measure", "attendance_measurefollowup")
    with connection.cursor() as cursor:
        for role in EVERYBODY:
            for table in tables:
                cursor.execute("SELECT has_any_column_privilege(%s, %s, 'SELECT, INSERT, UPDATE')", [role, table])
                assert cursor.fetchone() == (role == SCHOOL,), (role, table)
            cursor.execute("SELECT has_function_privilege(%s, 'reduced_timetables(uuid[])', 'EXECUTE')", [role])
            assert cursor.fetchone() == (role == SCHOOL,), role


@pytest.mark.parametrize(
    "role", ["team_worker", "intake_worker", "team_head", "coordinator", "analyst", "system_admin"]
)
def test_the_other_sides_are_given_no_row_and_no_page(sign_in, measure, role):
    outsider = MembershipFactory(**{role: True})

    assert not Measure.objects.visible_to(outsider).exists()
    for page in ("measure_detail", "follow_up_measure", "end_measure"):
        assert sign_in(outsider).get(url(measure, page)).status_code == 403
    assert sign_in(outsider).get(new(measure.pupil)).status_code == 403
