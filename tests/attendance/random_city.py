"""Pupils of an invented city whose absence has everything that can go wrong with it: moves, breaks, gaps, own hours."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from attendance.models import AbsenceSource, AttendanceDay, ClassDay, LessonAbsence
from schools.models import ClassGroup, Enrolment, Pupil
from tests.factories.attendance import AbsenceSourceFactory
from tests.factories.schools import ClassGroupFactory

FIRST, LAST = date(2026, 8, 17), date(2026, 12, 18)
BREAK = {date(2026, 10, 26) + timedelta(days=n) for n in range(5)}
STARTS = ("08:20", "09:30", "10:40", "12:10", "13:20")
SUBJECTS = ("Svenska", "Matematik", "Engelska", "Idrott", "Bild", "")


@dataclass
class City:
    """Classes of several schools and the pupils in them."""

    chance: Random
    groups: list[ClassGroup]
    sources: dict[object, AbsenceSource] = field(default_factory=dict)
    pupils: list[Pupil] = field(default_factory=list)
    first: date = FIRST

    @property
    def late_by(self) -> int:
        """How many days of a longer city lie before the usual first one."""
        return sum(day < FIRST for day in self.days)

    @property
    def days(self) -> list[date]:
        every = [self.first + timedelta(days=n) for n in range((LAST - self.first).days + 1)]
        return [day for day in every if day.weekday() < 5 and day not in BREAK]


def make_city(seed: int, pupils: int, classes: int = 10, first: date = FIRST) -> City:
    """Make the classes with what they were taught from the first day, and the pupils with what they missed."""
    chance = Random(seed)
    groups = [
        ClassGroupFactory(name=f"7{n}", school_form="gy" if n % 3 == 0 else "gr", grade=7) for n in range(classes)
    ]
    city = City(chance, groups, first=first)
    for group in groups:
        _teach(city, group)
    for _ in range(pupils):
        city.pupils.append(_pupil(city))
    return city


def _teach(city: City, group: ClassGroup) -> None:
    """Give the class its days: some cancelled, some in part, some forgotten; another source says something else."""
    chance = city.chance
    source = city.sources[group.pk] = AbsenceSourceFactory(unit=group.school.unit)
    other = AbsenceSourceFactory(unit=group.school.unit, name="Annan", is_counted=False)
    poorly = chance.random() < 0.3
    rows = []
    for day in city.days:
        if chance.random() < 0.04:
            continue
        offered = chance.choice([300, 300, 300, 300, 240, 120, 0])
        share = chance.choice([1, 1, 1, 0.6, 0]) if poorly else chance.choice([1, 1, 1, 1, 1, 1, 1, 1, 1, 0.8])
        rows.append(ClassDay(class_group=group, day=day, offered_minutes=offered,
                             reported_minutes=int(offered * share), source=source))  # fmt: skip
        rows.append(ClassDay(class_group=group, day=day, offered_minutes=600, reported_minutes=600, source=other))
    ClassDay.objects.bulk_create(rows)


def _pupil(city: City) -> Pupil:
    chance = city.chance
    pupil = Pupil.objects.create(given_name="Elev", family_name=f"Nr {len(city.pupils)}", born_on=date(2013, 5, 5))
    places = _places(city, pupil)
    has_own_hours = chance.random() < 0.15
    likes = chance.choice(["nothing", "monday", "morning", "subject", "row", "invalid_row", "illness", "illness"])
    rate = chance.choice([0, 0.02, 0.08, 0.2, 0.5])
    days, lessons = [], []
    rows = sorted(chance.sample(range(60), 2))
    for number, day in enumerate(city.days):
        group = next((place.class_group for place in reversed(places) if _in(place, day)), None)
        if group is None:
            continue
        missed = _missed(chance, likes, rate, day, rows[0] + 10 <= number - city.late_by <= rows[1] + 25)
        kind = "invalid" if likes == "invalid_row" or chance.random() < 0.3 else "valid"
        source = city.sources[group.pk]
        own = chance.choice([None, 0, 120, 360]) if has_own_hours and chance.random() < 0.4 else None
        if missed or own is not None:
            days.append(AttendanceDay(pupil=pupil, day=day, source=source, **{f"{kind}_minutes": 60 * len(missed)},
                                      late_minutes=chance.choice([0, 0, 10]), offered_minutes=own,
                                      reported_minutes=own))  # fmt: skip
        for n in missed:
            subject = "Idrott" if likes == "subject" else SUBJECTS[(n + day.weekday()) % len(SUBJECTS)]
            lessons.append(LessonAbsence(pupil=pupil, day=day, source=source, starts_at=STARTS[n], minutes=60,
                                         kind=kind, subject=subject))  # fmt: skip
    AttendanceDay.objects.bulk_create(days)
    LessonAbsence.objects.bulk_create(lessons)
    return pupil


def _places(city: City, pupil: Pupil) -> list[Enrolment]:
    """Let the pupil stay, move once or twice, start late, leave early, or be in two classes at a time."""
    chance = city.chance
    moves = sorted(chance.sample(city.days[5:-5], chance.choice([0, 0, 0, 1, 2])))
    begins = [chance.choice([city.first - timedelta(days=16), city.first, city.days[chance.randrange(20)]]), *moves]
    places = []
    for number, start in enumerate(begins):
        following = begins[number + 1] if number + 1 < len(begins) else None
        ends = following - timedelta(days=chance.choice([1, 1, 8, -4])) if following else None
        if following is None and chance.random() < 0.1:
            ends = chance.choice(city.days[-30:])
        if ends is not None and ends < start:
            continue
        places.append(Enrolment(pupil=pupil, class_group=chance.choice(city.groups), starts_on=start, ends_on=ends))
    places = [place for n, place in enumerate(places) if place.starts_on not in {p.starts_on for p in places[:n]}]
    Enrolment.objects.bulk_create(places)
    return places


def _in(place: Enrolment, day: date) -> bool:
    return place.starts_on <= day and (place.ends_on is None or day <= place.ends_on)


def _missed(chance: Random, likes: str, rate: float, day: date, in_row: bool) -> list[int]:
    """Return which lessons the pupil was away from."""
    if likes in ("row", "invalid_row"):
        return list(range(5)) if in_row else []
    if likes == "monday":
        return [0, 1, 2] if day.weekday() == 0 and chance.random() < 0.9 else []
    if likes == "morning":
        return [0] if chance.random() < 0.5 else []
    if likes == "subject":
        return [chance.randrange(5)] if day.weekday() in (1, 3) and chance.random() < 0.6 else []
    return sorted(chance.sample(range(5), chance.choice([1, 3, 5]))) if chance.random() < rate else []
