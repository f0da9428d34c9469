"""Who opens which address with which method. An address that is not here is closed to everybody, and so is a method.

Which rows a page shows follows from `objects` and from `visible_to`. HEAD is answered like GET.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..roles import Role


@dataclass(frozen=True)
class Anybody:
    """Whoever comes, without signing in, for a reason."""

    reason: str


@dataclass(frozen=True)
class Everyone:
    """Everybody who is signed in, also without a role."""


Opens = frozenset[Role] | Anybody | Everyone
Methods = dict[str, Opens]


def reading(who: Opens) -> Methods:
    """Return the rule of a page that is only read."""
    return {"GET": who}


def sending(who: Opens) -> Methods:
    """Return the rule of an address that is only sent to."""
    return {"POST": who}


def form(who: Opens) -> Methods:
    """Return the rule of a page that is read, filled in and sent by the same people."""
    return {"GET": who, "POST": who}


SIGNED_IN = Everyone()
MEMBERS = frozenset(Role)
SCHOOL_WORKERS = frozenset({Role.MENTOR, Role.STUDENT_HEALTH, Role.PRINCIPAL})
REGISTER = SCHOOL_WORKERS | {Role.SCHOOL_ADMIN}
ANSWERERS = frozenset({Role.STUDENT_HEALTH, Role.PRINCIPAL})
IMPORTERS = frozenset({Role.PRINCIPAL, Role.SCHOOL_ADMIN})
RECEIVERS = frozenset({Role.TEAM_WORKER, Role.INTAKE_WORKER, Role.UNIT_HEAD})
REPORT_HANDLERS = frozenset({Role.INTAKE_WORKER, Role.UNIT_HEAD})
CASE_READERS = ANSWERERS | RECEIVERS
OVERSEERS = frozenset({Role.PRINCIPAL, Role.UNIT_HEAD, Role.COORDINATOR})
FIGURE_READERS = OVERSEERS | {Role.ANALYST}
MANAGERS = frozenset({Role.PRINCIPAL, Role.UNIT_HEAD})
PEOPLE_KEEPERS = MANAGERS | {Role.SYSTEM_ADMIN}
SETTINGS_READERS = REGISTER | RECEIVERS
UNIT_HEADS = frozenset({Role.UNIT_HEAD})
PRINCIPALS = frozenset({Role.PRINCIPAL})
SYSTEM = frozenset({Role.SYSTEM_ADMIN})
AUDITORS = frozenset({Role.LOG_AUDITOR})
LOG_READERS = AUDITORS | PRINCIPALS

ENTRANCE = Anybody("People sign in here.")
HALF_WAY = Anybody("The password was right; the second factor is asked for before anybody is signed in.")
DEMO = Anybody("In the demo everybody is invented and nobody has a password.")

OF_ANYBODY: dict[str, Methods] = {
    "alive": reading(Anybody("Load balancers ask whether the process is alive; says nothing about anybody.")),
    "integrations:source_notice": sending(
        Anybody(
            "A school's own system says that something has changed; the address is a secret, and nothing is answered."
        )
    ),
    "help": reading(Anybody("Help is open to everybody; it holds no personal data.")),
    "about": reading(Anybody("Says what the service is; holds no personal data.")),
    "permissions": reading(Anybody("Who may do what is no secret; holds no personal data.")),
    "accessibility": reading(Anybody("The accessibility statement must be open to everybody (lag 2018:1937).")),
    "privacy": reading(Anybody("How personal data are handled must be open to everybody (GDPR art. 13-14).")),
    "set_language": sending(
        Anybody("The language of the sign-in and help pages is chosen before anybody has signed in.")
    ),
    "accounts:choose_password": form(
        Anybody("An invited person has no password yet; the one-time link in the mail says who it is.")
    ),
    "account_login": form(ENTRANCE),
    "mfa_login_webauthn": form(ENTRANCE),
    "account_inactive": reading(ENTRANCE),
    "mfa_authenticate": form(HALF_WAY),
    "demo:choose": reading(DEMO),
    "demo:enter": sending(DEMO),
}

OF_ONESELF: dict[str, Methods] = {
    "accounts:account": reading(SIGNED_IN),
    "accounts:change_password": form(SIGNED_IN),
    "accounts:no_membership": reading(SIGNED_IN),
    "accounts:sessions": reading(SIGNED_IN),
    "notifications:choices": form(SIGNED_IN),
    "accounts:end_session": sending(SIGNED_IN),
    "accounts:end_other_sessions": sending(SIGNED_IN),
    "accounts:confirm_demo": form(SIGNED_IN),
    "accounts:stay": sending(SIGNED_IN),
    "accounts:switch": form(SIGNED_IN),
    "account_logout": sending(SIGNED_IN),
    "account_reauthenticate": form(SIGNED_IN),
    "mfa_reauthenticate": form(SIGNED_IN),
    "mfa_reauthenticate_webauthn": form(SIGNED_IN),
    "mfa_index": reading(SIGNED_IN),
    "mfa_activate_totp": form(SIGNED_IN),
    "mfa_deactivate_totp": form(SIGNED_IN),
    "mfa_list_webauthn": reading(SIGNED_IN),
    "mfa_add_webauthn": form(SIGNED_IN),
    "mfa_edit_webauthn": form(SIGNED_IN),
    "mfa_remove_webauthn": form(SIGNED_IN),
    "mfa_view_recovery_codes": reading(SIGNED_IN),
    "mfa_generate_recovery_codes": form(SIGNED_IN),
}

OF_THE_SCHOOL: dict[str, Methods] = {
    "attendance:signal_list": reading(SCHOOL_WORKERS),
    "attendance:answer_signal": form(SCHOOL_WORKERS),
    "attendance:lines": {"GET": SCHOOL_WORKERS, "POST": PRINCIPALS},
    "attendance:pupil_list": form(REGISTER),
    "attendance:pupil_detail": reading(REGISTER),
    "attendance:log_concern": form(SCHOOL_WORKERS),
    "attendance:concern_detail": reading(SCHOOL_WORKERS),
    "attendance:concern_saved": reading(SCHOOL_WORKERS),
    "attendance:throw_away_draft": sending(SCHOOL_WORKERS),
    "attendance:report_duty": reading(SCHOOL_WORKERS),
    "attendance:answer_concern": form(ANSWERERS),
    "attendance:measure_list": reading(SCHOOL_WORKERS),
    "attendance:add_measure": form(SCHOOL_WORKERS),
    "attendance:measure_detail": reading(SCHOOL_WORKERS),
    "attendance:follow_up_measure": form(SCHOOL_WORKERS),
    "attendance:end_measure": form(SCHOOL_WORKERS),
    "attendance:hand_over_measure": form(SCHOOL_WORKERS),
    "attendance:investigation_list": reading(ANSWERERS),
    "attendance:open_investigation": form(ANSWERERS),
    "attendance:investigation_not_needed": form(PRINCIPALS),
    "attendance:investigation_detail": reading(ANSWERERS),
    "attendance:write_task": form(ANSWERERS),
    "attendance:name_causes": form(ANSWERERS),
    "attendance:record_support": form(ANSWERERS),
    "attendance:record_duty": form(ANSWERERS),
    "attendance:finish_investigation": form(ANSWERERS),
    "attendance:hand_over_investigation": form(ANSWERERS),
    "integrations:import_list": reading(IMPORTERS),
    "integrations:upload_import": form(IMPORTERS),
    "integrations:import_detail": reading(IMPORTERS),
    "integrations:match_columns": form(IMPORTERS),
    "integrations:approve_import": sending(IMPORTERS),
    "integrations:cancel_import": sending(IMPORTERS),
    "integrations:resume_import": sending(IMPORTERS),
    "integrations:undo_import": form(IMPORTERS),
    "integrations:absence_source_list": reading(IMPORTERS),
    "integrations:create_absence_source": form(IMPORTERS),
    "integrations:define_absence_source": form(IMPORTERS),
    "integrations:import_errors": reading(IMPORTERS),
    "integrations:comparison_list": reading(IMPORTERS),
    "integrations:comparison_detail": form(IMPORTERS),
    "cases:report_list": reading(REGISTER),
    "cases:report_guidance": reading(REGISTER),
    "cases:report_concern": form(REGISTER),
    "cases:report_detail": reading(REGISTER),
    "cases:ask_about_report": sending(REGISTER),
    "cases:name_report_readers": form(REGISTER),
    "cases:pupil_consents": reading(ANSWERERS),
    "cases:shared_about_pupil": reading(ANSWERERS),
    "cases:note_consents": form(ANSWERERS),
    "cases:withdraw_consent": form(ANSWERERS),
    "cases:request_support": form(ANSWERERS),
    "cases:check_request": form(ANSWERERS),
    "cases:send_back": form(PRINCIPALS),
    "cases:request_setting": form(PRINCIPALS),
    "cases:note_gap": sending(ANSWERERS),
    "cases:request_sent": reading(ANSWERERS),
    "cases:withdraw_request": form(ANSWERERS),
    "cases:answer_question": form(ANSWERERS),
    "cases:respond_to_no": form(ANSWERERS),
    "cases:check_advice": form(ANSWERERS),
    "cases:acknowledge_feedback": sending(ANSWERERS),
    "cases:close_case": form(ANSWERERS),
}

OF_SOCIAL_SERVICES: dict[str, Methods] = {
    "cases:inbox": form(RECEIVERS),
    "cases:assess_request": reading(RECEIVERS),
    "cases:acknowledge_request": sending(RECEIVERS),
    "cases:accept_request": form(RECEIVERS),
    "cases:ask_question": form(RECEIVERS),
    "cases:queue_request": form(RECEIVERS),
    "cases:redirect_request": form(RECEIVERS),
    "cases:decline_request": form(RECEIVERS),
    "cases:confirm_no": form(RECEIVERS),
    "cases:send_no_back": form(RECEIVERS),
    "cases:allocate_request": form(RECEIVERS),
    "cases:call_meeting": form(CASE_READERS),
    "cases:answer_call": form(CASE_READERS),
    "cases:record_meeting": form(CASE_READERS),
    "cases:consultation_list": reading(CASE_READERS),
    "cases:ask_consultation": form(ANSWERERS),
    "cases:consultation_detail": {"GET": CASE_READERS, "POST": RECEIVERS},
    "cases:report_inbox": reading(REPORT_HANDLERS),
    "cases:report_intake": reading(REPORT_HANDLERS),
    "cases:confirm_report": form(REPORT_HANDLERS),
    "cases:say_report_not_found": form(REPORT_HANDLERS),
    "cases:send_report_on": form(REPORT_HANDLERS),
    "cases:assess_report": form(REPORT_HANDLERS),
    "cases:decide_report": form(REPORT_HANDLERS),
    "cases:extend_report": form(REPORT_HANDLERS),
    "cases:tell_reporter": form(REPORT_HANDLERS),
    "cases:leave_untold": form(REPORT_HANDLERS),
    "cases:prolong_report_investigation": form(REPORT_HANDLERS),
    "cases:end_report_investigation": form(REPORT_HANDLERS),
    "cases:record_report_meeting": form(REPORT_HANDLERS),
    "cases:record_first_contact": form(RECEIVERS),
    "cases:give_feedback": form(RECEIVERS),
    "cases:complete_work": form(RECEIVERS),
    "cases:interrupt_work": form(RECEIVERS),
}

OF_BOTH_SIDES: dict[str, Methods] = {
    "cases:todo": reading(MEMBERS),
    "cases:case_list": reading(CASE_READERS),
    "cases:case_detail": reading(CASE_READERS),
    "cases:internal_notes": form(CASE_READERS),
    "cases:shared_items": reading(CASE_READERS),
    "cases:settings_home": reading(SETTINGS_READERS),
    "cases:unit_settings": reading(SETTINGS_READERS),
    "cases:set_time": form(MANAGERS),
    "cases:set_reason": form(UNIT_HEADS),
    "cases:start_service": form(UNIT_HEADS),
    "cases:change_service": form(UNIT_HEADS),
    "cases:end_service": form(UNIT_HEADS),
    "cases:set_next_step": form(CASE_READERS),
    "cases:plan_autumn": form(CASE_READERS),
    "cases:calendar": reading(MEMBERS),
    "cases:record_step": form(CASE_READERS),
    "cases:answer_lift": form(CASE_READERS),
    "cases:objection": form(CASE_READERS | {Role.COORDINATOR}),
    "cases:write_other_version": sending(RECEIVERS),
    "cases:hand_over": form(CASE_READERS),
    "cases:pause": form(CASE_READERS),
    "cases:resume": form(CASE_READERS),
    "cases:move_date": form(CASE_READERS),
    "cases:say_no_change": form(CASE_READERS),
    "cases:deviation_list": reading(CASE_READERS),
    "cases:export_deviations": reading(MANAGERS),
    "cases:register_deviation": form(CASE_READERS),
    "cases:deviation_detail": {"GET": CASE_READERS, "POST": MANAGERS},
    "cases:stalled_list": reading(OVERSEERS),
    "cases:stalled_case": reading(OVERSEERS),
    "cases:who_waits": reading(OVERSEERS),
    "cases:remind_many": sending(OVERSEERS),
    "cases:remind": sending(OVERSEERS),
    "cases:lift_case": form(OVERSEERS),
    "cases:place_request": form(OVERSEERS),
    "followup:report": reading(FIGURE_READERS),
}

OF_PEOPLE: dict[str, Methods] = {
    "accounts:people": reading(PEOPLE_KEEPERS),
    "accounts:invite_person": form(PEOPLE_KEEPERS),
    "accounts:confirm_membership": sending(PEOPLE_KEEPERS),
    "accounts:renew_membership": sending(PEOPLE_KEEPERS),
    "accounts:end_membership": form(PEOPLE_KEEPERS),
    "accounts:set_away": form(PEOPLE_KEEPERS),
    "accounts:back_again": sending(PEOPLE_KEEPERS),
    "accounts:send_link": sending(PEOPLE_KEEPERS),
    "accounts:reset_second_factor": form(PEOPLE_KEEPERS),
    "notifications:undelivered": reading(SYSTEM),
}

OF_LINKS: dict[str, Methods] = {
    "schools:claim_link": form(SCHOOL_WORKERS),
    "schools:claim_answered": reading(SCHOOL_WORKERS),
    "schools:end_link": sending(SCHOOL_WORKERS),
    "schools:pupil_links": form(PRINCIPALS),
    "schools:protected_list": reading(SCHOOL_WORKERS),
    "schools:pupil_readers": form(PRINCIPALS),
    "schools:end_reader": sending(PRINCIPALS),
    "schools:confirm_readers": reading(MANAGERS),
    "schools:confirm_reader": sending(MANAGERS),
    "schools:lift_protection": form(PRINCIPALS),
    "schools:protection_policy": form(SYSTEM),
    "schools:confirm_policy": sending(SYSTEM),
    "attendance:protected_pupil": reading(SCHOOL_WORKERS),
    "cases:protect_pupil": form(PRINCIPALS),
}

OF_THE_LOG: dict[str, Methods] = {
    "oversight:workspace": reading(AUDITORS),
    "oversight:attempts": reading(AUDITORS),
    "oversight:draw_sample": sending(AUDITORS),
    "oversight:review_reading": form(AUDITORS),
    "oversight:see_claim": sending(AUDITORS),
    "oversight:find_pupil": sending(AUDITORS),
    "oversight:who_has_read": reading(LOG_READERS),
    "oversight:who_has_read_in_case": reading(UNIT_HEADS),
    "oversight:draft_extract": sending(AUDITORS),
    "oversight:extract_detail": reading(LOG_READERS),
    "oversight:release_extract": sending(LOG_READERS),
    "oversight:withhold_extract": sending(LOG_READERS),
    "oversight:print_extract": reading(LOG_READERS),
}

OF_RECORDS: dict[str, Methods] = {
    "records:rights_request_list": reading(MANAGERS),
    "records:register_rights_request": form(MANAGERS),
    "records:rights_request_detail": reading(MANAGERS),
    "records:settle_rights_request": sending(MANAGERS),
    "records:screen_copy": form(MANAGERS),
    "records:export_copy": form(MANAGERS),
    "records:order_to_keep": form(MANAGERS),
    "records:lift_keep_order": sending(MANAGERS),
    "records:retention": reading(SYSTEM),
    "records:propose_retention": sending(SYSTEM),
    "records:approve_retention": sending(SYSTEM),
    "records:cancel_retention": sending(SYSTEM),
}

OF_SOURCES: dict[str, Methods] = {
    "integrations:source_list": reading(SYSTEM),
    "integrations:create_source": form(SYSTEM),
    "integrations:source_detail": reading(SYSTEM),
    "integrations:change_source": form(SYSTEM),
    "integrations:set_secret": form(SYSTEM),
    "integrations:try_source": sending(SYSTEM),
    "integrations:read_source": sending(SYSTEM),
}

PAGES: dict[str, Methods] = {
    **OF_SOURCES,
    **OF_ANYBODY,
    **OF_LINKS,
    **OF_THE_LOG,
    **OF_RECORDS,
    **OF_ONESELF,
    **OF_THE_SCHOOL,
    **OF_SOCIAL_SERVICES,
    **OF_BOTH_SIDES,
    **OF_PEOPLE,
}
"""Every address of the product by its name. A name is never inherited: a new address needs a row of its own."""
