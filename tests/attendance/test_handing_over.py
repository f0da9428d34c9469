"""A measure and an investigation change hands: whoever takes over is reminded, and nobody keeps what is not theirs."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from attendance import investigating, taking_measures
from attendance.actions import NotAllowed
from attendance.work_to_do import investigations_to_act_on, measures_to_follow_up
from audit.models import AuditEvent
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import AbsenceInvestigationFactory, MeasureFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def investigation(pupil, counsellor, today):
    return AbsenceInvestigationFactory(enrolment=pupil.enrolments.get(), lead=counsellor, due_on=today)


@pytest.fixture
def measure(pupil, counsellor, today):
    return MeasureFactory(enrolment=pupil.enrolments.get(), responsible=counsellor, follow_up_on=today)


@pytest.fixture
def colleague(counsellor):
    return MembershipFactory(student_health=True, unit=counsellor.unit, user__given_name="Nils")


def address(page, row):
    return reverse(f"attendance:{page}", args=[row.pupil_id, row.pk])


def test_whoever_takes_over_an_investigation_has_it_to_do(sign_in, counsellor, colleague, investigation, today):
    client = sign_in(counsellor)
    detail = address("investigation_detail", investigation)
    form = address("hand_over_investigation", investigation)
    assert form in client.get(detail).content.decode()

    assert client.post(form, {"lead": colleague.pk}).url == detail

    investigation.refresh_from_db()
    assert (investigation.lead, investigation.due_on) == (colleague, today)
    assert [row.key for row in investigations_to_act_on(colleague, today)] == [f"investigation-{investigation.pk}"]
    assert investigations_to_act_on(counsellor, today) == []
    event = AuditEvent.objects.get(action="investigation handed over")
    assert event.details == {"from": str(counsellor.pk), "to": str(colleague.pk)}


def test_whoever_takes_over_a_measure_is_reminded_of_it(sign_in, mentor, counsellor, measure, today):
    client = sign_in(counsellor)
    form = address("hand_over_measure", measure)
    assert form in client.get(address("measure_detail", measure)).content.decode()

    client.post(form, {"responsible": mentor.pk})

    measure.refresh_from_db()
    assert measure.responsible == mentor
    assert [row.key for row in measures_to_follow_up(mentor, today)] == [f"measure-{measure.pk}"]
    assert measures_to_follow_up(counsellor, today) == []
    assert AuditEvent.objects.get(action="measure handed over").details["to"] == str(mentor.pk)


def test_to_who_has_it_already_changes_nothing(counsellor, investigation, measure):
    by = {"by": counsellor, "at": timezone.now()}
    investigating.hand_over_investigation(investigation=investigation, lead=counsellor, **by)
    taking_measures.hand_over_measure(measure=measure, responsible=counsellor, **by)

    assert not AuditEvent.objects.filter(action__endswith="handed over").exists()


def test_nobody_takes_over_who_is_not_there_or_may_not(sign_in, mentor, counsellor, investigation, measure, today):
    gone = MembershipFactory(student_health=True, unit=counsellor.unit, valid_to=today - timedelta(days=1))
    elsewhere = MembershipFactory(student_health=True)
    client = sign_in(counsellor)
    for who in (gone, elsewhere, mentor):
        refused = client.post(address("hand_over_investigation", investigation), {"lead": who.pk})
        assert (refused.status_code, "Choose one of your colleagues" in refused.content.decode()) == (422, True)
        with pytest.raises(NotAllowed):
            investigating.hand_over_investigation(
                investigation=investigation, lead=who, by=counsellor, at=timezone.now()
            )
    for who in (gone, elsewhere):
        assert client.post(address("hand_over_measure", measure), {"responsible": who.pk}).status_code == 422
        with pytest.raises(NotAllowed):
            taking_measures.hand_over_measure(measure=measure, responsible=who, by=counsellor, at=timezone.now())


def test_what_is_finished_changes_hands_no_more(sign_in, counsellor, colleague, pupil):
    closed = AbsenceInvestigationFactory(enrolment=pupil.enrolments.get(), lead=counsellor, finished=True)
    ended = MeasureFactory(enrolment=pupil.enrolments.get(), responsible=counsellor, ended=True)
    client = sign_in(counsellor)

    told = client.post(address("hand_over_investigation", closed), {"lead": colleague.pk}, follow=True)
    assert "The investigation is finished" in told.content.decode()
    told = client.post(address("hand_over_measure", ended), {"responsible": colleague.pk}, follow=True)
    assert "already ended this measure" in told.content.decode()

    closed.refresh_from_db()
    ended.refresh_from_db()
    assert (closed.lead, ended.responsible) == (counsellor, counsellor)


def test_others_than_those_who_work_on_it_hand_nothing_over(sign_in, mentor, colleague, investigation):
    assert sign_in(mentor).get(address("hand_over_investigation", investigation)).status_code in (403, 404)
    with pytest.raises(NotAllowed):
        investigating.hand_over_investigation(investigation=investigation, lead=colleague, by=mentor, at=timezone.now())
