"""What each side can read in each state, by asking every page that its role may open: a field is known by its mark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.test import Client

from accounts.models import Membership
from cases.models import (
    Case,
    ConcernReport,
    Consent,
    Decision,
    DecisionReason,
    Disclosure,
    Event,
    Feedback,
    Hold,
    JointMeeting,
    Objection,
    ObjectionAnswer,
    Obligation,
    PreparedNo,
    Question,
    QueuePlace,
    ReportHandling,
    SchoolNote,
    SocialNote,
)
from schools.models import Pupil
from socialservices.models import ReasonCode
from tests.architecture.addresses import all_pages
from tests.wall.crawl import SKIPPED, addresses_of, answer_of, signed_in
from tests.wall.world import without_triggers

EACH = 12
MARK = "Falt{:03d}x"
ASKED = ("cases:", "attendance:pupil_detail", "records:", "followup:", "oversight:who_has_read")
"""Where a case can show: all pages are asked by the leak tests."""
IN_PARTS = (
    "cases:acknowledge_request", "cases:accept_request", "cases:ask_question", "cases:queue_request",
    "cases:redirect_request", "cases:decline_request", "attendance:pupil_detail",
)  # fmt: skip
"""Pages that are asked for in part, too."""
LEFT_OUT = {
    "cases:hand_over", "cases:resume", "cases:move_date", "cases:say_no_change", "cases:remind", "cases:lift_case",
    "cases:protect_pupil", "cases:request_setting", "cases:note_gap", "cases:report_guidance", "cases:send_back",
    "cases:settings_home", "cases:unit_settings", "cases:set_reason", "cases:check_request",
    "cases:name_report_readers",
    "cases:request_support",
}  # fmt: skip
"""Pages with no more of a case than its header, which others show, or with a unit's list of all reasons."""
PARTIAL = {"HTTP_HX_REQUEST": "true"}
FRAME = {"giver", "answer", "form", "given_on", "valid_to", "scope", "born_on", "written_on", "absence", "grade"}


def fields() -> Iterator[tuple[str, models.QuerySet[Any], str]]:
    """Give every field of a case that is somebody's words or codes: what it is called, its rows and its column."""
    copies = Disclosure.objects.all()
    yield "the pupil's family name", Pupil.objects.all(), "family_name"
    yield "the request as shared", copies.filter(what="request"), "content"
    yield "what the school told later", copies.exclude(what="request"), "content"
    yield "consent: the interpreter", Consent.objects.exclude(interpreter=""), "interpreter"
    yield "question", Question.objects.all(), "text"
    yield "answer to the question", Question.objects.exclude(answer=""), "answer"
    yield "queue: what happens meanwhile", QueuePlace.objects.all(), "interim"
    given = DecisionReason.objects.all()
    yield "reason: the code", ReasonCode.objects.filter(pk__in=given.values("code")), "title_en"
    yield "reason: own words", given, "rationale"
    yield "reason: what was tried", given.exclude(tried=""), "tried"
    yield "reason: why all the same", given.exclude(nevertheless=""), "nevertheless"
    yield "what the school should do", Decision.objects.exclude(advice=""), "advice"
    yield "prepared no: own words", PreparedNo.objects.all(), "rationale"
    yield "prepared no: why sent back", PreparedNo.objects.exclude(why_back=""), "why_back"
    yield "the next step in words", Obligation.objects.exclude(task=""), "task"
    yield "what happened, in words", Event.objects.exclude(text="").exclude(kind="lift_answered"), "text"
    yield "why it is paused", Hold.objects.exclude(reason="question"), "reason"
    yield "feedback", Feedback.objects.all(), "text"
    yield "reply to feedback", Feedback.objects.exclude(reply=""), "reply"
    yield "last word to the pupil", Case.objects.filter(~Q(final_word="")), "final_word"
    yield "objection: the school's version", Objection.objects.exclude(disagreement=""), "disagreement"
    yield "objection: the unit's version", Objection.objects.exclude(other_version=""), "other_version"
    answers = ObjectionAnswer.objects.all()
    yield "objection: why a manager answers so", answers, "reason"
    yield "objection: the conditions of a yes", answers.exclude(conditions=""), "conditions"
    yield "meeting: what is to be decided", JointMeeting.objects.all(), "question"
    yield "note of the school", SchoolNote.objects.all(), "text"
    yield "note of social services", SocialNote.objects.all(), "text"
    yield "concern report: the reference", ConcernReport.objects.exclude(reference=""), "reference"
    yield "concern report: why not opened", ReportHandling.objects.exclude(words=""), "words"


def plant() -> dict[str, str]:
    """Put a mark of its own into every field that has something in it; return what each mark stands for."""
    planted: dict[str, str] = {}
    with without_triggers():
        for label, rows, column in fields():
            mark = MARK.format(len(planted) + 1)
            for row in list(rows.defer(None)):
                value = marked(getattr(row, column), mark)
                type(row)._base_manager.filter(pk=row.pk).update(**{column: value})
                planted[mark] = label
    return planted


def marked(value: Any, mark: str) -> Any:
    """Return the value with every text in it the mark."""
    if isinstance(value, dict):
        return {key: each if key in FRAME else marked(each, mark) for key, each in value.items()}
    if isinstance(value, list):
        return [marked(each, mark) for each in value]
    return mark if isinstance(value, str) and value else value


@dataclass
class Read:
    """What one reader has read, and where each field first stood."""

    where: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def take_in(self, path: str, text: str, status: int, planted: dict[str, str]) -> None:
        """Note the fields in an answer."""
        if status >= 500:
            self.errors.append(f"{path} {status}")
        for mark, label in planted.items():
            if mark in text:
                self.where.setdefault(label, path)


def read_by(reader: Membership, planted: dict[str, str]) -> Read:
    """Ask for every page that the reader's role opens, whole, in part, and with a form sent empty."""
    client, read = signed_in(reader), Read()
    for page in all_pages():
        if page.name in SKIPPED | LEFT_OUT or not page.name.startswith(ASKED) or not page.lets_in(reader.role, "GET"):
            continue
        for path in addresses_of(page, EACH):
            text, status = answer_of(client, path)
            read.take_in(path, text, status, planted)
            if status in {403, 404}:
                continue  # That such a page answers nothing else either, the leak tests ask.
            if page.name in IN_PARTS:
                read.take_in(f"{path} in part", *_sent(client, "get", path, **PARTIAL), planted)
            if page.name.startswith("cases:") and page.lets_in(reader.role, "POST"):
                read.take_in(f"{path} sent empty", *_sent(client, "post", path), planted)
    return read


def _sent(client: Client, method: str, path: str, **headers: Any) -> tuple[str, int]:
    """Send a request; what it changed is undone."""
    with transaction.atomic():
        response = getattr(client, method)(path, **headers)
        body = response.content.decode(errors="replace") + str(dict(response.headers))
        transaction.set_rollback(True)
    return body, response.status_code
