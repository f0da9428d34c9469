"""Failed tries to prove who one is, counted per account and per address in the database.

Ten failed tries of one account within 15 minutes lock that account's password or codes for 15 minutes, fifty from one
address lock that address. Nobody else is affected, and an account that does not exist is counted like one that does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from wall import identity

from .models import FailedTries
from .secrecy import keyed_hash

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 10
PER_ADDRESS = 50
KEPT = timedelta(hours=1)


@dataclass(frozen=True)
class Counter:
    """What is counted under one key, and how many failures it takes to lock it."""

    key: str
    limit: int


def password_counters(email: str, address: str) -> list[Counter]:
    """Return what a try with the password of `email` from `address` is counted under."""
    return [Counter(f"password:{email.strip().lower()}", PER_ACCOUNT), _of_address(address)]


def code_counters(user_id: object, address: str) -> list[Counter]:
    """Return what a try with a code of the person from `address` is counted under."""
    return [Counter(f"code:{user_id}", PER_ACCOUNT), _of_address(address)]


@identity.gate()
def is_locked(counters: list[Counter], now: datetime) -> bool:
    """Say whether a try should not even be looked at. Asks before the costly work; takes no lock."""
    keys = [_stored(counter) for counter in counters]
    return FailedTries.objects.filter(pk__in=keys, locked_until__gt=now).exists()


@identity.gate()
def count_failure(counters: list[Counter], now: datetime) -> bool:
    """Count one failed try under each counter, lock those that reach their limit, and say whether any did."""
    forget_old(now)
    locks = False
    for counter in counters:
        row = _row(counter, now)
        row.failed_at = [*(at for at in row.failed_at if at > now - WINDOW), now][-counter.limit :]
        if len(row.failed_at) >= counter.limit and not _is_locked_now(row, now):
            row.locked_until, row.failed_at = now + WINDOW, []
            locks = True
        row.changed_at = now
        row.save()
    return locks


@identity.gate()
def confirm_success(counters: list[Counter], now: datetime) -> bool:
    """Forget the account's failures and return True; False when so many others have failed meanwhile that it is locked.

    Whoever comes at the same moment waits here in turn, so that many tries at once are no more than ten tries.
    The address is not forgotten: one right password among many guesses does not excuse the guesses.
    """
    rows = [_row(counter, now) for counter in counters]
    if any(_is_locked_now(row, now) for row in rows):
        return False
    account = rows[0]
    account.failed_at, account.locked_until, account.changed_at = [], None, now
    account.save()
    return True


@identity.gate()
def use_once(code: str, user_id: object, now: datetime) -> bool:
    """Return True the first time a code of the person is used, False when it is used again within the window."""
    row = _row(Counter(f"used:{user_id}:{code}", 1), now)
    if row.locked_until and row.locked_until > now:
        return False
    row.locked_until, row.changed_at = now + WINDOW, now
    row.save()
    return True


def forget_old(now: datetime) -> int:
    """Remove counters that nobody has touched for an hour; return how many. Only at the gate or as the clock."""
    return FailedTries.objects.filter(changed_at__lt=now - KEPT).delete()[0]


def _of_address(address: str) -> Counter:
    return Counter(f"address:{address}", PER_ADDRESS)


def _stored(counter: Counter) -> str:
    return keyed_hash(counter.key, "failed tries")


def _row(counter: Counter, now: datetime) -> FailedTries:
    """Return the counter's row, locked until the transaction ends."""
    key = _stored(counter)
    FailedTries.objects.bulk_create([FailedTries(pk=key, changed_at=now)], ignore_conflicts=True)
    return FailedTries.objects.select_for_update().get(pk=key)


def _is_locked_now(row: FailedTries, now: datetime) -> bool:
    return row.locked_until is not None and row.locked_until > now
