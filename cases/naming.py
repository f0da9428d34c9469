"""Refusing a text that says who somebody is, where nobody is to be named: consultations and deviations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from accounts.models import Membership
from accounts.roles import Side
from deadlines.stockholm import stockholm_day
from schools.models import Pupil

from .models import Disclosure
from .nameless import Found, identities_in


class SaysWho(Exception):
    """The text says who somebody is; `found` is what in it does, `field` where it was written."""

    def __init__(self, found: list[Found], field: str) -> None:
        super().__init__("the text says who somebody is")
        self.found, self.field = found, field


def refuse_identity(texts: dict[str, str], writer: Membership, school: UUID, at: datetime) -> None:
    """Raise SaysWho for the first of `texts`, by field, that says who somebody at `school` is, or anybody else."""
    for field, text in texts.items():
        found = identities_in(text, _names_known_to(writer, school), stockholm_day(at))
        if found:
            raise SaysWho(found, field)


def _names_known_to(writer: Membership, school: UUID) -> Iterable[tuple[str, str]]:
    """Return the names of the pupils at `school` that `writer` may see; for social services those they were given."""
    if writer.side == Side.SCHOOL:
        return Pupil.objects.visible_to(writer).values_list("given_name", "family_name").iterator()
    given = Disclosure.objects.requests().visible_to(writer).filter(from_unit=school)
    whole = set(given.values_list("content__pupil__name", flat=True))
    return [(name.rpartition(" ")[0], name.rpartition(" ")[2]) for name in whole if name]
