"""Builds a file of lesson rows as a school system would export it, with faults planted where a test wants them.

Pure: rows for given pupils in, bytes and a list of the planted faults out; no database.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

HEADINGS = ("Elev-id", "Datum", "Starttid", "Lektionslängd (min)", "Frånvaro (min)", "Status", "Ämne")
STARTS = ("08:10", "09:20", "10:30", "12:20", "13:30")
SUBJECTS = ("Matematik", "Svenska", "Idrott och hälsa", "Bild", "Engelska", "Språkval", "NO")
LENGTH = 60
PRESENT, VALID, INVALID = "Närvarande", "Giltig frånvaro", "Ogiltig frånvaro"
LATE, OTHER = "Sen ankomst", "Annan skolaktivitet"

ID, DAY, START, MINUTES, ABSENT, STATUS, SUBJECT = range(len(HEADINGS))


@dataclass(frozen=True)
class PlantedFault:
    """A fault on a row of the file (the headings being row 1), and the code by which it should be named."""

    row_number: int
    code: str


FAULTS: tuple[tuple[str, int, str], ...] = (
    ("pupil_missing", ID, ""),
    ("pupil_unknown", ID, "finns-inte-här"),
    ("date_missing", DAY, ""),
    ("date_unreadable", DAY, "i måndags"),
    ("date_does_not_exist", DAY, "2026-11-31"),
    ("date_short_year", DAY, "31-11-26"),
    ("date_in_the_future", DAY, "2031-03-03"),
    ("date_too_old", DAY, "2019-03-04"),
    ("date_on_a_weekend", DAY, "2026-11-14"),
    ("time_missing", START, ""),
    ("time_unreadable", START, "halv nio"),
    ("lesson_without_length", MINUTES, "0"),
    ("number_missing", MINUTES, ""),
    ("number_unreadable", MINUTES, "en timme"),
    ("number_negative", ABSENT, "-20"),
    ("absent_longer_than_lesson", ABSENT, "90"),
    ("kind_missing", STATUS, ""),
    ("kind_unknown", STATUS, "Sjuk"),
    ("subject_too_long", SUBJECT, "Matematik och många andra ämnen som inte ryms här"),
)
"""Faults made by changing one cell; `duplicate_row` comes in addition, as a row written twice."""


def school_days(count: int, last: date) -> list[date]:
    """Return the `count` latest weekdays up to and including `last`, oldest first."""
    days = [last - timedelta(days=n) for n in range(count * 2 + 7)]
    return sorted(day for day in days if day.weekday() < 5)[-count:]


def lesson_file(
    pupil_ids: Sequence[str],
    *,
    last_day: date,
    rows: int = 50_000,
    faults: bool = True,
    often_away: Sequence[str] = (),
    encoding: str = "utf-8-sig",
    separator: str = ";",
    seed: int = 1,
) -> tuple[bytes, list[PlantedFault]]:
    """Return a file of `rows` rows of whole school days, and the faults in it: 20 of different kinds, or none.

    Pupils in `often_away` miss about four days of ten; the others about one lesson of twenty.
    """
    chance = random.Random(seed)
    days = school_days(-(-rows // (len(pupil_ids) * len(STARTS))), last_day)
    lines = list(_lessons(pupil_ids, days, set(often_away), chance))[-rows:]
    planted = _plant(lines, chance) if faults else []
    text = "\r\n".join(separator.join(cells) for cells in (HEADINGS, *lines)) + "\r\n"
    return text.encode(encoding), planted


def _lessons(
    pupil_ids: Sequence[str], days: Sequence[date], often_away: set[str], chance: random.Random
) -> Iterator[list[str]]:
    for day in days:
        for pupil in pupil_ids:
            whole_day = VALID if pupil in often_away and chance.random() < 0.4 else None
            for start, subject in zip(STARTS, chance.sample(SUBJECTS, len(STARTS)), strict=True):
                status = whole_day or _status(chance)
                absent = {PRESENT: 0, LATE: 10}.get(status, LENGTH)
                yield [pupil, day.isoformat(), start, str(LENGTH), str(absent), status, subject]


def _status(chance: random.Random) -> str:
    if chance.random() > 0.06:
        return PRESENT
    return chance.choices((VALID, INVALID, LATE, OTHER), weights=(6, 2, 2, 1))[0]


def _plant(lines: list[list[str]], chance: random.Random) -> list[PlantedFault]:
    """Spoil one row for each kind of fault, and repeat one row further down."""
    step = len(lines) // (len(FAULTS) + 2)
    planted = []
    for nth, (code, column, text) in enumerate(FAULTS, start=1):
        place = nth * step + chance.randrange(step // 2)
        if code in ("absent_longer_than_lesson", "number_negative"):
            lines[place][STATUS] = VALID
        lines[place][column] = text
        planted.append(PlantedFault(place + 2, code))
    lines[-1] = list(lines[step // 2])
    planted.append(PlantedFault(len(lines) + 1, "duplicate_row"))
    return planted
