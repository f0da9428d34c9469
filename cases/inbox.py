"""Inkommet: what has come to a unit, sorted by what it needs, the longest wait first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from deadlines.stockholm import stockholm_day

from . import access
from .ball import Ball, balls_of
from .models import HolderInterval, Obligation, Referral
from .models.referral import ReferralQuerySet
from .obligations import ALLOCATED
from .workload import unallocated_words

Status = Referral.Status


@dataclass(frozen=True)
class Tab:
    """One heading of the list and the requests under it."""

    code: str
    title: str | Promise
    statuses: tuple[str, ...]


TABS = (
    Tab("acknowledge", _("To acknowledge"), (Status.SENT, Status.RECEIVED)),
    Tab("assess", _("To assess"), (Status.ASSESSING,)),
    Tab("waiting", _("Waiting for others"), (Status.ASKED, Status.REDIRECTED)),
    Tab("queue", _("In the queue"), (Status.QUEUED,)),
    Tab("working", _("In progress"), (Status.ACCEPTED, Status.ACTIVE)),
    Tab(
        "done",
        _(
            "Done",
        ),
        (Status.DECLINED, Status.COMPLETED, Status.INTERRUPTED, Status.WITHDRAWN, Status.REDIRECTED),
    ),
)
"""A request that was sent on waits until the next unit has acknowledged it; then it is done."""


@dataclass(frozen=True)
class Row:
    """A request in the list: never its cause or the absence. `lying` says how long nobody has had it, if too long."""

    referral: Referral
    ball: Ball | None
    child_days: int
    may_acknowledge: bool
    lying: str = ""

    @property
    def key(self) -> str:
        """The row's id on the page."""
        return f"request-{self.referral.pk}"


UNALLOCATED = "none"
"""The choice of those requests that nobody has."""


def allocated_to(received: ReferralQuerySet, whose: Membership | str | None) -> ReferralQuerySet:
    """Return the requests that `whose` has in the receiving unit; with UNALLOCATED those that nobody has."""
    if whose is None:
        return received
    held = HolderInterval.objects.filter(
        to_at=None, obligation__stopped_at=None, obligation__kind__in=ALLOCATED, obligation__referral=OuterRef("pk"),
        unit=OuterRef("to_unit"), person=None if whose == UNALLOCATED else whose,
    )  # fmt: skip
    return received.filter(Exists(held))


def late_first(received: ReferralQuerySet) -> ReferralQuerySet:
    """Sort requests: late first, then by date and by how long the child has waited."""
    held = Q(obligations__stopped_at=None)
    return received.annotate(due=Min("obligations__due_on", filter=held)).order_by("due", "case__child_time_from", "pk")


def requests_in(tab: Tab, received: ReferralQuerySet) -> ReferralQuerySet:
    """Return those of the `received` requests that belong under `tab`, in order."""
    return late_first(received.filter(_in(tab)))


def counts_of(received: ReferralQuerySet) -> dict[str, int]:
    """Return how many of the `received` requests each tab holds, in one query."""
    return received.order_by().aggregate(**{tab.code: Count("pk", filter=_in(tab), distinct=True) for tab in TABS})


def _in(tab: Tab) -> Q:
    """Return what the requests of a tab have in common."""
    waits = Q(pk__in=Obligation.objects.open().filter(kind="answer_request").values("referral"))
    under = Q(status__in=[status for status in tab.statuses if status != Status.REDIRECTED])
    if Status.REDIRECTED not in tab.statuses:
        return under
    redirected = Q(status=Status.REDIRECTED)
    return under | redirected & (waits if tab.code == "waiting" else ~waits)


def rows_of(referrals: Iterable[Referral], reader: Membership, today: date) -> list[Row]:
    """Return `referrals` as rows, with a fixed number of queries. Give them `with_inbox_relations`."""
    found = list(referrals)
    held: dict[object, list[Obligation]] = {referral.pk: [] for referral in found}
    for obligation in Obligation.objects.open().filter(referral__in=found).with_page_relations():
        held[obligation.referral_id].append(obligation)
    return [
        Row(
            referral,
            next(iter(balls_of(held[referral.pk], today)), None),
            (today - referral.case.child_time_from).days,
            access.may_acknowledge(reader, referral),
            _lying(referral, held[referral.pk], today),
        )
        for referral in found
    ]


def _lying(referral: Referral, obligations: list[Obligation], today: date) -> str:
    """Say how long nobody in the receiving unit has had the request, where that is too long."""
    for obligation in obligations:
        holder = obligation.current_intervals[0]
        is_here = obligation.kind in ALLOCATED and holder.unit_id == referral.to_unit_id
        if is_here and holder.person_id is None:
            return unallocated_words(stockholm_day(holder.from_at), today)
    return ""


def next_to_answer(reader: Membership) -> Referral | None:
    """Return the request that `reader` should answer next: what is acknowledged first, then what is new."""
    for tab in (TABS[1], TABS[0]):
        referral = requests_in(tab, Referral.objects.received_by(reader)).first()
        if referral is not None:
            return referral
    return None
