"""What a reader's figures are counted over: the whole city, or the reader's own units."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, permits
from accounts.roles import Side
from attendance.models import Signal
from attendance.models import SignalQuerySet as Signals
from cases.models import Case, DecisionReason, Referral, ServiceGap
from cases.models.case import CaseQuerySet as Cases
from cases.models.draft import ServiceGapQuerySet as Gaps
from cases.models.reason import DecisionReasonQuerySet as Reasons
from cases.models.referral import ReferralQuerySet as Referrals
from schools.models import protected_ids


@dataclass(frozen=True)
class Scope:
    """The rows that figures are counted over. `signals` and `gaps` are None where the reader has none to count.

    A school is told no reasons but its own, and nothing about reports.
    """

    cases: Cases
    referrals: Referrals
    reasons: Reasons
    signals: Signals | None
    is_city: bool
    is_school: bool = False
    gaps: Gaps | None = None


def scope_of(reader: Membership) -> Scope:
    """Return what `reader` may have counted, nothing for most. Only figures come out of it, never rows.

    Pupils with protected identity are in no sum: below the city the law forbids it (law.md 3.6), and the city's
    role in the database does not see them either.
    """
    if not permits(reader, Object.FIGURES, Action.READ):
        return Scope(Case.objects.none(), Referral.objects.none(), DecisionReason.objects.none(), None, is_city=False)
    if reader.side == Side.CITY:
        hidden = protected_ids()
        return Scope(
            Case.objects.exclude(pupil__in=hidden),
            Referral.objects.exclude(case__pupil__in=hidden),
            DecisionReason.objects.all(),
            Signal.objects.all(),
            is_city=True,
            # Whose they are the city has no right to; the database leaves protected pupils out.
            gaps=ServiceGap.objects.defer("pupil", "noted_by"),
        )
    units = Unit.objects.below(reader.unit)
    cases = Case.objects.counted_by(reader)
    requests = Referral.objects.filter(case__in=cases)
    if reader.side == Side.SOCIAL:
        answered = DecisionReason.objects.all()
        return Scope(cases, requests.filter(to_unit__in=units), answered, None, is_city=False)
    # The database itself leaves protected pupils out: whoever counts has no right to whom a signal is about.
    signals = Signal.objects.filter(class_group__school__unit__in=units)
    # A school counts the reasons that it may know, and no others.
    told = DecisionReason.objects.exclude(told_on="")
    return Scope(cases, requests.filter(from_unit__in=units), told, signals, is_city=False, is_school=True)
