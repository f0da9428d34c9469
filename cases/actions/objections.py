"""Lifting a disagreement to both sides' managers, their answers, and the way up when they differ or are silent."""

from __future__ import annotations

from datetime import date, datetime

from accounts.models import Membership, Unit
from accounts.roles import UnitKind
from cases import access
from cases.coordinators import district_of, the_city
from cases.ledger import AlreadyDone, Entry, NotAllowed, entry
from cases.models import Objection, ObjectionAnswer, Obligation, Referral
from cases.models.objection import Level
from cases.obligations import LIFT, LIFT_DAYS, LiftAnswer
from deadlines.working_days import add_working_days

from .placing import give_back

OUTCOMES = {
    LiftAnswer.YES_WITH_CONDITIONS: Objection.Outcome.OVERTURNED,
    LiftAnswer.SHARED: Objection.Outcome.OVERTURNED,
    LiftAnswer.NO_STANDS: Objection.Outcome.UPHELD,
    LiftAnswer.JOINT_MEETING: Objection.Outcome.JOINT_MEETING,
}
"""What an answer makes of the no. Sharing the responsibility changes it too: the unit that said no takes part."""


def managing_unit(unit: Unit) -> Unit:
    """Return the unit whose head answers for `unit`: the area above it, or itself where there is none."""
    above = unit.parent
    return above if above is not None and above.kind != UnitKind.CITY else unit


def lift(happening: Entry, referral: Referral, disagreement: str) -> list[Obligation]:
    """Put the disagreement on the managers of both sides. One that is open already stays as it is."""
    if Objection.objects.open().filter(referral=referral).exists():
        return []
    Objection.objects.create(
        case=happening.case, referral=referral, disagreement=disagreement, raised_at=happening.at,
        raised_by=happening.by,
    )  # fmt: skip
    units = dict.fromkeys((managing_unit(referral.from_unit), managing_unit(referral.to_unit)))
    return [happening.start(LIFT, unit=unit, referral=referral, task=disagreement[:300]) for unit in units]


def write_other_version(*, objection: Objection, text: str, by: Membership, at: datetime) -> Objection:
    """Let the unit that said no tell its side, once, until somebody has answered."""
    with entry(
        case=objection.case, kind="other_version_written", by=by, at=at, referral=objection.referral
    ) as happening:
        if not access.may_receive(by, happening.request):
            raise NotAllowed
        locked = Objection.objects.select_for_update().get(pk=objection.pk)
        if locked.ended_at is not None or locked.other_version or locked.answers.exists():
            raise AlreadyDone
        happening.text = text
        locked.other_version, locked.other_version_at, locked.other_version_by = text, at, by
        locked.save(update_fields=["other_version", "other_version_at", "other_version_by"])
    return locked


def answer(
    happening: Entry, obligation: Obligation, *, code: str, reason: str, conditions: str, next_on: date, task: str
) -> None:
    """Write what a manager answers; settle the objection when all who were asked say the same, else take it up."""
    objection = Objection.objects.select_for_update().open().get(referral=obligation.referral_id)
    holder = obligation.intervals.select_related("unit").get(to_at=None)
    ObjectionAnswer.objects.create(
        objection=objection, level=objection.level, unit=holder.unit, code=code, reason=reason, conditions=conditions,
        answered_at=happening.at, answered_by=happening.actor,
    )  # fmt: skip
    happening.stop_one(obligation)
    if happening.open_obligations(LIFT, referral=happening.request):
        return
    codes = set(objection.answers.filter(level=objection.level).values_list("code", flat=True))
    if len(codes) == 1 or not climb(happening, objection):
        _settle(happening, objection, code, conditions or task, next_on)


def climb(happening: Entry, objection: Objection) -> bool:
    """Take `objection` one level up, where there is one; its working days begin today. Returns whether there was."""
    found = next_level(objection, happening.today)
    if found is None:
        return False
    level, unit = found
    happening.stop(LIFT, outcome=Obligation.Outcome.NO_ANSWER, referral=objection.referral)
    objection.level = level
    objection.save(update_fields=["level"])
    due = add_working_days(happening.today, LIFT_DAYS[level])
    happening.start(LIFT, unit=unit, due_on=due, referral=objection.referral)
    return True


def next_level(objection: Objection, today: date) -> tuple[str, Unit] | None:
    """Return the level above and the unit that answers there: the district of the unit that said no, then the city.

    A district without a coordinator on `today` has nobody to answer, and is passed by.
    """
    district = district_of(objection.referral.to_unit, today) if objection.level == Level.HEADS else None
    if district is not None:
        return Level.DISTRICT, district
    city = the_city()
    return (Level.CITY, city) if city is not None and objection.level != Level.CITY else None


def _settle(happening: Entry, objection: Objection, code: str, task: str, next_on: date) -> None:
    """End the objection. A changed answer gives the unit that said no the request to accept.

    Where the consent no longer stands it gets the next step instead: the help begins there, one way or the other.
    """
    objection.ended_at, objection.outcome = happening.at, OUTCOMES[LiftAnswer(code)]
    objection.save(update_fields=["ended_at", "outcome"])
    happening.changes.append({"do": "objection", "objection": str(objection.pk), "outcome": objection.outcome})
    if objection.outcome == Objection.Outcome.OVERTURNED and not give_back(happening, objection, next_on):
        unit = objection.referral.to_unit
        happening.start("do_next_step", unit=unit, due_on=next_on, referral=objection.referral, task=task[:300])
