"""A whole school year of 200 cases, moved day by day with real workers, killed now and then, and everything counted."""

from __future__ import annotations

import os

import django

os.environ["NB_LOGIN"] = "owner"  # makes the city, and looks at everything afterwards
django.setup()

from datetime import date  # noqa: E402

from bench.report import Report  # noqa: E402
from bench.school_year.clockwork import clear  # noqa: E402
from bench.school_year.playing import Plan, Played, play  # noqa: E402

OWN_CITY = True
CASES = int(os.environ.get("NB_YEAR_CASES", "200"))
DAYS = int(os.environ.get("NB_YEAR_DAYS", "369"))
CASTS = int(os.environ.get("NB_YEAR_SCHOOLS", "2"))
KILLS = int(os.environ.get("NB_YEAR_KILLS", "24"))
SEED = int(os.environ.get("NB_YEAR_SEED", "7"))
SHOWN = 20


def main() -> None:
    """Play the year, print what was counted, and say what is wrong."""
    plan = Plan(date(2026, 8, 17), DAYS, CASES, CASTS, KILLS, still_from=date(2026, 11, 9), seed=SEED)
    clear()
    played = play(plan, say=lambda words: print(f"# {words}", flush=True))
    tell(played)


def tell(played: Played) -> None:
    """Print the counts and the faults; end with 1 when there are any."""
    report = Report()
    for name, number in played.counts.items():
        print(f"# {name}: {number}")
    for name, faults in played.faults.items():
        for fault in faults[:SHOWN]:
            print(f"# {name}: {fault}")
        report.figure(name, len(faults), "rows", "== 0")
    report.figure("the year took", played.seconds, "s", "<= 900")
    report.exit()


if __name__ == "__main__":
    main()
