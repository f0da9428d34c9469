"""Whatever happens while a concern is written, what was typed is there afterwards, and nobody else reads it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from attendance import actions
from attendance.concern_draft_actions import save_concern_draft
from attendance.models import Concern, ConcernDraft
from records.policy import load_policy
from records.selection import as_lists, due
from tests.accounts.sessions import end_by_idleness
from tests.attendance.classes import enrol
from tests.attendance.test_log_concern import URL, told
from tests.factories.schools import ClassGroupFactory

pytestmark = pytest.mark.django_db
PASSWORD = "långt ord med hästar"
HTMX = {"HX-Request": "true"}


def about(pupil):
    return f"{URL}?pupil={pupil.pk}"


def begun(pupil, writer, text="Halvskrivet"):
    content = told(pupil, text=text)
    return save_concern_draft(pupil=pupil, content=content, based_on="", by=writer, at=timezone.now())


def test_what_is_typed_is_kept_while_somebody_writes_and_is_there_again(sign_in, mentor, pupil):
    client = sign_in(mentor)
    kept = client.post(about(pupil), told(pupil, talked="", text="Sa att") | {"save": "draft"}, headers=HTMX)

    assert kept.status_code == 200
    assert "Draft saved" in kept.content.decode()
    assert not Concern.objects.exists()
    form = client.get(about(pupil)).context["form"]
    assert (form["text"].value(), form["signs"].value()) == ("Sa att", ["often_away", "leaves_early"])
    assert form["submission"].value() != ConcernDraft.objects.get().content["submission"]


def test_the_page_without_a_pupil_lists_what_one_has_begun(sign_in, mentor, pupil):
    begun(pupil, mentor)

    page = sign_in(mentor).get(URL).content.decode()

    assert "You have begun to write" in page
    assert about(pupil) in page


def test_a_pupil_chosen_on_the_page_is_enough_for_a_draft(sign_in, mentor, pupil):
    client = sign_in(mentor)

    nothing = client.post(URL, told(pupil, pupil="") | {"save": "draft"}, headers=HTMX)
    assert "Nothing is kept until you have chosen a pupil" in nothing.content.decode()
    refused = client.post(URL, told(pupil, pupil="", talked="") | {"save": "draft"})
    assert refused.status_code == 422
    assert "Choose a pupil" in refused.content.decode()
    assert "Say whether you have talked" not in refused.content.decode()

    saved = client.post(URL, told(pupil, harm_suspected="") | {"save": "draft"})
    assert saved.url == about(pupil)
    assert ConcernDraft.objects.get().writer == mentor


def test_a_concern_that_is_saved_leaves_no_draft(sign_in, mentor, pupil):
    client = sign_in(mentor)
    sent = told(pupil)
    client.post(about(pupil), sent | {"save": "draft"}, headers=HTMX)

    client.post(about(pupil), sent)

    assert Concern.objects.count() == 1
    assert not ConcernDraft.objects.exists()


def test_a_draft_opened_again_and_sent_at_once_is_gone(sign_in, mentor, pupil):
    begun(pupil, mentor)
    client = sign_in(mentor)
    page = client.get(about(pupil))

    client.post(about(pupil), told(pupil) | {"based_on": page.context["based_on"]})

    assert Concern.objects.count() == 1
    assert not ConcernDraft.objects.exists()


def test_a_second_window_does_not_write_over_the_first(sign_in, mentor, pupil):
    client = sign_in(mentor)
    client.post(about(pupil), told(pupil, text="Skrivet i ena fönstret") | {"based_on": "", "save": "draft"})
    stale = told(pupil, text="Skrivet i andra") | {"based_on": "", "save": "draft"}

    in_background = client.post(about(pupil), stale, headers=HTMX)
    assert "Not saved" in in_background.content.decode()
    response = client.post(about(pupil), stale)

    assert response.status_code == 409
    page = response.content.decode()
    assert "Skrivet i ena fönstret" in page
    assert "Skrivet i andra" in page
    assert ConcernDraft.objects.get().content["text"] == "Skrivet i ena fönstret"
    again = client.post(about(pupil), stale | {"based_on": response.context["based_on"]})
    assert again.status_code == 302
    assert ConcernDraft.objects.get().content["text"] == "Skrivet i andra"


def test_a_window_that_never_got_the_answer_goes_on_saving(sign_in, mentor, pupil):
    client = sign_in(mentor)
    same = told(pupil) | {"based_on": "", "save": "draft"}
    client.post(about(pupil), same, headers=HTMX)

    client.post(about(pupil), same | {"text": "Mer text"}, headers=HTMX)

    assert ConcernDraft.objects.get().content["text"] == "Mer text"


def test_saving_in_one_window_keeps_what_another_has_typed_since(sign_in, mentor, pupil):
    client = sign_in(mentor)
    client.post(about(pupil), told(pupil, text="Skrivet i andra") | {"based_on": "", "save": "draft"}, headers=HTMX)

    client.post(about(pupil), told(pupil, text="Skrivet i ena") | {"based_on": ""})

    assert Concern.objects.get().text == "Skrivet i ena"
    assert ConcernDraft.objects.get().content["text"] == "Skrivet i andra"


def test_the_draft_is_thrown_away_when_its_writer_says_so(sign_in, mentor, pupil):
    begun(pupil, mentor)
    client = sign_in(mentor)
    address = reverse("attendance:throw_away_draft", args=[pupil.pk])
    assert address in client.get(about(pupil)).content.decode()

    assert client.get(address).status_code == 405
    assert ConcernDraft.objects.exists()
    assert client.post(address).status_code == 302
    assert not ConcernDraft.objects.exists()


def test_nobody_but_its_writer_reads_or_removes_a_draft(sign_in, mentor, counsellor, principal, pupil):
    begun(pupil, mentor)
    for other in (counsellor, principal):
        client = sign_in(other)
        assert "Halvskrivet" not in client.get(about(pupil)).content.decode()
        assert "Halvskrivet" not in client.get(URL).content.decode()
        client.post(reverse("attendance:throw_away_draft", args=[pupil.pk]))

    assert ConcernDraft.objects.get().writer == mentor


def test_a_draft_cannot_be_about_a_pupil_one_does_not_work_with(sign_in, mentor):
    stranger = enrol(ClassGroupFactory(name="9C"))
    client = sign_in(mentor)

    client.post(about(stranger), told(stranger) | {"save": "draft"})
    client.post(URL, told(stranger) | {"save": "draft"}, headers=HTMX)

    assert not ConcernDraft.objects.exists()
    with pytest.raises(actions.NotAllowed):
        begun(stranger, mentor)


def test_what_was_typed_when_the_session_ended_comes_back_after_signing_in(client, mentor, pupil):
    user = mentor.user
    user.set_password(PASSWORD)
    user.save()
    client.post("/sign-in/", {"login": user.email, "password": PASSWORD})
    end_by_idleness(client)

    answer = client.post(about(pupil), told(pupil, text="Skrivet i en timme", talked=""))
    page = client.post(answer.url, {"login": user.email, "password": PASSWORD}, follow=True)

    assert page.request["PATH_INFO"] == URL
    assert "Skrivet i en timme" in page.content.decode()
    assert not Concern.objects.exists()


def test_text_with_a_null_character_is_kept_without_it(sign_in, mentor, pupil):
    sign_in(mentor).post(about(pupil), told(pupil, text="Sa\x00 att") | {"save": "draft"}, headers=HTMX)

    assert ConcernDraft.objects.get().content["text"] == "Sa att"


def test_a_draft_is_let_go_of_after_sixty_days(mentor, pupil):
    draft = begun(pupil, mentor)
    saved = timezone.localdate(draft.saved_at)

    def due_on(day):
        return as_lists(due(load_policy(), day)).get("concern_drafts", [])

    assert due_on(saved + timedelta(days=60)) == []
    assert due_on(saved + timedelta(days=61)) == [f"concern_draft:{draft.pk}"]
