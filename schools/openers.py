"""Who can open a pupil: the link of each person, in words a principal can check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.roles import Role

from .models import Pupil, PupilLink


@dataclass(frozen=True)
class Opener:
    """A member who can open the pupil, on what ground, and until when where it ends by itself."""

    membership: Membership
    ground: str | Promise
    until: datetime | None = None
    link: PupilLink | None = None


def openers_of(pupil: Pupil, reader: Membership, today: date, at: datetime) -> list[Opener]:
    """Return those at the reader's school who can open `pupil`: mentors, student health and principals, then links."""
    members = Membership.objects.active(today).filter(unit=reader.unit_id).select_related("user")
    in_order = members.order_by("user__family_name", "user__given_name", "pk")
    own_class = {"classes__enrolments__pupil": pupil, "classes__enrolments__ends_on": None}
    mentors = in_order.filter(role=Role.MENTOR, **own_class).distinct()
    whole_school = in_order.filter(role__in=[Role.STUDENT_HEALTH, Role.PRINCIPAL])
    links = PupilLink.objects.visible_to(reader).running(at).filter(pupil=pupil).with_page_relations()
    return [
        *(Opener(mentor, _("Mentor of the class")) for mentor in mentors),
        *(Opener(member, member.get_role_display()) for member in whole_school),
        *(Opener(link.membership, link.get_ground_display(), link.ends_at, link) for link in links),
    ]
