"""Who may do what about signals and concerns. All of it stays inside the school."""

from dataclasses import dataclass

from accounts.models import Membership
from accounts.permissions import Action, Object, may_within, permits
from schools.models import Pupil, School

from .models import AbsenceInvestigation, Concern, Measure, Signal


@dataclass(frozen=True)
class MayAbout:
    """What a reader may begin about one pupil."""

    log_concern: bool
    add_measure: bool
    open_investigation: bool


def may_about(reader: Membership) -> MayAbout:
    """Say what `reader` may begin about a pupil that `visible_to` has given him or her: what the page then offers.

    The three questions below ask for the pupil too, and are asked again when something is begun.
    """
    return MayAbout(
        log_concern=may_log_concerns(reader),
        add_measure=bool(permits(reader, Object.MEASURE, Action.CREATE)),
        open_investigation=bool(permits(reader, Object.INVESTIGATION, Action.CREATE)),
    )


def may_log_concerns(reader: Membership) -> bool:
    """Say whether `reader` may log concerns at all: those who work with pupils, not the school's administrator."""
    return bool(permits(reader, Object.CONCERN, Action.CREATE))


def may_log_concern(reader: Membership, pupil: Pupil) -> bool:
    """Say whether `reader` may log a concern about `pupil`: one of the pupils he or she works with."""
    return may_log_concerns(reader) and Pupil.objects.visible_to(reader).filter(pk=pupil.pk).exists()


def reads_signals(reader: Membership) -> bool:
    """Say whether `reader` sees what the school has noticed about pupils: signals, and concerns in their own scope."""
    return bool(permits(reader, Object.SIGNAL, Action.READ))


def may_answer_signal(reader: Membership, signal: Signal) -> bool:
    """Say whether `reader` may answer `signal`: whoever works with the pupil may."""
    decides = permits(reader, Object.SIGNAL, Action.DECIDE)
    return bool(decides) and Signal.objects.visible_to(reader).filter(pk=signal.pk).exists()


def may_answer_concern(reader: Membership, concern: Concern) -> bool:
    """Say whether `reader` may say what becomes of `concern`: student health and the principal of the school."""
    is_open = not concern.pupil.is_protected
    return is_open and may_within(reader, Object.CONCERN, Action.DECIDE, concern.school_unit_id)


def may_add_measure(reader: Membership, pupil: Pupil) -> bool:
    """Say whether `reader` may add a measure for `pupil`: one of the pupils he or she works with."""
    creates = permits(reader, Object.MEASURE, Action.CREATE)
    return bool(creates) and Pupil.objects.visible_to(reader).filter(pk=pupil.pk).exists()


def may_change_measure(reader: Membership, measure: Measure) -> bool:
    """Say whether `reader` may follow up and end `measure`: whoever at its school works with the pupil."""
    changes = permits(reader, Object.MEASURE, Action.CHANGE)
    return bool(changes) and Measure.objects.visible_to(reader).filter(pk=measure.pk).exists()


def may_open_investigation(reader: Membership, pupil: Pupil) -> bool:
    """Say whether `reader` may begin to investigate the absence of `pupil`: student health and the principal."""
    creates = permits(reader, Object.INVESTIGATION, Action.CREATE)
    return bool(creates) and Pupil.objects.visible_to(reader).filter(pk=pupil.pk).exists()


def may_decide_not_needed(reader: Membership, pupil: Pupil) -> bool:
    """Say whether `reader` may decide that no investigation is needed: the principal (Skollag 7:19 a, 15:16)."""
    decides = permits(reader, Object.INVESTIGATION, Action.DECIDE)
    return bool(decides) and Pupil.objects.visible_to(reader).filter(pk=pupil.pk).exists()


def may_change_investigation(reader: Membership, investigation: AbsenceInvestigation) -> bool:
    """Say whether `reader` may work on `investigation`: student health and the principal of its school."""
    changes = permits(reader, Object.INVESTIGATION, Action.CHANGE)
    return bool(changes) and AbsenceInvestigation.objects.visible_to(reader).filter(pk=investigation.pk).exists()


def may_ask_for_support(reader: Membership) -> bool:
    """Say whether `reader` may ask social services for support: student health and the principal."""
    return bool(permits(reader, Object.REQUEST, Action.CREATE))


def may_set_lines(reader: Membership, school: School) -> bool:
    """Say whether `reader` may make the lines of `school` stricter: its principal."""
    return may_within(reader, Object.LINES, Action.CHANGE, school.pk)


def reads_cases(reader: Membership) -> bool:
    """Say whether `reader` may know that a pupil has a case with social services."""
    return bool(permits(reader, Object.CASE, Action.READ))
