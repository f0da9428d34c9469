"""What happens to a file at the door: text with one row a line, or a refusal that says how to mend it."""

from datetime import date, datetime, time

import pytest

from integrations.csv_files.explanations import EXPLANATIONS
from integrations.csv_files.problems import FileProblem
from integrations.csv_files.tables import find_mapping, read_rows
from integrations.door import as_text
from tests.integrations.workbook_files import NAMES, ods, package, repacked, xlsx

HEADINGS = ["Elev-id", "Datum", "Giltig (min)", "Ogiltig (min)"]


def rows_of(content):
    text = as_text(content)
    return [cells for _number, cells in read_rows(text, find_mapping(text))]


def refusal(content):
    with pytest.raises(FileProblem) as problem:
        find_mapping(as_text(content))
    assert problem.value.code in EXPLANATIONS
    return problem.value.code


def test_an_excel_workbook_is_read_as_it_looks():
    content = xlsx(
        [
            ["Frånvarorapport"],
            [],
            [*HEADINGS, "Start", "Andel"],
            ["e1", datetime(2026, 11, 20), 45, 0.5, time(8, 10), 0.125],  # noqa: DTZ001 (as Excel keeps it)
            ["e2", date(2026, 11, 20), 45.0, None, datetime(2026, 11, 20, 8, 10), 1],  # noqa: DTZ001
            [201701012393, "20 nov\n2026", "12;5", 'en "egen"', None, None],
        ],
        formats=[("F4", "0.0%"), ("F5", "0%")],
    )

    assert rows_of(content) == [
        ["e1", "2026-11-20", "45", "0.5", "08:10", "12.5%"],
        ["e2", "2026-11-20", "45", "", "2026-11-20 08:10", "100%"],
        ["201701012393", "20 nov 2026", "12;5", 'en "egen"', "", ""],
    ]


def test_the_sheet_with_the_table_is_read_and_hidden_sheets_are_not():
    content = xlsx(
        [["Läs mig"], ["Skapad av", "systemet"]], more_sheets=[("Data", [HEADINGS, ["e1", "2026-11-20", 0, 45]])]
    )

    assert rows_of(content) == [["e1", "2026-11-20", "0", "45"]]


def test_a_libreoffice_workbook_is_read_as_it_looks():
    day = '<table:table-cell office:value-type="date" office:date-value="2026-11-20"/>'
    share = '<table:table-cell office:value-type="percentage" office:value="0.125"/>'
    spent = '<table:table-cell office:value-type="time" office:time-value="PT01H30M00S"/>'
    id_cell = '<table:table-cell office:value-type="string"><text:p>e1</text:p></table:table-cell>'
    content = ods(
        [
            HEADINGS,
            f"<table:table-row>{id_cell}{day}{share}{spent}</table:table-row>",
            '<table:table-row><table:table-cell table:number-columns-repeated="3"/></table:table-row>',
            ["e2", "2026-11-20", 45, 0.5],
            '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>',
        ]
    )

    assert rows_of(content) == [["e1", "2026-11-20", "12.5%", "01:30"], ["e2", "2026-11-20", "45", "0.5"]]


def test_rows_keep_their_numbers_from_the_sheet():
    text = as_text(xlsx([["Rapport"], [], HEADINGS, [], ["e1", "2026-11-20", 0, 45]]))

    assert [number for number, _cells in read_rows(text, find_mapping(text))] == [5]


BOMB = '<!DOCTYPE x [<!ENTITY a "kanarie"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
ENTITY = "<table:table-row><table:table-cell><text:p>&b;</text:p></table:table-cell></table:table-row>"
OUTWARDS = '<!DOCTYPE x [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
WHOLE = xlsx([HEADINGS, ["e1", "2026-11-20", 0, 45]])
REPEATED = (
    '<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="string">'
    "<text:p>x</text:p></table:table-cell></table:table-row>"
)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_is_empty"),
        (b" \r\n\t\n", "file_is_empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file_is_an_old_workbook"),
        (b"PK\x03\x04 avbruten", "file_is_damaged"),
        (WHOLE[: len(WHOLE) // 2], "file_is_damaged"),
        (repacked(WHOLE, xl__worksheets__sheet1_dot_xml="<worksheet><sheetData><row>"), "file_is_damaged"),
        (repacked(WHOLE, xl__workbook_dot_xml="inget alls"), "file_is_damaged"),
        (repacked(WHOLE, xl__vbaProject_dot_bin=b"program"), "file_has_macros"),
        (repacked(WHOLE, xl__bomb_dot_xml=bytes(40_000_000)), "file_unpacks_too_large"),
        (package({f"{n}.xml": "x" for n in range(1100)} | {"xl/workbook.xml": "x"}), "file_has_too_many_rows"),
        (package({"word/document.xml": "x"}), "file_is_a_document"),
        (package({"frånvaro.csv": "Elev-id;Datum"}), "file_is_an_archive"),
        (package({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "x"}), "file_is_a_document"),
        (ods([ENTITY], before=BOMB), "file_is_damaged"),
        (ods([ENTITY], before=OUTWARDS), "file_is_damaged"),
        (ods([REPEATED]), "file_has_too_many_rows"),
        (ods([], document=f"<office:document-content {NAMES}/>"), "file_is_empty"),
        (xlsx([]), "file_is_empty"),
        (xlsx([[None] * 300 + ["x"]]), "file_has_wide_rows"),
        (b"%PDF-1.7 ...", "file_is_a_document"),
        (b"\x1f\x8b\x08", "file_is_an_archive"),
        (b"\xef\xbb\xbf<html><table><tr><td>Elev</td></tr></table>", "file_is_a_web_page"),
        (b"a;b\0;c", "file_is_not_text"),
        (b"bara en rubrik\nx", "file_has_one_column"),
        (b";" * 500 + b"\nx", "file_has_wide_rows"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(content, code):
    assert refusal(content) == code


def test_a_workbook_that_says_its_sheet_has_a_million_rows_is_not_believed():
    content = repacked(
        WHOLE,
        xl__worksheets__sheet1_dot_xml='<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Elev-id</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>Datum</t></is></c></row></sheetData></worksheet>',
    )

    assert as_text(content) == b"Elev-id;Datum\n"


def test_a_row_far_down_does_not_fill_the_memory():
    content = repacked(
        WHOLE,
        xl__worksheets__sheet1_dot_xml='<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>'
        "</sheetData></worksheet>",
    )

    assert refusal(content) == "file_has_too_many_rows"


def test_line_breaks_inside_a_quoted_cell_are_made_spaces():
    content = b'Elev-id;Datum;Anteckning\r\ne1;2026-11-20;"en rad\r\noch en till"\r\ne2;2026-11-20;x\r\n'

    assert rows_of(content) == [["e1", "2026-11-20", "en rad och en till"], ["e2", "2026-11-20", "x"]]


def test_a_quotation_mark_that_is_never_closed_spoils_its_own_row_only():
    content = b'Elev-id;Datum;Ogiltig\ne1;2026-11-20;"45\ne2;2026-11-20;30\ne3;2026-11-20;"15\n'

    assert [cells for cells in rows_of(content) if cells] == [["e2", "2026-11-20", "30"]]
