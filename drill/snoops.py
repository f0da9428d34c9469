"""Hides fifty snoops among twenty thousand normal readings, and counts whom the rules find and whom they trouble."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bench.report import Report
from oversight.rules import Facts, Rule, hits

OWN_DEMO_CITY = True
NORMAL, SNOOPS = 20_000, 50
SEED = 20261125

# What the drill takes for granted. It is a model, not a measurement: replace it when there is real reading to look at.
COMMON_NAMES = 0.25
"""Share of people with one of the hundred commonest family names (the rest have rare ones, taken as unique)."""
COMMON = [f"Vanlig{number}" for number in range(100)]
COMMON_WEIGHTS = [1 / (number + 8) for number in range(100)]
"""The commonest of them has some 4 % of their bearers: about 1 % of everybody, as Andersson."""
NIGHT_SHARE = 0.002
"""Share of normal readings made at night: somebody who catches up on a deadline."""
STAND_INS = 0.004
"""Share of normal readings outside one's own pupils for a good reason: stand-ins, handovers, claimed links."""
PROTECTED = 0.001
"""Share of normal readings about a pupil with protected identity by somebody named for it."""
KINDS = [("list", 0.45), ("read", 0.5), ("search", 0.03), ("print", 0.02)]

SNOOPING: list[tuple[str, int]] = [
    ("relative: the reader's own family name, at work", 14),
    ("relative: a guardian's family name, another than the pupil's", 8),
    ("acquaintance: in no class of the reader's", 12),
    ("acquaintance: at another school, by a claimed link", 8),
    ("own pupil, from home at night", 7),
    ("own pupil, at work, with a private motive", 1),
]
"""Fifty snoops. The last kind looks like work in every way: no rule can find it, only the sample can."""


def family_name(chance: random.Random) -> str:
    """Return somebody's family name."""
    if chance.random() < COMMON_NAMES:
        return chance.choices(COMMON, COMMON_WEIGHTS)[0]
    return f"Ovanlig{chance.randrange(10**9)}"


def day(chance: random.Random, *, at_night: bool = False) -> datetime:
    """Return a moment of a working day in November, in office hours or at night (times in UTC, Stockholm is ahead)."""
    begins = datetime(2026, 11, 2 + chance.randrange(26), tzinfo=UTC)
    hour = chance.choice([21, 22, 23, 0, 1, 2, 3, 4]) if at_night else 6 + chance.randrange(11)
    return begins + timedelta(hours=hour, minutes=chance.randrange(60))


def normal(chance: random.Random) -> Facts:
    """Return what somebody read for work."""
    pupil = family_name(chance)
    other = pupil if chance.random() < 0.6 else family_name(chance)
    is_own = chance.random() >= STAND_INS
    return Facts(
        at=day(chance, at_night=chance.random() < NIGHT_SHARE),
        kind=chance.choices(*zip(*KINDS, strict=True))[0],
        reader_name=family_name(chance),
        pupil_name=pupil,
        guardian_names=frozenset({pupil, other}),
        is_protected=chance.random() < PROTECTED,
        is_own_task=is_own,
        is_of_own_unit=is_own,
    )


def _work(chance: random.Random, **told: object) -> Facts:
    base = {"at": day(chance), "kind": "read", "reader_name": "Granne", "pupil_name": family_name(chance)}
    return Facts(**(base | told))  # type: ignore[arg-type]


PLANTED: list[Callable[[random.Random], Facts]] = [
    lambda chance: _work(chance, reader_name="Släkting", pupil_name=chance.choice(["Släkting", "Släkting-Berg"])),
    lambda chance: _work(chance, reader_name="Förälder", guardian_names=frozenset({"Förälder", "Annan"})),
    lambda chance: _work(chance, is_own_task=False),
    lambda chance: _work(chance, kind="claim", is_own_task=False, is_of_own_unit=False),
    lambda chance: _work(chance, at=day(chance, at_night=True)),
    lambda chance: _work(chance),
]


def main() -> None:
    """Judge all readings, and the control with the rules about tasks taken away."""
    report, chance = Report(), random.Random(SEED)
    readings = [hits(normal(chance)) for _ in range(NORMAL)]
    troubled = [found for found in readings if found]
    planted = [hits(plant(chance)) for (_, times), plant in zip(SNOOPING, PLANTED, strict=True) for _ in range(times)]
    report.figure("snoops planted", len(planted), "readings", f"== {SNOOPS}")
    report.figure("snoops found", sum(map(bool, planted)), f"of {SNOOPS}", ">= 48")
    report.figure("normal readings flagged", len(troubled) / NORMAL * 100, "%", "<= 2")
    by_rule = Counter(rule for found in troubled for rule in found)
    for rule in Rule:
        report.figure(f"normal readings flagged: {rule.value}", by_rule[rule] / NORMAL * 100, "%", "<= 2")
    tasks = {Rule.NO_TASK, Rule.OUTSIDE, Rule.CLAIMED}
    report.figure("control: found without the rules about tasks", sum(bool(found - tasks) for found in planted),
                  f"of {SNOOPS}", "<= 40")  # fmt: skip
    report.exit()


if __name__ == "__main__":
    main()
