"""Figures of concern reports: who is told them, and what nobody can work out."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import timezone

from followup import small_numbers
from followup.report_figures import figures_of_reports
from tests.factories.cases import make_cast
from tests.factories.socialservices import ReasonCodeFactory
from tests.followup.counting import HIDDEN, TEN, THROUGH, an_office
from wall import identity
from wall.roles import CITY

pytestmark = pytest.mark.django_db
PAGE = reverse("followup:report")


def test_a_share_is_never_so_exact_that_a_small_part_or_rest_can_be_worked_out() -> None:
    written = import_module("cases.migrations.0052_figures_of_reports")
    assert (written.FEW, written.SHARE_NEEDS) == (small_numbers.FEW, small_numbers.SHARE_NEEDS)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT part, total, s.* FROM generate_series(0, 60) total, generate_series(0, total) part, "
            "protected_share('x', part, total) s"
        )
        rows = cursor.fetchall()

    for part, total, _figure, _reason, whole, at_least, at_most in rows:
        assert whole is None if 0 < total < small_numbers.FEW else abs(whole - total) <= 2
        if total < small_numbers.SHARE_NEEDS:
            assert (at_least, at_most) == HIDDEN
            continue
        assert at_least * total <= part * 100
        assert part * 100 < (at_most + 1) * total
        if 0 < part < small_numbers.FEW or 0 < total - part < small_numbers.FEW:
            held = [few for few in range(total + 1) if at_least * total <= few * 100 <= at_most * total]
            assert len([few for few in held if few not in {0, total}]) == small_numbers.FEW - 1
        else:
            assert at_least == at_most == part * 100 // total


@pytest.mark.parametrize(
    "counts",
    [
        {"A": 9, "B": 6}, {"A": 9, "B": 3, "C": 2}, {"A": 9, "B": 6, "C": 1}, {"A": 9, "B": 6, "C": 2, "D": 1},
        {"A": 9, "B": 4}, {"A": 2, "B": 1}, {"A": 4}, {"A": 7, "B": 7, "C": 4}, {"A": 7, "B": 6, "C": 5, "D": 1}, {},
    ],
)  # fmt: skip
def test_the_database_merges_small_reasons_as_all_others_are_merged(counts: dict[str, int]) -> None:
    office = an_office()
    for code, times in counts.items():
        reason = ReasonCodeFactory(code=code, channel="concern_report")
        office.reports(times, decision="not_opened", decided_at="2026-05-05T10:00", reason=reason, words="Nej.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.code, whole FROM report_figures_through(%s, NULL) f "
            "LEFT JOIN socialservices_reasoncode k ON k.id = reason_id WHERE figure = 'reason'",
            [THROUGH],
        )
        found = {code or "rest": small_numbers.shown_count(whole or 1) for code, whole in cursor.fetchall()}

    assert found == dict(small_numbers.merged(counts, "rest"))


READERS = {
    "analyst": {"declined", "motivation", "reports"},
    "coordinator": {"declined", "motivation", "reports"},
    "area_head": {"declined", "motivation", "reports"},
    "head": {"declined", "motivation"},
    "principal": {"declined", "first_answer"},
    "area_manager": {"declined", "first_answer"},
}
"""Who is shown which: a head of a team has no reports, and no school is told of them or of reasons that are not its."""


@pytest.mark.parametrize("name", READERS)
def test_each_reader_is_shown_what_the_table_says(name: str, client: Any) -> None:
    office = an_office()
    office.reports(5, timezone.now() - timedelta(days=40))
    client.force_login(getattr(office.cast, name).user)

    page = client.get(PAGE)

    report = page.context["report"]
    codes = {figure.code for _question, figures in report.questions for figure in figures}
    codes |= {"reports"} if report.reports else set()
    assert codes & {"declined", "motivation", "reports", "first_answer"} == READERS[name] | (
        {"first_answer"} if name in {"analyst", "coordinator"} else set()
    )
    assert ("Why no investigation was opened" in page.text) is ("reports" in READERS[name])


def test_the_city_counts_all_offices_and_a_head_the_own() -> None:
    cast = make_cast()
    long_ago = timezone.now() - timedelta(days=40)
    office, other = an_office(cast), an_office()
    office.reports(5, long_ago)
    other.reports(TEN, long_ago)
    seen = {}
    for name, member in (("analyst", cast.analyst), ("head", cast.area_head), ("elsewhere", other.cast.area_head)):
        with identity.acting_as(member):
            found = figures_of_reports()
        assert found is not None
        seen[name] = next(figure.counted for figure in found.figures if figure.code == "protection")

    assert seen == {"analyst": "about 15", "head": "about 5", "elsewhere": "about 10"}


@pytest.mark.parametrize("name", ["principal", "counsellor", "mentor"])
def test_the_database_refuses_to_count_for_a_school(name: str) -> None:
    office = an_office()
    with pytest.raises(DatabaseError, match="permission denied"), identity.acting_as(getattr(office.cast, name)):
        figures_of_reports()


@pytest.mark.parametrize("name", ["area_manager", "worker", "head"])
def test_whoever_counts_with_the_citys_rights_is_still_asked_who_they_are(name: str) -> None:
    office = an_office()
    office.reports(5, timezone.now() - timedelta(days=40))
    with identity.acting_as(getattr(office.cast, name)), identity.becoming(CITY):
        assert figures_of_reports() is None


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM report_figures_through('2026-06-30', NULL)",
        "SELECT * FROM protected_share('x', 1, 30)",
        "SELECT * FROM cases_reporthandling",
        "SELECT * FROM cases_concernreport",
    ],
)
def test_the_city_can_neither_choose_its_days_nor_see_a_report(statement: str) -> None:
    office = an_office()
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        identity.acting_as(office.cast.analyst),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_every_figure_of_reports_has_its_definition_and_its_period() -> None:
    office = an_office()
    with identity.acting_as(office.cast.analyst):
        found = figures_of_reports()

    assert found is not None
    assert [figure.code for figure in found.figures] == [
        "protection", "decision", "told", "opened", "investigation", "prolonged", "running",
    ]  # fmt: skip
    assert all(str(figure.definition).endswith(".") for figure in found.figures)
    assert (found.through + timedelta(days=1)).day == 1 == found.since.day
    assert found.since.replace(year=found.since.year + 1) == found.through + timedelta(days=1)


def test_the_page_costs_the_same_however_many_reports(client: Any, assert_constant_queries: Any) -> None:
    office = an_office()
    reason = ReasonCodeFactory(channel="concern_report")
    client.force_login(office.cast.analyst.user)
    why = {"decision": "not_opened", "reason": reason, "words": "Nej."}

    assert_constant_queries(
        PAGE, lambda: office.reports(6, timezone.now() - timedelta(days=40), decided_at="2026-01-01T10:00", **why)
    )
