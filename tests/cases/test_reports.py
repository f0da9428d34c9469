"""Concern reports on both sides: made, received, assessed, decided, told; and what neither may know."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from cases.actions import reporting
from cases.ledger import NotAllowed
from cases.models import ConcernReport, ReportAnswer
from tests.architecture.partials import HTMX
from tests.factories.cases import make_cast
from tests.factories.reports import WHY_NOT, a_report
from tests.factories.schools import ResidenceFactory
from tests.factories.socialservices import DistrictFactory
from wall.identity import acting_as


@pytest.fixture
def told(cast):
    return a_report(cast)


def page(client, name, report):
    return client.get(reverse(f"cases:{name}", args=[report.pk]))


def typed(told, **changed):
    now = timezone.localtime()
    return {
        "submission": "3f0a7c1e-8f5c-4b7e-9a53-6a1a8f0f6c11", "channel": "phone", "day": now.date().isoformat(),
        "clock": "00:00", "to_unit": told.worker.unit_id, "reference": "2026-118", "asks": "on", **changed,
    }  # fmt: skip


def test_everybody_at_the_school_may_report_and_is_told_how(told, enter):
    address = reverse("cases:report_concern", args=[told.pupil.pk])
    for member in (told.cast.mentor, told.cast.counsellor, told.cast.principal):
        shown = enter(member).get(address)
        assert "nobody can take it over from you" in shown.text
        assert "The child’s own words" in shown.text


def test_the_office_where_the_child_lives_is_proposed_with_its_number(told, enter):
    office = told.worker.unit.office
    office.report_phone = "08-465 004 12"
    office.save()
    office.districts.set([DistrictFactory()])
    ResidenceFactory(pupil=told.pupil)

    shown = enter(told.cast.mentor).get(reverse("cases:report_concern", args=[told.pupil.pk]))

    assert "08-465 004 12" in shown.text
    assert f'<option value="{office.pk}" selected>' in shown.text


def test_i_have_reported_is_noted_once_and_the_office_has_clocks_at_once(told, enter):
    client = enter(told.cast.counsellor)
    address = reverse("cases:report_concern", args=[told.pupil.pk])

    first = client.post(address, typed(told))
    second = client.post(address, typed(told))

    report = ConcernReport.objects.get(reported_by=told.cast.counsellor)
    assert first.url == second.url == reverse("cases:report_detail", args=[report.pk])
    assert report.asked_at is not None
    assert report.handling.arrived_at == report.reported_at
    assert report.handling.number_in_year == 2


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"channel": ""}, "Choose how you reported"),
        ({"to_unit": ""}, "Choose the office"),
        ({"day": ""}, "Write the day"),
        ({"clock": "halv tre"}, "Write the time like this: 14:30."),
        ({"day": "2031-01-01"}, "Choose today or an earlier day."),
        ({"clock": "23:59"}, "Choose a time that has been."),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(told, enter, changed, words):
    if changed.get("clock") == "23:59" and timezone.localtime().strftime("%H:%M") == "23:59":
        pytest.skip("a minute to midnight")
    response = enter(told.cast.mentor).post(
        reverse("cases:report_concern", args=[told.pupil.pk]), typed(told, **changed)
    )

    assert response.status_code == 422
    assert words in response.text
    assert "2026-118" in response.text


def test_only_the_reporter_the_principal_and_those_named_know_of_it(told, enter):
    known = [told.cast.mentor, told.cast.principal]
    unknown = [told.cast.counsellor, told.cast.other_counsellor, told.cast.worker]
    statuses = {member: page(enter(member), "report_detail", told.report).status_code for member in (*known, *unknown)}

    assert [statuses[member] for member in known] == [200, 200]
    assert [statuses[member] for member in unknown] == [404, 404, 403]
    for member in (told.cast.counsellor, told.cast.principal):
        seen = enter(member).get(reverse("cases:report_list")).text
        assert (told.report.label in seen) == (member == told.cast.principal)


def test_the_reporter_names_who_else_may_know_and_may_take_it_back(told, enter):
    address = reverse("cases:name_report_readers", args=[told.report.pk])
    mentor = enter(told.cast.mentor)

    mentor.post(address, {"members": [told.cast.counsellor.pk]})
    named = page(enter(told.cast.counsellor), "report_detail", told.report)
    asked = enter(told.cast.counsellor).post(address, {"members": []})
    enter(told.cast.mentor).post(address, {})
    unnamed = page(enter(told.cast.counsellor), "report_detail", told.report)

    assert named.status_code == 200
    assert "Ask what came of it" not in named.text
    assert asked.status_code == 403
    assert unnamed.status_code == 404


def test_nobody_of_another_school_can_be_named(told, enter):
    with pytest.raises(NotAllowed):
        reporting.name_readers(
            report=told.report, members=[told.cast.other_counsellor], by=told.cast.mentor, at=told.at
        )


def test_the_school_reads_arrived_and_then_one_of_three_words(told, enter):
    told.confirm().assess().decide().tell()

    shown = page(enter(told.cast.mentor), "report_detail", told.report).text
    to_do = enter(told.cast.mentor).get(reverse("cases:todo")).text

    assert "The report has arrived" in shown
    assert "No investigation is opened" in shown
    assert "Read what you have been told of your report" in to_do
    assert WHY_NOT not in shown
    assert told.now().handling.reason.title not in shown


def test_that_somebody_is_not_told_leaves_no_trace_at_the_school(cast, enter):
    waiting, refused = a_report(cast), a_report(cast)
    for each in (waiting, refused):
        each.confirm().assess().decide()
    refused.leave_untold()
    client = enter(cast.mentor)

    def without_names(each):
        shown = page(client, "report_detail", each.report).text
        names = (str(each.report.pk), each.pupil.full_name, each.worker.unit.short_name, each.worker.unit.name)
        for name in names:
            shown = shown.replace(name, "…")
        return shown[shown.index("<main") : shown.index("</main>")]

    assert without_names(waiting).split("</dl>")[1] == without_names(refused).split("</dl>")[1]


def test_each_side_is_refused_the_tables_of_the_other_by_the_database(told):
    told.confirm().assess().decide()
    for member, table in (
        (told.cast.mentor, "cases_reporthandling"), (told.cast.principal, "cases_reportextension"),
        (told.cast.principal, "cases_reporthandling"), (told.cast.coordinator, "cases_concernreport"),
        (told.cast.analyst, "cases_reporthandling"),
    ):  # fmt: skip
        with acting_as(member), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(f"SELECT count(*) FROM {table}")
    for member, seen in (
        (told.cast.mentor, 1), (told.cast.principal, 1), (told.cast.counsellor, 0), (told.cast.other_counsellor, 0),
        (told.worker, 1), (told.head, 1), (told.other_worker, 0), (told.cast.worker, 0), (told.cast.head, 0),
    ):  # fmt: skip
        with acting_as(member):
            assert ConcernReport.objects.count() == seen, member
            assert ReportAnswer.objects.count() == seen, member


def test_the_schools_list_costs_the_same_with_one_report_as_with_eleven(cast, enter, assert_constant_queries):
    told = a_report(cast)
    enter(cast.principal)

    assert_constant_queries(reverse("cases:report_list"), lambda: told.again(cast.counsellor))


AT_SCHOOL = ("report_detail", "ask_about_report", "name_report_readers")
AT_OFFICE = (
    "report_intake", "confirm_report", "say_report_not_found", "send_report_on", "assess_report", "decide_report",
    "extend_report", "tell_reporter", "leave_untold", "prolong_report_investigation", "end_report_investigation",
    "record_report_meeting",
)  # fmt: skip


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "partial"])
@pytest.mark.parametrize("name", [*AT_SCHOOL, *AT_OFFICE])
def test_each_page_is_closed_to_the_wrong_role_the_other_side_another_school_or_office_and_whoever_is_signed_out(
    told, enter, client, name, headers
):
    address = reverse(f"cases:{name}", args=[told.report.pk])
    ask = "post" if name == "ask_about_report" else "get"

    def answer(member=None):
        return getattr(enter(member) if member else client, ask)(address, **headers)

    assert answer().status_code in {302, 401, 204}
    strangers = (told.cast.other_counsellor, make_cast().principal) if name in AT_SCHOOL else (told.other_worker,)
    for member in strangers:
        assert answer(member).status_code == 404, member
    for member in (told.cast.worker, told.worker if name in AT_SCHOOL else told.cast.principal, told.cast.coordinator):
        assert answer(member).status_code == 403, member
    assert answer(told.cast.area_manager).status_code == (403 if name in AT_SCHOOL else 404)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "partial"])
def test_nobody_reports_a_pupil_of_another_school_or_from_the_other_side(told, enter, headers):
    address = reverse("cases:report_concern", args=[told.pupil.pk])

    assert enter(told.cast.other_counsellor).get(address, **headers).status_code == 404
    assert enter(told.cast.other_counsellor).post(address, typed(told), **headers).status_code == 404
    for member in (told.worker, told.cast.worker, told.cast.area_manager, told.cast.analyst):
        assert enter(member).post(address, typed(told), **headers).status_code == 403
    assert ConcernReport.objects.count() == 1
