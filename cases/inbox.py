"""Inkommet: what has come to a unit, sorted by what it needs, the longest wait first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Min, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership

from . import access
from .ball import Ball, balls_of
from .models import Obligation, Referral
from .models.referral import ReferralQuerySet

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
    """A request in the list: never its cause or the absence."""

    referral: Referral
    ball: Ball | None
    child_days: int
    may_acknowledge: bool

    @property
    def key(self) -> str:
        """The row's id on the page."""
        return f"request-{self.referral.pk}"


def requests_in(tab: Tab, reader: Membership) -> ReferralQuerySet:
    """Return the requests under `tab`, late first, then by date and by how long the child has waited."""
    found = Referral.objects.received_by(reader).filter(_in(tab))
    held = Q(obligations__stopped_at=None)
    return found.annotate(due=Min("obligations__due_on", filter=held)).order_by("due", "case__child_time_from", "pk")


def counts_of(reader: Membership) -> dict[str, int]:
    """Return how many requests each tab holds, in one query."""
    received = Referral.objects.received_by(reader).order_by()
    return received.aggregate(**{tab.code: Count("pk", filter=_in(tab), distinct=True) for tab in TABS})


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
        )
        for referral in found
    ]


def next_to_answer(reader: Membership) -> Referral | None:
    """Return the request that `reader` should answer next: what is acknowledged first, then what is new."""
    for tab in (TABS[1], TABS[0]):
        referral = requests_in(tab, reader).first()
        if referral is not None:
            return referral
    return None
