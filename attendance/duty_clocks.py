"""By when an investigation is to be finished and whom the school must tell of it: pure rules of time.

The law says promptly and as soon as possible (Skollag 7:17, 7:19 a, 7:22, 15:16); the numbers are agreed, and those of
Stockholm for schools of other providers (docs/law.md, Investigation of absence).
"""

from __future__ import annotations

from datetime import date

from deadlines.months import add_months
from deadlines.school_days import SchoolCalendar
from deadlines.working_days import add_working_days

from .models import InvestigationDuty

SCHOOL_DAYS_TO_FINISH = 15
WORKING_DAYS_TO_TELL_PROVIDER = 2
WORKING_DAYS_TO_TELL_MUNICIPALITY = 5
MONTHS_TO_TELL_RESULT = 1
MOST_SCHOOL_DAYS_TO_REVIEW = 20
ADULT = 18
"""Years at which nobody has custody any more (FB 6:2): nobody is told in the place of the pupil."""

Kind = InvestigationDuty.Kind


def day_to_finish(calendar: SchoolCalendar, opened_on: date) -> date:
    """Return the 15th school day after the investigation was opened."""
    return calendar.add_school_days(opened_on, SCHOOL_DAYS_TO_FINISH)


def last_day_to_review(calendar: SchoolCalendar, today: date) -> date:
    """Return the 20th school day: the last on which a decision that none is needed may be looked at again."""
    return calendar.add_school_days(today, MOST_SCHOOL_DAYS_TO_REVIEW)


def duties_of(opened_on: date, *, is_adult: bool, tells_municipality: bool) -> dict[str, date]:
    """Return each duty that comes with an investigation opened on that day, and the last day to do it.

    Guardians the same day, whatever day it is, unless the pupil is of age; the provider within 2 working days; the home
    municipality, where another than the provider, 5 working days after the provider was told and the result a month
    after. Until the provider has been told that is counted from the last day to tell it.
    """
    provider_on = add_working_days(opened_on, WORKING_DAYS_TO_TELL_PROVIDER)
    duties = {} if is_adult else {Kind.GUARDIANS.value: opened_on}
    duties[Kind.PROVIDER.value] = provider_on
    return duties | (duties_once_told(provider_on) if tells_municipality else {})


def duties_once_told(told_on: date) -> dict[str, date]:
    """Return by when the home municipality is told of the start and of the result, from the day the provider knew."""
    return {
        Kind.MUNICIPALITY.value: add_working_days(told_on, WORKING_DAYS_TO_TELL_MUNICIPALITY),
        Kind.RESULT.value: add_months(told_on, MONTHS_TO_TELL_RESULT),
    }


def must_tell_municipality(*, provider_kind: str, school_municipality: str, home_municipality: str) -> bool:
    """Say whether the provider is another than the pupil's home municipality (Skollag 7:22; codes of four digits).

    Independent and state schools always are. A home that is not known counts as the school's own municipality.
    """
    return provider_kind != "municipal" or (bool(home_municipality) and home_municipality != school_municipality)
