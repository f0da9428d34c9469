"""Where the principal sends: a finished draft waits in the principal's To do, and comes back with a word."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.actions.drafts import leave_to_principal, save_draft, send_back, set_sending
from cases.drafts_to_do import draft_dates
from cases.ledger import AlreadyDone, NotAllowed
from cases.models import Disclosure, Referral, RequestDraft, RequestSetting
from cases.views.requests import request_address
from deadlines.working_days import add_working_days
from tests.cases.test_request_support import pupil, send, typed, write  # noqa: F401 (fixtures)
from tests.factories.cases import a_pupil

NOW = timezone.now


@pytest.fixture
def strict(cast):
    """The principal has said that only the principal sends."""
    return set_sending(principal_sends=True, by=cast.principal, at=NOW())


def finished(cast, pupil, typed, enter) -> RequestDraft:  # noqa: F811
    client = enter(cast.counsellor)
    response = send(client, write(client, pupil, typed))
    assert response.url == reverse("cases:todo")
    return RequestDraft.objects.get()


def test_a_principal_says_who_sends_and_nobody_else_does(cast, enter):
    address = reverse("cases:request_setting")
    client = enter(cast.principal)

    assert client.post(address, {"principal_sends": "on"}).url == address
    assert "checked" in client.get(address).text

    assert RequestSetting.objects.get().set_by == cast.principal
    assert enter(cast.counsellor).get(address).status_code == 403
    with pytest.raises(NotAllowed):
        set_sending(principal_sends=False, by=cast.counsellor, at=NOW())


def test_a_finished_draft_waits_for_the_principal_and_nothing_has_left_the_school(cast, pupil, typed, enter, strict):  # noqa: F811
    draft = finished(cast, pupil, typed, enter)

    assert draft.ready_at is not None
    assert not Referral.objects.exists()
    assert not Disclosure.objects.exists()
    page = enter(cast.principal).get(reverse("cases:todo"))
    (row,) = [row for group in page.context["to_do"].groups for row in group.rows if row.key == f"draft-{draft.pk}"]
    assert row.due_on == add_working_days(timezone.localdate(), 2)
    assert row.url == reverse("cases:check_request", args=[draft.pk])


def test_the_principal_reads_what_the_receiver_will_read_and_sends_it(cast, pupil, typed, enter, strict):  # noqa: F811
    draft = finished(cast, pupil, typed, enter)
    client = enter(cast.principal)
    address = reverse("cases:check_request", args=[draft.pk])
    assert "Har ont i magen på morgnarna." in client.get(address).text

    response = send(client, address)

    referral = Referral.objects.get()
    assert response.url == reverse("cases:request_sent", args=[referral.pk])
    assert referral.sent_by == cast.principal
    assert not RequestDraft.objects.exists()


def test_only_the_principal_of_the_school_reads_it(cast, pupil, typed, enter, strict):  # noqa: F811
    draft = finished(cast, pupil, typed, enter)
    address = reverse("cases:check_request", args=[draft.pk])

    assert enter(cast.principal).get(address).status_code == 200
    assert enter(cast.counsellor).get(address).status_code == 200
    assert enter(cast.other_counsellor).get(address).status_code == 404
    assert enter(cast.mentor).get(address).status_code == 403
    assert enter(cast.worker).get(address).status_code == 403


def test_an_unfinished_draft_stays_its_writers(cast, pupil, typed, enter, strict):  # noqa: F811
    write(enter(cast.counsellor), pupil, typed)

    assert not RequestDraft.objects.visible_to(cast.principal).exists()


def test_it_comes_back_with_a_word_and_is_left_again(cast, pupil, typed, enter, strict):  # noqa: F811
    draft = finished(cast, pupil, typed, enter)
    address = reverse("cases:send_back", args=[draft.pk])
    client = enter(cast.principal)
    assert client.post(address, {"why": ""}).status_code == 422

    assert client.post(address, {"why": "Skriv mer om morgnarna."}).url == reverse("cases:todo")

    client = enter(cast.counsellor)
    assert "Skriv mer om morgnarna." in client.get(request_address(pupil)).text
    rows = [row.key for group in client.get(reverse("cases:todo")).context["to_do"].groups for row in group.rows]
    assert f"draft-{draft.pk}" in rows
    finished(cast, pupil, typed | {"what_hinders": "Nytt."}, enter)
    draft.refresh_from_db()
    assert draft.sent_back_at is None
    assert draft.sent_back_why == ""
    assert RequestDraft.objects.waiting().get() == draft


def test_writing_on_makes_it_a_draft_again(cast, pupil, typed, enter, strict):  # noqa: F811
    finished(cast, pupil, typed, enter)

    save_draft(pupil=pupil, content=typed, by=cast.counsellor, at=NOW())

    assert not RequestDraft.objects.waiting().exists()


def test_leaving_twice_is_leaving_once_and_sending_back_twice_says_so(cast, pupil, typed, enter, strict):  # noqa: F811
    draft = finished(cast, pupil, typed, enter)
    first = draft.ready_at
    leave_to_principal(draft=draft, by=cast.counsellor, at=NOW() + timedelta(hours=1))
    draft.refresh_from_db()
    assert draft.ready_at == first

    send_back(draft=draft, why="Mer.", by=cast.principal, at=NOW())
    with pytest.raises(AlreadyDone):
        send_back(draft=draft, why="Mer.", by=cast.principal, at=NOW())
    with pytest.raises(NotAllowed):
        send_back(draft=draft, why="Mer.", by=cast.counsellor, at=NOW())


def test_a_counsellor_who_may_send_has_nobody_to_leave_it_to(cast, pupil, typed, enter):  # noqa: F811
    write(enter(cast.counsellor), pupil, typed)

    with pytest.raises(NotAllowed):
        leave_to_principal(draft=RequestDraft.objects.get(), by=cast.counsellor, at=NOW())


def test_to_do_asks_as_many_questions_for_one_draft_as_for_three(cast, enter, strict, django_assert_num_queries):
    def leave():
        draft = save_draft(pupil=a_pupil(cast), content={}, by=cast.counsellor, at=NOW())
        leave_to_principal(draft=draft, by=cast.counsellor, at=NOW())

    leave()
    today = timezone.localdate()
    with CaptureQueriesContext(connection) as one:
        draft_dates(cast.principal, today)
    leave()
    leave()

    with django_assert_num_queries(len(one)):
        assert len(draft_dates(cast.principal, today)) == 3
