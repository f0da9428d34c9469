"""The lines of a school: what applies, a stricter version from a later day, and a trial that stores nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from attendance.actions import NotAllowed, ReasonIsMissing
from attendance.detection import detect_signals
from attendance.lines import lines_with, standing_lines
from attendance.models import Evaluation, JudgedClass, Signal, ThresholdRule
from attendance.setting_lines import TooEarly, TooLax, set_lines
from attendance.thresholds import LINES, load_threshold_rules
from attendance.trial import signals_with
from audit.models import AuditEvent
from tests.architecture.partials import HTMX
from tests.attendance.classes import enrol, weekdays_until
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import AttendanceDayFactory, ClassDayFactory, SignalFactory, ThresholdRuleFactory
from tests.factories.schools import ClassGroupFactory
from wall import identity

pytestmark = pytest.mark.django_db
URL = "/settings/lines/"
TOTAL, HOURS = ("total", "percent", 20), ("total", "hours", 20)


@pytest.fixture
def school(group):
    load_threshold_rules()
    return group.school


@pytest.fixture
def last(today):
    return weekdays_until(today, 1)[0]


def filled_in(today, **changes):
    told = {
        "total_percent_20": "10, 15, 20, 30, 50",
        "invalid_percent_20": "5",
        "weekday_weeks_20": "3",
        "time_weeks_20": "3",
        "subject_weeks_20": "3",
        "in_a_row_days_90": "5, 10, 20",
        "change_points_20": "10",
        "valid_from": (today + timedelta(days=1)).isoformat(),
        "reason": "Vi vill se tidigare.",
    }
    return told | changes


def set_by(principal, school, today, levels=None, **told):
    return set_lines(
        school=school,
        levels=levels or {TOTAL: [8, 15, 20, 30, 50]},
        valid_from=told.pop("valid_from", today + timedelta(days=1)),
        reason=told.pop("reason", "Tidigare."),
        by=principal,
        at=timezone.now(),
    )


def test_the_page_says_what_applies_and_since_when(sign_in, counsellor, school):
    page = sign_in(counsellor).get(URL).content.decode()

    assert "10, 15, 20, 30, 50" in page
    assert "standard, since" in page
    assert "Be stricter at your school" not in page


def test_a_principal_sets_stricter_lines_from_tomorrow(sign_in, principal, school, today):
    client = sign_in(principal)

    answer = client.post(URL, filled_in(today, total_percent_20="8, 15, 20, 30, 50", total_hours_20="12"))

    assert answer.url == URL
    rule = ThresholdRule.objects.get(school=school)
    assert rule.lines[0]["levels"] == [8, 15, 20, 30, 50]
    assert rule.lines[-1] == {"kind": "total", "unit": "hours", "school_days": 20, "levels": [12]}
    assert (rule.set_by, rule.reason, rule.valid_from) == (principal, "Vi vill se tidigare.", today + timedelta(days=1))
    assert AuditEvent.objects.get(action="lines set").details["version"] == rule.version
    assert "The school’s own" in client.get(URL).content.decode() or "version" in client.get(URL).content.decode()
    assert standing_lines(school, today)[0].own is None
    assert standing_lines(school, today + timedelta(days=1))[0].rule == rule


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("total_percent_20", "12, 15, 20, 30, 50", "stricter than the city, not laxer"),
        ("total_percent_20", "10, 15", "stricter than the city, not laxer"),
        ("total_percent_20", "", "stricter than the city, not laxer"),
        ("total_percent_20", "tio", "Write whole numbers"),
        ("total_percent_20", "15, 10, 20, 30, 50", "Write whole numbers"),
        ("total_percent_20", "0, 15, 20, 30, 50", "Write numbers from 1 to 100"),
        ("total_hours_20", "1 2 3 4 5 6 7 8 9", "Write at most 8 numbers"),
        ("valid_from", "2020-01-01", "Choose today or a later day"),
        ("reason", "", "Write in short why"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(
    sign_in, principal, school, today, field, typed, said
):
    answer = sign_in(principal).post(URL, filled_in(today, **{"change_points_20": "7", field: typed}))

    assert answer.status_code == 422
    assert any(said in str(error) for error in answer.context["form"].errors[field])
    assert 'value="7"' in answer.content.decode()
    assert not ThresholdRule.objects.filter(school=school).exists()


def test_today_is_too_early(sign_in, principal, school, today):
    answer = sign_in(principal).post(URL, filled_in(today, valid_from=today.isoformat()))

    assert "Choose tomorrow or a later day" in answer.content.decode()
    with pytest.raises(TooEarly):
        set_by(principal, school, today, valid_from=today)


def test_nobody_sets_laxer_lines_nor_without_a_reason_nor_for_another_school(school, principal, counsellor, today):
    with pytest.raises(TooLax) as refused:
        set_by(principal, school, today, {TOTAL: [11, 15, 20, 30, 50]})
    assert refused.value.key == TOTAL
    with pytest.raises(ReasonIsMissing):
        set_by(principal, school, today, reason=" ")
    for other in (counsellor, MembershipFactory(principal=True, unit=ClassGroupFactory().school.unit)):
        with pytest.raises(NotAllowed):
            set_by(other, school, today)


def test_only_a_principal_may_send(sign_in, counsellor, mentor, school, today):
    for who in (counsellor, mentor):
        assert sign_in(who).post(URL, filled_in(today)).status_code == 403


def test_the_database_lets_a_principal_add_for_the_own_school_only_and_change_nothing(school, principal, today):
    other = ClassGroupFactory().school
    (rule,) = set_by(principal, school, today)
    told = {field.attname: getattr(rule, field.attname) for field in rule._meta.concrete_fields}
    told |= {"id": None, "version": 99, "school_id": other.pk}
    with pytest.raises(Exception, match="row-level security"), identity.acting_as(principal):
        ThresholdRule(**told).save(force_insert=True)
    for statement in ("UPDATE attendance_thresholdrule SET version = 100", "DELETE FROM attendance_thresholdrule"):
        with pytest.raises(Exception, match="permission denied"), identity.acting_as(principal):
            connection.cursor().execute(statement)


def test_detection_uses_the_schools_lines_from_their_day(school, group, pupil, principal, taught, today, last):
    for day in taught[-9:-7]:
        AttendanceDayFactory(pupil=pupil, day=day)
    detect_signals(None, today=last, at=timezone.now())
    before = Signal.objects.filter(kind="total").count()
    (rule,) = set_by(principal, school, today, {TOTAL: [5, 15, 20, 30, 50]})
    later = rule.valid_from + timedelta(days=(7 - rule.valid_from.weekday()) % 7)
    ClassDayFactory(class_group=group, day=later)
    AttendanceDayFactory(pupil=pupil, day=later, valid_minutes=10)

    other = enrol(group, "Bo")
    AttendanceDayFactory(pupil=other, day=later)
    AttendanceDayFactory(pupil=other, day=taught[-1], valid_minutes=290)
    detect_signals(None, today=later, at=timezone.now())

    assert before == 1
    assert not Signal.objects.filter(pupil=pupil, level=5).exists()  # had already crossed the higher line
    assert Signal.objects.get(pupil=other, kind="total", level=5).rule == rule


def test_when_the_provider_sets_new_lines_those_of_the_school_lapse(school, principal, today):
    (rule,) = set_by(principal, school, today)
    ThresholdRuleFactory(version=90, valid_from=today + timedelta(days=3), lines=LINES, provider=school.provider)

    assert standing_lines(school, today + timedelta(days=2))[0].rule == rule
    assert standing_lines(school, today + timedelta(days=3))[0].own is None


def test_the_trial_counts_what_detection_would_have_found_and_stores_nothing(school, group, pupil, taught, last):
    late, steady = enrol(group, "Bo"), enrol(group, "Ceci")
    for day in taught[-2:]:
        AttendanceDayFactory(pupil=pupil, day=day)
    AttendanceDayFactory(pupil=late, day=taught[-1], valid_minutes=270)
    for day in taught[-40::4]:
        AttendanceDayFactory(pupil=steady, day=day)
    standing = standing_lines(school, last)

    def tried(changes):
        return signals_with(school, standing, changes, last=last, mentors=1)

    now, stricter = tried(None), tried({TOTAL: [4, 15, 20, 30, 50]})

    assert not any(model.objects.exists() for model in (Signal, Evaluation, JudgedClass))
    found = [one for one in detect_signals(school, today=last, at=timezone.now()) if one.crossed_on >= now.first]
    assert now.signals == len(found)
    assert now.pupils == len({one.pupil_id for one in found})
    assert pupil.pk in {one.pupil_id for one in found}
    assert (stricter.signals, stricter.pupils) == (now.signals + 1, now.pupils + 1)


def test_with_htmx_the_trial_comes_in_the_form_and_equals_the_page(sign_in, principal, school, taught, today):
    client = sign_in(principal)
    told = filled_in(today, **{"try": "1", "total_percent_20": "8, 15, 20, 30, 50", "reason": "", "valid_from": ""})

    whole = client.post(URL, told)
    part = client.post(URL, told, **HTMX)

    assert whole.status_code == part.status_code == 200
    assert "With these lines you would have had 0 signals" in part.content.decode()
    assert "<html" not in part.content.decode()
    strip = lambda text: " ".join(text.split())  # noqa: E731
    assert strip(part.content.decode()).split("csrfmiddlewaretoken")[0] in strip(whole.content.decode())
    assert not ThresholdRule.objects.filter(school=school).exists()


def test_a_trial_of_laxer_lines_is_refused(sign_in, principal, school, taught, today):
    answer = sign_in(principal).post(URL, filled_in(today, **{"try": "1", "total_percent_20": "20"}), **HTMX)

    assert answer.status_code == 422
    assert "not laxer" in answer.content.decode()


def test_more_signals_than_mentors_can_answer_are_said(sign_in, counsellor, mentor, school, group):
    for number in range(6):
        pupil = enrol(group, "ABCDEF"[number])
        SignalFactory(enrolment=pupil.enrolments.get(), created_at=timezone.now())

    assert "more signals than you have time to answer" in sign_in(counsellor).get(URL).content.decode()


def test_a_school_without_rules_is_told_so(sign_in, counsellor, group):
    ThresholdRule.objects.all().delete()

    assert "No lines apply to the school" in sign_in(counsellor).get(URL).content.decode()


def test_lines_added_in_hours_leave_the_others(group):
    rule = ThresholdRule.objects.get(version=1)

    assert lines_with(rule, {HOURS: [30, 60]}) == [
        rule.lines[0],
        {"kind": "total", "unit": "hours", "school_days": 20, "levels": [30, 60]},
    ]


def test_the_page_costs_the_same_for_many_versions(sign_in, principal, school, today, assert_constant_queries):
    sign_in(principal)
    day = iter(range(1, 30))

    assert_constant_queries(URL, lambda: set_by(principal, school, today, valid_from=today + timedelta(days=next(day))))
