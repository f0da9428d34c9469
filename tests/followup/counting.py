"""Concern reports by the dozen, written as rows, and what the database counts of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import connection

from cases.models import ConcernReport, ReportHandling
from schools.models import Pupil
from tests.factories.accounts import MembershipFactory, UnitFactory
from tests.factories.cases import Cast, make_cast
from tests.factories.schools import PupilFactory
from tests.factories.socialservices import ReasonCodeFactory

STOCKHOLM = ZoneInfo("Europe/Stockholm")
THROUGH = date(2026, 6, 30)
TEN = 10
HIDDEN = (None, None)


def at(text: str) -> datetime:
    """Return a moment by the clock in Stockholm."""
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


@dataclass
class Office:
    """An intake office, whose people handle reports about one pupil of a school."""

    cast: Cast
    pupil: Pupil
    worker: Any

    def reports(self, times: int, arrived: str | datetime = "2026-05-04T09:00", **handled: Any) -> list[ReportHandling]:
        """Have that many reports handled so; moments by the clock in Stockholm."""
        moments = {name: at(value) if name.endswith("_at") else value for name, value in handled.items()}
        arrived_at = at(arrived) if isinstance(arrived, str) else arrived
        asked_at = moments.pop("asked_at", None)
        made = [self._report(arrived_at, asked_at) for _n in range(times)]
        for name in ("protection", "decided", "ended"):
            if f"{name}_at" in moments:
                moments[f"{name}_by"] = self.worker
        ReportHandling.objects.filter(report__in=made).update(arrived_at=arrived_at, **moments)
        return list(ReportHandling.objects.filter(report__in=made))

    def _report(self, arrived_at: datetime, asked_at: datetime | None) -> ConcernReport:
        return ConcernReport.objects.create(
            pupil=self.pupil, pupil_name="A K", class_name="7B", school_unit=self.cast.mentor.unit,
            to_unit=self.worker.unit, channel="phone", reported_at=arrived_at, noted_at=arrived_at,
            reported_by=self.cast.mentor, asked_at=asked_at, submission=uuid4(),
        )  # fmt: skip


def an_office(cast: Cast | None = None, **pupil: Any) -> Office:
    """Return an office of its own, below the social area of `cast`, with a pupil of whom `pupil` holds."""
    cast = cast or make_cast()
    unit = UnitFactory(intake=True, parent=cast.area_head.unit)
    return Office(cast, PupilFactory(**pupil), MembershipFactory(intake_worker=True, unit=unit))


def counted(through: date = THROUGH, units: list[Any] | None = None) -> dict[str, tuple[Any, ...]]:
    """Return what the database counts, by figure: the whole, and the least and most per cent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT figure, whole, at_least, at_most FROM report_figures_through(%s, %s) WHERE figure <> 'reason'",
            [through, units],
        )
        return {figure: tuple(rest) for figure, *rest in cursor.fetchall()}


def share(figure: str, **asked: Any) -> int | None:
    """Return a share in per cent that is told exactly."""
    _whole, at_least, at_most = counted(**asked)[figure]
    assert at_least == at_most
    return at_least


def assessed(when: str) -> dict[str, Any]:
    """The need of protection was assessed then."""
    return {"protection": "not_needed", "protection_at": when}


def decided(when: str, word: str = "opened", **more: Any) -> dict[str, Any]:
    """It was decided then to open or not, or that it is ongoing."""
    why = {"reason": ReasonCodeFactory(channel="concern_report"), "words": "Nej."} if word == "not_opened" else {}
    return {"decision": word, "decided_at": when, **why, **more}


def ended(when: str, **more: Any) -> dict[str, Any]:
    """The investigation ended then."""
    return {"outcome": "without_service", "ended_at": when, **more}
