"""Five hundred pupils with moves, breaks, gaps, cancelled days, own hours: the fast way finds what the slow one does.

Every kind of signal has to occur, else the comparison would say nothing about it.
"""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime

import pytest
from django.utils.translation import override

from attendance.detection import detect_signals
from attendance.models import Signal, ThresholdRule
from attendance.thresholds import load_threshold_rules
from tests.attendance.random_city import LAST, make_city
from tests.attendance.slow_detection import expected_signals
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import ThresholdRuleFactory

AT = datetime(2026, 12, 21, 6, tzinfo=UTC)
KINDS = set(Signal.Kind)

pytestmark = pytest.mark.django_db


def found_by_pupil():
    found = defaultdict(list)
    for signal in Signal.objects.all():
        found[signal.pupil_id].append((signal.crossed_on, signal.kind, signal.school_days, signal.level))
    return {pupil: sorted(signals) for pupil, signals in found.items()}


def expected_by_pupil(city):
    expected = {pupil.pk: expected_signals(pupil.pk, LAST) for pupil in city.pupils}
    return {pupil: signals for pupil, signals in expected.items() if signals}


def test_the_fast_way_finds_what_the_slow_way_finds_of_five_hundred_pupils():
    load_threshold_rules()
    city = make_city(seed=4, pupils=500)

    detect_signals(None, today=LAST, at=AT)

    expected = expected_by_pupil(city)
    assert found_by_pupil() == expected
    assert Counter(kind for signals in expected.values() for _day, kind, *_rest in signals).keys() == KINDS
    assert detect_signals(None, today=LAST, at=AT) == []


@pytest.mark.parametrize("seed", range(3))
def test_it_does_not_matter_on_which_days_or_by_which_schools_it_is_looked(seed):
    load_threshold_rules()
    city = make_city(seed=seed, pupils=60, classes=4)
    schools = [group.school for group in city.groups]

    for day in sorted(city.chance.sample(city.days, 6)):
        for school in [*city.chance.sample(schools, 2), None]:
            detect_signals(school, today=day, at=AT)
    detect_signals(None, today=LAST, at=AT)

    assert found_by_pupil() == expected_by_pupil(city)


def test_a_signal_keeps_the_facts_of_its_windows():
    load_threshold_rules()
    make_city(seed=7, pupils=60, classes=3)

    detect_signals(None, today=LAST, at=AT)

    signal = Signal.objects.filter(kind="weekday").first()
    assert signal.facts["occasions_20"] >= 3
    with override("en"):
        assert signal.what in ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays")
    assert {"offered_90", "valid_10", "invalid_40", "late_20", "away_before", "reported_20"} <= signal.facts.keys()
    assert date.fromisoformat(signal.facts["from_20"]) == signal.window_from


def test_a_schools_own_lines_count_from_their_day_and_for_that_school_alone():
    load_threshold_rules()
    city = make_city(seed=7, pupils=60, classes=4)
    school = city.groups[0].school
    lines = [{"kind": "total", "unit": "percent", "school_days": 20, "levels": [4, 7, 10, 15, 20, 30, 50]}]
    middle = city.days[len(city.days) * 2 // 3]
    for version, base in enumerate(ThresholdRule.objects.exclude(version=1), start=50):
        others = [line for line in base.lines if line["kind"] != "total"]
        ThresholdRuleFactory(
            version=version, valid_from=middle, school=school, based_on=base, lines=lines + others, reason="Tidigare.",
            set_by=MembershipFactory(principal=True, unit=school.unit), set_at=AT, school_form=base.school_form,
        )  # fmt: skip

    detect_signals(None, today=LAST, at=AT)

    assert found_by_pupil() == expected_by_pupil(city)
    own = Signal.objects.filter(rule__school=school, kind="total", level__in=[4, 7])
    assert own.exists()
    assert own.count() == Signal.objects.filter(kind="total", level__in=[4, 7]).count()
    assert {signal.class_group.school_id for signal in own} == {school.pk}
    assert min(signal.crossed_on for signal in own) >= middle
