"""Patterns in a pupil's absence, in a sentence each: the weekday, the time of day, the subject, days in a row.

The same measures as detection's (attendance/crossings.py), told to people and not compared with a line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .figures import Day
from .models import LessonAbsence

WEEKS = 8
WEEKDAYS = 5
LEAST_WEEKS = 3
LEAST_IN_A_ROW = 3
MORNING_ENDS, MIDDAY_ENDS = time(10), time(12, 30)
COUNTED = (LessonAbsence.Kind.VALID, LessonAbsence.Kind.INVALID)


def patterns_of(days: Mapping[date, Day], lessons: Iterable[LessonAbsence], today: date) -> list[str]:
    """Return a sentence for each pattern that stands out, none when none does. `lessons` are of 20 school days."""
    counted = [lesson for lesson in lessons if lesson.kind in COUNTED]
    found = (_weekday(days, today), _time_of_day(counted), _subject(counted), _in_a_row(days))
    return [sentence for sentence in found if sentence]


def often_away_on(days: Mapping[date, Day], today: date) -> tuple[str, int, int] | None:
    """Return the weekday that stands out in the latest eight weeks: its name, times away, times taught.

    None unless the pupil was away at least three times on it, at least half of the times, and most often of all days.
    """
    since = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    told = {day: figures for day, figures in days.items() if since <= day <= today and figures.offered}
    times = {}
    for weekday in range(WEEKDAYS):
        on_it = [figures for day, figures in told.items() if day.weekday() == weekday]
        times[weekday] = (sum(figures.away > 0 for figures in on_it), len(on_it))
    away = sorted((count for count, _taught in times.values()), reverse=True)
    if away[0] == away[1]:
        return None
    weekday, (count, taught) = max(times.items(), key=lambda item: item[1][0])
    if count < LEAST_WEEKS or count * 2 < taught:
        return None
    return format_date(since + timedelta(days=weekday), "l"), count, taught


def _weekday(days: Mapping[date, Day], today: date) -> str:
    often = often_away_on(days, today)
    if often is None:
        return ""
    weekday, away, taught = often
    return _("Most often on a %(weekday)s: %(away)s of %(taught)s.") % {
        "weekday": weekday,
        "away": away,
        "taught": taught,
    }


def _time_of_day(lessons: list[LessonAbsence]) -> str:
    part, count = _most(Counter(_part(lesson.starts_at) for lesson in lessons))
    weeks = {lesson.day.isocalendar()[:2] for lesson in lessons if _part(lesson.starts_at) == part}
    if count * 3 < len(lessons) * 2 or len(weeks) < LEAST_WEEKS:
        return ""
    sentences = {
        "morning": _("Mostly lessons that begin before 10: %(away)s of %(all)s."),
        "midday": _("Mostly lessons that begin between 10 and 12.30: %(away)s of %(all)s."),
        "afternoon": _("Mostly lessons that begin after 12.30: %(away)s of %(all)s."),
    }
    return sentences[part] % {"away": count, "all": len(lessons)}


def _subject(lessons: list[LessonAbsence]) -> str:
    subject, count = _most(Counter(lesson.subject for lesson in lessons if lesson.subject))
    weeks = {lesson.day.isocalendar()[:2] for lesson in lessons if lesson.subject == subject}
    if count * 2 < len(lessons) or len(weeks) < LEAST_WEEKS:
        return ""
    return _("Mostly %(subject)s: %(away)s of %(all)s lessons.") % {
        "subject": subject,
        "away": count,
        "all": len(lessons),
    }


def _in_a_row(days: Mapping[date, Day]) -> str:
    """Say how many of the latest school days in a row the pupil was away at least half of."""
    count, first = 0, None
    for day, figures in sorted(days.items(), reverse=True):
        if not figures.offered:
            continue
        if not figures.away or figures.away * 2 < figures.offered:
            break
        count, first = count + 1, day
    if count < LEAST_IN_A_ROW or first is None:
        return ""
    told = {"n": count, "day": format_date(first, "j M")}
    return ngettext("Away %(n)s day in a row, since %(day)s.", "Away %(n)s days in a row, since %(day)s.", count) % told


def _part(starts_at: time) -> str:
    return "morning" if starts_at < MORNING_ENDS else "midday" if starts_at < MIDDAY_ENDS else "afternoon"


def _most(counted: Counter[str]) -> tuple[str, int]:
    return counted.most_common(1)[0] if counted else ("", 0)
