"""A night reads no more of a calendar than its days look back on, and says the same as when all of it is read."""

import json
from datetime import date

import pytest
from django.db import connection, transaction

from attendance.models import JudgedClass
from attendance.thresholds import load_threshold_rules
from attendance.windows import compute_windows
from schools.models import ClassGroup
from tests.attendance.random_city import make_city

MONDAY_BEFORE_LAST, LAST = date(2026, 12, 14), date(2026, 12, 18)
OF_THE_WEEK = """
SELECT to_jsonb(facts) - 'calendar'
       || jsonb_build_object('judged', to_jsonb(judged) - '{calendar,nth,is_judged,is_known}'::text[])
  FROM windows_facts facts JOIN windows_judged judged USING (calendar, day) WHERE day > %s ORDER BY pupil_id, day
"""
READ = "SELECT count(*), count(DISTINCT day) FROM windows_day"

pytestmark = pytest.mark.django_db


def facts_and_days_read(pupils=None):
    """Return what the windows say of the last week, and how much of the calendars they were made of."""
    with transaction.atomic(), connection.cursor() as cursor:
        compute_windows(cursor, pupils=pupils, today=LAST, first_rule=date(2026, 7, 1))
        cursor.execute(OF_THE_WEEK, [MONDAY_BEFORE_LAST])
        facts = [json.loads(row) for (row,) in cursor.fetchall()]
        cursor.execute(READ)
        read = cursor.fetchone()[0]
        cursor.execute("DROP TABLE windows_facts, windows_judged, windows_day")
    return facts, read


@pytest.mark.parametrize("seed", range(3))
def test_a_night_reads_less_and_says_the_same_as_reading_everything(seed):
    load_threshold_rules()
    city = make_city(seed=seed, pupils=60, classes=4, first=date(2026, 3, 2))
    everything, of_all = facts_and_days_read()

    judged = [JudgedClass(class_group=group, judged_to=MONDAY_BEFORE_LAST) for group in ClassGroup.objects.all()]
    JudgedClass.objects.bulk_create(judged)
    night, of_the_night = facts_and_days_read()

    assert night == everything
    assert len({facts["pupil_id"] for facts in night}) > 20
    assert of_the_night < of_all * 0.75
    some = [pupil.pk for pupil in city.pupils[:20]]
    assert facts_and_days_read(some)[0] == [one for one in everything if one["pupil_id"] in {str(pk) for pk in some}]


def test_a_class_judged_late_is_read_as_far_back_as_its_days_need():
    load_threshold_rules()
    city = make_city(seed=5, pupils=60, classes=4, first=date(2026, 3, 2))
    everything, _read = facts_and_days_read()

    judged = [date(2026, 5, 4), date(2026, 10, 1), MONDAY_BEFORE_LAST, LAST]
    JudgedClass.objects.bulk_create(
        JudgedClass(class_group=group, judged_to=day) for group, day in zip(city.groups, judged, strict=True)
    )
    night, _read = facts_and_days_read()

    of_night = {(one["pupil_id"], one["day"]): one for one in night}
    expected = {(one["pupil_id"], one["day"]): one for one in everything}
    assert len(of_night) > 20
    assert of_night == {key: expected[key] for key in of_night}
    assert {pupil for pupil, day in of_night if day == LAST.isoformat()} == {
        pupil for pupil, day in expected if day == LAST.isoformat()
    }
