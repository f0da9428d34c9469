"""In every state each side reads exactly the fields that docs/who-reads-what.md says: no more, no less."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from cases.actions import objections, oversight, second_person
from cases.models import Consent, HolderInterval, Objection, Obligation, SchoolNote, SocialNote
from tests.factories.cases import Cast, Story, a_case, make_cast
from tests.factories.reports import Reported, a_report
from tests.wall.fields import plant, read_by

pytestmark = pytest.mark.django_db

DOCUMENT = Path(__file__).parents[2] / "docs" / "who-reads-what.md"
READERS = {
    "school: counsellor": "counsellor",
    "school: mentor": "mentor",
    "school: area manager": "area_manager",
    "receiver: team": "worker",
    "receiver: head": "head",
    "next unit": "other_worker",
    "other team": "third_worker",
    "other school": "other_counsellor",
    "coordinator": "coordinator",
}
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


def with_notes(story: Story) -> Story:
    """Let both sides write for themselves."""
    common = {"case": story.case, "written_at": story.at, "text": "x"}
    SchoolNote.objects.create(unit=story.cast.counsellor.unit, written_by=story.cast.counsellor, **common)
    SocialNote.objects.create(unit=story.cast.worker.unit, written_by=story.cast.worker, **common)
    return story


def without_reply(story: Story) -> Story:
    """The consent does not cover that the school is told why."""
    Consent.objects.filter(case=story.case).update(scope=["words", "receiver"])
    return story


def sent_back(story: Story) -> Story:
    """A colleague sends the prepared no back."""
    second_person.send_no_back(prepared=story.prepared, why="Tänk igen.", by=story.cast.colleague, at=story.at)
    return story


def answered(story: Story) -> Story:
    """The unit tells its side of what was lifted, and one of the managers answers."""
    objection = Objection.objects.get(referral=story.referral)
    objections.write_other_version(objection=objection, text="Vår sida.", by=story.cast.worker, at=story.at)
    asked = Obligation.objects.open().filter(kind="answer_objection").held_by(story.cast.area_head.unit)
    oversight.answer_lift(
        obligation=asked.get(), answer="yes_with_conditions", reason="Därför.", conditions="Om ni är med.",
        next_task="Möte.", next_on=story.days(3), next_unit=story.case.school_unit, by=story.cast.area_head,
        at=story.at,
    )  # fmt: skip
    return story


def asked_coordinator(cast: Cast) -> Story:
    """The request has been sent on twice, and the city's coordinator is asked."""
    story = a_case("redirected_twice", cast=cast)
    HolderInterval.objects.filter(obligation=story.open("place_request")).update(unit=cast.coordinator.unit)
    return story


def reported(decision: str) -> Callable[[Cast], object]:
    """A concern report that the office has decided on and told of."""

    def tell(cast: Cast) -> Reported:
        return a_report(cast=cast).confirm().assess().decide(decision).tell()

    return tell


def told(state: str) -> Callable[[Cast], object]:
    """A case in a state."""
    return lambda cast: with_notes(a_case(state, cast=cast))


STATES: dict[str, Callable[[Cast], object]] = {
    "Request sent": told("sent"),
    "Request opened": told("opened"),
    "Being assessed": told("acknowledged"),
    "More needed": told("asked"),
    "Question answered": told("question_answered"),
    "In the queue": told("queued"),
    "Paused": told("paused"),
    "Accepted": told("accepted"),
    "In progress, feedback given": told("feedback_acknowledged"),
    "Completed": told("completed"),
    "Interrupted": told("interrupted"),
    "No, and the school is told why": told("declined"),
    "No, and the school is not told why": lambda cast: with_notes(
        without_reply(a_case("acknowledged", cast=cast)).decline()
    ),
    "A no waits for a second person": told("prepared"),
    "A no was sent back by the second person": lambda cast: sent_back(with_notes(a_case("prepared", cast=cast))),
    "No, lifted to managers": lambda cast: answered(with_notes(a_case("lifted", cast=cast))),
    "Redirected, and the school is told why": told("taken_over"),
    "Redirected, and the school is not told why": lambda cast: with_notes(
        without_reply(a_case("acknowledged", cast=cast)).redirect()
    ).acknowledge(cast.other_worker),
    "Redirected twice, the coordinator chooses": lambda cast: with_notes(asked_coordinator(cast)),
    "Placed by the coordinator": lambda cast: with_notes(asked_coordinator(cast).place(by=cast.coordinator)),
    "No, changed by managers": told("given_back"),
    "Withdrawn": told("withdrawn"),
    "Closed": told("closed"),
    "Concern report, not opened": reported("not_opened"),
    "Concern report, opened": reported("opened"),
}
"""Every state of a request and of a report, in the order of the document."""


@pytest.mark.parametrize("state", STATES)
def test_each_reads_exactly_what_the_table_says(state: str, pytestconfig: pytest.Config) -> None:
    cast = make_cast()
    cast.class_group.mentors.add(cast.mentor)
    story = STATES[state](cast)
    readers = {title: getattr(cast, name) for title, name in READERS.items()}
    if isinstance(story, Reported):
        readers["the report's office"] = story.worker
    planted = plant()
    seen = {title: read_by(reader, planted) for title, reader in readers.items()}

    there = list(dict.fromkeys(planted.values()))
    assert not [error for read in seen.values() for error in read.errors]
    if pytestconfig.getoption("--write-docs"):
        write(state, there, {title: set(read.where) for title, read in seen.items()})
    table = rows_of(state)
    assert list(table) == there, "the rows of the table are the fields that have something in them in this state"
    wrong = [
        f"{title} {'reads' if label in read.where else 'does not read'} {label} ({read.where.get(label, '')})"
        for title, read in seen.items()
        for label in there
        if (label in read.where) is not (title in table[label])
    ]
    assert not wrong, "\n".join(wrong)


def test_the_coordinator_reads_no_word_of_a_request_that_is_to_be_placed() -> None:
    for state in ("Redirected twice, the coordinator chooses", "Placed by the coordinator"):
        assert not [label for label, readers in rows_of(state).items() if "coordinator" in readers], state


def test_the_document_has_every_state_once_and_no_other() -> None:
    assert HEADING.findall(DOCUMENT.read_text()) == list(STATES)


def test_a_reason_that_the_school_is_not_told_is_read_by_nobody_at_a_school() -> None:
    for state in ("No, and the school is not told why", "Redirected, and the school is not told why"):
        for label, readers in rows_of(state).items():
            if label.startswith("reason:"):
                assert not [title for title in readers if "school" in title], (state, label)


@pytest.mark.parametrize("state", [state for state in STATES if state.startswith(("A no", "Concern report"))])
def test_what_has_not_left_social_services_is_read_by_nobody_at_a_school(state: str) -> None:
    for label, readers in rows_of(state).items():
        if label.startswith("prepared no:") or label == "concern report: why not opened":
            assert not [title for title in readers if "school" in title], (state, label)


def rows_of(state: str) -> dict[str, set[str]]:
    """Return, of one state's table, each field and who reads it."""
    _before, _heading, after = DOCUMENT.read_text().partition(f"\n## {state}\n")
    lines = [line for line in after.partition("\n## ")[0].splitlines() if line.startswith("|")]
    heads = [cell.strip() for cell in lines[0].strip("|").split("|")][1:] if lines else []
    found = {}
    for line in lines[2:]:
        label, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        found[label] = {head for head, cell in zip(heads, cells, strict=True) if cell}
    return found


def write(state: str, there: list[str], seen: dict[str, set[str]]) -> None:
    """Write one state's table anew, for somebody to read and judge: what a page shows is not what it may show."""
    rows = [
        f"| {label} | " + " | ".join("●" if label in seen[title] else "" for title in seen) + " |" for label in there
    ]
    lines = ["| Field | " + " | ".join(seen) + " |", "|---|" + "---|" * len(seen), *rows]
    text = DOCUMENT.read_text()
    before, heading, after = text.partition(f"\n## {state}\n")
    _old, following, rest = after.partition("\n## ")
    new = "\n".join(["", *lines, ""])
    DOCUMENT.write_text(f"{before}\n## {state}\n{new}{following}{rest}" if heading else f"{text}\n## {state}\n{new}")
