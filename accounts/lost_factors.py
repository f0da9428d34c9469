"""Taking away the second factor of somebody who has lost it, so that they can set up a new one."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.contrib.auth.hashers import make_password
from django.core.mail import send_mail
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

import audit.actions

from .access import may_reset_second_factor, needs_two_to_reset
from .actions import NotAllowed
from .models import FactorReset, Membership, User

OPEN_FOR = timedelta(hours=24)


@transaction.atomic
def reset_second_factor(*, membership: Membership, password_too: bool, by: Membership, at: datetime) -> bool:
    """Take away every second factor of the person and end their sessions; True when it is done.

    False when another system administrator has to agree first, within 24 hours: whoever runs the service or reads the
    log. `password_too` also makes the old password useless; the caller then mails a link. Raises NotAllowed.
    """
    today = timezone.localdate(at)
    user = membership.user
    if not may_reset_second_factor(by, membership, today):
        raise NotAllowed
    needs_two = needs_two_to_reset(user, today)
    asked = asked_for(user, at) if needs_two else None
    if needs_two and (asked is None or asked.asked_by.user_id == by.user_id):
        FactorReset.objects.update_or_create(
            user=user, defaults={"asked_by": by, "asked_at": at, "password_too": password_too}
        )
        audit.actions.record(action="second_factor_reset_asked", target=user, by=by, at=at)
        return False
    password_too = password_too or (asked is not None and asked.password_too)
    _take_away(user, password_too, at)
    details = {"password_too": password_too, "asked_by": str(asked.asked_by_id) if asked else None}
    audit.actions.record(action="second_factor_reset", target=user, by=by, at=at, details=details)
    return True


def asked_for(user: User, at: datetime) -> FactorReset | None:
    """Return what another system administrator has asked for within a day, if anything."""
    asked = FactorReset.objects.select_related("asked_by").filter(user=user, asked_at__gt=at - OPEN_FOR)
    return asked.first()


def tell(user: User) -> None:
    """Mail the person what has happened, once it is stored. The mail names nobody and leads nowhere."""
    with translation.override(user.language):
        text = _(
            "The second step of your sign-in to Närvarobryggan has been taken away, because somebody who answers for "
            "your unit was told that you have lost it. You set up a new one the next time you sign in.\n\n"
            "Did you not ask for this? Tell your manager at once."
        )
        subject = str(_("Your sign-in to Närvarobryggan has changed"))
    transaction.on_commit(partial(send_mail, subject, text, None, [user.email]))


def _take_away(user: User, password_too: bool, at: datetime) -> None:
    """Let the database do it: it checks once more who asks for whom, and whether two have agreed."""
    password = make_password(None) if password_too else None
    with connection.cursor() as cursor:
        cursor.execute("SELECT take_away_second_factor(%s, %s, %s)", [user.pk, password, at])
