"""Lines for the server's own drawings: places in an SVG, and the values as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

STEP = 10


@dataclass(frozen=True)
class Line:
    """Percentages over time as a line in a box of `width` by `height`; None is a gap, and the line stops there."""

    values: Sequence[int | None]
    width: int
    height: int
    lowest_top: int = 20
    limit: int = 10
    gridlines: list[tuple[str, int]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "gridlines", [(self.y(line), line) for line in range(0, self.top + 1, self.grid_step)])

    @property
    def top(self) -> int:
        """The percentage at the top edge: a whole ten above every value."""
        highest = max((value for value in self.values if value is not None), default=0)
        return max(self.lowest_top, -(-highest // STEP) * STEP)

    @property
    def grid_step(self) -> int:
        """How far the gridlines lie apart, in per cent."""
        return STEP if self.top <= 4 * STEP else 2 * STEP if self.top <= 8 * STEP else 5 * STEP

    @property
    def parts(self) -> list[str]:
        """The line's parts for the `points` of a polyline each; a value by itself is a dot, drawn by its round ends."""
        parts: list[list[str]] = [[]]
        for place, value in enumerate(self.values):
            if value is not None:
                parts[-1].append(f"{self.x(place)},{self.y(value)}")
            elif parts[-1]:
                parts.append([])
        return [" ".join(part if len(part) > 1 else part * 2) for part in parts if part]

    @property
    def limit_y(self) -> str:
        """Where the limit lies."""
        return self.y(self.limit)

    def x(self, place: int) -> str:
        """Return how far right the value in `place` lies, written with a point in every language."""
        return f"{place * self.width / max(1, len(self.values) - 1):.1f}"

    def y(self, value: int) -> str:
        """Return how far down `value` lies, written with a point in every language."""
        return f"{self.height - value * self.height / self.top:.1f}"
