"""Addresses of the start page, requests, incoming, cases and the board of stalled ones."""

from django.urls import path

from .views import (
    answers,
    case_pages,
    checking,
    consents,
    consultations,
    inbox,
    meetings,
    obligations,
    protection,
    replies,
    report_intake,
    reports,
    requests,
    sending,
    stalled,
    todo,
    work,
)

app_name = "cases"
urlpatterns = [
    path("", todo.todo, name="todo"),
    # Outside the system
    path("pupils/<uuid:pupil_id>/protect/", protection.protect_pupil, name="protect_pupil"),
    # Who has agreed to what, and what was shared
    path("pupils/<uuid:pupil_id>/consents/", consents.pupil_consents, name="pupil_consents"),
    path("pupils/<uuid:pupil_id>/shared/", consents.shared_about_pupil, name="shared_about_pupil"),
    path("cases/<uuid:case_id>/consents/<uuid:unit_id>/", consents.note_consents, name="note_consents"),
    path("consents/<uuid:consent_id>/withdraw/", consents.withdraw_consent, name="withdraw_consent"),
    # The school asks
    path("requests/new/", requests.request_support, name="request_support"),
    path("requests/new/<uuid:draft_id>/check/", checking.check_request, name="check_request"),
    path("requests/new/<uuid:draft_id>/send-back/", checking.send_back, name="send_back"),
    path("settings/requests/", sending.request_setting, name="request_setting"),
    path("pupils/<uuid:pupil_id>/gap/", sending.note_gap, name="note_gap"),
    path("requests/<uuid:referral_id>/sent/", requests.request_sent, name="request_sent"),
    path("requests/<uuid:referral_id>/withdraw/", requests.withdraw_request, name="withdraw_request"),
    path("requests/<uuid:referral_id>/answer-question/", replies.answer_question, name="answer_question"),
    path("requests/<uuid:referral_id>/respond/", replies.respond_to_no, name="respond_to_no"),
    # Social services answer
    path("intake/", inbox.inbox, name="inbox"),
    path("intake/<uuid:referral_id>/", inbox.assess_request, name="assess_request"),
    path("intake/<uuid:referral_id>/acknowledge/", answers.acknowledge_request, name="acknowledge_request"),
    path("intake/<uuid:referral_id>/accept/", answers.accept_request, name="accept_request"),
    path("intake/<uuid:referral_id>/ask/", answers.ask_question, name="ask_question"),
    path("intake/<uuid:referral_id>/queue/", answers.queue_request, name="queue_request"),
    path("intake/<uuid:referral_id>/redirect/", answers.redirect_request, name="redirect_request"),
    path("intake/<uuid:referral_id>/decline/", answers.decline_request, name="decline_request"),
    path("intake/<uuid:referral_id>/allocate/", answers.allocate_request, name="allocate_request"),
    # Advice without a name
    path("consultations/", consultations.consultation_list, name="consultation_list"),
    path("consultations/new/", consultations.ask_consultation, name="ask_consultation"),
    path("consultations/<uuid:consultation_id>/", consultations.consultation_detail, name="consultation_detail"),
    # Concern reports
    path("reports/", reports.report_list, name="report_list"),
    path("reports/how/", reports.report_guidance, name="report_guidance"),
    path("pupils/<uuid:pupil_id>/report/", reports.report_concern, name="report_concern"),
    path("reports/<uuid:report_id>/", reports.report_detail, name="report_detail"),
    path("reports/<uuid:report_id>/ask/", reports.ask_about_report, name="ask_about_report"),
    path("reports/<uuid:report_id>/readers/", reports.name_report_readers, name="name_report_readers"),
    path("report-intake/", report_intake.report_inbox, name="report_inbox"),
    path("report-intake/<uuid:report_id>/", report_intake.report_intake, name="report_intake"),
    path("report-intake/<uuid:report_id>/receipt/", report_intake.confirm_report, name="confirm_report"),
    path("report-intake/<uuid:report_id>/not-found/", report_intake.say_report_not_found, name="say_report_not_found"),
    path("report-intake/<uuid:report_id>/send-on/", report_intake.send_report_on, name="send_report_on"),
    path("report-intake/<uuid:report_id>/protection/", report_intake.assess_report, name="assess_report"),
    path("report-intake/<uuid:report_id>/decide/", report_intake.decide_report, name="decide_report"),
    path("report-intake/<uuid:report_id>/extend/", report_intake.extend_report, name="extend_report"),
    path("report-intake/<uuid:report_id>/tell/", report_intake.tell_reporter, name="tell_reporter"),
    path("report-intake/<uuid:report_id>/untold/", report_intake.leave_untold, name="leave_untold"),
    path(
        "report-intake/<uuid:report_id>/prolong/",
        report_intake.prolong_report_investigation,
        name="prolong_report_investigation",
    ),
    path(
        "report-intake/<uuid:report_id>/end/", report_intake.end_report_investigation, name="end_report_investigation"
    ),
    path("report-intake/<uuid:report_id>/meeting/", report_intake.record_report_meeting, name="record_report_meeting"),
    # The work
    path("work/<uuid:referral_id>/first-contact/", work.record_first_contact, name="record_first_contact"),
    path("work/<uuid:referral_id>/feedback/", work.give_feedback, name="give_feedback"),
    path("work/<uuid:referral_id>/complete/", work.complete_work, name="complete_work"),
    path("work/<uuid:referral_id>/interrupt/", work.interrupt_work, name="interrupt_work"),
    path("feedback/<uuid:feedback_id>/acknowledge/", work.acknowledge_feedback, name="acknowledge_feedback"),
    # Cases
    path("cases/", case_pages.case_list, name="case_list"),
    path("cases/<uuid:case_id>/", case_pages.case_detail, name="case_detail"),
    path("cases/<uuid:case_id>/internal/", case_pages.internal_notes, name="internal_notes"),
    path("cases/<uuid:case_id>/shared/", case_pages.shared_items, name="shared_items"),
    path("cases/<uuid:case_id>/close/", case_pages.close_case, name="close_case"),
    # The board, and getting a case to move
    path("stalled/", stalled.stalled_list, name="stalled_list"),
    path("cases/<uuid:case_id>/remind/", stalled.remind, name="remind"),
    path("cases/<uuid:case_id>/lift/", stalled.lift_case, name="lift_case"),
    path("steps/<uuid:obligation_id>/next/", obligations.set_next_step, name="set_next_step"),
    path("steps/<uuid:obligation_id>/done/", obligations.record_step, name="record_step"),
    path("steps/<uuid:obligation_id>/check/", obligations.check_advice, name="check_advice"),
    path("steps/<uuid:obligation_id>/answer-lift/", obligations.answer_lift, name="answer_lift"),
    path("work/<uuid:referral_id>/meeting/", meetings.call_meeting, name="call_meeting"),
    path("steps/<uuid:obligation_id>/answer-call/", meetings.answer_call, name="answer_call"),
    path("steps/<uuid:obligation_id>/meeting/", meetings.record_meeting, name="record_meeting"),
    path("steps/<uuid:obligation_id>/hand-over/", obligations.hand_over, name="hand_over"),
    path("steps/<uuid:obligation_id>/pause/", obligations.pause, name="pause"),
    path("steps/<uuid:obligation_id>/resume/", obligations.resume, name="resume"),
    path("steps/<uuid:obligation_id>/move-date/", obligations.move_date, name="move_date"),
    path("steps/<uuid:obligation_id>/no-change/", obligations.say_no_change, name="say_no_change"),
]
