"""What becomes of a concern: said once, read by the one who logged it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from attendance import actions
from attendance.models import Concern
from audit.models import AccessRecord, AuditEvent
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import ConcernFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def concern(pupil, mentor, counsellor):
    return ConcernFactory(enrolment=pupil.enrolments.get(), logged_by=mentor, holder=counsellor)


def url(concern, page="answer_concern"):
    return reverse(f"attendance:{page}", args=[concern.pk])


def test_the_answer_is_kept_and_the_writer_reads_it(client, sign_in, concern, counsellor, mentor):
    response = sign_in(counsellor).post(url(concern), {"answer": "follow", "text": "Jag pratar med Alva i dag."})
    assert response.url == url(concern, "concern_detail")

    page = sign_in(mentor).get(url(concern, "concern_detail")).content.decode()

    assert "Jag pratar med Alva i dag." in page
    assert AuditEvent.objects.filter(action="concern answered", details={"answer": "follow"}).exists()
    assert AccessRecord.objects.filter(page="attendance:concern_detail", pupils=[concern.pupil_id]).exists()


def test_requesting_support_leads_on_to_the_request(sign_in, concern, counsellor, pupil):
    response = sign_in(counsellor).post(url(concern), {"answer": "request", "text": "Vi ber Farsta om hjälp."})

    assert response.url == f"{reverse('cases:request_support')}?pupil={pupil.pk}"


@pytest.mark.parametrize("told", [{"answer": "", "text": "Ja"}, {"answer": "close", "text": ""}])
def test_an_answer_needs_a_choice_and_words(sign_in, concern, counsellor, told):
    response = sign_in(counsellor).post(url(concern), told)

    assert response.status_code == 422
    concern.refresh_from_db()
    assert not concern.answer


def test_a_second_answer_is_refused_and_the_first_shown(sign_in, concern, counsellor, principal):
    actions.answer_concern(
        concern=concern, answer=Concern.Answer.FOLLOW, text="Vi följer.", by=counsellor, at=timezone.now()
    )

    response = sign_in(principal).post(url(concern), {"answer": "close", "text": "Nej."}, follow=True)

    concern.refresh_from_db()
    assert concern.answer_text == "Vi följer."
    assert "A colleague has already answered" in response.content.decode()


def test_a_mentor_does_not_answer(sign_in, concern, mentor):
    assert sign_in(mentor).get(url(concern)).status_code == 403
    with pytest.raises(actions.NotAllowed):
        actions.answer_concern(concern=concern, answer="close", text="Nej", by=mentor, at=timezone.now())


def test_a_concern_is_hidden_from_other_mentors_and_other_schools(sign_in, concern, group):
    other_mentor = MembershipFactory(mentor=True, unit=group.school.unit)
    group.mentors.add(other_mentor)

    assert sign_in(other_mentor).get(url(concern, "concern_detail")).status_code == 404
    assert sign_in(MembershipFactory(principal=True)).get(url(concern, "concern_detail")).status_code == 404
    assert sign_in(MembershipFactory(principal=True)).get(url(concern)).status_code == 404


@pytest.fixture
def three(concern, pupil, mentor, counsellor):
    """The concern, another about the pupil, and one that a colleague has answered."""
    more = [ConcernFactory(enrolment=pupil.enrolments.get(), logged_by=mentor, holder=counsellor) for _one in range(2)]
    actions.answer_concern(concern=more[1], answer=Concern.Answer.CLOSE, text="Löst.", by=counsellor, at=timezone.now())
    return [concern, *more]


def test_one_answer_answers_the_pupils_other_concerns_that_are_ticked(client, sign_in, three, counsellor):
    asked, other, closed = three
    page = sign_in(counsellor).get(url(asked)).content.decode()
    assert page.count('name="also"') == 1
    assert "checked" in page.split('name="also"')[1].split(">")[0]

    told = {"answer": "follow", "text": "Vi följer Alva.", "also": [other.pk]}
    response = sign_in(counsellor).post(url(asked), told, follow=True)

    answers = {row.pk: row.answer_text for row in Concern.objects.all()}
    assert answers == {asked.pk: "Vi följer Alva.", other.pk: "Vi följer Alva.", closed.pk: "Löst."}
    assert "You have answered 2 concerns" in response.content.decode()


def test_what_is_not_ticked_still_waits(sign_in, three, counsellor):
    asked, other, _closed = three

    sign_in(counsellor).post(url(asked), {"answer": "follow", "text": "Vi följer Alva."})

    other.refresh_from_db()
    assert not other.answer


def test_a_concern_about_somebody_else_is_not_answered_along(sign_in, concern, counsellor):
    stranger = ConcernFactory()

    told = {"answer": "follow", "text": "Så.", "also": [stranger.pk]}
    response = sign_in(counsellor).post(url(concern), told)

    assert response.status_code in (302, 422)
    stranger.refresh_from_db()
    assert not stranger.answer
    with pytest.raises(actions.NotAllowed):
        actions.answer_concern(
            concern=concern, answer="follow", text="Så.", also=[stranger], by=counsellor, at=timezone.now()
        )
