"""Our answers to OWASP ASVS 5.0.0 are complete, and what they point at is there."""

import pytest

from tests.architecture import asvs

RESULTS = asvs.ROOT / "docs" / "security" / "results.md"
GOOD = {
    "id": "1.1.1",
    "level": "2",
    "what": "input is decoded once",
    "applies": "y",
    "reason_if_not": "",
    "where": "config/settings/base.py: CONTENT_SECURITY_POLICY",
    "check": "tests/architecture/test_asvs.py::test_every_row_holds; manual: TLS scan; open: issue 4",
}


def test_the_standard_is_counted_right():
    levels = list(asvs.all_levels().values())

    assert len(levels) == 345
    assert [levels.count(level) for level in (1, 2, 3)] == [70, 183, 92]
    assert all(asvs.all_levels()[key] == 3 for key in asvs.CHOSEN_OF_LEVEL_3)


def test_every_requirement_is_answered_once():
    told = [row["id"] for row in asvs.rows()]

    assert sorted(told, key=list(asvs.all_levels()).index) == list(asvs.wanted())
    assert {row["id"]: int(row["level"]) for row in asvs.rows()} == asvs.wanted()


def test_every_row_holds():
    faults = [fault for row in asvs.rows() for fault in asvs.faults_of(row)]

    assert not faults, "\n".join(faults)


def test_every_manual_check_is_used():
    used = {check for row in asvs.rows() for check in asvs.parts(row["check"]) if check.startswith("manual: ")}
    told = asvs.MANUAL_CHECKS.read_text(encoding="utf-8").splitlines()
    described = {line.split(" | ")[0].removeprefix("| ") for line in told if line.startswith("| ")}

    assert described - {"Check", "---"} == {check.removeprefix("manual: ") for check in used}


def test_results_show_the_counts():
    text = RESULTS.read_text(encoding="utf-8")
    table = "\n".join(asvs.summary(asvs.rows()))

    assert table in text, f"docs/security/results.md shows other counts than:\n{table}"


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"check": ""}, "has no check"),
        ({"check": "tests/architecture/test_asvs.py::test_gone"}, "is not there"),
        ({"check": "tests/gone.py::test_gone"}, "is not there"),
        ({"check": "tests/architecture/test_asvs.py"}, "is not there"),
        ({"check": "manual: trust me"}, "is not described"),
        ({"check": "open: some day"}, "without saying until when"),
        ({"where": ""}, "where it is kept"),
        ({"where": "config/gone.py"}, "is not there"),
        ({"where": "config/settings/base.py: GONE_SETTING"}, "does not stand"),
        ({"applies": "n"}, "why it does not apply"),
        ({"applies": "maybe"}, "neither y nor n"),
        ({"what": "word " * 13}, "1 to 12 words"),
    ],
)
def test_fault_in_a_row_is_found(changed, fault):
    assert not asvs.faults_of(GOOD)
    assert fault in "\n".join(asvs.faults_of(GOOD | changed))


def test_a_row_is_as_good_as_its_weakest_part():
    tested = "tests/architecture/test_asvs.py::test_every_row_holds"
    states = [asvs.state(GOOD | {"check": check}) for check in (tested, f"{tested}; manual: x", f"{tested}; open: y")]

    assert [*states, asvs.state(GOOD | {"applies": "n"})] == ["tested", "manual", "open", "does not apply"]
