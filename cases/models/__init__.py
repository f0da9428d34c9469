"""The only place where school and social services meet: cases, requests, answers and the ledger of who must do what."""

from .case import Case, Party
from .consent import Consent
from .consultation import Consultation
from .draft import RequestDraft, RequestSetting, ServiceGap
from .ledger import Event, Hold, HolderInterval, Obligation
from .meeting import JointMeeting
from .queue import QueuePlace
from .referral import Decision, Question, Referral
from .report import ConcernReport, ReportAnswer, ReportExtension, ReportHandling
from .sharing import Disclosure, Feedback, SchoolNote, SocialNote, notes_of

__all__ = [
    "Case",
    "ConcernReport",
    "Consent",
    "Consultation",
    "Decision",
    "Disclosure",
    "Event",
    "Feedback",
    "Hold",
    "HolderInterval",
    "JointMeeting",
    "Obligation",
    "Party",
    "Question",
    "QueuePlace",
    "Referral",
    "ReportAnswer",
    "ReportExtension",
    "ReportHandling",
    "RequestDraft",
    "RequestSetting",
    "SchoolNote",
    "ServiceGap",
    "SocialNote",
    "notes_of",
]
