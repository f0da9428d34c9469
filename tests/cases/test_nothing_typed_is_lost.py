"""Whatever happens while a request is written, what was typed is there afterwards."""

from django.urls import reverse
from django.utils import timezone

from cases.actions.drafts import save_draft
from cases.models import Disclosure, Referral, RequestDraft
from cases.views.requests import request_address
from tests.accounts.sessions import end_by_idleness
from tests.cases.test_request_support import pupil, send, typed, write  # noqa: F401 (fixtures)

PASSWORD = "långt ord med hästar"

# --- Nothing typed is lost --------------------------------------------------------------------------------------------


def test_a_second_window_does_not_write_over_the_first(cast, pupil, enter):  # noqa: F811
    client = enter(cast.counsellor)
    first = client.get(request_address(pupil)).context["based_on"]
    client.post(request_address(pupil), {"why_now": "Skrivet i ena fönstret", "based_on": first, "save": "draft"})
    stale = {"why_now": "Skrivet i andra", "based_on": "2026-01-01T00:00:00+00:00", "save": "draft"}

    response = client.post(request_address(pupil), stale)

    assert response.status_code == 409
    assert "Skrivet i ena fönstret" in response.text
    assert "Skrivet i andra" in response.text
    assert RequestDraft.objects.get().content["why_now"] == "Skrivet i ena fönstret"
    again = client.post(request_address(pupil), stale | {"based_on": response.context["based_on"]})
    assert again.status_code == 302
    assert RequestDraft.objects.get().content["why_now"] == "Skrivet i andra"


def test_keeping_in_the_background_saves_nothing_over_another_window(cast, pupil, enter):  # noqa: F811
    save_draft(pupil=pupil, content={"why_now": "Ena"}, by=cast.counsellor, at=timezone.now())

    response = enter(cast.counsellor).post(
        request_address(pupil), {"why_now": "Andra", "based_on": "", "save": "draft"}, headers={"HX-Request": "true"}
    )

    assert "Not saved" in response.text
    assert RequestDraft.objects.get().content["why_now"] == "Ena"


def test_the_draft_is_there_after_signing_out_and_in(cast, pupil, enter):  # noqa: F811
    client = enter(cast.counsellor)
    client.post(request_address(pupil), {"what_hinders": "Halvskrivet", "save": "draft"})
    client.post(reverse("account_logout"))

    assert "Halvskrivet" in enter(cast.counsellor).get(request_address(pupil)).text


def test_what_was_typed_when_the_session_ended_comes_back_after_signing_in(cast, pupil, client):  # noqa: F811
    user = cast.counsellor.user
    user.set_password(PASSWORD)
    user.save()
    client.post("/sign-in/", {"login": user.email, "password": PASSWORD})
    end_by_idleness(client)

    answer = client.post(request_address(pupil), {"what_hinders": "Skrivet i en timme", "guardian_1_answer": "no"})
    page = client.post(answer.url, {"login": user.email, "password": PASSWORD}, follow=True)

    assert page.request["PATH_INFO"] == reverse("cases:request_support")
    assert "Skrivet i en timme" in page.text
    assert not RequestDraft.objects.exists()


def test_sending_twice_at_once_gives_one_copy(cast, pupil, typed, enter):  # noqa: F811
    client = enter(cast.counsellor)
    address = write(client, pupil, typed)
    seen_print = {"seen": client.get(address).context["send_form"].initial["seen"]}

    pages = [client.post(address, seen_print) for _ in range(3)]

    assert {page.url for page in pages} == {reverse("cases:request_sent", args=[Referral.objects.get().pk])}
    assert Disclosure.objects.count() == 1
