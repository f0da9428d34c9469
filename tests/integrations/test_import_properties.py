"""What holds for every file: each row is stored or refused, again changes nothing, and order does not matter.

The last holds for files that agree where they overlap and tell whole class days, as exports of a period do. Files that
disagree are ordered by their reading: the last one read says how the day was.
"""

import random
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from attendance.models import AttendanceDay, ClassDay, LessonAbsence
from tests.factories.schools import ClassGroupFactory
from tests.integrations.bringing import AT, bring_in, read, store, stored, undo
from tests.integrations.known_pupils import enrol

pytestmark = pytest.mark.django_db
PUPILS = ("e1", "e2", "e3", "f1", "f2", "f3")
DAYS = [date(2026, 11, 9) + timedelta(days=n) for n in range(9) if n % 7 < 5]
STARTS = ("08:10", "09:20", "10:30")
KINDS = ("Närvarande", "Giltig", "Ogiltig", "Sen ankomst", "Annan skolaktivitet", "Ej rapporterad")
HEADINGS = "Elev-id;Datum;Starttid;Lektionslängd;Frånvaro;Status;Ämne"
SLOWLY = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # making a failing file smaller takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

CELLS = (
    st.sampled_from([*PUPILS, "", "okänd", "20130505-2386"]),
    st.sampled_from([*map(str, DAYS), "20/11 2026", "2026-11-31", "", "46346", "2026-11-09 08:10", "igår"]),
    st.sampled_from([*STARTS, "8.10", "", "25:00"]),
    st.sampled_from(["60", "1:00", "1 h 0 min", "60,0", "0", "..", "-5", "sextio"]),
    st.sampled_from(["0", "60", "15", "90", "", "~30", "30 %"]),
    st.sampled_from([*KINDS, "", "Sjuk"]),
    st.text(alphabet="abcåäö ;\"'\t=-", max_size=8),
)
ROWS = st.lists(st.tuples(*CELLS), min_size=1, max_size=25)


@contextmanager
def undone():
    """Take back everything that an example does."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def school(group):
    enrol(group, "e1", "e2", "e3")
    enrol(ClassGroupFactory(name="8A", school=group.school, school_year=group.school_year), "f1", "f2", "f3")
    return group


def as_file(rows):
    quoted = ('"' + cell.replace('"', '""') + '"' for row in rows for cell in row)
    lines = [";".join(next(quoted) for _cell in row) for row in rows]
    return "\n".join([HEADINGS, *lines]).encode()


@SLOWLY
@given(rows=ROWS)
def test_every_row_is_stored_or_refused(principal, school, rows):
    with undone():
        absence_import = bring_or_read(principal, as_file(rows))

        counts = absence_import.counts
        refused = {problem.row_number for problem in absence_import.problems.all()}
        assert counts["rows"] == len(rows) == counts["good"] + counts["bad"]
        assert counts["bad"] == len(refused)
        assert refused <= {number + 2 for number in range(len(rows))}
        away = [row for number, row in enumerate(rows) if number + 2 not in refused and is_away(row[5])]
        assert LessonAbsence.objects.count() == len(away)


def is_away(kind):
    return kind not in ("Närvarande", "Ej rapporterad")


def bring_or_read(principal, content):
    """Store the good rows, if there are any."""
    absence_import = read(principal, content=content)
    can_be_stored = absence_import.counts["good"] and not absence_import.looks_like_another_school
    return store(absence_import, principal) if can_be_stored else absence_import


@SLOWLY
@given(rows=ROWS)
def test_the_same_file_again_changes_nothing(principal, school, rows):
    with undone():
        first = bring_or_read(principal, as_file(rows))
        before = stored()

        again = bring_or_read(principal, as_file(rows))

        assert stored() == before
        if first.status == "applied":
            assert (again.counts["new"], again.counts["changed"], again.counts["removed"]) == (0, 0, 0)


@st.composite
def terms(draw):
    """Draw what every pupil did at every lesson, and files that together tell all of it, in some order."""
    luck = random.Random(draw(st.integers(0, 10**6)))
    truth = {
        (pupil, day, start): luck.choice(KINDS[:1] * 6 + KINDS) for pupil in PUPILS for day in DAYS for start in STARTS
    }
    cuts = draw(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=3))
    spans = [(min(cut), max(cut)) for cut in cuts]
    whole = [(0, len(DAYS) - 1)] if not covers(spans) else []
    parts = [(span, classes) for span in [*spans, *whole] for classes in draw(st.sampled_from([("ef",), ("e", "f")]))]
    return truth, draw(st.permutations(parts))


def covers(spans):
    return {place for first, last in spans for place in range(first, last + 1)} >= set(range(len(DAYS)))


def part_of(truth, span, classes):
    first, last = DAYS[span[0]], DAYS[min(span[1], len(DAYS) - 1)]
    rows = [
        (pupil, str(day), start, "60", {"Närvarande": "0", "Ej rapporterad": "0", "Sen ankomst": "10"}.get(kind, "60"),
         kind, "Bild")
        for (pupil, day, start), kind in truth.items()
        if first <= day <= last and pupil[0] in classes
    ]  # fmt: skip
    return as_file(rows)


@SLOWLY
@given(term=terms())
def test_files_that_agree_give_the_same_in_any_order(principal, school, term):
    truth, parts = term
    with undone():
        for number, (span, classes) in enumerate(parts):
            bring_in(principal, content=part_of(truth, span, classes), at=AT + timedelta(hours=number))
        in_parts = stored()
    with undone():
        bring_in(principal, content=part_of(truth, (0, len(DAYS) - 1), "ef"))
        at_once = stored()

    assert unnumbered(in_parts) == unnumbered(at_once)


def unnumbered(rows):
    """Return what is stored without the source's own number, which is another in each example."""
    source = {ClassDay.__name__: 2, AttendanceDay.__name__: 2, LessonAbsence.__name__: 3}
    return {
        name: [tuple(cell for place, cell in enumerate(row) if place != source[name]) for row in found]
        for name, found in rows.items()
        if name in source
    }


@SLOWLY
@given(first=ROWS, second=ROWS)
def test_undoing_the_last_file_is_as_if_it_had_never_come(principal, school, first, second):
    with undone():
        bring_or_read(principal, as_file(first))
        before = stored()
        later = read(principal, content=as_file(second), at=AT + timedelta(hours=1))
        if later.counts["good"] and not later.looks_like_another_school:
            store(later, principal, AT + timedelta(hours=1))
            undo(later, principal, AT + timedelta(hours=2))

        assert stored() == before
