"""What the tests of the log share: a school year of canaries, and working as the owner of the tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.db import connection
from django.utils import timezone

from audit.models import AccessRecord
from schools.models import Pupil
from tests.factories.attendance import ConcernFactory, SignalFactory
from tests.factories.cases import STATES, Cast, Story, make_cast
from tests.factories.schools import EnrolmentFactory, PupilFactory

LETTERS = "BCDFGHJKLMNPQRTVWXZ"
TOLD = ("sent", "asked", "feedback_given", "declined", "lifted", "redirected", "completed", "closed")
"""One state for each kind of page that a case can lead to."""


@dataclass(frozen=True)
class Canary:
    """A pupil whose name, initials and case number no other pupil has."""

    pupil: Pupil
    number: str

    def is_on(self, text: str) -> bool:
        """Say whether the pupil can be recognised on a page."""
        names = {self.pupil.given_name, self.pupil.family_name, self.number} - {""}
        return (
            any(name in text for name in names) or re.search(rf"\b{re.escape(self.pupil.initials)}", text) is not None
        )


@dataclass(frozen=True)
class Canaries:
    """Everybody at work around the canaries."""

    cast: Cast
    all: list[Canary]

    def on(self, text: str) -> set[object]:
        """Return the ids of the pupils that can be recognised on a page."""
        return {canary.pupil.pk for canary in self.all if canary.is_on(text)}


@pytest.fixture
def canaries(db) -> Canaries:
    """Return cases in all kinds of states, and signals and concerns, each about a pupil of its own."""
    cast = make_cast()
    cast.class_group.mentors.add(cast.mentor)
    names = [(first, last) for first in LETTERS for last in LETTERS if first != last]
    every = []
    for place, state in enumerate(TOLD):
        pupil = _pupil(cast, *names[place * 7])
        story = STATES[state](Story(cast=cast, pupil=pupil, at=timezone.now()))
        every.append(Canary(pupil, story.case.number))
        if state in {"sent", "declined"}:
            SignalFactory(enrolment=pupil.enrolments.get())
    for place in range(3):
        pupil = _pupil(cast, *names[200 + place * 7])
        factory = (SignalFactory, ConcernFactory, ConcernFactory)[place]
        factory(enrolment=pupil.enrolments.get(), **({"logged_by": cast.mentor} if factory is ConcernFactory else {}))
        every.append(Canary(pupil, ""))
    return Canaries(cast, every)


def _pupil(cast: Cast, first: str, last: str) -> Pupil:
    pupil = PupilFactory(given_name=f"{first}ykanari{last.lower()}", family_name=f"{last}ukanari{first.lower()}")
    EnrolmentFactory(pupil=pupil, class_group=cast.class_group)
    return pupil


@pytest.fixture
def rows_of_one_request(db) -> Callable[[], list[AccessRecord]]:
    """Return a way to ask for the rows that were written since the last time it was asked."""
    seen: set[int] = set(AccessRecord.objects.values_list("pk", flat=True))

    def new() -> list[AccessRecord]:
        rows = list(AccessRecord.objects.exclude(pk__in=seen))
        seen.update(row.pk for row in rows)
        return rows

    return new


@pytest.fixture
def as_owner() -> Callable[[], object]:
    """Return a block in which one works as the owner of the tables."""

    @contextmanager
    def owner() -> Iterator[object]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            role = cursor.fetchone()[0]
            cursor.execute("RESET ROLE")
            yield cursor
            cursor.execute(f'SET ROLE "{role}"')

    return owner
