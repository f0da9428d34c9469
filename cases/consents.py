"""What has been answered about sharing, judged by the law of consent: before a request is sent, and ever after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from schools.models import Guardian, Pupil

from .consent_law import ADULT, AGREES_ALONE, Says, Situation, Verdict, Who, judge
from .models import Consent, Disclosure, Referral

ASKED_GUARDIANS = 2
"""How many with custody are asked: the register knows of no pupil with more (FB 6:2)."""


class Answered(Protocol):
    """What one person answered: a row, or what a form has taken in."""

    @property
    def giver(self) -> str:
        """Who answered: a code of Consent.Giver."""
        ...

    @property
    def answer(self) -> str:
        """What was answered: a code of Consent.Answer."""
        ...

    @property
    def is_suitable(self) -> bool | None:
        """Whether the pupil's own consent was judged suitable; None where nobody has judged."""
        ...

    @property
    def cannot_wait(self) -> bool:
        """Whether it was judged that the decision cannot wait for this person."""
        ...


def guardians_asked(pupil: Pupil) -> list[Guardian]:
    """Return those with custody, in the order in which they are asked."""
    return list(pupil.guardians.filter(has_custody=True)[:ASKED_GUARDIANS])


def shown_name(guardian: Guardian) -> str:
    """Return a guardian's name; "" for one whose name is not shown."""
    return "" if guardian.is_protected else guardian.full_name


def expected(guardians: Sequence[Guardian], age: int) -> Verdict:
    """Say who must agree about a pupil of `age` with these `guardians` before anybody has been asked."""
    by_place = zip((Who.GUARDIAN_1, Who.GUARDIAN_2), (*guardians, None, None), strict=False)
    says = {who: Says.NOT_ASKED if one or not guardians else Says.NONE for who, one in by_place}
    return judge(Situation(age, guardian_1=says[Who.GUARDIAN_1], guardian_2=says[Who.GUARDIAN_2]))


def not_asked_here(guardians: Iterable[Guardian]) -> frozenset[Who]:
    """Return those whom nobody asks through this service: protected, or not to be contacted (OSL 21:3, 21:3 a)."""
    both = zip((Who.GUARDIAN_1, Who.GUARDIAN_2), guardians, strict=False)
    return frozenset(who for who, one in both if one.is_protected or not one.may_be_contacted)


def judged(answers: Iterable[Answered], age: int, protected: frozenset[Who] = frozenset()) -> Verdict:
    """Say what the law says of the answers about a pupil of `age` whole years; who is not among them was not asked.

    A request goes to a service that is reached without individual assessment (SoL 11:5-6).
    """
    by = {one.giver: one for one in answers}
    pupil = by.get(Who.PUPIL)
    said = {who: Says(by[who].answer) if who in by else Says.NOT_ASKED for who in Who}
    return judge(
        Situation(
            age=age,
            guardian_1=said[Who.GUARDIAN_1],
            guardian_2=said[Who.GUARDIAN_2],
            pupil=said[Who.PUPIL],
            is_suitable=is_suitable(pupil.is_suitable if pupil else None, age),
            cannot_wait=any(one.cannot_wait for one in by.values()),
            protected=protected,
        )
    )


def is_suitable(judgement: bool | None, age: int) -> bool:
    """Say whether a consent of the pupil's own counts as suitable.

    From 15 somebody has to have judged that it is (SoL 21:2), until 18, when nobody else is left to ask. Under 15 a
    pupil's yes is never enough here, and a no is heard unless somebody has judged that the pupil cannot yet have a say.
    """
    if judgement is None:
        return not AGREES_ALONE <= age < ADULT
    return judgement


@dataclass(frozen=True)
class Standing:
    """What one person has answered about one receiver, as it stands on a day."""

    giver: str
    answer: str
    is_suitable: bool | None
    cannot_wait: bool
    row: Consent


def standing_of(referral: Referral, today: date) -> Verdict:
    """Say what the law says on `today` of what was answered about the unit that the request was first sent to.

    What was taken back counts as no, what has run out as not asked. The age is that of the latest answer. For readers
    at the school: social services see only the consents that name a unit of theirs.
    """
    return _verdict(_standing_about(referral, first_receiver(referral), today))


def _standing_about(referral: Referral, unit: UUID, today: date) -> list[Standing]:
    return latest_answers(Consent.objects.filter(case=referral.case_id, to_unit=unit), today)


def _verdict(standing: list[Standing]) -> Verdict:
    age = max((one.row.pupil_age for one in standing), default=0)
    return judged(standing, age)


def latest_answers(consents: Iterable[Consent], today: date) -> list[Standing]:
    """Return the latest answer of each giver among consents about one receiver, as it stands on `today`, in order."""
    latest = {consent.giver: consent for consent in sorted(consents, key=lambda one: one.noted_at)}
    return [
        Standing(one.giver, _answer_on(one, today), one.is_suitable, one.cannot_wait, one)
        for one in (latest[giver] for giver in Consent.Giver.values if giver in latest)
    ]


def reply_is_covered(referral: Referral, today: date) -> bool:
    """Say whether those who agreed that the receiver gets the request also agreed that it tells the school why.

    It lifts the secrecy of social services (OSL 26:1, 10:1, 12:2), so each whose yes counts has to have said so, about
    the unit that answers. For the receiver: a unit that was sent a request on has a consent of its own, or none.
    """
    standing = _standing_about(referral, referral.to_unit_id, today)
    agreed = [one.row.scope for one in standing if one.answer == Consent.Answer.YES]
    return _verdict(standing).is_enough and all(Consent.Scope.REPLY in scope for scope in agreed)


def taken_back(referral: Referral, today: date) -> list[str]:
    """Return the givers whose yes about the request's first receiver has been withdrawn or has run out."""
    consents = Consent.objects.filter(
        case=referral.case_id, to_unit=first_receiver(referral), answer=Consent.Answer.YES
    )
    return [one.giver for one in latest_answers(consents, today) if one.answer != Consent.Answer.YES]


def _answer_on(consent: Consent, today: date) -> str:
    if consent.withdrawn_at is not None:
        return Consent.Answer.NO
    if consent.valid_to is not None and consent.valid_to < today:
        return Consent.Answer.NOT_ASKED
    return consent.answer


def first_receiver(referral: Referral) -> UUID:
    """Return the unit that the school sent the request to, before it was sent on: the one the consent names."""
    while before := referral.carried_from:
        referral = before
    return referral.to_unit_id


def first_receivers(referrals: Iterable[Referral]) -> dict[UUID, UUID]:
    """Return for each of a case's requests the unit that the school sent it to, before it was sent on. No queries."""
    by_key: dict[UUID | None, Referral] = {referral.pk: referral for referral in referrals}
    found = {}
    for one in by_key.values():
        origin = one
        while (before := by_key.get(origin.parent_id)) and origin.carries(before):
            origin = before
        found[one.pk] = origin.to_unit_id
    return found


def may_share_more(referral: Referral, today: date) -> bool:
    """Say whether the school may tell the request's unit more: the consent stands. Asked at the school."""
    return standing_of(referral, today).is_enough


def may_go_on(copies: Iterable[Disclosure]) -> bool:
    """Say whether frozen copies may be sent on to another unit: none of them has been stopped."""
    return all(copy.stopped_at is None for copy in copies)
