"""Concern reports at the intake office: received, assessed, decided, made longer, told, ended, and who decides once."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from cases.actions import report_intake
from cases.ledger import AlreadyDone, NotAllowed
from cases.models import ReportAnswer, ReportHandling
from deadlines.stockholm import stockholm_day
from socialservices.models import ReasonCode
from tests.cases.test_reports import page
from tests.factories.accounts import MembershipFactory
from tests.factories.reports import WHY_NOT, a_report
from tests.factories.socialservices import ReasonCodeFactory


@pytest.fixture
def told(cast):
    return a_report(cast)


def test_the_office_goes_through_a_report_page_by_page(told, enter):
    client = enter(told.worker)
    listed = client.get(reverse("cases:report_inbox")).text
    names = "confirm_report assess_report decide_report tell_reporter report_intake end_report_investigation"
    address = {name: reverse(f"cases:{name}", args=[told.report.pk]) for name in names.split()}
    arrived = timezone.localtime(told.report.reported_at)

    client.post(address["confirm_report"], {"day": arrived.date().isoformat(), "clock": f"{arrived:%H:%M}"})
    client.post(address["assess_report"], {"protection": "not_needed"})
    client.post(address["decide_report"], {"decision": "opened"})
    client.post(address["tell_reporter"])
    client.post(address["end_report_investigation"], {"outcome": "with_service"})
    shown = client.get(address["report_intake"]).text

    assert told.report.label in listed
    assert "Everything is done." in shown
    assert "Ended with a service" in shown
    assert told.report.label in client.get(reverse("cases:report_inbox") + "?show=done").text
    assert told.report.label not in client.get(reverse("cases:report_inbox")).text
    assert told.now().handling.handler == told.worker


def test_not_to_open_needs_a_reason_and_words(told, enter):
    told.confirm().assess()
    ReasonCodeFactory(channel="concern_report")
    address = reverse("cases:decide_report", args=[told.report.pk])

    bare = enter(told.worker).post(address, {"decision": "not_opened"})
    whole = enter(told.worker).post(
        address, {"decision": "not_opened", "reason": ReasonCode.objects.for_not_opening(timezone.localdate())[0].pk,
                  "words": WHY_NOT},
    )  # fmt: skip

    assert bare.status_code == 422
    assert "Choose why no investigation is opened" in bare.text
    assert "Write why no investigation is opened" in bare.text
    assert whole.status_code == 302
    assert told.now().handling.words == WHY_NOT


def test_protection_is_assessed_before_anything_is_decided(told, enter):
    response = enter(told.worker).post(reverse("cases:decide_report", args=[told.report.pk]), {"decision": "opened"})

    assert response.status_code == 422
    assert "Assess the need of protection first." in response.text
    with pytest.raises(NotAllowed):
        told.decide("opened")


def test_two_decisions_never_stand(told, enter):
    told.confirm().assess().decide("opened")

    with pytest.raises(AlreadyDone):
        told.decide("not_opened")
    response = enter(told.colleague).post(
        reverse("cases:decide_report", args=[told.report.pk]),
        {"decision": "not_opened", "reason": ReasonCodeFactory(channel="concern_report").pk, "words": "Nej tack."},
    )
    assert response.status_code == 409
    assert "Nej tack." in response.text
    with pytest.raises(DatabaseError, match="stands"), transaction.atomic():
        ReportHandling.objects.update(decision="ongoing")


@pytest.mark.parametrize(
    "values",
    [
        {"decision": "not_opened"},
        {"protection": "needed"},
        {"told_at": timezone.now()},
        {"outcome": "moved"},
        {"not_told_why": "other"},
        {"confirmed_at": timezone.now()},
    ],
)
def test_the_database_refuses_what_is_half_done(told, values):
    with pytest.raises(DatabaseError), transaction.atomic():
        ReportHandling.objects.update(**values)


def test_what_the_school_was_told_is_never_changed(told):
    told.confirm()
    with pytest.raises(DatabaseError, match="only added"), transaction.atomic():
        ReportAnswer.objects.update(word="opened")
    told.assess().decide().tell()
    with pytest.raises(DatabaseError, match="one_word_per_report"), transaction.atomic():
        ReportAnswer.objects.create(
            report=told.report, word="opened", unit=told.worker.unit, given_at=told.at, given_by=told.worker
        )


def test_a_longer_time_has_a_ground_words_and_a_day(told, enter):
    told.confirm().assess()
    last = stockholm_day(told.report.reported_at) + timedelta(days=14)
    address = reverse("cases:extend_report", args=[told.report.pk])
    client = enter(told.worker)

    same = client.post(address, {"ground": "interpreter", "words": "Ingen tolk.", "until": last.isoformat()})
    far = client.post(
        address, {"ground": "interpreter", "words": "Ingen tolk.", "until": (last + timedelta(days=15)).isoformat()}
    )
    bare = client.post(address, {"until": (last + timedelta(days=7)).isoformat()})
    held = client.post(
        address, {"ground": "interpreter", "words": "Ingen tolk.", "until": (last + timedelta(days=7)).isoformat()}
    )

    assert [response.status_code for response in (same, far, bare, held)] == [422, 422, 422, 302]
    assert "Ingen tolk." in far.text
    assert "Choose a ground" in bare.text
    extension = told.report.extensions.get()
    assert (extension.was_due_on, extension.until) == (last, last + timedelta(days=7))


def test_an_investigation_is_prolonged_by_a_decision(told, enter):
    told.confirm().assess().decide("opened")
    address = reverse("cases:prolong_report_investigation", args=[told.report.pk])
    until = stockholm_day(told.at) + timedelta(days=150)

    response = enter(told.worker).post(
        address, {"ground": "police", "words": "Förundersökning.", "until": until.isoformat()}
    )

    assert response.status_code == 302
    assert told.report.extensions.get().until == until
    told.end()
    assert enter(told.worker).get(address).status_code == 302


def test_a_report_to_the_wrong_district_is_sent_on_with_its_clocks(told, enter):
    told.confirm()
    enter(told.worker).post(
        reverse("cases:send_report_on", args=[told.report.pk]), {"to_unit": told.other_worker.unit_id}
    )
    sender = page(enter(told.worker), "report_intake", told.report)
    school = page(enter(told.cast.mentor), "report_detail", told.report).text
    arrived = told.now().handling.arrived_at
    receiver = enter(told.other_worker)
    day = timezone.localtime(arrived)
    receiver.post(
        reverse("cases:confirm_report", args=[told.report.pk]), {"day": day.date().isoformat(), "clock": f"{day:%H:%M}"}
    )

    assert sender.status_code == 200
    assert told.report.label not in enter(told.worker).get(reverse("cases:todo")).text
    assert told.report.label in enter(told.other_worker).get(reverse("cases:todo")).text
    assert "sent on to the right office" in school
    assert told.other_worker.unit.short_name in school
    assert abs(told.now().handling.arrived_at - arrived) < timedelta(minutes=1)
    assert page(enter(told.worker), "report_intake", told.report).status_code == 404


def test_asked_for_later_with_one_press_the_office_tells_at_once(cast, enter):
    told = a_report(cast, asks=False).confirm().assess().decide()
    client = enter(told.cast.mentor)

    before = page(enter(told.worker), "tell_reporter", told.report)
    client = enter(told.cast.mentor)
    client.post(reverse("cases:ask_about_report", args=[told.report.pk]))
    waits = page(enter(told.worker), "report_intake", told.report).text

    assert before.status_code == 302
    assert "Inform the reporter" in waits
    enter(told.worker).post(reverse("cases:tell_reporter", args=[told.report.pk]))
    assert told.now().handling.told_at is not None


def test_the_third_report_in_a_year_calls_for_a_meeting_and_the_school_cannot_see_the_number(cast, enter):
    told = a_report(cast, ago=timedelta(days=300))
    told.wait(days=100).again().wait(days=100).again(cast.counsellor)
    shown = page(enter(told.worker), "report_intake", told.report).text
    school = page(enter(cast.counsellor), "report_detail", told.report).text

    assert told.now().handling.number_in_year == 3
    assert "report number 3" in shown
    assert "Call a joint meeting" in shown
    assert "report number" not in school
    enter(told.worker).post(
        reverse("cases:record_report_meeting", args=[told.report.pk]), {"met_on": timezone.localdate().isoformat()}
    )
    assert "Call a joint meeting" not in page(enter(told.worker), "report_intake", told.report).text


def test_an_investigation_again_within_half_a_year_says_how_long_it_has_been(cast, enter):
    told = a_report(cast, ago=timedelta(days=200))
    told.confirm().assess().decide("opened").wait(days=100).end().wait(days=90).again()
    told.confirm().assess()

    shown = page(enter(told.worker), "decide_report", told.report).text

    assert "190 days have gone" in shown
    told.wait(days=-90)
    late = a_report(cast, ago=timedelta(days=400))
    late.confirm().assess().decide("opened").wait(days=100).end().wait(days=290).again()
    assert "days have gone" not in page(enter(late.worker), "decide_report", late.report).text


def test_a_head_gets_what_nobody_has_taken(told, enter):
    client = enter(told.head)

    assert "Confirm that the report has arrived" in client.get(reverse("cases:todo")).text
    told.confirm()
    assert told.report.label not in enter(told.head).get(reverse("cases:todo")).text
    assert told.report.label in enter(told.head).get(reverse("cases:report_inbox")).text
    assert told.report.label in enter(told.worker).get(reverse("cases:todo")).text


def test_an_office_cannot_act_on_another_offices_report(told, enter):
    names = (
        "confirm_report", "send_report_on", "assess_report", "decide_report", "extend_report", "tell_reporter",
        "leave_untold", "prolong_report_investigation", "end_report_investigation", "record_report_meeting",
        "report_intake",
    )  # fmt: skip
    client = enter(told.other_worker)

    assert {page(client, name, told.report).status_code for name in names} == {404}
    with pytest.raises(NotAllowed):
        report_intake.assess_protection(report=told.report, protection="needed", by=told.other_worker, at=told.at)
    with pytest.raises(NotAllowed):
        report_intake.assess_protection(
            report=told.report, protection="needed", by=MembershipFactory(team_worker=True, unit=told.worker.unit),
            at=told.at,
        )  # fmt: skip


def test_lists_cost_the_same_with_one_report_as_with_eleven(cast, enter, assert_constant_queries):
    told = a_report(cast)
    enter(told.worker)

    assert_constant_queries(reverse("cases:report_inbox"), lambda: told.again(cast.counsellor).confirm())


def test_a_report_that_is_not_found_is_the_reporters_to_make_again_and_may_be_found_later(told, enter):
    enter(told.worker).post(reverse("cases:say_report_not_found", args=[told.report.pk]))
    office = page(enter(told.worker), "report_intake", told.report).text
    school = page(enter(told.cast.mentor), "report_detail", told.report).text
    to_do = enter(told.cast.mentor).get(reverse("cases:todo")).text
    again = enter(told.worker).post(reverse("cases:say_report_not_found", args=[told.report.pk]))

    assert "Everything is done." in office
    assert "report again, and note it anew" in school
    assert "Report again: the office cannot find your report" in to_do
    assert again.status_code == 302
    assert told.report.answers.filter(word="not_found").count() == 1
    told.wait(minutes=5).confirm()
    assert "report again, and note it anew" not in page(enter(told.cast.mentor), "report_detail", told.report).text
    assert "Assess the need of protection at once" in page(enter(told.worker), "report_intake", told.report).text
    assert told.now().handling.not_found_at is None


def test_a_confirmed_report_cannot_be_said_not_to_be_found(told):
    told.confirm()
    with pytest.raises(AlreadyDone):
        report_intake.say_not_found(report=told.report, by=told.worker, at=told.at)
    with pytest.raises(DatabaseError, match="what_is_not_found_is_not_confirmed"), transaction.atomic():
        ReportHandling.objects.update(not_found_at=told.at)


def test_a_reports_page_costs_the_same_with_one_longer_time_as_with_eleven(told, enter, assert_constant_queries):
    told.confirm().assess()
    last = stockholm_day(told.report.reported_at) + timedelta(days=14)
    days = iter(range(1, 14))

    def extend():
        report_intake.extend_time(
            report=told.report, what="decision", ground="police", words="Förundersökning.",
            until=last + timedelta(days=next(days)), by=told.worker, at=told.at,
        )  # fmt: skip

    enter(told.colleague)
    assert_constant_queries(reverse("cases:report_intake", args=[told.report.pk]), extend)
