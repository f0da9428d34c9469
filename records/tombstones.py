"""That something was erased, without saying what: keyed digests in the database and in a file beside it.

The file outlives the database: after an old backup has been restored, `manage.py retention --reapply` recognises by
the digests what had been erased since and erases it again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from .models import RetentionRun, RetentionTombstone
from .policy import Rule
from .subjects import Subject


def digest_of(subject: Subject) -> str:
    """Return the subject's digest; with another key it would be another one."""
    key = settings.RETENTION_KEY.encode()
    if not key:
        raise ImproperlyConfigured("RETENTION_KEY is not set: without a key anybody could recompute the digests.")
    return hmac.new(key, subject.name.encode(), hashlib.sha256).hexdigest()


def leave_tombstones(
    run: RetentionRun, rule: Rule, erased: list[tuple[Subject, Counter[str]]], at: datetime
) -> list[RetentionTombstone]:
    """Leave one for each subject and table."""
    return RetentionTombstone.objects.bulk_create(
        (
            RetentionTombstone(
                run=run,
                compartment=rule.compartment,
                rule=rule.name,
                table=table,
                count=count,
                subject_digest=digest_of(subject),
                at=at,
            )
            for subject, counts in erased
            for table, count in sorted(counts.items())
            if count
        ),
        batch_size=2000,
    )


def write_journal(tombstones: list[RetentionTombstone]) -> None:
    """Add the tombstones to the file in settings.RETENTION_JOURNAL, on disk before this returns; without one, nothing.

    Written just before the commit: a line too many erases nothing that was not approved, a line too few would.
    """
    if not settings.RETENTION_JOURNAL or not tombstones:
        return
    entries = ({"rule": one.rule, "subject": one.subject_digest, "at": one.at.isoformat()} for one in tombstones)
    lines = {json.dumps(entry) for entry in entries}
    with Path(settings.RETENTION_JOURNAL).open("a", encoding="utf-8") as journal:
        journal.write("".join(f"{line}\n" for line in sorted(lines)))
        journal.flush()
        os.fsync(journal.fileno())


def known_digests() -> set[tuple[str, str]]:
    """Return every rule and digest for which there is a tombstone, in the database or in the file."""
    return set(RetentionTombstone.objects.values_list("rule", "subject_digest")) | set(_journal())


def _journal() -> Iterator[tuple[str, str]]:
    if settings.RETENTION_JOURNAL and Path(settings.RETENTION_JOURNAL).exists():
        for line in Path(settings.RETENTION_JOURNAL).read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            yield entry["rule"], entry["subject"]
