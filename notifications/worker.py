"""Is the worker alive, and does it do in time what it should? In times, numbers and names of tasks, of nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from procrastinate.contrib.django import app

SILENT_FOR = timedelta(minutes=2)
"""A worker says every ten seconds that it lives."""

PATIENCE = timedelta(minutes=15)
"""How late a job may be before somebody should look: a long one may go before it."""

FAULTS = {"failed", "aborted", "cancelled"}


@dataclass(frozen=True)
class Run:
    """A periodic task: when it should last have run, when it last was put in the queue, and how that went.

    `since` is when the queue began: what should have run before is not missed.
    """

    name: str
    expected_at: datetime
    due_at: datetime | None
    status: str
    since: datetime | None

    @property
    def is_late(self) -> bool:
        """Whether the run that should have been made is missing, or the last one failed."""
        if self.due_at is None:
            return self.since is not None and self.since <= self.expected_at
        return self.due_at < self.expected_at or self.status in FAULTS


@dataclass(frozen=True)
class Health:
    """How the worker is at a moment. `failed` are the jobs of the last day."""

    beat_at: datetime | None
    ended_at: datetime | None
    waiting: int
    oldest_at: datetime | None
    failed: int
    runs: list[Run]
    at: datetime

    @property
    def last_sign(self) -> datetime | None:
        """When anything was last heard of a worker."""
        return max((moment for moment in (self.beat_at, self.ended_at) if moment), default=None)

    @property
    def is_alive(self) -> bool:
        """Whether a worker has said within two minutes that it lives, or ended a job."""
        return self.last_sign is not None and self.at - self.last_sign <= SILENT_FOR

    @property
    def late(self) -> list[Run]:
        """The periodic tasks that are late or failed the last time."""
        return [run for run in self.runs if run.is_late]

    @property
    def is_well(self) -> bool:
        """Whether nobody needs to look."""
        return not self.problems()

    def problems(self) -> list[str]:
        """Return what is wrong, a sentence each, the worst first. While no worker lives, that alone."""
        if not self.is_alive:
            return [_not_run_since(self.last_sign)]
        said = []
        if self.oldest_at and self.at - self.oldest_at > PATIENCE:
            words = ngettext(
                "%(n)d job waits, the oldest since %(since)s.",
                "%(n)d jobs wait, the oldest since %(since)s.",
                self.waiting,
            )
            said.append(words % {"n": self.waiting, "since": moment_words(self.oldest_at)})
        if self.failed:
            words = ngettext(
                "%(n)d job has failed in the last day.", "%(n)d jobs have failed in the last day.", self.failed
            )
            said.append(words % {"n": self.failed})
        if self.late:
            said.append(_("Late or failed: %(tasks)s.") % {"tasks": ", ".join(run.name for run in self.late)})
        return said


def _not_run_since(moment: datetime | None) -> str:
    if moment is None:
        return _("The worker has never run: no dates are watched, nothing is imported and no mail is sent.")
    return _(
        "The worker has not run since %(since)s: no dates are watched, nothing is imported and no mail is sent."
    ) % {"since": moment_words(moment)}


def moment_words(moment: datetime) -> str:
    """Return a moment in Stockholm as "2026-11-27 07.30"."""
    return date_format(timezone.localtime(moment), "Y-m-d H.i")


def health(at: datetime) -> Health:
    """Return how the worker is: two queries. Ask as the worker's login or as a system administrator."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT beat_at, ended_at, waiting, oldest_at, failed, since FROM worker_state()")
        beat_at, ended_at, waiting, oldest_at, failed, since = cursor.fetchone()
        cursor.execute("SELECT task_name, due_at, status FROM worker_runs()")
        runs = {name: (due_at, status) for name, due_at, status in cursor.fetchall()}
    expected = [Run(name, moment, *runs.get(name, (None, "")), since) for name, moment in _expected(at)]
    return Health(beat_at, ended_at, waiting, oldest_at, failed, expected, at)


def _expected(at: datetime) -> list[tuple[str, datetime]]:
    """Return every periodic task and the latest moment, fifteen minutes ago or more, at which it should have run."""
    start = (at - PATIENCE).timestamp()
    tasks = sorted(app.periodic_registry.periodic_tasks.values(), key=lambda one: one.task.name)
    return [
        (one.task.name, datetime.fromtimestamp(one.croniter.get_prev(ret_type=float, start_time=start), UTC))
        for one in tasks
    ]
