"""Who may do what about signals and concerns. All of it stays inside the school."""

from accounts.models import Membership
from accounts.roles import Role
from schools.models import Pupil

from .models import Concern, Signal

SCHOOL_ROLES = (Role.MENTOR, Role.STUDENT_HEALTH, Role.PRINCIPAL)
ANSWERERS = (Role.STUDENT_HEALTH, Role.PRINCIPAL)


def may_log_concern(reader: Membership, pupil: Pupil) -> bool:
    """Say whether `reader` may log a concern about `pupil`: one of the pupils he or she works with."""
    return Pupil.objects.visible_to(reader).filter(pk=pupil.pk).exists()


def may_answer_signal(reader: Membership, signal: Signal) -> bool:
    """Say whether `reader` may answer `signal`: whoever works with the pupil may."""
    return Signal.objects.visible_to(reader).filter(pk=signal.pk).exists()


def may_answer_concern(reader: Membership, concern: Concern) -> bool:
    """Say whether `reader` may say what becomes of `concern`: student health and the principal of the school."""
    is_open = not concern.pupil.is_protected
    return is_open and reader.role in ANSWERERS and reader.unit_id == concern.school_unit_id


def may_ask_for_support(reader: Membership) -> bool:
    """Say whether `reader` may ask social services for support: student health and the principal."""
    return reader.role in ANSWERERS
