"""The top bar of each role (screens.md 1.1): at most five items."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.roles import Role, Side


@dataclass(frozen=True)
class Item:
    """One link in the top bar."""

    title: str | Promise
    url: str
    current: bool = False
    is_button: bool = False


TO_DO = (_("To do"), "cases:todo", False)
SIGNALS = (_("Early signals"), "attendance:signal_list", False)
PUPILS = (_("Pupils"), "attendance:pupil_list", False)
MY_PUPILS = (_("My pupils"), "attendance:pupil_list", False)
CASES = (_("Cases"), "cases:case_list", False)
INTAKE = (_("Incoming"), "cases:inbox", False)
REPORTS = (_("Concern reports"), "cases:report_inbox", False)
STALLED = (_("Stalled cases"), "cases:stalled_list", False)
FOLLOW_UP = (_("Follow-up"), "followup:report", False)
IMPORTS = (_("Imports"), "integrations:import_list", False)
SOURCES = (_("Sources"), "integrations:source_list", False)
OVERSIGHT = (_("Readings to review"), "oversight:workspace", False)
PEOPLE = (_("People"), "accounts:people", False)
SETTINGS = (_("Settings"), "cases:settings_home", False)
MAIL = (_("Mail"), "notifications:undelivered", False)
RETENTION = (_("Retention"), "records:retention", False)
LOG_CONCERN = (_("Log a concern"), "attendance:log_concern", True)

BARS = {
    Role.MENTOR: [TO_DO, MY_PUPILS, LOG_CONCERN],
    Role.STUDENT_HEALTH: [TO_DO, SIGNALS, PUPILS, CASES, LOG_CONCERN],
    Role.PRINCIPAL: [TO_DO, SIGNALS, CASES, STALLED, IMPORTS, SETTINGS, LOG_CONCERN],
    Role.SCHOOL_ADMIN: [IMPORTS, PUPILS],
    Role.TEAM_WORKER: [TO_DO, INTAKE, CASES],
    Role.INTAKE_WORKER: [TO_DO, REPORTS, INTAKE, CASES],
    Role.COORDINATOR: [STALLED, FOLLOW_UP],
    Role.ANALYST: [FOLLOW_UP],
    Role.LOG_AUDITOR: [OVERSIGHT],
    Role.SYSTEM_ADMIN: [PEOPLE, SOURCES, RETENTION, MAIL],
}
HEADS = {
    Side.SCHOOL: [TO_DO, STALLED, FOLLOW_UP, PEOPLE],
    Side.SOCIAL: [TO_DO, STALLED, INTAKE, FOLLOW_UP, SETTINGS],
    Side.CITY: [STALLED, FOLLOW_UP],
}


def navigation_for(membership: Membership, path: str) -> list[Item]:
    """Return the links for `membership`, the one leading to `path` marked as current."""
    is_head = membership.role == Role.UNIT_HEAD
    bar = HEADS[membership.side] if is_head else BARS[Role(membership.role)]
    return [_item(title, reverse(name), path, is_button) for title, name, is_button in bar]


def _item(title: Promise, url: str, path: str, is_button: bool) -> Item:
    current = path == url if url == "/" else path.startswith(url)
    return Item(title, url, current, is_button)
