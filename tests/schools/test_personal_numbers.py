"""Personal numbers: every accepted way of writing, and what we say about the others. Only test-series numbers here."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schools.models import PupilIdentifier
from schools.personal_numbers import (
    PersonalNumber,
    PersonalNumberError,
    invented_number,
    is_test_number,
    luhn_digit,
    numbers_for_tests,
    parse_personal_number,
)

TODAY = date(2026, 11, 23)
PERSONAL = PupilIdentifier.Kind.PERSONAL_NUMBER
COORDINATION = PupilIdentifier.Kind.COORDINATION_NUMBER
TEMPORARY = PupilIdentifier.Kind.TEMPORARY_NUMBER
BIRTHDAYS = st.dates(date(1890, 1, 1), TODAY)


@pytest.mark.parametrize(
    ("written", "value", "kind"),
    [
        ("20170101-2393", "201701012393", PERSONAL),
        ("201701012393", "201701012393", PERSONAL),
        ("170101-2393", "201701012393", PERSONAL),
        ("1701012393", "201701012393", PERSONAL),
        (" 20170101 - 2393 ", "201701012393", PERSONAL),
        ("20170101\u20132393", "201701012393", PERSONAL),  # with a dash from a word processor
        ("170101+2393", "191701012393", PERSONAL),  # a hundred years or more
        ("18900101-9802", "189001019802", PERSONAL),
        ("900101+9802", "189001019802", PERSONAL),
        ("20170161-2382", "201701612382", COORDINATION),
        ("170161-2382", "201701612382", COORDINATION),
        ("20170191-2386", "201701912386", COORDINATION),
        ("20170101-TF12", "20170101TF12", TEMPORARY),
        ("20170101-tf12", "20170101TF12", TEMPORARY),
        ("20170101T123", "20170101T123", TEMPORARY),
        ("170101-TF12", "20170101TF12", TEMPORARY),
        ("20160229-2383", "201602292383", PERSONAL),  # leap day
    ],
)
def test_every_accepted_form_is_read_as_twelve_characters(written, value, kind):
    assert parse_personal_number(written, today=TODAY) == PersonalNumber(value, kind)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("", "Write a personal number"),
        ("   ", "Write a personal number"),
        ("2017-01-01-2393", "12 digits"),
        ("20170101-239", "12 digits"),
        ("20170101-23933", "12 digits"),
        ("20170101-239X", "Use digits only"),
        ("Kim Ek", "Use digits only"),
        ("20170101-TF1", "Use digits only"),
        ("٢٠١٧٠١٠١٢٣٩٣", "Use digits only"),  # digits, but not ours
        ("20170101-2394", "last digit"),
        ("20170110-2393", "last digit"),  # two digits have changed places
        ("20170161-2393", "last digit"),
        ("20171301-2393", "no such date"),
        ("20170132-2393", "no such date"),
        ("20170192-2393", "no such date"),
        ("20170229-2393", "no such date"),  # not a leap year
        ("20170100-2393", "no such date"),
        ("20170160-2393", "no such date"),
        ("20261124-2393", "year"),  # tomorrow
        ("20370101-2393", "year"),
        ("02170101-2393", "year"),
    ],
)
def test_other_texts_are_refused_with_a_way_to_mend_them(written, says):
    with pytest.raises(PersonalNumberError, match=says):
        parse_personal_number(written, today=TODAY)


def test_a_refusal_does_not_repeat_the_number():
    with pytest.raises(PersonalNumberError) as refusal:
        parse_personal_number("20150505-2394", today=TODAY)

    assert "2394" not in str(refusal.value)
    assert "2394" not in str(refusal.value.message)


def test_a_ten_digit_number_of_tomorrow_is_a_hundred_years_old():
    tomorrow = numbers_for_tests(date(1926, 11, 24))[0]

    assert parse_personal_number(tomorrow.value[2:], today=TODAY) == tomorrow


def test_a_ten_digit_number_of_today_is_newborn():
    today = numbers_for_tests(TODAY)[0]

    assert parse_personal_number(today.value[2:], today=TODAY) == today


def test_a_number_is_shown_with_a_dash():
    assert PersonalNumber("201701012393", PERSONAL).shown == "20170101-2393"
    assert PersonalNumber("20170101TF12", TEMPORARY).shown == "20170101-TF12"


def test_a_coordination_number_carries_its_date_plus_sixty_days():
    assert PersonalNumber("201701612382", COORDINATION).date == date(2017, 1, 1)
    assert PersonalNumber("201701012393", PERSONAL).date == date(2017, 1, 1)


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("201701012385", PERSONAL, True),
        ("201701012393", PERSONAL, True),
        ("189001019802", PERSONAL, True),
        ("201701612382", COORDINATION, True),
        ("201701012400", PERSONAL, False),
        ("201701012376", PERSONAL, False),
        ("201701019810", PERSONAL, False),
        ("20170101T238", TEMPORARY, False),
    ],
)
def test_the_official_test_series_are_known(value, kind, expected):
    assert is_test_number(PersonalNumber(value, kind)) is expected


@given(born_on=BIRTHDAYS)
def test_invented_numbers_are_read_back_and_belong_to_the_test_series(born_on):
    numbers = numbers_for_tests(born_on)

    assert len(set(numbers)) == 3
    for number in numbers:
        assert parse_personal_number(number.shown, today=TODAY) == number
        assert number.date == born_on
        assert is_test_number(number)


@given(born_on=BIRTHDAYS, position=st.integers(2, 11), other=st.integers(1, 9))
def test_any_single_wrong_digit_is_noticed(born_on, position, other):
    value = numbers_for_tests(born_on)[0].value
    wrong = value[:position] + str((int(value[position]) + other) % 10) + value[position + 1 :]

    with pytest.raises(PersonalNumberError):
        parse_personal_number(wrong, today=TODAY)


@given(text=st.text(max_size=20) | st.from_regex(r"[0-9TF+ -]{8,14}", fullmatch=True))
def test_whatever_is_typed_is_read_or_refused_but_never_breaks(text):
    try:
        number = parse_personal_number(text, today=TODAY)
    except PersonalNumberError:
        return
    assert len(number.value) == 12
    assert parse_personal_number(number.shown, today=TODAY) == number


@pytest.mark.parametrize("year", [2015, 2016])
def test_invented_numbers_of_a_year_never_collide_and_end_when_used_up(year):
    days = 366 if year == 2016 else 365
    numbers = [invented_number(year, index) for index in range(3 * days)]

    assert len(set(numbers)) == 3 * days
    assert {number.date.year for number in numbers} == {year}
    for index in (-1, 3 * days):
        with pytest.raises(ValueError, match="test series"):
            invented_number(year, index)


def test_the_check_digit_follows_the_worked_example():
    assert luhn_digit("170101239") == "3"
    assert luhn_digit("900101980") == "2"
