"""Swedish public holidays by year, and the eves that are work-free in practice."""

from datetime import date, timedelta
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FRIDAY, SATURDAY, SUNDAY = 4, 5, 6

# SFS 2004:1320 made 6 June a public holiday in place of Whit Monday.
FIRST_YEAR_WITH_NATIONAL_DAY = 2005


def easter_sunday(year: int) -> date:
    """Return Easter Sunday in the Gregorian calendar (the anonymous computus of Meeus, Jones and Butcher)."""
    golden = year % 19
    century, in_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - correction + 15) % 30
    leap_years, year_rest = divmod(in_century, 4)
    weekday = (32 + 2 * century_rest + 2 * leap_years - epact - year_rest) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day_before = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day_before + 1)


@cache
def public_holidays(year: int) -> dict[date, str | Promise]:
    """Return the public holidays of a year with their names, in calendar order.

    All Sundays are public holidays too; those without a name of their own are left out.
    Two holidays on one day (1 May and Ascension Day in 2008) keep the name that moves with Easter.
    Source: lag (1989:253) om allmänna helgdagar.
    """
    easter = easter_sunday(year)
    named: dict[date, str | Promise] = {
        date(year, 1, 1): _("New Year’s Day"),
        date(year, 1, 6): _("Epiphany"),
        date(year, 5, 1): _("First of May"),
        first_weekday_from(date(year, 6, 20), SATURDAY): _("Midsummer Day"),
        first_weekday_from(date(year, 10, 31), SATURDAY): _("All Saints’ Day"),
        date(year, 12, 25): _("Christmas Day"),
        date(year, 12, 26): _("Boxing Day"),
    }
    if year >= FIRST_YEAR_WITH_NATIONAL_DAY:
        named[date(year, 6, 6)] = _("Sweden’s National Day")
    else:
        named[easter + timedelta(days=50)] = _("Whit Monday")
    named |= {
        easter - timedelta(days=2): _("Good Friday"),
        easter: _("Easter Sunday"),
        easter + timedelta(days=1): _("Easter Monday"),
        easter + timedelta(days=39): _("Ascension Day"),
        easter + timedelta(days=49): _("Whit Sunday"),
    }
    return dict(sorted(named.items()))


@cache
def work_free_eves(year: int) -> dict[date, str | Promise]:
    """Return the eves that offices and schools treat as work-free although no act on public holidays says so.

    Source: lag (1930:173) om beräkning av lagstadgad tid, 2 §, puts the same three eves beside the public holidays.
    """
    return {
        first_weekday_from(date(year, 6, 19), FRIDAY): _("Midsummer Eve"),
        date(year, 12, 24): _("Christmas Eve"),
        date(year, 12, 31): _("New Year’s Eve"),
    }


def work_free_day_name(day: date) -> str | Promise | None:
    """Return the name of the holiday or eve that makes `day` work-free, None on other days (plain Sundays too)."""
    return public_holidays(day.year).get(day) or work_free_eves(day.year).get(day)


def first_weekday_from(day: date, weekday: int) -> date:
    """Return the first day with `weekday` (Monday 0) on or after `day`."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)
