"""Days and times as people read them, each wrapped in <time> for machines. A template builtin."""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext, pgettext

register = template.Library()

Moment = date | datetime


@register.filter
def short_day(value: Moment | None) -> str:
    """Return “Fri 20 Nov”, with the year when it is not this school year; nothing for nothing."""
    if value is None:
        return ""
    return _time(_day(value).isoformat(), day_words(value))


@register.filter
def long_day(value: Moment | None) -> str:
    """Return “Friday 20 November 2026”; nothing for nothing."""
    if value is None:
        return ""
    day = _day(value)
    return _time(day.isoformat(), format_date(day, pgettext("date format", "l j F Y")))


@register.filter
def clock_time(value: datetime | None) -> str:
    """Return “09:12” in the reader's time zone; nothing for nothing."""
    if value is None:
        return ""
    moment = timezone.localtime(value)
    return _time(moment.isoformat(timespec="minutes"), moment.strftime("%H:%M"))


@register.filter
def days_since(value: Moment | None, today: date) -> str:
    """Return “41 days”, counted in calendar days from `value` to `today`; nothing for nothing."""
    if value is None:
        return ""
    days = (today - _day(value)).days
    return _time(f"P{days}D", ngettext("%(days)d day", "%(days)d days", days) % {"days": days})


def day_words(value: Moment) -> str:
    """Return “Fri 20 Nov” as text, with the year when it is not this school year: for sentences made in Python."""
    day = _day(value)
    if _school_year(day) == _school_year(timezone.localdate()):
        return format_date(day, pgettext("date format", "D j M"))
    return format_date(day, pgettext("date format", "D j M Y"))


def _day(value: Moment) -> date:
    """Return the day of a day or a moment, in the reader's time zone."""
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def _school_year(day: date) -> int:
    """Return the year in which the school year of `day` begins; schools are closed in July, so it turns there."""
    return day.year if day.month >= 7 else day.year - 1


def _time(machine: str, words: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', machine, words)
