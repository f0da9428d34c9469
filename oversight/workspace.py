"""The auditor's workspace: what the rules hit, the month's sample, and the extracts that wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Membership
from audit.models import AccessRecord

from .extracts import Line, lines_of
from .models import Review, RuleHit, SampledReading
from .rules import Rule


@dataclass(frozen=True)
class Row:
    """A reading to look at: why, and how it was judged last."""

    line: Line
    pupils: list[str]
    rules: list[str]
    review: Review | None

    @property
    def record(self) -> AccessRecord:
        """The reading itself."""
        return self.line.record


def code_of(pupil_id: object) -> str:
    """Return how a pupil is called where no name is shown."""
    return str(pupil_id)[:8]


def hit_readings(reader: Membership, *, reviewed: bool) -> QuerySet[AccessRecord]:
    """Return the readings that rules hit in the reader's authority, the newest first."""
    judged = Exists(Review.objects.filter(record=OuterRef("pk")))
    hit = Exists(RuleHit.objects.filter(record=OuterRef("pk")))
    records = AccessRecord.objects.overseen_by(reader).filter(hit)
    records = records.filter(judged) if reviewed else records.filter(~judged)
    return records.select_related("user").order_by("-pk")


def sampled_readings(reader: Membership, sample: object) -> QuerySet[AccessRecord]:
    """Return the readings of a month's sample."""
    drawn = SampledReading.objects.overseen_by(reader).filter(sample=sample)
    return AccessRecord.objects.overseen_by(reader).filter(pk__in=drawn.values("record")).select_related("user")


def rows_of(records: Iterable[AccessRecord], reader: Membership) -> list[Row]:
    """Return readings as rows, with a fixed number of queries."""
    lines = lines_of(records)
    keys = [line.record.pk for line in lines]
    rules, pupils = defaultdict(set), defaultdict(set)
    for record, pupil, rule in (
        RuleHit.objects.overseen_by(reader).filter(record__in=keys).values_list("record", "pupil", "rule")
    ):
        rules[record].add(str(Rule(rule).label))
        pupils[record].add(code_of(pupil))
    reviews = Review.objects.overseen_by(reader).filter(record__in=keys).select_related("reviewed_by__user")
    latest = {review.record_id: review for review in reviews.order_by("pk")}
    return [
        Row(
            line,
            pupils=sorted(pupils[line.record.pk] or map(code_of, line.record.pupils)),
            rules=sorted(rules[line.record.pk]),
            review=latest.get(line.record.pk),
        )
        for line in lines
    ]
