"""A concern is logged in one page, lands with student health, and its writer sees what became of it."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from attendance import actions
from attendance.models import Concern, Signal
from audit.models import AccessRecord, AuditEvent
from deadlines.working_days import add_working_days
from tests.attendance.classes import enrol
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import ConcernFactory, SignalFactory
from tests.factories.schools import ClassGroupFactory

pytestmark = pytest.mark.django_db
URL = "/concerns/new/"


def told(about, **changes):
    return {
        "pupil": str(about.pk),
        "signs": ["often_away", "leaves_early"],
        "text": "Gick hem före matten tre måndagar.",
        "talked": "yes",
        "harm_suspected": "no",
        "submission": str(uuid4()),
        **changes,
    }


def test_a_concern_goes_to_student_health_with_five_working_days(sign_in, mentor, counsellor, pupil, today):
    response = sign_in(mentor).post(URL, told(pupil))

    concern = Concern.objects.get()
    assert response.url == reverse("attendance:concern_saved", args=[concern.pk])
    assert (concern.holder, concern.due_on) == (counsellor, add_working_days(today, 5))
    assert (concern.logged_by, concern.school_unit) == (mentor, mentor.unit)
    assert AuditEvent.objects.filter(action="concern logged", target_id=str(concern.pk)).exists()


def test_the_receipt_names_the_holder_and_the_date(sign_in, mentor, counsellor, pupil):
    response = sign_in(mentor).post(URL, told(pupil), follow=True)

    page = response.content.decode()
    assert "Sara L. (student health)" in page
    assert "You will know what happens" in page


def test_a_double_click_logs_one_concern(sign_in, mentor, pupil):
    twice = told(pupil)
    client = sign_in(mentor)

    first, second = client.post(URL, twice), client.post(URL, twice)

    assert Concern.objects.count() == 1
    assert first.url == second.url


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ({"pupil": ""}, "Choose a pupil"),
        ({"signs": [], "text": ""}, "Choose at least one, or write a sentence"),
        ({"talked": ""}, "Say whether you have talked with the pupil"),
        ({"talked": "later"}, "Write when you will talk with the pupil at the latest"),
        ({"talked": "later", "talk_by": "2020-01-01"}, "Choose today or a later day."),
        ({"harm_suspected": ""}, "Say whether you suspect that the child is being harmed"),
        ({"text": "x" * 301}, "at most 300 characters"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_logged(sign_in, mentor, pupil, missing, message):
    response = sign_in(mentor).post(URL, told(pupil, **missing))

    assert response.status_code == 422
    assert message in response.content.decode()
    assert not Concern.objects.exists()


def test_signs_or_a_sentence_is_enough(sign_in, mentor, pupil):
    client = sign_in(mentor)

    client.post(URL, told(pupil, signs=[]))
    client.post(URL, told(pupil, text="", save_as_well="on"))

    assert Concern.objects.count() == 2


def test_suspected_harm_shows_the_duty_to_report_and_the_concern_is_saved(sign_in, mentor, pupil):
    response = sign_in(mentor).post(URL, told(pupil, harm_suspected="yes"), follow=True)

    concern = Concern.objects.get()
    assert response.redirect_chain[0][0] == reverse("attendance:report_duty", args=[concern.pk])
    assert "You must make a report to social services now" in response.content.decode()


def test_not_knowing_gives_advice_on_the_receipt(sign_in, mentor, pupil):
    response = sign_in(mentor).post(URL, told(pupil, harm_suspected="unsure"), follow=True)

    assert "without saying the child" in response.content.decode()


def test_a_colleagues_concern_of_the_same_day_is_told_and_does_not_block(sign_in, mentor, counsellor, pupil):
    ConcernFactory(enrolment=pupil.enrolments.get(), logged_by=counsellor, logged_at=timezone.now())
    client = sign_in(mentor)

    asked = client.post(URL, told(pupil))
    assert "Sara L. logged a concern about the pupil today" in asked.content.decode()
    assert Concern.objects.count() == 1

    client.post(URL, told(pupil, save_as_well="on"))
    assert Concern.objects.count() == 2


def test_the_pupil_is_filled_in_when_one_comes_from_the_pupil(sign_in, mentor, pupil):
    response = sign_in(mentor).get(URL, {"pupil": str(pupil.pk)})

    assert "Alva Kask, 7B" in response.content.decode()
    assert AccessRecord.objects.filter(page="attendance:log_concern", pupils__contains=[pupil.pk]).exists()


def test_a_mentor_cannot_log_about_a_pupil_of_another_class(sign_in, mentor, group):
    stranger = enrol(ClassGroupFactory(school=group.school))

    response = sign_in(mentor).post(URL, told(stranger))

    assert response.status_code == 422
    with pytest.raises(actions.NotAllowed):
        actions.log_concern(
            pupil=stranger,
            signs=["often_away"],
            text="",
            talked="no",
            harm_suspected="no",
            submission=uuid4(),
            by=mentor,
            at=timezone.now(),
        )


def test_logging_answers_the_pupils_open_signals(sign_in, mentor, pupil):
    signal = SignalFactory(enrolment=pupil.enrolments.get())

    sign_in(mentor).post(URL, told(pupil))

    signal.refresh_from_db()
    assert (signal.answer, signal.answered_by) == (Signal.Answer.CONCERN, mentor)


def test_somebody_away_does_not_get_the_concern(sign_in, mentor, counsellor, principal, pupil, today):
    counsellor.away_from = counsellor.away_to = today
    counsellor.save()

    sign_in(mentor).post(URL, told(pupil))

    assert Concern.objects.get().holder == principal


def test_other_roles_may_not_enter(sign_in):
    assert sign_in(MembershipFactory(team_worker=True)).get(URL).status_code == 403


def test_the_list_of_pupils_costs_the_same_for_many(sign_in, mentor, group, assert_constant_queries):
    sign_in(mentor)

    assert_constant_queries(URL, lambda: enrol(group))
