"""Consents are noted, and taken back: what was to be shared stops at once, what has been read is told honestly."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from accounts.models import Membership, Unit
from cases import access
from cases.consents import first_receiver, judged, latest_answers
from cases.ledger import AlreadyDone, Entry, NotAllowed, entry
from cases.models import Case, Consent, Disclosure, Obligation, Referral
from cases.obligations import PLACE
from cases.sharing import ConsentGiven
from schools.models import Pupil

from .taking_back import take_back


def keep_consents(happening: Entry, to_unit: Unit, pupil: Pupil, consents: Iterable[ConsentGiven]) -> None:
    """Write down who agreed that `to_unit` is told what, and who did not."""
    Consent.objects.bulk_create(
        Consent(
            case=happening.case, to_unit=to_unit, giver=given.giver, answer=given.answer, form=given.form,
            scope=given.scope, given_on=given.given_on, valid_to=given.valid_to, interpreter=given.interpreter,
            is_suitable=given.is_suitable, cannot_wait=given.cannot_wait, pupil_age=pupil.age_on(happening.today),
            noted_at=happening.at, noted_by=happening.actor,
        )
        for given in consents
    )  # fmt: skip


def note_consents(*, case: Case, to_unit: Unit, consents: list[ConsentGiven], by: Membership, at: datetime) -> bool:
    """Note new answers about what `to_unit` has asked for or been given; earlier ones stay in the history.

    Says whether the consent stands afterwards. Where it does, copies that were read before they were stopped may be
    worked with again; where it does not, what nobody has read is stopped. Raises NotAllowed or CaseIsClosed.
    """
    with entry(case=case, kind="consents_noted", by=by, at=at, referral=_latest(case, to_unit)) as happening:
        if not access.may_speak_for_school(by, happening.case):
            raise NotAllowed
        keep_consents(happening, to_unit, happening.case.pupil, consents)
        stands = _stands(happening, to_unit)
        if stands:
            copies = Disclosure.objects.filter(referral__in=_about(happening.case, to_unit), stopped_at__isnull=False)
            copies.filter(read_at__isnull=False).update(stopped_at=None)
        else:
            _stop_sharing(happening, to_unit)
    return stands


def withdraw_consent(*, consent: Consent, by: Membership, at: datetime) -> bool:
    """Note that a consent is taken back. Says whether sharing had to stop: not where somebody else's yes is enough.

    A request that nobody at the receiver has opened is taken back; what has been read stays read, and goes no further.
    Raises AlreadyDone when it was taken back before, NotAllowed, or CaseIsClosed.
    """
    referral = _latest(consent.case, consent.to_unit)
    with entry(case=consent.case, kind="consent_withdrawn", by=by, at=at, referral=referral) as happening:
        if not access.may_speak_for_school(by, happening.case):
            raise NotAllowed
        locked = Consent.objects.select_for_update().get(pk=consent.pk)
        if locked.withdrawn_at is not None or locked.answer != Consent.Answer.YES:
            raise AlreadyDone
        locked.withdrawn_at, locked.withdrawn_by = at, by
        locked.save(update_fields=["withdrawn_at", "withdrawn_by"])
        stands = _stands(happening, locked.to_unit)
        if not stands:
            _stop_sharing(happening, locked.to_unit)
    return not stands


def _stands(happening: Entry, to_unit: Unit) -> bool:
    consents = Consent.objects.filter(case=happening.case, to_unit=to_unit)
    standing = latest_answers(consents, happening.today)
    return judged(standing, max(one.row.pupil_age for one in standing)).is_enough


def _stop_sharing(happening: Entry, to_unit: Unit) -> None:
    """Stop every copy that rests on the consent, and take back the requests that nobody has opened."""
    referrals = _about(happening.case, to_unit)
    copies = Disclosure.objects.filter(referral__in=referrals, stopped_at=None)
    unread = {copy.referral_id for copy in copies.requests().filter(read_at=None)}
    copies.update(stopped_at=happening.at)
    for referral in referrals:
        if referral.pk in unread and referral.can_become(Referral.Status.WITHDRAWN):
            take_back(happening, referral)
        if happening.open_obligations(PLACE, referral=referral):
            # Nobody can be chosen any more, and the unit that sent it on has nothing left to answer.
            happening.stop(PLACE, "answer_request", outcome=Obligation.Outcome.REPLACED, referral=referral)


def _about(case: Case, to_unit: Unit) -> list[Referral]:
    """Return the requests that the school sent to `to_unit`, and those that these became when they were sent on."""
    found = case.referrals.select_for_update(of=("self",)).order_by("sent_at", "pk")
    return [referral for referral in found if first_receiver(referral) == to_unit.pk]


def _latest(case: Case, to_unit: Unit) -> Referral | None:
    return case.referrals.filter(to_unit=to_unit).order_by("sent_at", "pk").last()
