"""What the school has seen and done: absence, signals, concerns, measures. All of it is the school's own."""

from .absence import AbsenceSource, AttendanceDay, ClassDay, LessonAbsence, PeriodTotal
from .concerns import Concern, ConcernQuerySet, Sign
from .measures import Measure, MeasureFollowUp, MeasureQuerySet
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
    "Measure",
    "MeasureFollowUp",
    "MeasureQuerySet",
    "PeriodTotal",
    "Sign",
    "Signal",
    "SignalQuerySet",
    "ThresholdRule",
]
