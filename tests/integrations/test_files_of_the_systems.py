"""Files as each system writes them, and as Excel leaves them: read right, or refused with the right words."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from attendance.models import AttendanceDay, PeriodTotal
from integrations.models import AbsenceImport
from schools.models import PupilIdentifier
from tests.factories.schools import EnrolmentFactory, PupilIdentifierFactory
from tests.integrations.bringing import bring_in, read

pytestmark = pytest.mark.django_db
FILES = Path(__file__).parent / "files"
NUMBERS = {"elev-1": "201301022388", "elev-2": "200501012389"}
DAY = date(2026, 11, 20)


@pytest.fixture
def pupils(group):
    found = []
    for (source_id, number), name in zip(NUMBERS.items(), (("Alva", "Åberg"), ("Bo", "Öst")), strict=True):
        enrolment = EnrolmentFactory(class_group=group, pupil__given_name=name[0], pupil__family_name=name[1])
        PupilIdentifierFactory(pupil=enrolment.pupil, value=number)
        PupilIdentifierFactory(pupil=enrolment.pupil, kind=PupilIdentifier.Kind.SOURCE_ID, value=source_id)
        found.append(enrolment.pupil)
    return found


def content(name):
    return (FILES / name).read_bytes()


def problems(absence_import):
    return [(problem.row_number, problem.column, problem.code) for problem in absence_import.problems.all()]


@pytest.mark.parametrize(
    ("name", "rows", "held"),
    [
        ("skola24_utan_rubriker.csv", 5, 1),
        ("lektioner_skola24_utf8.csv", 6, 0),
        ("schoolsoft_lektioner.tsv", 4, 0),
        ("unikum_lektioner.txt", 3, 0),
        ("lektioner_edlevo_tab.txt", 6, 0),
        ("dagar_vklass_windows1252.csv", 2, 0),
        ("excel_lektioner.xlsx", 3, 0),
        ("libreoffice_dagar.ods", 2, 0),
        ("lodstreck_sep.csv", 2, 0),
        ("skolverket_liknande.csv", 2, 0),
    ],
)
def test_the_same_day_is_read_from_every_systems_file(principal, pupils, name, rows, held):
    absence_import = bring_in(principal, content=content(name))

    counts = absence_import.counts
    assert (counts["rows"], counts["bad"], counts["held_aside"]) == (rows, held, held), problems(absence_import)
    day = AttendanceDay.objects.get(valid_minutes__gt=0)
    assert (day.pupil, day.day, day.valid_minutes, day.invalid_minutes) == (pupils[0], DAY, 90, 0)


@pytest.mark.parametrize("name", ["vklass_perioder.csv", "learnpoint_perioder.csv"])
def test_the_same_week_is_read_from_reports_over_periods(principal, pupils, name):
    absence_import = bring_in(principal, content=content(name))

    assert (absence_import.counts["rows"], absence_import.counts["bad"]) == (2, 0), problems(absence_import)
    first, second = PeriodTotal.objects.order_by("-valid_minutes")
    assert (first.pupil, first.period_start, first.period_end) == (pupils[0], date(2026, 10, 5), date(2026, 10, 9))
    assert (first.offered_minutes, first.valid_minutes, first.invalid_minutes) == (1500, 90, 0)
    assert second.unreported_percent == (Decimal("10") if "vklass" in name else Decimal("7.5"))


def test_what_excel_has_damaged_is_named_row_by_row(principal, pupils):
    absence_import = bring_in(principal, content=content("excel_skadad.csv"))

    assert problems(absence_import) == [
        (2, "personal_number", "personal_number_damaged"),
        (3, "personal_number", "personal_number_lost_zero"),
        (4, "personal_number", "personal_number_damaged"),
        (6, "date", "date_hidden"),
        (7, "valid", "number_damaged"),
        (8, "valid", "number_negative"),
        (9, "valid", "number_missing"),
    ]
    assert AttendanceDay.objects.get().valid_minutes == 90
    for problem in absence_import.problems.all():
        what, remedy = problem.explanation
        assert what.endswith(".")
        assert remedy
        assert NUMBERS["elev-1"][8:] not in what + remedy + problem.value


def test_no_value_that_is_kept_holds_a_whole_personal_number(principal, pupils):
    absence_import = read(
        principal,
        "Elev-id;Personnummer;Datum;Giltig;Ogiltig;Ämne",
        "20130506-2394;201305062394;2026-11-31;201305062394;0;x",
        ";2013-05-06 2394;130506-2394;0;0;x",
    )

    assert absence_import.problems.count() >= 3
    for problem in absence_import.problems.all():
        assert "2394" not in f"{problem.value} {problem.explanation}"


@pytest.mark.parametrize(
    ("name", "failure"),
    [
        ("excel_avbruten.xlsx", "file_is_damaged"),
        ("excel_makron.xlsm", "file_has_macros"),
        ("excel_gammal.xls", "file_is_an_old_workbook"),
        ("webbsida.xls", "file_is_a_web_page"),
    ],
)
def test_what_is_never_opened_is_refused_with_words_that_help(principal, name, failure):
    absence_import = read(principal, content=content(name))

    assert (absence_import.status, absence_import.failure) == (AbsenceImport.Status.FAILED, failure)
    assert "Save as" in absence_import.failure_text or "repair" in absence_import.failure_text


def test_letters_that_were_spoilt_on_the_way_are_shown_before_anything_is_read(sign_in, principal, pupils):
    client = sign_in(principal)
    absence_import = read(principal, "Nyckel;När", content=content("dubbelkodad.csv"))

    page = client.get(f"/imports/{absence_import.pk}/columns/").content.decode()

    assert "Some letters look wrong" in page
    assert "hÃ¤lsa" in page


def test_an_unknown_pupil_is_listed_with_a_suggestion_and_never_guessed(principal, pupils):
    absence_import = read(
        principal,
        "Elev-id;Namn;Födelsedatum;Datum;Giltig;Ogiltig",
        f"okänd;Åberg, Alva;{pupils[0].born_on};2026-11-20;0;45",
        "okänd;Någon Annan;2013-01-01;2026-11-20;0;45",
    )

    first, second = absence_import.problems.order_by("row_number")
    assert (first.code, first.details["group"]) == ("pupil_suggested", "7B")
    assert second.code == "pupil_unknown"
    assert absence_import.counts["good"] == 0
    assert absence_import.counts["unknown"] == 2
