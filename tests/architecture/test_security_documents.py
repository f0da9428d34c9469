"""What the security documents name is there: tests, files, commands; nothing is left out and nothing is too long."""

import re

import pytest

from tests.architecture.asvs import names_of_tests
from tests.architecture.sources import ROOT

DOCS = ROOT / "docs"
SECURITY = DOCS / "security"
TEXTS = sorted(
    [*SECURITY.glob("*.md"), *DOCS.glob("dpia*.md"), DOCS / "record-of-processing.md", *(DOCS / "adr").glob("*.md")]
)
CODE = re.compile(r"`([^`\n]+)`")
TEST = re.compile(r"tests/[\w./]+\.py(?:::\w+)?")
PATH = re.compile(r"[\w./-]+\.(?:md|py|toml|csv|yml|txt|html|js)|[\w-]+/[\w./-]*")
MEASURE = re.compile(r"python3 dev\.py (drill|bench) ([a-z_]+)")
WORDS_OF_AN_ADR = 450


def faults_of(text):
    """Return what a text names that is not there."""
    faults = [f"no test {name}" for name in TEST.findall(text) if not test_exists(name)]
    faults += [f"no {kind} {name}" for kind, name in MEASURE.findall(text) if not (ROOT / kind / f"{name}.py").exists()]
    named = [code for code in CODE.findall(text) if PATH.fullmatch(code) and not code.startswith("tests/")]
    return faults + [f"no file {name}" for name in named if not path_exists(name)]


def test_exists(name):
    """Say whether a test file, or one test of it, is there."""
    file, _, function = name.partition("::")
    path = ROOT / file
    return path.exists() and (not function or function in names_of_tests(path))


test_exists.__test__ = False


def path_exists(name):
    """Say whether a file is there, seen from the root or from the documents' folders."""
    return any((folder / name).exists() for folder in (ROOT, DOCS, SECURITY))


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.name)
def test_what_a_document_names_is_there(file):
    faults = faults_of(file.read_text(encoding="utf-8"))

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("see `tests/gone.py`", "no test tests/gone.py"),
        ("see `tests/architecture/test_asvs.py::test_gone`", "no test tests/architecture/test_asvs.py::test_gone"),
        ("run `python3 dev.py drill gone`", "no drill gone"),
        ("in `docs/gone.md`", "no file docs/gone.md"),
        ("in `accounts/gone.py`", "no file accounts/gone.py"),
    ],
)
def test_what_is_gone_is_found(text, fault):
    assert faults_of(text) == [fault]


def test_what_is_there_passes():
    assert not faults_of(
        "`tests/conftest.py`, `python3 dev.py drill restart`, `law.md`, `accounts/`, `a / b`, `y/n: x`"
    )


def first_cells(name, letter):
    """Return the first cells of a document's rows that are numbered with a letter, each with its last cell."""
    rows = [line.strip("| ").split(" | ") for line in (SECURITY / name).read_text(encoding="utf-8").splitlines()]
    return {row[0]: row[-1].strip() for row in rows if re.fullmatch(rf"{letter}\d+", row[0])}


@pytest.mark.parametrize(("name", "letter", "many"), [("threat-model.md", "T", 35), ("results.md", "G", 29)])
def test_no_row_is_missing_and_each_says_what_shows_it(name, letter, many):
    told = first_cells(name, letter)

    assert list(told) == [f"{letter}{number}" for number in range(1, many + 1)]
    assert all(told.values())
    assert "{" not in (SECURITY / name).read_text(encoding="utf-8")


def test_every_goal_has_a_date_or_says_not_measured():
    dated = re.compile(r"\d{4}-\d\d-\d\d|not measured")

    assert [goal for goal, told in first_cells("results.md", "G").items() if not dated.search(told)] == []


def test_decisions_are_short():
    lengths = {file.name: len(file.read_text(encoding="utf-8").split()) for file in (DOCS / "adr").glob("*.md")}

    assert {name: words for name, words in lengths.items() if words > WORDS_OF_AN_ADR} == {}


def test_the_swedish_page_is_one_page():
    words = (DOCS / "dpia-sammanfattning.md").read_text(encoding="utf-8").split()

    assert len(words) <= 650
