"""The language that stories are told in: the verbs of both sides, on one scene."""

from __future__ import annotations

from .concern_verbs import ConcernVerbs
from .meeting_verbs import MeetingVerbs
from .report_verbs import ReportVerbs
from .school_verbs import SchoolVerbs
from .social_verbs import ManagerVerbs, SocialVerbs


class Tale(ConcernVerbs, SchoolVerbs, SocialVerbs, ManagerVerbs, MeetingVerbs, ReportVerbs):
    """One pupil's case, told step by step and in order; every step is an action, taken at a moment in the past."""
