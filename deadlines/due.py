"""How near a due date is, in words: what every clock in the product shows."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

State = Literal["late", "today", "later", "paused", "done"]


@dataclass(frozen=True)
class Due:
    """A clock as the reader sees it: its state, its words in the reader's language, and its day."""

    state: State
    text: str
    on: date


def due_on(due_on: date, today: date, paused_until: date | None = None) -> Due:
    """Return the clock of something due on `due_on`, in calendar days.

    The due day itself is in time. A pause lasts through `paused_until` and hides how late the thing is.
    """
    if paused_until is not None and paused_until >= today:
        day = format_date(paused_until, pgettext("date format", "j M"))
        return Due("paused", _("Paused until %(day)s") % {"day": day}, due_on)
    days = (due_on - today).days
    if days < 0:
        return Due("late", ngettext("%(days)d day late", "%(days)d days late", -days) % {"days": -days}, due_on)
    if days == 0:
        return Due("today", _("Today"), due_on)
    return Due("later", ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}, due_on)
