"""Signals: once per crossing, only on enough reports, the same as the slow way of counting."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from attendance.detection import LOCK, detect_signals
from attendance.models import AttendanceDay, ClassDay, Signal
from attendance.tasks import detect as detect_every_night
from audit.models import AuditEvent
from deadlines.working_days import add_working_days
from tests.attendance.slow_detection import expected_crossings
from tests.factories.attendance import AttendanceDayFactory, ClassDayFactory, ThresholdRuleFactory, source_of_pupil
from tests.factories.schools import ClassGroupFactory, EnrolmentFactory

AT = datetime(2026, 11, 23, 6, tzinfo=UTC)
TODAY = date(2026, 11, 23)
MONDAY = date(2026, 9, 7)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rule():
    return ThresholdRuleFactory()


def school_days(count: int, first: date = MONDAY) -> list[date]:
    days = [first + timedelta(days=n) for n in range(count * 2)]
    return [day for day in days if day.weekday() < 5][:count]


def make_class(days: list[date], **minutes):
    group = ClassGroupFactory()
    for day in days:
        ClassDayFactory(class_group=group, day=day, **minutes)
    return group


def pupil_away(group, minutes_by_day: dict[date, int]):
    pupil = EnrolmentFactory(class_group=group).pupil
    AttendanceDay.objects.bulk_create(
        AttendanceDay(pupil=pupil, day=day, valid_minutes=minutes, source=source_of_pupil(pupil))
        for day, minutes in minutes_by_day.items()
    )
    return pupil


def detect(*pupils, today: date = TODAY) -> list[tuple[date, int]]:
    found = detect_signals([pupil.pk for pupil in pupils], today=today, at=AT)
    return [(signal.crossed_on, signal.level) for signal in found if signal.kind == "total"]


def test_crossing_ten_per_cent_makes_one_signal_on_that_day():
    days = school_days(30)
    pupil = pupil_away(make_class(days), {days[18]: 300, days[24]: 300})

    assert detect(pupil) == [(days[24], 10)]

    signal = Signal.objects.get()
    assert (signal.window_from, signal.offered_minutes, signal.valid_minutes) == (days[5], 6000, 600)
    assert signal.absence_percent == 10


def test_the_school_has_five_school_days_to_answer():
    days = school_days(20)
    pupil = pupil_away(make_class(days), {days[0]: 300, days[1]: 300})

    detect(pupil, today=date(2026, 10, 29))

    assert Signal.objects.get().due_on == date(2026, 11, 6)


def test_running_again_finds_nothing_new():
    days = school_days(30)
    pupil = pupil_away(make_class(days), {days[0]: 300, days[20]: 300, days[19]: 300})

    assert detect(pupil) != []
    assert detect(pupil) == []
    assert AuditEvent.objects.filter(action="signal seen").count() == Signal.objects.count()


def test_fewer_than_twenty_school_days_say_nothing():
    days = school_days(19)

    assert detect(pupil_away(make_class(days), dict.fromkeys(days, 300))) == []


def test_a_poorly_reported_window_says_nothing_until_the_reports_come():
    days = school_days(20)
    group = make_class(days, reported_minutes=260)
    pupil = pupil_away(group, {days[3]: 300, days[4]: 300})

    assert detect(pupil) == []

    ClassDay.objects.filter(class_group=group).update(reported_minutes=300)

    assert detect(pupil) == [(days[19], 10)]


def test_only_a_higher_line_speaks_again():
    days = school_days(24)
    pupil = pupil_away(make_class(days), {days[19]: 300, days[20]: 300, days[21]: 300, days[23]: 300})

    assert detect(pupil) == [(days[20], 10), (days[21], 15), (days[23], 20)]


def test_falling_under_the_lowest_line_arms_the_signal_again():
    days = school_days(50)
    pupil = pupil_away(make_class(days), {days[10]: 300, days[11]: 300, days[40]: 300, days[41]: 300})

    assert detect(pupil) == [(days[19], 10), (days[41], 10)]


def test_days_that_come_later_go_on_from_where_we_were():
    days = school_days(40)
    group = make_class(days[:25])
    pupil = pupil_away(group, {days[20]: 300, days[21]: 300, days[30]: 300, days[31]: 300, days[32]: 300})

    first = detect(pupil)
    for day in days[25:]:
        ClassDayFactory(class_group=group, day=day)
    later = detect(pupil)

    assert first == [(days[21], 10)]
    assert first + later == expected_crossings(pupil.pk, TODAY)


def test_a_correction_of_the_last_day_is_seen():
    days = school_days(20)
    pupil = pupil_away(make_class(days), {days[3]: 300})
    assert detect(pupil) == []

    AttendanceDay.objects.create(pupil=pupil, day=days[19], invalid_minutes=300, source=source_of_pupil(pupil))

    assert detect(pupil) == [(days[19], 10)]


def test_a_pupil_with_a_shorter_timetable_is_judged_by_it():
    days = school_days(20)
    pupil = pupil_away(make_class(days), {days[0]: 60, days[1]: 60})
    AttendanceDay.objects.filter(pupil=pupil).update(offered_minutes=60, reported_minutes=60)
    AttendanceDay.objects.bulk_create(
        AttendanceDay(pupil=pupil, day=day, offered_minutes=60, reported_minutes=60, source=source_of_pupil(pupil))
        for day in days[2:]
    )

    assert detect(pupil) == [(days[19], 10)]


def test_a_pupil_who_changed_school_carries_the_days_along():
    days = school_days(30)
    before, after = make_class(days), make_class(days)
    pupil = pupil_away(before, {days[15]: 300})
    pupil.enrolments.update(ends_on=days[19])
    EnrolmentFactory(pupil=pupil, class_group=after, starts_on=days[20])
    AttendanceDayFactory(pupil=pupil, day=days[22])

    assert detect(pupil) == [(days[22], 10)]
    assert Signal.objects.get().class_group == after


def test_a_whole_school_can_be_judged():
    days = school_days(20)
    group = make_class(days)
    pupil_away(group, {days[0]: 300, days[1]: 300})

    assert len(detect_signals(group.school, today=TODAY, at=AT)) == 1


@pytest.mark.parametrize("seed", range(3))
def test_the_fast_way_finds_what_the_slow_way_finds(seed):
    chance = random.Random(seed)
    days = school_days(55)
    group = ClassGroupFactory()
    for day in days:
        reported = 300 if chance.random() < 0.93 else chance.choice([0, 120, 240])
        ClassDayFactory(class_group=group, day=day, reported_minutes=reported)
    pupils = [random_pupil(group, days, chance) for _ in range(12)]

    found = {pupil.pk: [] for pupil in pupils}
    for today in [*sorted(chance.sample(days[20:], 4)), TODAY]:
        for signal in detect_signals(found, today=today, at=AT):
            found[signal.pupil_id].append((signal.crossed_on, signal.level))

    assert found == {pupil.pk: expected_crossings(pupil.pk, TODAY) for pupil in pupils}
    assert sum(map(len, found.values())) > 5
    assert detect_signals(found, today=TODAY, at=AT) == []


def random_pupil(group, days, chance):
    minutes = {}
    for start in range(0, len(days), 11):
        rate = chance.choice([0, 0.05, 0.15, 0.4, 0.8])
        for day in days[start : start + 11]:
            if chance.random() < rate:
                minutes[day] = chance.choice([60, 120, 180, 300])
    pupil = pupil_away(group, minutes)
    for own in pupil.attendance_days.all():
        if chance.random() < 0.1:
            own.offered_minutes = own.reported_minutes = max(own.valid_minutes, 180)
            own.save()
    return pupil


def test_working_days_are_what_the_examples_count():
    assert add_working_days(MONDAY, 19) == school_days(20)[-1]


def test_every_night_all_pupils_are_judged_with_the_rights_of_imports():
    days = school_days(20, first=timezone.localdate() - timedelta(days=40))
    pupil_away(make_class(days), dict.fromkeys(days, 300))

    detect_every_night(0)

    assert Signal.objects.filter(kind="total", level=50, crossed_on=days[-1]).exists()


def test_two_detections_at_once_wait_for_each_other():
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        assert cursor.fetchone()[0] == 1

    days = school_days(20)
    pupil = pupil_away(make_class(days), {days[3]: 300, days[4]: 300})
    assert detect(pupil) == [(days[19], 10)]
    with pytest.raises(IntegrityError), transaction.atomic():
        Signal.objects.create(**{f.attname: getattr(Signal.objects.first(), f.attname)
                                 for f in Signal._meta.concrete_fields if f.attname != "id"})  # fmt: skip
