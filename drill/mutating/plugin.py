"""A pytest plugin: the tests stay loaded in one process, and each mutant of the checks meets them in a child of it.

Nothing is started anew for a mutant, neither Python, nor the apps, nor the database. A mutant is asked only tests that
reach its function, first the one that noticed it last time and then the quick ones, until one fails.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connections

from drill.mutating.forking import ask_a_child
from drill.mutating.judged import Judged, Verdict, key_of
from drill.mutating.mutation import Mutant, mutants_of
from drill.mutating.placing import Place
from launcher.places import ROOT, STATE

FOUND = STATE / "mutants-found.json"
SECONDS_FOR_ALL, SECONDS_FOR_ONE = 3600, 420
SECONDS_TO_LOOK = 0.1
EVERY = 5
"""One mutant of so many is also asked a single test, for the control."""


@dataclass(frozen=True)
class Reach:
    """What a test has called, of all files, and how long it took."""

    seconds: float
    called: set[tuple[str, str]]


class Warm:
    """The loaded tests, and what each of them reaches."""

    def __init__(self, session: pytest.Session) -> None:
        self.session = session
        self.items = {item.nodeid: item for item in session.items if not commits(item)}
        self.failed = self.fault = ""
        self.reach: dict[str, Reach] = {}
        session.config.pluginmanager.register(self, "warm")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember that a test has failed."""
        if report.failed:
            self.failed, self.fault = report.nodeid, report.longreprtext

    def run(self, nodeids: Iterable[str]) -> str:
        """Run the tests until one fails, and return its name; nothing if all pass."""
        items = [self.items[one] for one in nodeids]
        # After the last one everything is torn down but what lasts as long as the session: the database.
        end = SimpleNamespace(listchain=lambda: [self.session])
        for item, following in zip(items, [*items[1:], end], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.failed:
                return self.failed
        return ""

    def warm_up(self) -> None:
        """Make the database with a test that needs one, and hang up, so that each child calls for itself."""
        first = next(nodeid for nodeid, item in self.items.items() if "db" in getattr(item, "fixturenames", ()))
        if self.run([first]):
            raise pytest.UsageError(f"{first} fails with the code as it is: {self.fault}")
        connections.close_all()

    def learn_once(self, places: dict[str, Place], stage: str, code: str) -> None:
        """Find out what each test reaches, unless an interrupted drill has found it out already."""
        path = STATE / f"mutants-{stage}-reach.json"
        found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        if found.get("code") != code:
            answer = ask_a_child(lambda: self._reached(places), SECONDS_FOR_ALL)
            found = json.loads(answer.text) if answer.is_whole else {"failed": "the child ended"}
            if "failed" in found:
                raise pytest.UsageError(f"with the code as it is: {found['failed']}")
            path.write_text(json.dumps(found | {"code": code}), encoding="utf-8")
        self.reach = {
            nodeid: Reach(seconds, {(file, name) for file, name in called})
            for nodeid, (seconds, called) in found["reach"].items()
        }

    def _reached(self, places: dict[str, Place]) -> str:
        reached: set[tuple[str, str]] = set()
        for place in places.values():
            place.note_calls(reached)
        found = {}
        for number, nodeid in enumerate(self.items):
            reached.clear()
            began = time.monotonic()
            if failed := self.run([nodeid]):
                return json.dumps({"failed": f"{failed}: {self.fault}"})
            found[nodeid] = (round(time.monotonic() - began, 3), sorted(reached))
            if number % 100 == 0:
                tell(f"{number} of {len(self.items)} tests have shown what they reach")
        return json.dumps({"reach": found})

    def tests_of(self, place: Place, mutant: Mutant, hint: str | None) -> list[str]:
        """Return the tests that reach the mutant, the quickest first; for a constant, all that may have read it."""
        around = place.function_at(mutant.line)
        reaching = []
        for nodeid, reach in self.reach.items():
            names = {name for file, name in reach.called if file == mutant.file}
            # A test that only looks at a table calls nothing.
            looks = around is None and not reach.called and reach.seconds < SECONDS_TO_LOOK
            if looks or (names if around is None else around in names):
                reaching.append((reach.seconds, nodeid))
        return sorted((nodeid for _seconds, nodeid in sorted(reaching)), key=lambda one: one != hint)

    def judge(self, place: Place, mutant: Mutant, tests: list[str]) -> tuple[str | None, str]:
        """Return which test notices the mutant, or None and why none does."""
        if not tests:
            return None, "no test reaches it"

        def with_mutant() -> str:
            if not place.put(mutant):
                return "the same code"
            return self.run(tests)

        answer = ask_a_child(with_mutant, SECONDS_FOR_ONE)
        if not answer.is_whole:
            return None, "its child did not come to an end"
        if answer.text == "the same code":
            return None, answer.text
        return (answer.text, "") if answer.text else (None, f"{len(tests)} tests pass")


def commits(item: pytest.Item) -> bool:
    """Say whether a test leaves its rows in the database or starts a server: no child may."""
    mark = item.get_closest_marker("django_db")
    names = set(getattr(item, "fixturenames", ()))
    return bool(mark and mark.kwargs.get("transaction")) or bool(names & {"transactional_db", "live_server"})


def tell(words: str) -> None:
    """Say how far the drill has come."""
    print(time.strftime("%H:%M:%S"), words, file=sys.__stderr__, flush=True)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Judge the mutants instead of running the tests."""
    if session.testsfailed:
        raise session.Interrupted("some tests could not be loaded")
    session.config.pluginmanager.getplugin("capturemanager").suspend_global_capture(in_=True)
    task = json.loads(os.environ["NB_MUTANTS"])
    warm = Warm(session)
    warm.warm_up()
    importlib.import_module(settings.ROOT_URLCONF)  # Decorators have made what they make of the checks.
    places = {file: Place(ROOT, file) for file in task["files"]}
    warm.learn_once(places, task["stage"], task["code"])
    judged = Judged.load(task["stage"], task["code"])
    only = task["only"]
    wanted = [one for file in places for one in mutants_of(file, (ROOT / file).read_text(encoding="utf-8"))]
    wanted = [one for one in wanted if only is None or key_of(one) in only]
    verdicts = judge_all(warm, places, judged, wanted)
    weak = 0 if only else sum(lives_one_test(warm, places, one) for one in wanted[::EVERY])
    false = 0 if only else sum(finds_fault(warm) for _ in range(3))
    FOUND.write_text(json.dumps({"verdicts": [asdict(one) for one in verdicts], "weak": weak, "false": false}))
    return True


def judge_all(warm: Warm, places: dict[str, Place], judged: Judged, wanted: list[Mutant]) -> list[Verdict]:
    """Judge every mutant that is not judged yet."""
    verdicts = []
    for number, mutant in enumerate(wanted):
        verdict = judged.known(mutant)
        if verdict is None:
            tests = warm.tests_of(places[mutant.file], mutant, judged.hint(mutant))
            verdict = judged.add(mutant, *warm.judge(places[mutant.file], mutant, tests))
            if not verdict.noticed_by:
                tell(f"lives on: {mutant} ({verdict.why})")
        verdicts.append(verdict)
        if number % 25 == 24:
            tell(f"{number + 1} of {len(wanted)} mutants judged")
    return verdicts


def lives_one_test(warm: Warm, places: dict[str, Place], mutant: Mutant) -> bool:
    """Say whether a mutant lives on if only the quickest test that reaches it is asked."""
    place = places[mutant.file]
    return warm.judge(place, mutant, warm.tests_of(place, mutant, None)[:1])[0] is None


def finds_fault(warm: Warm) -> bool:
    """Say whether a test that reaches anything fails with the code as it is."""
    reaching = [nodeid for nodeid, reach in warm.reach.items() if reach.called]
    answer = ask_a_child(lambda: warm.run(reaching), SECONDS_FOR_ALL)
    return bool(answer.text) or not answer.is_whole
