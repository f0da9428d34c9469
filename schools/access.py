"""Who may do what with the register, with links to pupils and with protected identity."""

from __future__ import annotations

from uuid import UUID

from accounts.models import Membership
from accounts.permissions import Action, Object, may_within
from accounts.roles import Role

from .models import NamedReader, Pupil, PupilLink, School

CLAIMERS = (Role.MENTOR, Role.STUDENT_HEALTH, Role.PRINCIPAL)
"""Those at a school who may ask to open a pupil they have no link to."""

READABLE_BY = CLAIMERS
"""The roles in which somebody can be named as a reader of a protected pupil: those who work with pupils."""

CONFIRMERS = (Role.PRINCIPAL, Role.UNIT_HEAD)
"""Those who confirm a named reader that somebody else has named."""


def may_keep_register(reader: Membership, school: School) -> bool:
    """Say whether `reader` may open classes and enrol pupils: the school's principal and its administrator."""
    return may_within(reader, Object.PUPIL, Action.CHANGE, school.pk)


def may_claim_link(reader: Membership) -> bool:
    """Say whether `reader` may ask to open another pupil of the own school for 24 hours."""
    return reader.role in CLAIMERS


def may_end_link(reader: Membership, link: PupilLink) -> bool:
    """Say whether `reader` may end `link`: one's own, and for the principal those of the school's members."""
    return PupilLink.objects.visible_to(reader).filter(pk=link.pk).exists()


def may_name(reader: Membership, pupil: Pupil) -> bool:
    """Say whether `reader` may name somebody who works with `pupil`, and see who can open it: the principal."""
    return reader.role == Role.PRINCIPAL and Pupil.objects.visible_to(reader).filter(pk=pupil.pk).exists()


def may_protect(reader: Membership, pupil: Pupil) -> bool:
    """Say whether `reader` may say that `pupil` has protected identity: the principal of the pupil's school."""
    return may_name(reader, pupil)


def may_lift_protection(reader: Membership) -> bool:
    """Say whether `reader` may lift protection at the own school: a principal, who also may write it."""
    return reader.role == Role.PRINCIPAL


def may_keep_readers(reader: Membership, pupil_id: UUID) -> bool:
    """Say whether `reader` may name and take away readers of a protected pupil: a principal who is one of them."""
    return reader.role == Role.PRINCIPAL and Pupil.objects.named_to(reader).filter(pk=pupil_id).exists()


def may_confirm_reader(reader: Membership, named: NamedReader) -> bool:
    """Say whether `reader` is the second person: a principal of the school or the head above, neither side of it."""
    return reader.role in CONFIRMERS and NamedReader.objects.to_confirm(reader).filter(pk=named.pk).exists()


def may_decide_protection(reader: Membership) -> bool:
    """Say whether `reader` may enter or confirm the city's decision on protected pupils: system administrators."""
    return reader.role == Role.SYSTEM_ADMIN
