"""Mutates 5,000 files of absence in every way a file can go wrong, and takes each through reading and storing."""

from __future__ import annotations

import io
import os
import random
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

from bench.report import Report

FILES = int(os.environ.get("NB_DRILL_FILES", "5000"))
PAGES_EVERY = 20
SEED = 20261126
SCHOOL = "Farsta grundskola"
WHOLE_ROW = {
    "too_few_columns", "too_many_columns", "quote_not_closed", "unreadable_characters", "duplicate_row",
    "period_overlaps", "pupil_held_aside",
}  # fmt: skip
"""Faults of a row as a whole, that belong to no one column."""

NASTY = (
    "", " ", "..", "-", "~100", "-5", "1.20618E+11", "=1+1", "@SUM(A1)", "31-11-26", "2026-11-31", "03/04/2026", "v.54",
    "HT19", "99999999999999999999", "1e999", "NaN", "\u0000", "\ufffd", "Ã¥", "'", '"', '""', "\t", "\r", "\u2028",
    "\u202e", "å" * 300, "; ; ;", "<script>", "{{ 7 }}", "%s", "%(x)s", "\\N", "\\", "NULL", "0x10", "１２", "٣",
    "2026-11-20T08:10:00+99:99", "46346.999999", "25:61", "1:99", "100 %", "101%", "Sjuk", "GF", "Sekretess", "J",
)  # fmt: skip
JUNK = (
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b'"',
    b"\r",
    b"\n\n\n",
    b";",
    b"\t",
    b"PK\x03\x04",
    b"\x1a",
    b"\xc3",
    b"sep=",
)

Mutation = Callable[[bytes, random.Random], bytes]


def flip(content: bytes, luck: random.Random) -> bytes:
    """Change some bytes."""
    some = bytearray(content)
    for _time in range(luck.randint(1, 20)):
        if some:
            some[luck.randrange(len(some))] = luck.randrange(256)
    return bytes(some)


def cut(content: bytes, luck: random.Random) -> bytes:
    """Take away the end, the beginning or a piece in the middle."""
    first, last = sorted(luck.randrange(len(content) + 1) for _end in range(2))
    return luck.choice((content[:first], content[last:], content[:first] + content[last:], content[first:last]))


def insert(content: bytes, luck: random.Random) -> bytes:
    """Put junk somewhere, some of it many times."""
    place = luck.randrange(len(content) + 1)
    return content[:place] + luck.choice(JUNK) * luck.choice((1, 1, 1, 50, 3000)) + content[place:]


def spoil_cells(content: bytes, luck: random.Random) -> bytes:
    """Put nasty values into some cells."""
    lines = content.decode("utf-8", "replace").split("\n")
    for _time in range(luck.randint(1, 8)):
        place = luck.randrange(len(lines))
        cells = lines[place].split(";")
        cells[luck.randrange(len(cells))] = luck.choice(NASTY)
        lines[place] = ";".join(cells)
    return "\n".join(lines).encode("utf-8", "replace")


def shuffle_rows(content: bytes, luck: random.Random) -> bytes:
    """Repeat, drop, lengthen or swap lines, the headings among them."""
    lines = content.split(b"\n")
    for _time in range(luck.randint(1, 6)):
        place, other = luck.randrange(len(lines)), luck.randrange(len(lines))
        what = luck.randrange(4)
        if what == 0:
            lines.insert(place, lines[other])
        elif what == 1 and len(lines) > 1:
            del lines[place]
        elif what == 2:
            lines[place] += b";" * luck.randint(1, 400)
        else:
            lines[place], lines[other % len(lines)] = lines[other % len(lines)], lines[place]
    return b"\n".join(lines)


def write_otherwise(content: bytes, luck: random.Random) -> bytes:
    """Use another encoding, separator or line end."""
    text = content.decode("utf-8", "replace").replace(";", luck.choice(";,\t|:"))
    text = text.replace("\n", luck.choice(("\n", "\r\n", "\r", "\n\n", "\x85")))
    encoding = luck.choice(("cp1252", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "iso-8859-1", "cp037", "utf-7"))
    return text.encode(encoding, "replace")


def repack(content: bytes, luck: random.Random) -> bytes:
    """Spoil the bytes of one file inside a workbook, and pack it again; what is no workbook is flipped."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            files = {name: package.read(name) for name in package.namelist()}
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, NotImplementedError, RuntimeError):
        return flip(content, luck)
    name = luck.choice(sorted(files))
    files[name] = luck.choice((flip, cut, insert))(files[name], luck)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for each, inside in files.items():
            package.writestr(each, inside)
    return packed.getvalue()


TEXT: tuple[Mutation, ...] = (flip, cut, insert, spoil_cells, spoil_cells, shuffle_rows, write_otherwise)
PACKED: tuple[Mutation, ...] = (flip, cut, repack, repack)


def clean_files(ids: list[str], numbers: list[str], days: list[str]) -> list[bytes]:
    """Return files as they should be, one of each shape, as text and as workbooks."""
    from tests.integrations.workbook_files import ods, xlsx

    lessons = [["Elev-id", "Datum", "Starttid", "Lektionslängd", "Frånvaro", "Status", "Ämne"]]
    totals = [["Personnummer", "Datum", "Undv. tid", "N min", "GF min", "F min", "Ej reg tid", "Sekretess"]]
    periods = [["Elev-id", "Period", "Giltig (h)", "Ogiltig (%)", "Kurs"]]
    for place, (pupil, number) in enumerate(zip(ids, numbers, strict=True)):
        for day in days:
            status, absent = ("Giltig frånvaro", "60") if place % 3 else ("Närvarande", "0")
            lessons += [[pupil, day, start, "60", absent, status, "Bild"] for start in ("08:10", "09:20")]
            totals.append([number, day, "300", "255", "45", "0", "0", "N"])
        periods += [[pupil, "2026-10", "1,5", "2,5", "Svenska"], [pupil, "v.47 2026", "0:45", "0", "Svenska"]]
    tables = [lessons, totals, periods]
    texts = ["\n".join(";".join(row) for row in table).encode() for table in tables]
    return [*texts, *(xlsx(table) for table in tables[:2]), ods(lessons)]


def headless(content: bytes) -> bytes:
    """Return the file without its headings."""
    return content.partition(b"\n")[2]


class Drill:
    """Takes files all the way, each in a transaction that is taken back, and counts what happened."""

    def __init__(self) -> None:
        from django.test import Client

        from accounts.models import Membership, Unit

        self.unit = Unit.objects.get(school__isnull=False, name=SCHOOL)
        principal = Membership.objects.select_related("user").filter(unit=self.unit, role="principal").earliest("pk")
        self.client = Client(raise_request_exception=False, HTTP_HOST="localhost")
        self.client.force_login(principal.user)
        self.counts: Counter[str] = Counter()
        self.faults: list[str] = []

    def take(self, content: bytes, name: str, with_pages: bool) -> None:
        """Take one file through everything; whatever is raised is a server error."""
        from django.db import transaction

        with transaction.atomic():
            try:
                with transaction.atomic():
                    self._through(content, name, with_pages)
            except Exception as error:
                self.counts["server errors"] += 1
                self.faults.append(f"{name}: {type(error).__name__}: {error}"[:300])
            transaction.set_rollback(True)

    def _through(self, content: bytes, name: str, with_pages: bool) -> None:
        from django.utils import timezone

        from integrations import actions
        from integrations.csv_files.tables import Mapping
        from integrations.models import AbsenceImport

        at = timezone.now()
        brought = actions.upload_absence_file(unit=self.unit, file_name=name, content=content, by=None, at=at)
        actions.read_import(brought, at=at)
        if brought.status == AbsenceImport.Status.NEEDS_MAPPING:
            self._look(brought, with_pages, "columns/", "columns/?encoding=cp1252&separator=%2C&headings=no")
            mapping = Mapping.from_json(brought.mapping)
            if mapping.is_complete:
                actions.match_columns(absence_import=brought, mapping=mapping, by=None, at=at)
                brought.refresh_from_db()
                actions.read_import(brought, at=at)
        self._check_words(brought)
        self._look(brought, with_pages, "", "errors/")
        self.counts[str(brought.status)] += 1
        if brought.status == AbsenceImport.Status.PREVIEWED:
            try:
                brought = actions.approve_import(brought, by=None, at=at, has_looked=True)
            except actions.NothingToReadIn:
                return
            actions.apply_import(brought, at=at + timedelta(seconds=1))
            self.counts["rows stored"] += brought.counts["good"]

    def _check_words(self, brought: Any) -> None:
        """See that every refusal says where it is and how to mend it."""
        if brought.failure and len(str(brought.failure_text).split(". ")) < 2:
            self._fault(f"{brought.failure} does not say how to mend it")
        for problem in brought.problems.all():
            self.counts["refusals"] += 1
            what, remedy = problem.explanation
            column = problem.header_in(brought.mapping)
            if not (problem.row_number and what and remedy and (column or problem.code in WHOLE_ROW)):
                self._fault(f"{problem.code} in row {problem.row_number} lacks its column or its mend")

    def _look(self, brought: Any, with_pages: bool, *pages: str) -> None:
        if not with_pages:
            return
        for page in pages:
            response = self.client.get(f"/imports/{brought.pk}/{page}")
            self.counts["pages"] += 1
            if response.status_code >= 500:
                self.counts["server errors"] += 1
                self.faults.append(f"{page}: {response.status_code}")

    def _fault(self, text: str) -> None:
        self.counts["refusals without words"] += 1
        self.faults.append(text)


def main() -> None:
    """Mutate and count."""
    django.setup()
    from django.utils import timezone

    from schools.models import PupilIdentifier

    drill, luck, report = Drill(), random.Random(SEED), Report()
    here = PupilIdentifier.objects.filter(
        pupil__enrolments__class_group__school=drill.unit.pk, pupil__protection="none"
    )
    ids = list(dict.fromkeys(here.filter(kind="source_id").order_by("value").values_list("value", flat=True)))[:12]
    numbers = list(here.filter(kind="personal_number").order_by("value").values_list("value", flat=True))[:12]
    numbers += ["20130505-2386"] * (len(ids) - len(numbers))
    today = timezone.localdate()
    days = [str(day) for n in range(1, 9) if (day := today - timedelta(days=n)).weekday() < 5][:4]
    clean = clean_files(ids, numbers[: len(ids)], days)
    clean.append(headless(clean[1]))
    for content in clean:
        drill.take(content, "ren.csv", with_pages=True)
    read_whole = drill.counts["previewed"]
    for number in range(FILES):
        place = luck.randrange(len(clean))
        content = clean[place]
        for _time in range(luck.choice((1, 1, 2, 3))):
            content = luck.choice(PACKED if content[:2] == b"PK" else TEXT)(content, luck)
        drill.take(content, f"muterad-{number}.csv", with_pages=number % PAGES_EVERY == 0)
    for fault in drill.faults[:20]:
        print(fault, file=sys.stderr)
    report.figure("files mutated", FILES, "files", ">= 5000")
    report.figure("clean files read", read_whole, "files", f">= {len(clean) - 1}")
    report.figure("server errors", drill.counts["server errors"], "errors", "== 0")
    report.figure("refused rows", drill.counts["refusals"], "rows", ">= 1000")
    report.figure("refusals without row, column or mend", drill.counts["refusals without words"], "rows", "== 0")
    report.figure("files refused as a whole", drill.counts["failed"], "files", ">= 100")
    report.figure("rows stored all the same", drill.counts["rows stored"], "rows", ">= 1000")
    report.figure("pages opened", drill.counts["pages"], "pages", ">= 100")
    report.exit()


if __name__ == "__main__":
    main()
