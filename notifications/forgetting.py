"""What became of a mail, and who was reminded of what, is forgotten when nobody needs it any more."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from .models import Mail, Reminder

KEPT_FOR = timedelta(days=30)
"""How long what became of a mail can be looked up; then nothing of it is left."""

REMINDERS_KEPT_FOR = timedelta(days=365)
"""Longer than any reminder could be doubled: a date that is a year old is told of once more."""


def forget_old(at: datetime) -> int:
    """Remove mails that ended more than thirty days ago and return how many."""
    removed, _by_model = Mail.objects.filter(status__in=Mail.ENDED, ended_at__lt=at - KEPT_FOR).delete()
    return removed


def forget_old_reminders(today: date) -> int:
    """Remove reminders given more than a year ago and return how many."""
    removed, _by_model = Reminder.objects.filter(reminded_on__lt=today - REMINDERS_KEPT_FOR).delete()
    return removed
