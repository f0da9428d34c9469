"""A request is taken back before it has led to work."""

from __future__ import annotations

from cases.ledger import Entry
from cases.models import Referral


def take_back(happening: Entry, referral: Referral) -> None:
    """End a request that the school takes back, and what anybody held because of it. Raises AlreadyDone if too late."""
    happening.set_status(referral, Referral.Status.WITHDRAWN)
    redirected = referral.redirected_from
    for obligation in happening.open_obligations():
        # Who sent the request on held the ball until the new unit acknowledged; now there is nothing to wait for.
        waited = redirected is not None and obligation.referral_id == redirected.pk
        if obligation.referral_id == referral.pk or (waited and obligation.kind == "answer_request"):
            happening.stop_one(obligation, outcome="replaced")
