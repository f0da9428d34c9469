"""What leaves the school, each thing once and frozen, and only while the consent it rests on stands."""

from __future__ import annotations

from typing import Any

from accounts.roles import Side
from cases.consents import may_go_on, may_share_more
from cases.ledger import Entry
from cases.models import Disclosure, Referral, SchoolNote


class ConsentIsMissing(Exception):
    """What would be shared has no consent to rest on, or none any more."""


def disclose(
    happening: Entry, referral: Referral, content: dict[str, Any], *, what: str = Disclosure.What.REQUEST
) -> Disclosure:
    """Freeze what the receiver of `referral` will read, with its legal ground."""
    return Disclosure.objects.create(
        case=happening.case, referral=referral, from_unit=referral.from_unit, to_unit=referral.to_unit,
        ground=Disclosure.Ground.CONSENT, what=what, content=content, disclosed_at=happening.at,
        disclosed_by=happening.actor,
    )  # fmt: skip


def tell(happening: Entry, referral: Referral, what: str, text: str) -> str:
    """Share what the school has written about a request, and return what the receiver may read of it.

    Where the consent no longer stands nothing is shared: the words become a note of the school's own, and "" is
    returned.
    """
    if not text:
        return ""
    if may_share_more(referral, happening.today):
        disclose(happening, referral, {"text": text}, what=what)
        return text
    SchoolNote.objects.create(
        case=happening.case, unit=happening.actor.unit, text=text, written_at=happening.at,
        written_by=happening.actor,
    )  # fmt: skip
    return ""


def tell_in_case(happening: Entry, text: str, referral: Referral | None = None) -> str:
    """Share what the school has written about a step, as `tell` does, and return what the others in the case may read.

    What social services write about their own steps is theirs to share, and is returned as it is. A step that belongs
    to no request is told to the receiver of the latest.
    """
    if happening.actor.side != Side.SCHOOL:
        return text
    about = referral or happening.case.referrals.order_by("sent_at", "pk").last()
    return text if about is None else tell(happening, about, Disclosure.What.STEP, text)


def passed_on(happening: Entry, old: Referral, new: Referral) -> None:
    """Give the receiver of a redirected request the same frozen copies, on the same ground.

    Raises ConsentIsMissing when the consent has been taken back since.
    """
    copies = list(old.disclosures.order_by("disclosed_at", "pk"))
    if not may_go_on(copies):
        raise ConsentIsMissing
    for shared in copies:
        disclose(happening, new, shared.content, what=shared.what)
