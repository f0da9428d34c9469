"""A mail server reports later that a mail did not arrive: the report is read, and the mail counts as refused."""

import io
import sys
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from notifications.actions import print_of
from notifications.failing import note_bounce
from notifications.models import Mail
from tests.factories.accounts import MembershipFactory
from wall import identity
from wall.roles import OUTBOX

pytestmark = pytest.mark.django_db

REPORT = """\
From: MAILER-DAEMON@mail.example (Mail Delivery System)
To: no-reply@narvaro.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="between"

--between
Content-Type: text/plain; charset=us-ascii

Your message could not be delivered.

--between
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; somebody@school.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {told}

--between
Content-Type: {copy}

Message-ID: <{about}@narvaro.example>
Subject: =?utf-8?q?N=C3=A4rvarobryggan=3A_1_att_g=C3=B6ra?=
From: no-reply@narvaro.example

--between--
"""


@pytest.fixture
def sent():
    at = timezone.now()
    return Mail.objects.create(
        user=MembershipFactory().user, kind=Mail.Kind.LATE, once=print_of(at), created_at=at, not_before=at,
        status=Mail.Status.SENT, tried_at=at, ended_at=at,
    )  # fmt: skip


def report(about, action="failed", status="5.1.1", told="550 5.1.1 User unknown", copy="text/rfc822-headers"):
    return REPORT.format(about=about, action=action, status=status, told=told, copy=copy).encode()


def noted(raw):
    with identity.becoming(OUTBOX):
        return note_bounce(raw, at=timezone.now())


@pytest.mark.parametrize("copy", ["text/rfc822-headers", "message/rfc822"])
def test_a_mail_that_came_back_counts_as_refused(sent, copy):
    assert noted(report(sent.pk, copy=copy, told="554 5.7.1 No"))
    assert not noted(report(sent.pk, copy=copy)), "the second time there is nothing to note"

    sent.refresh_from_db()
    assert (sent.status, sent.code) == ("refused", 554)


def test_a_report_without_a_number_of_the_old_kind_counts_as_no_such_mailbox(sent):
    assert noted(report(sent.pk, told="mailbox has gone"))

    sent.refresh_from_db()
    assert sent.code == 550


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe not a mail",
        b"Subject: hej\n\nJag undrar.",
        report(uuid4()),
        report("not-an-id"),
    ],
)
def test_what_is_no_report_of_ours_changes_nothing(sent, raw):
    assert not noted(raw)

    sent.refresh_from_db()
    assert sent.status == "sent"


@pytest.mark.parametrize(("action", "status"), [("delayed", "4.4.1"), ("delivered", "2.0.0"), ("failed", "4.2.2")])
def test_a_delay_is_no_failure(sent, action, status):
    assert not noted(report(sent.pk, action=action, status=status))


def test_a_mail_server_hands_a_report_over_by_a_command(sent, monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(report(sent.pk))))
    out = io.StringIO()

    call_command("note_bounce", stdout=out)

    sent.refresh_from_db()
    assert (sent.status, out.getvalue().strip()) == ("refused", "noted")
