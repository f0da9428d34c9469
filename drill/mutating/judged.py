"""What is known about each mutant so far, kept in a file: a drill that was interrupted goes on where it was."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from drill.mutating.mutation import Mutant
from launcher.places import ROOT, STATE

APPS = ("accounts", "attendance", "audit", "cases", "config", "deadlines", "demo", "drill", "followup", "integrations")
DECISIVE = (*APPS, "oversight", "records", "schools", "socialservices", "tests", "wall", "templates")
DOCUMENTS = ("docs/permissions.md", "docs/who-may-enter.md")
"""The tables that the tests compare the code with."""


@dataclass(frozen=True)
class Verdict:
    """What happened to one mutant: which test noticed it, if any did."""

    mutant: str
    file: str
    what: str
    noticed_by: str | None
    why: str = ""
    """For one that lives: what there was that could have noticed it."""


@dataclass
class Judged:
    """The verdicts of one stage of this drill, and what noticed each mutant in the drill before."""

    going_on: Path
    before: Path
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    hints: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, stage: str, code: str) -> Judged:
        """Return what is known. Verdicts about other code are hints only."""
        judged = cls(STATE / f"mutants-{stage}.jsonl", STATE / f"mutants-{stage}-before.jsonl")
        for path in (judged.before, judged.going_on):
            lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
            of_this_code = path == judged.going_on and lines and json.loads(lines[0]) == {"code": code}
            for one in map(json.loads, lines[1:]):
                verdict = Verdict(**one)
                if verdict.noticed_by:
                    judged.hints[verdict.mutant] = verdict.noticed_by
                if of_this_code:
                    judged.verdicts[verdict.mutant] = verdict
        if not judged.verdicts:
            judged._put_aside()
            judged.going_on.write_text(json.dumps({"code": code}) + "\n", encoding="utf-8")
        return judged

    def known(self, mutant: Mutant) -> Verdict | None:
        """Return what this drill has found out about the mutant already."""
        return self.verdicts.get(key_of(mutant))

    def hint(self, mutant: Mutant) -> str | None:
        """Return the test that noticed the mutant in an earlier drill."""
        return self.hints.get(key_of(mutant))

    def add(self, mutant: Mutant, noticed_by: str | None, why: str = "") -> Verdict:
        """Remember a verdict, at once."""
        verdict = Verdict(key_of(mutant), mutant.file, mutant.what, noticed_by, why)
        self.verdicts[verdict.mutant] = verdict
        with self.going_on.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(verdict), ensure_ascii=False) + "\n")
        return verdict

    def finish(self) -> None:
        """Let the next drill begin anew; what noticed each mutant is asked first then."""
        self._put_aside()

    def _put_aside(self) -> None:
        """Keep the hints, those of drills that came less far too."""
        lines = [Verdict(mutant, "", "", noticed_by) for mutant, noticed_by in self.hints.items()]
        lines += [one for one in self.verdicts.values() if one.noticed_by]
        told = [json.dumps({"code": ""}), *(json.dumps(asdict(one), ensure_ascii=False) for one in lines)]
        self.before.write_text("\n".join(told) + "\n", encoding="utf-8")
        self.going_on.unlink(missing_ok=True)


def key_of(mutant: Mutant) -> str:
    """Return the name of a mutant that no other has."""
    return f"{mutant} {hashlib.sha256(mutant.text.encode()).hexdigest()[:12]}"


def digest_of_the_code() -> str:
    """Return one number for everything that decides about a mutant."""
    digest = hashlib.sha256()
    files = [one for place in DECISIVE for one in (ROOT / place).rglob("*") if one.suffix in {".py", ".html"}]
    for path in [*sorted(files), *(ROOT / one for one in DOCUMENTS)]:
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()
