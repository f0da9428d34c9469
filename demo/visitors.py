"""The demo people as they are in the loaded city."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise

from accounts.models import Membership, Unit

from .people import DEMO_PEOPLE, DemoPerson


@dataclass(frozen=True)
class Visitor:
    """A demo person together with the membership a visitor gets."""

    person: DemoPerson
    membership: Membership

    @property
    def key(self) -> str:
        """What the person is called in addresses and tests."""
        return self.person.key

    @property
    def name(self) -> str:
        """Given and family name."""
        return self.membership.user.full_name

    @property
    def title(self) -> str:
        """The person's title at work."""
        return self.membership.role_title

    @property
    def unit(self) -> Unit:
        """Where the person works."""
        return self.membership.unit

    @property
    def look_at(self) -> str | Promise:
        """What there is to see."""
        return self.person.look_at


def visitors() -> list[Visitor]:
    """Return the demo people who are in the city, in the order they are presented."""
    active = Membership.objects.active(timezone.localdate()).with_page_relations()
    emails = [person.email for person in DEMO_PEOPLE.values()]
    found = {membership.user.email: membership for membership in active.filter(user__email__in=emails)}
    return [Visitor(person, found[person.email]) for person in DEMO_PEOPLE.values() if person.email in found]
