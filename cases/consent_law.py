"""Who must agree before something is shared or a service begins, who may agree alone, and which lawful ways remain.

Pure rules: no database, no clock. Ages are whole years on the day the consent is judged. Each rule names its paragraph:
Socialtjänstlagen (2025:400) 21:1-2 and 19:1, Föräldrabalken (1949:381) 6:11, 6:13 and 6:13 a, Offentlighets- och
sekretesslagen (2009:400) 10:1, 10:2, 10:27, 12:2 and 12:3; collected in law.md sections 2 (C14-C16) and 3.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

OWN_CONSENT_MAY_BE_ENOUGH = 12
"""From this age a child's own consent may be enough for an assessed service, if suitable (SoL 21:1)."""

AGREES_ALONE = 15
"""From this age the pupil asks or agrees: alone also to a service without assessment, if suitable (SoL 21:1-2)."""

ADULT = 18
"""From this day nobody has custody (FB 6:2)."""


class What(StrEnum):
    """What somebody is asked to agree to."""

    UNASSESSED_SERVICE = "unassessed_service"  # SoL 11:5-6: an attendance team that is reached without assessment
    ASSESSED_SERVICE = "assessed_service"  # an application that social services try
    OPEN_CARE_TREATMENT = "open_care_treatment"  # SoL 11:1


class Who(StrEnum):
    """Somebody who may be asked."""

    GUARDIAN_1 = "guardian_1"
    GUARDIAN_2 = "guardian_2"
    PUPIL = "pupil"


class Says(StrEnum):
    """How the question was answered. `NONE` is a guardian there is not: the other has custody alone."""

    YES = "yes"
    NO = "no"
    NOT_ASKED = "not_asked"
    NOT_REACHABLE = "not_reachable"
    NONE = "none"


class Way(StrEnum):
    """A lawful way on, when a consent is missing."""

    ASK = "ask"
    ASK_THROUGH_THE_OTHER_WAY = "ask_protected"
    MEET_BOTH = "meet_both"
    OTHER_DECIDES_ALONE = "other_decides_alone"
    PUPIL_ALONE = "pupil_alone"
    APPLY = "apply"
    TREATMENT_WITH_ONE = "treatment_with_one"
    CONSULT = "consult"
    REPORT = "report"
    SCHOOL_GOES_ON = "school_goes_on"


PARAGRAPH: dict[Way, str] = {
    Way.ASK: "OSL 10:1, 12:2",
    Way.ASK_THROUGH_THE_OTHER_WAY: "OSL 21:3, 21:3 a",
    Way.MEET_BOTH: "FB 6:11, 6:13",
    Way.OTHER_DECIDES_ALONE: "FB 6:13 2 st.",
    Way.PUPIL_ALONE: "SoL 21:2",
    Way.APPLY: "SoL 21:1",
    Way.TREATMENT_WITH_ONE: "FB 6:13 a",
    Way.CONSULT: "OSL 23:2",
    Way.REPORT: "SoL 19:1",
    Way.SCHOOL_GOES_ON: "Skollagen 7:19 a, 15:16",
}
"""The provision behind each way."""


class Lack(StrEnum):
    """Why somebody's consent is still missing."""

    NOT_ASKED = "not_asked"
    REFUSES = "refuses"
    NOT_REACHED = "not_reached"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Situation:
    """The pupil's age in whole years, what is asked, and what each has answered.

    `is_suitable`: the writer judges that the pupil's own consent is suitable for a pupil of that age and maturity
    (SoL 21:1-2). `cannot_wait`: the decision cannot be put off without inconvenience (FB 6:13). `protected` are
    guardians whose whereabouts are secret: nobody asks them through this system.
    """

    age: int
    what: What = What.UNASSESSED_SERVICE
    guardian_1: Says = Says.NOT_ASKED
    guardian_2: Says = Says.NOT_ASKED
    pupil: Says = Says.NOT_ASKED
    is_suitable: bool = True
    cannot_wait: bool = False
    protected: frozenset[Who] = frozenset()

    def __post_init__(self) -> None:
        """Refuse an age that nobody has, and a pupil there is not."""
        if self.age < 0 or self.pupil is Says.NONE:
            raise ValueError(f"no such pupil: {self.age}, {self.pupil}")

    def said(self, who: Who) -> Says:
        """Return what `who` has answered."""
        return {Who.GUARDIAN_1: self.guardian_1, Who.GUARDIAN_2: self.guardian_2, Who.PUPIL: self.pupil}[who]

    @property
    def guardians(self) -> tuple[Who, ...]:
        """Those who have custody; nobody of a pupil who is of age."""
        if self.age >= ADULT:
            return ()
        return tuple(who for who in (Who.GUARDIAN_1, Who.GUARDIAN_2) if self.said(who) is not Says.NONE)


@dataclass(frozen=True)
class Missing:
    """Whose consent is missing, and why; `who` is None when nobody is left who could agree."""

    who: Who | None
    why: Lack


@dataclass(frozen=True)
class Verdict:
    """What the law says of a situation.

    `must_agree` is everybody whose yes is needed, `may_agree_alone` whose yes alone is enough, and `rule` the provision
    that decided. `ways` are the lawful ways that remain when something is missing, the mildest first; none when
    nothing is missing. Reporting a child at risk is a duty of its own and never waits for a consent.
    """

    is_enough: bool
    must_agree: tuple[Who, ...]
    may_agree_alone: tuple[Who, ...]
    missing: tuple[Missing, ...]
    ways: tuple[Way, ...]
    rule: str


def judge(situation: Situation) -> Verdict:
    """Say who must agree, who may agree alone, what is missing and which lawful ways remain."""
    alone = _may_agree_alone(situation)
    needed = _must_agree(situation, alone)
    missing = () if _agreed_alone(situation, alone) else tuple(_missing(situation, needed))
    return Verdict(
        is_enough=not missing,
        must_agree=needed,
        may_agree_alone=alone,
        missing=missing,
        ways=_ways(situation, missing) if missing else (),
        rule=_rule(situation, alone),
    )


def ways_after_a_refusal(age: int, guardians: int) -> tuple[Way, ...]:
    """Return the lawful ways when a guardian of a pupil of `age` says no, the mildest first.

    `guardians` is how many have custody; of two, the other is taken to say yes, so that every way of theirs is told.
    """
    other = Says.YES if guardians > 1 else Says.NONE
    return judge(Situation(age, guardian_1=Says.NO, guardian_2=other)).ways


def _may_agree_alone(situation: Situation) -> tuple[Who, ...]:
    """Return whose yes is enough without anybody else's."""
    if situation.age >= ADULT:
        return (Who.PUPIL,)
    if not situation.is_suitable:
        return ()
    own_from = AGREES_ALONE if situation.what is What.UNASSESSED_SERVICE else OWN_CONSENT_MAY_BE_ENOUGH
    return (Who.PUPIL,) if situation.age >= own_from else ()


def _must_agree(situation: Situation, alone: tuple[Who, ...]) -> tuple[Who, ...]:
    """Return whose yes is needed where nobody agrees alone.

    Guardians with joint custody decide together (FB 6:13), except that one may decide when the other is prevented and
    the matter cannot wait. From 15 the pupil must be among those who agree (SoL 21:1-2).
    """
    guardians = tuple(who for who in situation.guardians if not _is_prevented(situation, who))
    if situation.age >= AGREES_ALONE:
        return (Who.PUPIL,) if alone else (Who.PUPIL, *guardians)
    return guardians


def _is_prevented(situation: Situation, who: Who) -> bool:
    """Say whether a guardian cannot be reached and the other may therefore decide alone (FB 6:13 second paragraph)."""
    others = [other for other in situation.guardians if other is not who]
    return (
        situation.cannot_wait
        and situation.said(who) is Says.NOT_REACHABLE
        and any(situation.said(other) is not Says.NOT_REACHABLE for other in others)
    )


def _agreed_alone(situation: Situation, alone: tuple[Who, ...]) -> bool:
    """Say whether somebody who may agree alone has done so."""
    return any(situation.said(who) is Says.YES for who in alone)


def _missing(situation: Situation, needed: tuple[Who, ...]) -> Iterable[Missing]:
    if not needed:
        yield Missing(None, Lack.NOBODY)
    for who in needed:
        why = LACKS.get(situation.said(who))
        if why is not None:
            yield Missing(who, why)
    if _refuses_for_itself(situation) and Who.PUPIL not in needed:
        yield Missing(Who.PUPIL, Lack.REFUSES)


LACKS = {
    Says.NO: Lack.REFUSES,
    Says.NOT_ASKED: Lack.NOT_ASKED,
    Says.NOT_REACHABLE: Lack.NOT_REACHED,
}


def _refuses_for_itself(situation: Situation) -> bool:
    """Say whether a pupil old enough to have a say of its own has said no (OSL 12:3: with age and maturity)."""
    return situation.age >= OWN_CONSENT_MAY_BE_ENOUGH and situation.is_suitable and situation.pupil is Says.NO


def _ways(situation: Situation, missing: tuple[Missing, ...]) -> tuple[Way, ...]:
    """Return the lawful ways that remain, the mildest first."""
    refusing = {one.who for one in missing if one.why is Lack.REFUSES}
    guardians_refusing = refusing & set(situation.guardians)
    found = {Way.CONSULT, Way.REPORT, Way.SCHOOL_GOES_ON}
    for one in missing:
        if one.who is not None and one.why is not Lack.REFUSES:
            found.add(Way.ASK_THROUGH_THE_OTHER_WAY if one.who in situation.protected else Way.ASK)
    if _one_could_decide(situation):
        found.add(Way.OTHER_DECIDES_ALONE)
    if guardians_refusing and len(situation.guardians) > 1:
        found.add(Way.MEET_BOTH)
        if any(situation.said(who) is Says.YES for who in situation.guardians):
            found.add(Way.TREATMENT_WITH_ONE)
    if situation.pupil is not Says.NO:
        found |= _own_ways(situation)
    return tuple(way for way in Way if way in found)


def _one_could_decide(situation: Situation) -> bool:
    """Say whether one guardian cannot be reached while the other says yes, and it can wait."""
    said = [situation.said(who) for who in situation.guardians]
    return not situation.cannot_wait and Says.NOT_REACHABLE in said and Says.YES in said


def _own_ways(situation: Situation) -> set[Way]:
    """Return the ways that open with the pupil's own consent."""
    if not situation.is_suitable:
        return set()
    if situation.age >= AGREES_ALONE:
        return {Way.PUPIL_ALONE}
    if situation.age >= OWN_CONSENT_MAY_BE_ENOUGH and situation.what is What.UNASSESSED_SERVICE:
        return {Way.APPLY}
    return set()


def _rule(situation: Situation, alone: tuple[Who, ...]) -> str:
    """Return the provision that decides who must agree."""
    if situation.age >= ADULT:
        return "OSL 10:1, 12:2"
    if alone or situation.age >= AGREES_ALONE:
        return "SoL 21:2" if situation.what is What.UNASSESSED_SERVICE else "SoL 21:1"
    if situation.what is What.UNASSESSED_SERVICE:
        return "SoL 21:2, FB 6:11, 6:13"
    return "SoL 21:1, FB 6:11, 6:13"
