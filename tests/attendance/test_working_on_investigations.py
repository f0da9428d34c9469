"""Work on an investigation of absence: tasks, causes, support, whom to tell; and what it takes to finish it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from attendance import investigating as actions
from attendance.actions import ReasonIsMissing
from attendance.duty_clocks import duties_once_told
from attendance.models import AbsenceInvestigation
from attendance.taking_measures import WrongDay
from tests.factories.attendance import (
    AbsenceInvestigationFactory,
    InvestigationDutyFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def investigation(pupil, counsellor, today):
    return AbsenceInvestigationFactory(enrolment=pupil.enrolments.get(), lead=counsellor, due_on=today)


def of_pupil(page, pupil):
    return reverse(f"attendance:{page}", args=[pupil.pk])


def of(page, row):
    pupil_id = getattr(row, "investigation", row).pupil_id
    return reverse(f"attendance:{page}", args=[pupil_id, row.pk])


def task_of(investigation, kind):
    return investigation.tasks.get(kind=kind)


def written(task, by, **changes):
    told = {"task": task, "seen_at": task.changed_at, "status": "started", "text": "", "own_words": ""}
    return actions.write_task(**told | {"by": by, "at": timezone.now()} | changes)


def test_the_pupils_own_words_stand_by_themselves(sign_in, counsellor, investigation):
    task = task_of(investigation, "pupil")
    sent = {"own_words": "Jag vågar inte gå in i matsalen.", "text": "", "status": "done", "seen_at": ""}

    response = sign_in(counsellor).post(of("write_task", task), sent)

    assert response.url == of("investigation_detail", investigation)
    page = sign_in(counsellor).get(response.url).content.decode()
    assert "Jag vågar inte gå in i matsalen." in page
    assert "1 of 8 tasks done" in page


def test_what_is_done_says_something_and_what_the_law_demands_is_not_left_out(sign_in, counsellor, investigation):
    task = task_of(investigation, "learning")
    response = sign_in(counsellor).post(of("write_task", task), {"text": "", "status": "done", "seen_at": ""})
    assert response.status_code == 422
    assert "Write what was found out, then it is done" in response.content.decode()
    assert "Not needed" not in sign_in(counsellor).get(of("write_task", task)).content.decode()
    assert "Not needed" in sign_in(counsellor).get(of("write_task", task_of(investigation, "home"))).content.decode()

    with pytest.raises(actions.CannotBeLeftOut):
        written(task, counsellor, status="not_needed")
    with pytest.raises(ReasonIsMissing):
        written(task, counsellor, status="done", text=" ")
    assert written(task_of(investigation, "home"), counsellor, status="not_needed").is_settled


def test_when_somebody_was_faster_both_texts_are_shown_and_nothing_is_lost(
    sign_in, counsellor, principal, investigation
):
    task = task_of(investigation, "safety")
    address = of("write_task", task)
    page = sign_in(principal).get(address)
    seen_at = page.context["form"].initial["seen_at"]
    written(task, counsellor, text="Rasterna är svåra.")
    sent = {"text": "Matsalen är svår.", "status": "done", "seen_at": seen_at}

    response = sign_in(principal).post(address, sent)

    shown = response.content.decode()
    assert response.status_code == 409
    assert "Rasterna är svåra." in shown
    assert "Matsalen är svår." in shown
    task.refresh_from_db()
    assert task.text == "Rasterna är svåra."

    again = {"text": "Rasterna och matsalen.", "status": "done", "seen_at": response.context["form"]["seen_at"].value()}
    assert sign_in(principal).post(address, again).status_code == 302
    task.refresh_from_db()
    assert task.text == "Rasterna och matsalen."


def test_a_task_is_saved_again_by_the_one_who_saved_it(sign_in, counsellor, investigation):
    address = of("write_task", task_of(investigation, "health"))
    client = sign_in(counsellor)
    for text in ("Sover dåligt.", "Sover dåligt, träffar skolsköterskan."):
        seen_at = client.get(address).context["form"].initial["seen_at"]
        assert client.post(address, {"text": text, "status": "started", "seen_at": seen_at}).status_code == 302


def test_causes_are_ticked_here_and_shown_nowhere_else(sign_in, counsellor, investigation, pupil):
    sent = {"setting_off": ["school"], "keeping_up": ["health", "home"], "in_words": "Rasterna."}

    sign_in(counsellor).post(of("name_causes", investigation), sent)

    investigation.refresh_from_db()
    assert (investigation.setting_off, investigation.keeping_up) == (["school"], ["health", "home"])
    client = sign_in(counsellor)
    assert "The school environment" in client.get(of("investigation_detail", investigation)).content.decode()
    for page in ("pupil_detail", "investigation_list", "measure_list"):
        assert "The school environment" not in client.get(of_pupil(page, pupil)).content.decode()
    for page in ("cases:todo", "attendance:signal_list", "attendance:pupil_list"):
        assert "The school environment" not in client.get(reverse(page)).content.decode()


def test_a_cause_that_is_not_there_is_refused(sign_in, counsellor, investigation):
    assert sign_in(counsellor).post(of("name_causes", investigation), {"setting_off": ["adhd"]}).status_code == 422


def test_special_support_is_a_fact_with_a_day(sign_in, counsellor, investigation, today):
    address = of("record_support", investigation)
    response = sign_in(counsellor).post(address, {"special_support": "yes", "action_plan": "no"})
    assert response.status_code == 422
    assert "Write since which day" in response.content.decode()
    tomorrow = (today + timedelta(days=1)).isoformat()
    sent = {"special_support": "yes", "special_support_on": tomorrow, "action_plan": "no", "action_plan_on": tomorrow}
    assert "Choose today or an earlier day." in sign_in(counsellor).post(address, sent).content.decode()

    sent |= {"special_support_on": today.isoformat(), "action_plan_on": today.isoformat()}
    assert sign_in(counsellor).post(address, sent).status_code == 302

    investigation.refresh_from_db()
    assert (investigation.special_support, investigation.special_support_on) == ("yes", today)
    assert (investigation.action_plan, investigation.action_plan_on) == ("no", None)


def test_when_the_provider_knew_decides_by_when_the_municipality_is_told(sign_in, principal, investigation, today):
    told = InvestigationDutyFactory(investigation=investigation)
    for kind in ("municipality", "result"):
        InvestigationDutyFactory(investigation=investigation, kind=kind)
    yesterday = today - timedelta(days=1)

    sign_in(principal).post(of("record_duty", told), {"done_on": yesterday.isoformat(), "note": "Per mejl"})

    told.refresh_from_db()
    assert (told.done_on, told.done_by, told.note) == (yesterday, principal, "Per mejl")
    found = dict(investigation.duties.exclude(kind="provider").values_list("kind", "due_on"))
    assert found == duties_once_told(yesterday)


def test_nobody_is_told_before_the_investigation_or_in_days_to_come(sign_in, principal, investigation, today):
    duty = InvestigationDutyFactory(investigation=investigation)
    before = investigation.opened_on - timedelta(days=1)

    assert (
        "Choose a day from"
        in sign_in(principal).post(of("record_duty", duty), {"done_on": before.isoformat()}).content.decode()
    )
    for wrong in (before, today + timedelta(days=1)):
        with pytest.raises(WrongDay):
            actions.record_duty(duty=duty, done_on=wrong, by=principal, at=timezone.now())


def finished(investigation, by, **changes):
    told = {"conclusion": "Rasterna är svårast.", "left_undone": "", "by": by, "at": timezone.now()}
    return actions.finish_investigation(investigation=investigation, **told | changes)


def test_it_is_finished_when_it_says_what_it_came_to_and_nothing_is_left_without_reason(
    sign_in, counsellor, investigation, today
):
    address = of("finish_investigation", investigation)
    response = sign_in(counsellor).post(address, {"conclusion": "Rasterna.", "left_undone": "Hemmet svarar inte."})
    assert response.status_code == 422
    assert "First say whether the need of special support is investigated" in response.content.decode()
    AbsenceInvestigation.objects.update(special_support="no", action_plan="no")
    for field, changes in (("conclusion", {"conclusion": " "}), ("left_undone", {})):
        with pytest.raises(actions.SomethingIsLeft, match=field):
            finished(investigation, counsellor, **changes)
    assert sign_in(counsellor).post(address, {"conclusion": "Rasterna."}).status_code == 422

    sent = {"conclusion": "Rasterna är svårast.", "left_undone": "Hemmet svarar inte."}
    page = sign_in(counsellor).post(address, sent, follow=True).content.decode()

    investigation.refresh_from_db()
    assert investigation.closed_by == counsellor
    assert investigation.pattern["on"] == today.isoformat()
    assert "Rasterna är svårast." in page
    assert "Hemmet svarar inte." in page


def test_with_every_task_done_nothing_needs_to_be_excused(counsellor, pupil, today):
    enrolment = pupil.enrolments.get()
    investigation = AbsenceInvestigationFactory(
        enrolment=enrolment, lead=counsellor, tasks="Klart.", special_support="yes", special_support_on=today
    )

    assert finished(investigation, counsellor).left_undone == ""


def test_what_is_finished_is_not_changed_but_people_are_still_told(counsellor, principal, pupil, today):
    investigation = AbsenceInvestigationFactory(enrolment=pupil.enrolments.get(), lead=counsellor, finished=True)
    now = {"by": counsellor, "at": timezone.now()}

    with pytest.raises(actions.InvestigationIsClosed):
        written(task_of(investigation, "pupil"), counsellor)
    with pytest.raises(actions.InvestigationIsClosed):
        actions.name_causes(investigation=investigation, setting_off=[], keeping_up=[], in_words="", **now)
    with pytest.raises(actions.InvestigationIsClosed):
        finished(investigation, counsellor)
    duty = InvestigationDutyFactory(investigation=investigation, kind="result")
    assert actions.record_duty(duty=duty, done_on=today, by=principal, at=timezone.now()).done_on == today
