"""What the school has seen: absence, signals and concerns. All of it is the school's own."""

from .absence import AbsenceSource, AttendanceDay, ClassDay, LessonAbsence, PeriodTotal
from .concerns import Concern, ConcernQuerySet, Sign
from .signals import Evaluation, JudgedClass, Signal, SignalQuerySet, ThresholdRule

__all__ = [
    "AbsenceSource",
    "AttendanceDay",
    "ClassDay",
    "Concern",
    "ConcernQuerySet",
    "Evaluation",
    "JudgedClass",
    "LessonAbsence",
    "PeriodTotal",
    "Sign",
    "Signal",
    "SignalQuerySet",
    "ThresholdRule",
]
