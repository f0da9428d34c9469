"""What the school has seen and done: absence, signals, concerns, measures, investigations. All is its own."""

from .absence import AbsenceSource, AttendanceDay, ClassDay, LessonAbsence, PeriodTotal
from .concern_drafts import ConcernDraft
from .concerns import Concern, ConcernQuerySet, Sign
from .investigations import AbsenceInvestigation, InvestigationDuty, InvestigationQuerySet, InvestigationTask
from .measures import Measure, MeasureFollowUp, MeasureQuerySet
from .signals import Evaluation, JudgedClass, Signal, SignalQuerySet, ThresholdRule

__all__ = [
    "AbsenceInvestigation",
    "AbsenceSource",
    "AttendanceDay",
    "ClassDay",
    "Concern",
    "ConcernDraft",
    "ConcernQuerySet",
    "Evaluation",
    "InvestigationDuty",
    "InvestigationQuerySet",
    "InvestigationTask",
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
