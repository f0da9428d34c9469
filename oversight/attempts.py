"""What people tried, in words: signing in, pages they were refused, and protection that was lifted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership, User
from audit.models import AuditEvent

from .page_words import PAGES
from .workspace import code_of

WHAT = {
    "signed_in": gettext_lazy("Signed in"),
    "signed_out": gettext_lazy("Signed out"),
    "confirmed": gettext_lazy("Confirmed who it is"),
    "sign_in_failed": gettext_lazy("Failed to sign in"),
    "confirming_failed": gettext_lazy("Failed to confirm who it is"),
    "refused": gettext_lazy("Was refused"),
    "protection_lifted": gettext_lazy("Showed a hidden pupil again"),
    "protection_lift_missed": gettext_lazy("Tried to show a hidden pupil and found none"),
}
WAYS = {
    "password": gettext_lazy("password"),
    "code": gettext_lazy("code"),
    "totp": gettext_lazy("code app"),
    "recovery_codes": gettext_lazy("reserve code"),
    "passkey": gettext_lazy("passkey"),
    "webauthn": gettext_lazy("passkey"),
    "demo": gettext_lazy("the demo's own door"),
}
REASONS = {
    "wrong_pupil": gettext_lazy("another pupil was meant"),
    "never_protected": gettext_lazy("the pupil was never protected"),
    "ended": gettext_lazy("the protection had ended"),
}


@dataclass(frozen=True)
class Row:
    """One event: who, as far as it is known, what, and the particulars in words."""

    event: AuditEvent
    who: str
    what: str
    about: list[str]


def rows_of(events: Iterable[AuditEvent]) -> list[Row]:
    """Return events as rows, with a fixed number of queries. Give them with `user` fetched."""
    events = list(events)
    members = Membership.objects.select_related("unit").in_bulk({one.membership_id for one in events} - {None})
    targets = {UUID(one.target_id) for one in events if one.target_type == "accounts.user"}
    users = User.objects.in_bulk(targets)
    return [Row(one, _who(one, members, users), str(WHAT[one.action]), _about(one)) for one in events]


def pupils_in(events: Iterable[AuditEvent]) -> list[UUID]:
    """Return the pupils that events are about."""
    return [UUID(one.target_id) for one in events if one.target_type == "schools.pupil"]


def _who(event: AuditEvent, members: dict[UUID, Membership], users: dict[UUID, User]) -> str:
    member = members.get(event.membership_id) if event.membership_id else None
    if event.user and member:
        return f"{event.user.full_name}, {member.role_title}, {member.unit.name}"
    person = event.user or (users.get(UUID(event.target_id)) if event.target_type == "accounts.user" else None)
    if person is not None:
        return person.full_name
    return _("Nobody known here (%(code)s)") % {"code": event.target_id[:8]} if event.target_id else _("Not known")


def _about(event: AuditEvent) -> list[str]:
    told = event.details
    ways = [str(WAYS.get(way, way)) for way in [*told.get("ways", []), *([told["way"]] if "way" in told else [])]]
    words = [", ".join(ways)] if ways else []
    if event.target_type == "page":
        words.append(str(PAGES.get(event.target_id) or event.target_id))
        words.append(_("answer %(answer)s") % {"answer": told.get("answer", "")})
    words += [code_of(value) for value in told.get("asked", {}).values()]
    words += [code_of(pupil) for pupil in pupils_in([event])]
    words += [str(REASONS[told["reason"]])] if told.get("reason") in REASONS else []
    words += [_("from %(place)s") % {"place": told["from"][:8]}] if "from" in told else []
    words += [_("locked for 15 minutes")] if told.get("locks") else []
    words += [_("more of the same are counted and not written")] if told.get("more_are_left_out") else []
    return words
