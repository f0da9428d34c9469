"""The numbers by which pupils are known: personal, co-ordination and temporary numbers, read as people write them."""

import re
from calendar import isleap
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from schools.models import PupilIdentifier

Kind = PupilIdentifier.Kind

DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
WRITTEN = re.compile(r"(?P<date>\d{8}|\d{6})(?P<sign>[-+]?)(?P<rest>\d{4}|TF\d\d|T\d{3})", re.ASCII)
COORDINATION_DAYS = 60
EARLIEST_YEAR = 1880
TEST_SERIES = ("238", "239", "980")


class PersonalNumberError(ValueError):
    """The text is not a number we accept; `message` says how to mend it and never repeats the number."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class PersonalNumber:
    """A number in its normal form of twelve characters, with its kind."""

    value: str
    kind: Kind

    @property
    def shown(self) -> str:
        """The form people read: YYYYMMDD-NNNC."""
        return f"{self.value[:8]}-{self.value[8:]}"

    @property
    def date(self) -> date:
        """The date in the number; a co-ordination number carries its day plus 60."""
        year, month, day = int(self.value[:4]), int(self.value[4:6]), int(self.value[6:8])
        return date(year, month, day - COORDINATION_DAYS if self.kind == Kind.COORDINATION_NUMBER else day)


def parse_personal_number(text: str, *, today: date) -> PersonalNumber:
    """Read a personal number, co-ordination number (day + 60) or temporary number (TF12, T123).

    Accepts 12 or 10 digits, with or without `-`; with 10 digits `+` means a hundred years or more, and the century is
    otherwise the latest that does not lie after `today`. Raises PersonalNumberError.
    Source: folkbokföringslagen (1991:481) 18 § and 18 a §; temporary numbers are local and have no check digit.
    """
    written = WRITTEN.fullmatch(_tidy(text))
    if written is None:
        raise PersonalNumberError(_why_not_read(_tidy(text)))
    digits, rest = written["date"], written["rest"]
    is_temporary = rest.startswith("T")
    is_coordination = not is_temporary and int(digits[-2:]) > COORDINATION_DAYS
    day_in_month = f"{int(digits[-2:]) - COORDINATION_DAYS:02}" if is_coordination else digits[-2:]
    born_on = _date(digits[:-2] + day_in_month, written["sign"], today)
    if not is_temporary and luhn_digit(digits[-6:] + rest[:3]) != rest[3]:
        raise PersonalNumberError(
            _("The last digit does not fit the others. Check each digit: one is wrong or two have changed places.")
        )
    kind = Kind.TEMPORARY_NUMBER if is_temporary else Kind.PERSONAL_NUMBER
    if is_coordination:
        kind = Kind.COORDINATION_NUMBER
    return PersonalNumber(f"{born_on.year}{digits[-4:]}{rest}", kind)


def luhn_digit(nine_digits: str) -> str:
    """Return the check digit for YYMMDDNNN."""
    products = (int(digit) * (2 - position % 2) for position, digit in enumerate(nine_digits))
    return str(-sum(product // 10 + product % 10 for product in products) % 10)


def is_test_number(number: PersonalNumber) -> bool:
    """Tell whether the number belongs to the series that the Tax Agency gives out for tests and nobody bears.

    Source: the open data set of test personal numbers (Skatteverket, testpersonnummer).
    """
    return number.kind != Kind.TEMPORARY_NUMBER and number.value[8:11] in TEST_SERIES


def numbers_for_tests(born_on: date) -> tuple[PersonalNumber, ...]:
    """Return the numbers of the test series for one day of birth: one per series, for the check digit is given."""
    day = f"{born_on:%Y%m%d}"
    return tuple(
        PersonalNumber(f"{day}{serial}{luhn_digit(day[2:] + serial)}", Kind.PERSONAL_NUMBER) for serial in TEST_SERIES
    )


def invented_number(birth_year: int, index: int) -> PersonalNumber:
    """Return the `index`-th number of the test series for people born in `birth_year`; no two indexes share one.

    Neighbouring indexes have birthdays far apart. Raises ValueError when the year's numbers, three a day, are used up.
    """
    days = 366 if isleap(birth_year) else 365
    if not 0 <= index < days * len(TEST_SERIES):
        raise ValueError(f"The test series has {days * len(TEST_SERIES)} numbers for {birth_year}, none at {index}.")
    series, place = divmod(index, days)
    # 37 shares no factor with 365 or 366, so the steps meet every day once.
    born_on = date(birth_year, 1, 1) + timedelta(days=place * 37 % days)
    return numbers_for_tests(born_on)[series]


def _tidy(text: str) -> str:
    return "".join(text.translate(DASHES).upper().split())


def _why_not_read(tidy: str) -> str | Promise:
    if not tidy:
        return _("Write a personal number, such as 20170101-2393.")
    if not re.fullmatch(r"[0-9+-]*", tidy):
        return _("Use digits only, as in 20170101-2393. A temporary number looks like 20170101-TF12.")
    return _("A personal number has 12 digits (20170101-2393) or 10 (170101-2393). Check that none is missing.")


def _date(digits: str, sign: str, today: date) -> date:
    """Return the date that six or eight digits stand for, not later than `today`."""
    centuries = [""] if len(digits) == 8 else range(today.year // 100, EARLIEST_YEAR // 100 - 1, -1)
    days = [day for day in (_real_date(f"{century}{digits}") for century in centuries) if day is not None]
    if not days:
        raise PersonalNumberError(_("There is no such date. Write year, month and day, as in 20170101-2393."))
    years_ago = 100 if sign == "+" and len(digits) == 6 else 0
    possible = [day for day in days if day <= today and EARLIEST_YEAR <= day.year <= today.year - years_ago]
    if not possible:
        raise PersonalNumberError(_("Nobody here is born in that year. Check the year."))
    return possible[0]


def _real_date(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
