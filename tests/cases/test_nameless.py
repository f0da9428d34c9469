"""What in a text says who somebody is, however it is written; and what does not."""

from __future__ import annotations

from datetime import date

import pytest

from cases.nameless import class_in, identities_in

TODAY = date(2026, 11, 27)
NAMES = [("Alva Maria", "Karlsson"), ("Bo", "Berg"), ("Åsa-Lii", "von Ek")]


def found(text: str) -> list[str]:
    return [one.word for one in identities_in(text, NAMES, TODAY)]


@pytest.mark.parametrize(
    "number",
    [
        "20121103-2380", "201211032380", "121103-2380", "121103+2380", "1211032380", "2012-11-03-2380",
        "12 11 03 23 80",
        "121103 – 2380", "20121163-2380", "121163-2380", "12.11.03.2380", "121103", "2012-11-03",
        "\uff11\uff12\uff11\uff11\uff10\uff13\uff12\uff13\uff18\uff10",
        "121103\u200b-2380", "121103-T238", "070-123 45 67", "+46 70 123 45 67", "08-465 004 70", "(08) 123 45 67",
        "0701234567", "123 45 67", "10.01.01.1234",
    ],
)  # fmt: skip
def test_a_number_that_can_be_somebodys_is_found_however_it_is_written(number):
    assert found(f"Vi tänker på en elev, {number} och undrar.")


@pytest.mark.parametrize(
    "text",
    [
        "Eleven är 13 år och borta 45 procent.", "Vi ses 10.30–11.30 om det går.", "Sedan läsåret 2025/2026 är det så.",
        "Det började 2026-10-14 efter lovet.", "Årskurs 7-9, 4-6 och 1-3.", "Det kostar 12 000 kr.", "Borta v. 34-41.",
        "Årskurs 1, 2, 3, 4, 5, 6, 7, 8 och 9.", "Enligt 7 kap. 19 a § skollagen.",
    ],
)  # fmt: skip
def test_ages_days_and_times_are_let_through(text):
    assert found(text) == []


@pytest.mark.parametrize(
    "mail", ["alva@example.com", "a.k+x@skola.example.se", "alva (at) example.com", "alva [at] ex.se"]
)
def test_an_address_is_found(mail):
    assert found(f"Skriv till {mail} i dag") == [mail]


@pytest.mark.parametrize(
    "text",
    [
        "Alva Karlsson är borta.", "alva karlsson är borta", "Karlsson, Alva är borta.", "ALVA KARLSSON",
        "Alvas Karlssons",
        "Maria Karlsson kommer inte.", "Vi talade med Alva om att familjen Karlsson",
        "Al\u00adva Karls\u200bson",
    ],
)  # fmt: skip
def test_given_and_family_name_of_a_pupil_are_found(text):
    assert "Alva Maria Karlsson" in found(text)


@pytest.mark.parametrize("text", ["Alva är borta.", "Hen vill inte bo hos sin mormor på ett berg.", "Bo på berget"])
def test_one_name_alone_and_ordinary_words_are_let_through(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Eleven Vilde är borta", "Vilde"), ("En elev som heter Noor", "Noor"), ("A.K. är borta", "A.K."),
        ("Om A. K. kommer", "A. K."),
    ],
)  # fmt: skip
def test_what_can_only_be_a_name_is_found_though_nobody_is_called_so(text, word):
    assert found(text) == [word]


def test_every_finding_says_how_to_mend_it():
    findings = identities_in("Alva Karlsson, a@b.se, 070-123 45 67, A.K.", NAMES, TODAY)

    assert len(findings) == 4
    assert all(str(one.mend) for one in findings)


@pytest.mark.parametrize(("text", "named"), [("En elev i 7B är borta", "7B"), ("I F A går", "F A"), ("Årskurs 7", "")])
def test_a_class_is_noticed(text, named):
    assert class_in(text) == named
