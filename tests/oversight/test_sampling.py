"""The sample is drawn by lot, once, and anybody can draw it again."""

from datetime import UTC, date, datetime

import pytest

from accounts.roles import Role
from audit.models import AccessRecord, AuditEvent
from oversight import actions
from oversight.models import Sample
from oversight.sampling import SIZE, chosen, moments_of, month_before
from tests.factories.accounts import MembershipFactory

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def readings(number, at):
    """Write some readings at a moment."""
    for _ in range(number):
        AccessRecord.objects.create(page="cases:case_detail", at=at)


def test_same_seed_draws_the_same():
    ids = range(1000)

    assert chosen(ids, "a") == chosen(reversed(ids), "a")
    assert chosen(ids, "a") != chosen(ids, "b")
    assert len(set(chosen(ids, "a"))) == SIZE


def test_every_reading_has_the_same_chance():
    drawn = [number for seed in range(400) for number in chosen(range(100), str(seed), 10)]

    assert all(20 <= drawn.count(number) <= 62 for number in range(100))


@pytest.mark.parametrize(
    ("day", "month"),
    [
        (date(2026, 11, 25), date(2026, 10, 1)),
        (date(2027, 1, 1), date(2026, 12, 1)),
        (date(2026, 3, 31), date(2026, 2, 1)),
    ],
)
def test_latest_month_that_is_over(day, month):
    assert month_before(day) == month


def test_month_begins_and_ends_at_midnight_in_stockholm():
    begins, ends = moments_of(date(2026, 10, 1))

    assert (begins.astimezone(UTC), ends.astimezone(UTC)) == (
        datetime(2026, 9, 30, 22, tzinfo=UTC),
        datetime(2026, 10, 31, 23, tzinfo=UTC),
    )


def test_sample_is_of_the_month_and_can_be_drawn_again(db):
    auditor = MembershipFactory(log_auditor=True)
    readings(30, datetime(2026, 10, 10, tzinfo=UTC))
    readings(5, datetime(2026, 11, 2, tzinfo=UTC))

    sample = actions.draw_sample(by=auditor, at=NOW)

    october = AccessRecord.objects.filter(at__lt=datetime(2026, 11, 1, tzinfo=UTC)).values_list("pk", flat=True)
    assert (sample.month, sample.population) == (date(2026, 10, 1), 30)
    assert sorted(sample.readings.values_list("record", flat=True)) == chosen(october, sample.seed)
    assert AuditEvent.objects.filter(action="sample_drawn").exists()


def test_sample_is_drawn_once(db):
    auditor = MembershipFactory(log_auditor=True)
    actions.draw_sample(by=auditor, at=NOW)

    with pytest.raises(actions.AlreadyDrawn):
        actions.draw_sample(by=auditor, at=NOW)

    assert Sample.objects.count() == 1


@pytest.mark.parametrize("role", [role for role in Role if role != Role.LOG_AUDITOR])
def test_only_auditors_draw(db, role):
    with pytest.raises(actions.NotAllowed):
        actions.draw_sample(by=MembershipFactory(role=role), at=NOW)
