"""Nobody is recognised in a figure: what is shown of few, of a share, of a median, and of small reasons."""

import pytest

from followup.small_numbers import merged, shown_count, shown_median, shown_share


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0"), (1, "fewer than 5"), (4, "fewer than 5"), (5, "5"), (1200, "1200")]
)
def test_counts_from_one_to_four_are_not_told_apart(count, shown):
    assert shown_count(count) == shown


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(19, 19, "too few to show"), (19, 20, "95 %"), (2, 3000, "0 %"), (0, 0, "too few to show"), (29, 30, "96 %")],
)
def test_a_share_needs_twenty_and_is_never_rounded_up(part, whole, shown):
    assert shown_share(part, whole) == shown


@pytest.mark.parametrize(
    ("values", "shown"), [([3] * 9, "too few to show"), ([3] * 10, "3"), ([1, 2] * 5, "1.5"), ([], "too few to show")]
)
def test_a_median_needs_ten(values, shown):
    assert shown_median(values) == shown


@pytest.mark.parametrize(
    ("counts", "rows"),
    [
        ({"A": 9, "B": 6}, [("A", "9"), ("B", "6")]),
        ({"A": 9, "B": 3, "C": 2}, [("A", "9"), ("rest", "5")]),
        ({"A": 9, "B": 6, "C": 1}, [("A", "9"), ("rest", "7")]),
        ({"A": 9, "B": 6, "C": 2, "D": 1}, [("A", "9"), ("rest", "9")]),
        ({"A": 9, "B": 4}, [("rest", "13")]),
        ({"A": 2, "B": 1}, [("rest", "fewer than 5")]),
        ({"A": 4}, [("rest", "fewer than 5")]),
        ({"A": 0}, []),
        ({}, []),
    ],
)
def test_small_reasons_are_merged_until_none_can_be_worked_out(counts, rows):
    assert merged(counts, "rest") == rows


@pytest.mark.parametrize("total", range(1, 40))
def test_with_the_total_known_no_small_reason_can_be_worked_out(total):
    counts = {"A": total // 2, "B": total // 3, "C": total - total // 2 - total // 3}

    shown = dict(merged(counts, "rest"))

    hidden = [count for name, count in counts.items() if count and name not in shown]
    assert all(count >= 5 for name, count in counts.items() if name in shown)
    assert len(hidden) != 1 or sum(hidden) == total
