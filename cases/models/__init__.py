"""The only place where school and social services meet: cases, requests, answers and the ledger of who must do what."""

from .case import Case, Party
from .consent import Consent
from .consultation import Consultation
from .deviation import Deviation
from .draft import RequestDraft, RequestSetting, ServiceGap
from .ledger import Event, Hold, HolderInterval, Obligation
from .meeting import JointMeeting
from .objection import Objection, ObjectionAnswer
from .prepared import PreparedNo, given_before
from .queue import QueuePlace
from .reason import DecisionReason, NoSaid, SaidWhy
from .referral import Decision, OtherWay, Question, Referral
from .report import ConcernReport, ReportAnswer, ReportExtension, ReportHandling
from .settings import UnitReason, UnitTime
from .sharing import Disclosure, Feedback, SchoolNote, SocialNote, notes_of
from .standstill import StandstillCount

__all__ = [
    "Case",
    "ConcernReport",
    "Consent",
    "Consultation",
    "Decision",
    "DecisionReason",
    "Deviation",
    "Disclosure",
    "Event",
    "Feedback",
    "Hold",
    "HolderInterval",
    "JointMeeting",
    "NoSaid",
    "Objection",
    "ObjectionAnswer",
    "Obligation",
    "OtherWay",
    "Party",
    "PreparedNo",
    "Question",
    "QueuePlace",
    "Referral",
    "ReportAnswer",
    "ReportExtension",
    "ReportHandling",
    "RequestDraft",
    "RequestSetting",
    "SaidWhy",
    "SchoolNote",
    "ServiceGap",
    "SocialNote",
    "StandstillCount",
    "UnitReason",
    "UnitTime",
    "given_before",
    "notes_of",
]
