"""The rules as a table of examples."""

from datetime import UTC, datetime

import pytest

from oversight.rules import Facts, Rule, hits

NOON = datetime(2026, 11, 25, 11, tzinfo=UTC)


def facts(**told):
    """Return a reading for work, other than told."""
    plain = {"at": NOON, "kind": "read", "reader_name": "Lind", "pupil_name": "Berg"}
    return Facts(**(plain | told))


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, set()),
        ({"pupil_name": "Lind"}, {Rule.SAME_NAME}),
        ({"pupil_name": "LIND"}, {Rule.SAME_NAME}),
        ({"pupil_name": "Berg-Lind"}, {Rule.SAME_NAME}),
        ({"reader_name": "Lind Åkesson", "pupil_name": "åkesson"}, {Rule.SAME_NAME}),
        ({"pupil_name": "Lindberg"}, set()),
        ({"reader_name": "af Lind", "pupil_name": "af Berg"}, set()),
        ({"reader_name": "", "pupil_name": ""}, set()),
        ({"pupil_name": "Lind", "kind": "list"}, set()),
        ({"pupil_name": "Lind", "kind": "search"}, set()),
        ({"pupil_name": "Lind", "kind": "print"}, {Rule.SAME_NAME}),
        ({"guardian_names": frozenset({"Holm", "Lind"})}, {Rule.GUARDIAN_NAME}),
        ({"guardian_names": frozenset({"Holm"})}, set()),
        ({"at": datetime(2026, 11, 25, 20, 59, tzinfo=UTC)}, set()),
        ({"at": datetime(2026, 11, 25, 21, 0, tzinfo=UTC)}, {Rule.NIGHT}),
        ({"at": datetime(2026, 11, 25, 4, 59, tzinfo=UTC)}, {Rule.NIGHT}),
        ({"at": datetime(2026, 11, 25, 5, 0, tzinfo=UTC)}, set()),
        ({"at": datetime(2026, 7, 1, 20, 0, tzinfo=UTC)}, {Rule.NIGHT}),
        ({"at": datetime(2026, 7, 1, 4, 0, tzinfo=UTC)}, set()),
        ({"is_own_task": False}, {Rule.NO_TASK}),
        ({"is_own_task": False, "is_of_own_unit": False}, {Rule.OUTSIDE}),
        ({"is_protected": True}, {Rule.PROTECTED}),
        ({"kind": "claim"}, {Rule.CLAIMED}),
        ({"is_claimed": True}, {Rule.CLAIMED}),
        ({"pupil_name": "Lind", "is_protected": True}, {Rule.SAME_NAME, Rule.PROTECTED}),
    ],
)
def test_rules(told, expected):
    assert hits(facts(**told)) == expected
