"""Where the table is in a file: its encoding, separator and headings, with titles above and remarks below."""

import pytest

from integrations.csv_files.encodings import is_garbled, lines_with_swedish_letters
from integrations.csv_files.headings import field_of
from integrations.csv_files.tables import find_mapping, read_rows

ROWS = "Elev-id;Datum;Giltig;Ogiltig;Ämne\ne1;2026-11-20;0;45;Hälsa\n"


@pytest.mark.parametrize(
    ("written", "found"),
    [("utf-8", "utf-8-sig"), ("utf-8-sig", "utf-8-sig"), ("cp1252", "cp1252"), ("iso-8859-1", "cp1252"),
     ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be")],
)  # fmt: skip
def test_the_encoding_is_found_and_the_letters_are_right(written, found):
    content = ROWS.encode(written)
    mapping = find_mapping(content)

    assert mapping.encoding == found
    assert mapping.headings[-1] == "Ämne"
    assert [cells[-1] for _number, cells in read_rows(content, mapping)] == ["Hälsa"]
    assert lines_with_swedish_letters(content, found)[0].endswith("Ämne")


def test_another_encoding_can_be_chosen_and_a_wrong_one_shows():
    content = ROWS.encode()

    wrong = find_mapping(content, encoding="cp1252")

    assert wrong.headings[-1] == "Ã„mne"
    assert is_garbled(lines_with_swedish_letters(content, "cp1252"))
    assert not is_garbled(lines_with_swedish_letters(content, "utf-8-sig"))


def test_letters_that_were_spoilt_before_they_came_are_flagged():
    assert is_garbled(lines_with_swedish_letters(ROWS.encode().decode("cp1252").encode(), "utf-8-sig"))
    assert is_garbled(["Idrott och h\ufffdlsa"])


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_the_separator_is_found_by_the_headings(separator):
    assert find_mapping(ROWS.replace(";", separator).encode()).separator == separator


def test_the_separator_is_found_by_equal_rows_when_no_heading_is_known():
    content = 'Nyckel;När, var\n"a;b";x, y\nc;z, å, ö\nd;e\n'.encode()

    mapping = find_mapping(content)

    assert (mapping.separator, mapping.headings) == (";", ["Nyckel", "När, var"])


def test_what_the_file_says_of_its_separator_counts():
    mapping = find_mapping(b"sep=|\nNyckel;a|Dag\n1;2|3\n")

    assert (mapping.separator, mapping.headings, mapping.heading_row) == ("|", ["Nyckel;a", "Dag"], 2)


def test_the_separator_can_be_chosen():
    assert find_mapping(b"a,b;c\n1,2;3\n", separator=",").headings == ["a", "b;c"]


def test_titles_above_and_remarks_below_are_left_out():
    content = (
        "Frånvarorapport;;;\nSkola: Bergaskolan;;;\n\nElev-id;Datum;Giltig;Ogiltig\ne1;2026-11-20;0;45\n"
        "Summa;;0;45\n\nKälla: systemet\n* Preliminära uppgifter\nUtskriven 2026-11-23 av rektor\n"
    ).encode()

    mapping = find_mapping(content)

    assert mapping.heading_row == 4
    assert [cells[0] for _number, cells in read_rows(content, mapping)] in (["e1"], ["e1", "Summa"])


def test_the_period_that_stands_above_the_table_is_found():
    content = b"LearnPoint\nPeriod: 2026-10-01 - 2026-10-31\n\nElev-id;Giltig (t);Ogiltig (t)\ne1;1,5;0\n"

    mapping = find_mapping(content)

    assert (mapping.shape, mapping.period) == ("period_totals", "2026-10-01 - 2026-10-31")
    assert mapping.units == {"valid": "h", "invalid": "h"}
    assert mapping.is_complete


def test_minutes_count_before_hours_and_per_cent_when_a_system_gives_all_three():
    content = (
        b"Elev-id;Datum;Undv. tid;Lekt.;N min;GF min;F min;N %;GF %;F %;Ej reg tid;N h;GF h;F h\n"
        b"e1;2026-11-20;300;5;255;45;0;85;15;0;0;4,25;0,75;0\n"
    )

    mapping = find_mapping(content)

    names = {name: mapping.headings[place] for name, place in mapping.columns.items()}
    assert names["valid"] == "GF min"
    assert names["invalid"] == "F min"
    assert names["present"] == "N min"
    assert names["offered"] == "Undv. tid"
    assert mapping.units == {"unreported": "%"}


@pytest.mark.parametrize(
    ("heading", "field"),
    [("Elev_ID", "pupil_id"), ("\ufeffPersonnummer", "personal_number"), ("socialnumber", "personal_number"),
     ("CivicNo", "personal_number"), ("PID", "personal_number"), ("fname", "given_name"), ("lname", "family_name"),
     ("class", "class"), ("Avdelning", "class"), ("Undv. tid", "offered"), ("Totalt (t)", "offered"),
     ("Rapporterat (%)", "reported"), ("Ej reg tid", "unreported"), ("N min", "present"), ("GF h", "valid"),
     ("F %", "invalid"), ("Giltig (tim)", "valid"), ("courseorsubject", "subject"), ("Reason", "kind"),
     ("LessonMinutes", "length"), ("Vecka", "period"), ("Fr.o.m.", "first_day"), ("T.o.m.", "last_day"),
     ("Sekretessmarkering", "protection"), ("Antal tillfällen", None), ("Mobil", None)],
)  # fmt: skip
def test_headings_are_known_in_the_words_of_each_system(heading, field):
    assert field_of(heading) == field


def test_a_file_without_headings_is_read_by_what_stands_in_it():
    content = (
        "Bergaskolan;7B;20170101-2393;Alva;Berg;;2026-11-20;08:10;60;60;Giltig frånvaro\n"
        "Bergaskolan;7B;20170102-2384;Bo;Ek;;2026-11-20;08:10;60;15;Sen ankomst\n"
    ).encode("cp1252")

    mapping = find_mapping(content)

    assert mapping.heading_row == 0
    assert mapping.columns == {
        "class": 1, "personal_number": 2, "given_name": 3, "family_name": 4, "protection": 5, "date": 6,
        "starts_at": 7, "kind": 10, "length": 8, "absent": 9,
    }  # fmt: skip
    assert len(list(read_rows(content, mapping))) == 2


def test_headings_can_be_said_to_be_missing():
    content = b"a;b;c\nd;e;f\n"

    assert find_mapping(content).heading_row == 1
    assert find_mapping(content, headings=False).heading_row == 0
