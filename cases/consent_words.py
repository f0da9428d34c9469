"""What the law of consent says of a situation, told to the one who asks: who, why not yet, and which ways remain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .consent_law import PARAGRAPH, Lack, Verdict, Way, Who
from .models import Consent

NAMES: dict[str, str | Promise] = {
    Who.GUARDIAN_1: Consent.Giver.GUARDIAN_1.label,
    Who.GUARDIAN_2: Consent.Giver.GUARDIAN_2.label,
    Who.PUPIL: Consent.Giver.PUPIL.label,
}

LACKS: dict[Lack, str | Promise] = {
    Lack.NOT_ASKED: _("has not been asked"),
    Lack.REFUSES: _("says no"),
    Lack.NOT_REACHED: _("cannot be reached"),
    Lack.NOBODY: _("Nobody is noted who could agree."),
}
"""Why a consent is missing, after the name of who it is about."""

WAYS: dict[Way, tuple[str | Promise, str | Promise]] = {
    Way.ASK: (
        _("Ask"),
        _("Tell what would be shared, with whom and why, and what the pupil could get. Note the answer here."),
    ),
    Way.ASK_THROUGH_THE_OTHER_WAY: (
        _("Ask outside this service"),
        _(
            "This guardian must not be contacted from here. Your principal knows how the question is put. Write "
            "nothing that tells where the guardian is."
        ),
    ),
    Way.MEET_BOTH: (
        _("Meet both guardians"),
        _(
            "Two who have custody decide together. Talk about what the child needs, with both in the room or one at a "
            "time."
        ),
    ),
    Way.OTHER_DECIDES_ALONE: (
        _("The other guardian decides alone"),
        _(
            "If one guardian cannot be reached and the decision cannot wait, the other decides alone. Tick that it "
            "cannot wait."
        ),
    ),
    Way.PUPIL_ALONE: (
        _("The pupil says yes alone"),
        _(
            "From 15 the pupil's own yes is enough where it is suitable. Ask the pupil, and tick that you judge it "
            "suitable."
        ),
    ),
    Way.APPLY: (
        _("The pupil applies to social services"),
        _(
            "From 12 the pupil's own yes can be enough for a service that social services assess first. The pupil "
            "turns to the intake office; you may be there."
        ),
    ),
    Way.TREATMENT_WITH_ONE: (
        _("Treatment with one guardian's yes"),
        _(
            "If the child's best requires it, social services may give treatment in open care though one guardian says "
            "no. They decide; the guardian who agrees can ask them."
        ),
    ),
    Way.CONSULT: (
        _("Consult without names"),
        _("Call the intake office and describe the situation without saying who the pupil is. That needs no consent."),
    ),
    Way.REPORT: (
        _("Make a concern report (orosanmälan)"),
        _(
            "If you suspect that the child is at risk, report now. It is a duty for everybody who works in a school, "
            "it needs no consent, and it does not wait for this service."
        ),
    ),
    Way.SCHOOL_GOES_ON: (
        _("Go on with the school's own work"),
        _("The school's duty to investigate the absence and to give support waits for no consent."),
    ),
}
"""How each lawful way is offered: what it is called, and how it is done."""


@dataclass(frozen=True)
class LawfulWay:
    """One way on when a consent is missing, and the provision behind it. `code` is that of cases.consent_law.Way."""

    code: str
    title: str | Promise
    how: str | Promise
    paragraph: str


@dataclass(frozen=True)
class Told:
    """A verdict in words. `missing` is who lacks and why; `ways` are there only when something is missing."""

    is_enough: bool
    must_agree: list[str]
    alone: list[str]
    missing: list[tuple[str, str]]
    ways: list[LawfulWay]
    rule: str


def names_with(guardians: Sequence[str]) -> dict[str, str]:
    """Return what each giver is called, the guardians with their names where these may be shown."""
    names = {str(who): str(name) for who, name in NAMES.items()}
    for who, name in zip((Who.GUARDIAN_1, Who.GUARDIAN_2), guardians, strict=False):
        if name:
            names[who] = f"{names[who]} ({name})"
    return names


def told(verdict: Verdict, guardians: Sequence[str] = ()) -> Told:
    """Return what the verdict says, with the guardians by name where their names may be shown."""
    names = names_with(guardians)
    return Told(
        is_enough=verdict.is_enough,
        must_agree=[names[who] for who in verdict.must_agree],
        alone=[names[who] for who in verdict.may_agree_alone],
        missing=[_lack(one.who, one.why, names) for one in verdict.missing],
        ways=[LawfulWay(way.value, *WAYS[way], PARAGRAPH[way]) for way in verdict.ways],
        rule=verdict.rule,
    )


def _lack(who: Who | None, why: Lack, names: Mapping[str, str]) -> tuple[str, str]:
    return (names[who] if who else "", str(LACKS[why]))
