"""The drill of mutants: a mutant really runs wherever the code was imported, and nothing that is known is lost."""

import importlib
import os
import signal
import sys

import pytest

from drill.mutating import judged as ledger
from drill.mutating.forking import ask_a_child
from drill.mutating.judged import Judged
from drill.mutating.mutation import Mutant, mutants_of
from drill.mutating.placing import Place

RIGHTS = '''
from functools import wraps
WRITERS = frozenset({1, 2})
def guarded(view):
    @wraps(view)
    def inner(who):
        if not who:
            return "no"
        return view(who)
    return inner
def may(who):
    """Say whether."""
    return who in WRITERS and who > 1
def never(who):
    return False
'''
USES = """
from rights_of_a_toy import WRITERS, guarded, may
@guarded
def page(who):
    return "in"
"""


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """Return a small module of rights with one that has imported it, and its mutants by what they are."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "rights_of_a_toy.py").write_text(RIGHTS)
    (tmp_path / "uses_a_toy.py").write_text(USES)
    importlib.invalidate_caches()
    uses = importlib.import_module("uses_a_toy")
    place = Place(tmp_path, "rights_of_a_toy.py")
    yield place, uses, {one.what: one for one in mutants_of("rights_of_a_toy.py", RIGHTS)}
    for name in ("rights_of_a_toy", "uses_a_toy"):
        del sys.modules[name]


def test_a_function_changes_for_those_who_have_imported_it(toy):
    place, uses, mutants = toy
    assert (uses.may(1), uses.may(2)) == (False, True)

    assert place.put(mutants["condition 2 dropped: who in WRITERS and who > 1"])
    assert (uses.may(1), uses.may(2), uses.may(3)) == (True, True, False)


def test_what_a_decorator_has_made_changes_too(toy):
    place, uses, mutants = toy
    assert uses.page(0) == "no"

    assert place.put(mutants["not dropped: not who"])
    assert (uses.page(0), uses.page(1)) == ("in", "no")
    assert place.put(mutants["always True: return view(who)"])
    assert uses.page(1) is True


def test_a_constant_changes_for_those_who_have_imported_it(toy):
    place, uses, mutants = toy

    assert place.put(mutants["2 dropped: {1, 2}"])
    assert (uses.WRITERS, uses.may(2)) == ({1}, False)


def test_a_mutant_that_is_the_same_code_is_said_to_be(toy):
    place, _uses, mutants = toy

    assert not place.put(mutants["always False: return False"])


def test_a_test_is_known_by_what_it_calls(toy):
    place, uses, mutants = toy
    reached = set()
    place.note_calls(reached)

    uses.page(1)
    assert reached == {("rights_of_a_toy.py", "guarded.<locals>.inner")}
    assert place.function_at(mutants["not dropped: not who"].line) == "guarded.<locals>.inner"
    assert place.function_at(mutants["always True: return inner"].line) == "guarded"
    assert place.function_at(mutants["2 dropped: {1, 2}"].line) is None
    uses.may(1)
    assert ("rights_of_a_toy.py", "may") in reached


def test_a_child_leaves_nothing_behind_and_says_when_it_did_not_end_by_itself():
    seen = []

    assert ask_a_child(lambda: seen.append(1) or "words", 60).text == "words"
    assert not seen
    died = ask_a_child(lambda: os.kill(os.getpid(), signal.SIGKILL) or "never", 60)
    assert (died.text, died.is_whole) == ("", False)
    assert not ask_a_child(lambda: signal.pause() or "never", 1).is_whole


def test_an_interrupted_drill_goes_on_and_other_code_is_judged_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(ledger, "STATE", tmp_path)
    noticed, alive = Mutant("a.py", 1, "one", "1"), Mutant("a.py", 2, "two", "2")
    first = Judged.load("quick", "this code")
    first.add(noticed, "a test")
    first.add(alive, None, "all pass")

    again = Judged.load("quick", "this code")
    assert again.known(noticed).noticed_by == "a test"
    assert again.known(alive).noticed_by is None
    other = Judged.load("quick", "other code")
    assert (other.known(noticed), other.hint(noticed), other.hint(alive)) == (None, "a test", None)
    other.finish()
    last = Judged.load("quick", "other code")
    assert (last.known(noticed), last.hint(noticed)) == (None, "a test")
