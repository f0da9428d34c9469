"""Totals of weeks, months and terms: kept as they are told, replaced by the same kind of period, never added."""

from datetime import date
from decimal import Decimal

import pytest

from attendance.models import PeriodTotal
from attendance.sources import make_source
from tests.factories.schools import TermFactory
from tests.integrations.bringing import AT, bring_in, read
from tests.integrations.known_pupils import enrol

pytestmark = pytest.mark.django_db


def codes(absence_import):
    return [(problem.row_number, problem.column, problem.code) for problem in absence_import.problems.all()]


def test_minutes_and_shares_are_kept_as_they_are_told(group, principal):
    enrol(group, "e1", "e2")

    bring_in(
        principal,
        "Elev-id;Vecka;Undv. tid (h);Giltig (h);Ogiltig (%);Ej reg tid;Kurs",
        "e1;2026v47;20;1,5;2,5;10;Svenska",
        "e2;2026v47;20;~1;0;..;",
    )

    first, second = PeriodTotal.objects.order_by("-subject")
    assert (first.granularity, first.period_start, first.period_end) == ("week", date(2026, 11, 16), date(2026, 11, 22))
    assert (first.offered_minutes, first.valid_minutes, first.invalid_minutes) == (1200, 90, 30)
    assert (first.invalid_percent, first.unreported_percent, first.reported_minutes) == (Decimal("2.5"), 10, 1080)
    assert (first.subject, first.is_approximate) == ("Svenska", False)
    assert (second.unreported_percent, second.reported_minutes, second.is_approximate) == (None, None, True)


def test_shares_of_something_unknown_are_kept_as_shares_only(group, principal):
    enrol(group, "e1")

    bring_in(principal, "Elev-id;Period;Frånvaro (%)", "e1;2026-10;12,5")

    total = PeriodTotal.objects.get()
    assert total.absent_percent == Decimal("12.5")
    assert (total.valid_minutes, total.invalid_minutes, total.offered_minutes) == (None, None, None)


def test_the_period_above_the_table_counts_for_every_row(group, principal):
    enrol(group, "e1")

    bring_in(principal, "LearnPoint", "Period: 2026-10-01 - 2026-10-31", "Elev-id;Giltig (t);Ogiltig (t)", "e1;1,5;0")

    total = PeriodTotal.objects.get()
    assert (total.granularity, total.period_start, total.period_end) == (
        "custom",
        date(2026, 10, 1),
        date(2026, 10, 31),
    )


def test_a_term_is_the_schools_own(group, principal):
    enrol(group, "e1")
    year = group.school_year
    TermFactory(school_year=year, starts_on=year.starts_on, ends_on=date(2026, 12, 22))

    bring_in(principal, "Elev-id;Termin;Giltig;Ogiltig", "e1;HT26;90;0")

    total = PeriodTotal.objects.get()
    assert (total.granularity, total.period_start, total.period_end) == ("term", year.starts_on, date(2026, 12, 22))


def test_the_same_period_is_replaced_and_another_source_is_left_alone(group, principal):
    enrol(group, "e1")
    headings = "Elev-id;Vecka;Giltig;Ogiltig"
    bring_in(principal, headings, "e1;2026v46;60;0", "e1;2026v47;0;30")
    other = make_source(unit=principal.unit, kind="file", name="Den andra", at=AT)
    bring_in(principal, headings, "e1;2026v47;5;5", source=other)

    again = bring_in(principal, headings, "e1;2026v47;0;45")

    assert (again.counts["new"], again.counts["changed"], again.counts["removed"]) == (0, 1, 0)
    assert PeriodTotal.objects.count() == 3
    assert PeriodTotal.objects.get(period_start=date(2026, 11, 16), source=again.source).invalid_minutes == 45


def test_a_period_that_shares_days_with_a_stored_one_of_its_kind_replaces_it(group, principal):
    enrol(group, "e1")
    headings = "Elev-id;Period;Giltig;Ogiltig"
    bring_in(principal, headings, "e1;2026-10-01 - 2026-10-31;60;0", "e1;2026v47;1;1")

    bring_in(principal, headings, "e1;2026-10-15 - 2026-11-15;90;0")

    assert list(PeriodTotal.objects.order_by("period_start").values_list("granularity", "valid_minutes")) == [
        ("custom", 90),
        ("week", 1),
    ]


def test_two_totals_that_share_days_in_one_file_are_never_both_stored(group, principal):
    enrol(group, "e1")

    absence_import = bring_in(
        principal, "Elev-id;Period;Giltig;Ogiltig", "e1;2026-10-01 - 2026-10-31;60;0", "e1;2026-10-15 - 2026-11-15;90;0"
    )

    assert codes(absence_import) == [(3, "", "period_overlaps")]
    assert PeriodTotal.objects.get().valid_minutes == 60


def test_what_cannot_be_is_refused_with_a_reason(group, principal):
    enrol(group, "e1", "e2")

    absence_import = read(
        principal,
        "Elev-id;Vecka;Undv. tid;Giltig;Ogiltig",
        "e1;2026v47;60;45;45",
        "e1;2026v46;..;..;..",
        "e1;2026v54;60;0;0",
        "e1;;60;0;0",
        "e2;2026v47;60;-5;0",
    )

    assert codes(absence_import) == [
        (2, "invalid", "absent_more_than_offered"),
        (3, "valid", "nothing_told"),
        (4, "period", "week_does_not_exist"),
        (5, "period", "period_missing"),
        (6, "valid", "number_negative"),
    ]
