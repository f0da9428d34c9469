"""What a page is, in words that a parent understands. A page without words of its own gets those of its app."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PAGES: dict[str, str | Promise] = {
    "attendance:pupil_list": _("the list of pupils"),
    "attendance:pupil_detail": _("the pupil's absence"),
    "attendance:signal_list": _("the list of early signals about absence"),
    "attendance:answer_signal": _("an early signal about absence"),
    "attendance:log_concern": _("the form for a concern"),
    "attendance:concern_detail": _("a concern"),
    "attendance:concern_saved": _("a concern"),
    "attendance:report_duty": _("a concern"),
    "attendance:answer_concern": _("a concern"),
    "cases:todo": _("the start page with what is to be done"),
    "cases:case_list": _("the list of cases"),
    "cases:objection": _("what school and social services disagree about"),
    "cases:place_request": _("which unit takes a request that has been sent on twice"),
    "cases:write_other_version": _("the other side’s version of a disagreement"),
    "cases:stalled_list": _("the list of cases that stand still"),
    "cases:deviation_list": _("the list of deviations in the co-operation"),
    "cases:deviation_detail": _("a deviation in the co-operation"),
    "cases:register_deviation": _("a deviation in the co-operation"),
    "cases:export_deviations": _("the file of deviations in the co-operation"),
    "cases:stalled_case": _("the page of a case that stands still"),
    "cases:who_waits": _("the list of who waits for whom"),
    "cases:inbox": _("the list of requests that have come in"),
    "cases:case_detail": _("the case"),
    "cases:internal_notes": _("the unit's own notes in the case"),
    "cases:shared_items": _("what has been shared in the case"),
    "cases:close_case": _("the closing of the case"),
    "cases:request_support": _("a request for support"),
    "cases:check_request": _("a request for support"),
    "cases:request_sent": _("a request for support"),
    "cases:withdraw_request": _("a request for support"),
    "cases:assess_request": _("a request for support"),
    "cases:decline_request": _("a request for support"),
    "cases:confirm_no": _("a request for support"),
    "cases:send_no_back": _("a request for support"),
    "cases:allocate_request": _("a request for support"),
    "oversight:who_has_read": _("who has read about the pupil"),
    "oversight:who_has_read_in_case": _("who has read about the pupil"),
    "oversight:review_reading": _("the review of a reading"),
    "oversight:extract_detail": _("the log extract"),
    "oversight:print_extract": _("the log extract"),
    "oversight:find_pupil": _("the search for whose log is asked for"),
}

OF_REPORTS = frozenset(
    f"cases:{name}"
    for name in (
        "report_concern", "report_detail", "report_list", "ask_about_report", "name_report_readers", "report_inbox",
        "report_intake", "confirm_report", "send_report_on",
        "say_report_not_found", "assess_report", "decide_report", "extend_report",
        "tell_reporter", "leave_untold", "prolong_report_investigation", "end_report_investigation",
        "record_report_meeting",
    )
)  # fmt: skip
"""Pages of concern reports have no words of their own: that a child has been reported is secret (OSL 40:7 g)."""

APPS: dict[str, str | Promise] = {
    "attendance": _("a page about the pupil's absence"),
    "cases": _("a page of the case"),
    "integrations": _("a page of a file with absence"),
}
OTHER = _("a page about the pupil")


def words_for(page: str) -> str:
    """Return what the page with this URL name is."""
    if page in OF_REPORTS:
        return str(OTHER)
    return str(PAGES.get(page) or APPS.get(page.partition(":")[0]) or OTHER)
