"""Documents written from the code are current. To write them: pytest this file with --write-docs."""

import pytest

from tests.architecture import documents
from tests.architecture.sources import ROOT

FOLDER = ROOT / "docs"


@pytest.mark.parametrize("name", documents.DOCUMENTS)
def test_document_is_current(name, pytestconfig):
    file = FOLDER / name
    if pytestconfig.getoption("--write-docs"):
        file.write_text(documents.written(name), encoding="utf-8")

    assert file.exists(), f"docs/{name} is missing; {documents.NOTE}"
    old, new = file.read_text(encoding="utf-8").splitlines(), documents.written(name).splitlines()
    changed = sorted(set(old) ^ set(new))
    assert old == new, f"docs/{name} is no longer true; run with --write-docs.\n" + "\n".join(changed)


def test_table_says_who_may_enter_a_page():
    text = documents.written("who-may-enter.md")
    (row,) = [line for line in text.splitlines() if line.startswith("| `/people/` |")]
    head = next(line for line in text.splitlines() if line.startswith("| Address | Name | Mentor"))
    marks = dict(zip(head.split(" | "), row.split(" | "), strict=True))

    assert {name for name, mark in marks.items() if "○" in mark} == {
        "Principal",
        "Unit head",
        "System administrator |",
    }


def test_drawing_has_every_move():
    text = documents.written("workflow.md")

    assert "sent --> received" in text
    assert "accepted --> sent" not in text
    assert "| `decide_open_or_not` |" in text
    assert "| 14 calendar days | SoL 20:2 (statutory) |" in text
