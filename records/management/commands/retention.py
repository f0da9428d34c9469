"""Count what is due, carry out what two people have approved, or erase again after a restored backup."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from attendance.school_years import make_school_years
from deadlines.stockholm import stockholm_day
from records import actions, selection
from records.models import RetentionRun
from records.policy import Policy, WrongPolicy, load_policy


class Command(BaseCommand):
    """Prints numbers by compartment and rule, never an id or a name."""

    help = (
        "Without an option or with --dry-run: count what docs/retention.toml lets be erased today, and change nothing. "
        "--carry-out makes room for coming school years' absence and erases what two system administrators have "
        "approved on the page Retention; --reapply erases again what has a tombstone, after an older backup has been "
        "restored. Both need the owner of the database (manage.py takes it for this command)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to do, and for counting another day than today."""
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--dry-run", action="store_true", help="count only (the default)")
        what.add_argument("--carry-out", action="store_true", help="carry out the approved runs")
        what.add_argument("--reapply", action="store_true", help="erase again what has a tombstone")
        parser.add_argument("--today", type=date.fromisoformat, default=None, help="count as of this day, 2031-12-31")

    def handle(self, *args: Any, carry_out: bool, reapply: bool, today: date | None, **options: Any) -> None:
        """Do one of the three."""
        try:
            policy = load_policy()
        except WrongPolicy as wrong:
            raise CommandError(f"docs/retention.toml is wrong:\n{wrong}") from None
        if today and (carry_out or reapply):
            raise CommandError("--today is for counting only.")
        day = today or timezone.localdate()
        if carry_out:
            self._carry_out(policy)
        elif reapply:
            self._tell(policy, actions.reapply_retention(policy=policy, at=timezone.now(), today=day))
        else:
            self._count(policy, day)

    def _count(self, policy: Policy, day: date) -> None:
        due = selection.due(policy, day)
        for rule in policy.rules:
            late = sum(
                (last := rule.to_be_done_by(rule.erasable_from(one.counted_from, one.investigated_child_born_on)))
                is not None
                and last < day
                for one in due[rule.name]
            )
            words = f", {late} of them too late" if late else ""
            self.stdout.write(f"{rule.compartment}/{rule.name}: {len(due[rule.name])} due{words}")
        self.stdout.write(f"{sum(map(len, due.values()))} to erase on {day}. Nothing was changed.")

    def _carry_out(self, policy: Policy) -> None:
        # First, so that the year's room is there also when a run is refused. Only the owner makes it, as erasing does.
        if made := make_school_years(stockholm_day(timezone.now())):
            self.stdout.write(f"Room was made for the absence of {made} school years.")
        runs = list(RetentionRun.objects.to_carry_out())
        for run in runs:
            try:
                self._tell(policy, actions.carry_out_retention(run=run, policy=policy, at=timezone.now()))
            except actions.ProposalHasChanged:
                raise CommandError(
                    "The policy or the list of ids is not what was approved. Nothing was erased; propose anew."
                ) from None
        if not runs:
            self.stdout.write("No approved run is waiting.")

    def _tell(self, policy: Policy, run: RetentionRun) -> None:
        for rule in policy.rules:
            if told := run.results.get(rule.name):
                self.stdout.write(
                    f"{rule.compartment}/{rule.name}: {told['erased']} erased ({told['rows']} rows), "
                    f"{told['left_out']} left out because they have changed"
                )
        self.stdout.write(f"{sum(told['erased'] for told in run.results.values())} erased.")
