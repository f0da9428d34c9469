"""The one form in which benches and drills tell a figure: a JSON line with name, value, unit, limit and ok."""

import json
import operator
import sys
from collections.abc import Callable

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
}


class Report:
    """Prints figures as they come and remembers whether all were ok."""

    def __init__(self) -> None:
        self.verdicts: list[bool] = []

    def figure(self, name: str, value: float, unit: str, limit: str) -> bool:
        """Print one figure; `limit` reads like "<= 1.5", ">= 10" or "== 0". Return whether it holds."""
        comparison, _, bound = limit.partition(" ")
        ok = COMPARISONS[comparison](value, float(bound))
        line = {"name": name, "value": round(value, 4), "unit": unit, "limit": limit, "ok": ok}
        print(json.dumps(line, ensure_ascii=False), flush=True)
        self.verdicts.append(ok)
        return ok

    def exit(self) -> None:
        """End the program: 0 when there are figures and all are ok, else 1."""
        sys.exit(0 if self.verdicts and all(self.verdicts) else 1)
