"""Three weeks after the advice of a no was to be followed, the attendance is looked at."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from attendance.models import Measure
from attendance.tried import tried_before
from cases.actions import replies, requests
from cases.advice import Looked
from cases.stalled import stalled_cases
from cases.todo import to_do_of
from tests.factories.cases import a_case

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def followed(cast, at: datetime, due_on: date):
    """Tell a case in which the school follows the advice by `due_on`."""
    story = a_case("declined", cast=cast, at=at)
    replies.follow_advice(referral=story.referral, plan="Vi kartlägger.", due_on=due_on, by=cast.counsellor, at=at)
    return story


@pytest.mark.parametrize(
    ("due_on", "check_on"),
    [
        (date(2026, 12, 4), date(2026, 12, 28)),  # 25 December is a holiday, and the 26th and 27th a weekend
        (date(2026, 11, 16), date(2026, 12, 7)),
        (date(2027, 3, 5), date(2027, 3, 30)),  # Good Friday to Easter Monday
        (date(2028, 2, 8), date(2028, 2, 29)),  # a leap day
        (date(2026, 12, 11), date(2027, 1, 4)),  # New Year's Day, and a weekend; week 53
        (date(2026, 10, 5), date(2026, 10, 26)),  # over the end of summer time
        (date(2027, 3, 9), date(2027, 3, 30)),  # over its beginning
        (date(2026, 11, 15), date(2026, 12, 7)),  # a Sunday
    ],
)
def test_the_check_falls_three_weeks_after_the_step_on_a_working_day(cast, due_on, check_on):
    story = followed(cast, datetime(2026, 10, 1, 12, tzinfo=STOCKHOLM), due_on)

    assert story.open("check_advice").due_on == check_on
    assert story.open("do_next_step").due_on == due_on


def test_the_check_is_the_schools_and_shows_in_its_to_do(cast, enter):
    story = followed(cast, timezone.now(), timezone.localdate())
    check = story.open("check_advice")
    address = reverse("cases:check_advice", args=[check.pk])

    rows = {row.key: row for group in to_do_of(cast.counsellor, timezone.localdate()).groups for row in group.rows}
    assert rows[f"obligation-{check.pk}"].url == address
    assert enter(cast.counsellor).get(address).status_code == 200
    assert enter(cast.worker).get(address).status_code == 403
    assert enter(cast.other_counsellor).get(address).status_code == 404


def test_the_page_says_what_is_not_known(cast, enter):
    story = followed(cast, timezone.now(), timezone.localdate())

    page = enter(cast.counsellor).get(reverse("cases:check_advice", args=[story.open("check_advice").pk])).text

    assert "Too little is reported" in page
    assert "Request support again" in page


def test_going_on_names_the_next_step(cast, enter):
    story = followed(cast, timezone.now(), timezone.localdate())
    check = story.open("check_advice")
    address = reverse("cases:check_advice", args=[check.pk])
    client = enter(cast.counsellor)

    refused = client.post(address, {"what": "Det går bättre."})
    assert refused.status_code == 422
    assert "Det går bättre." in refused.text
    done = client.post(
        address,
        {
            "what": "Det går bättre.",
            "next_task": "Fortsätt.",
            "next_unit": story.case.school_unit_id,
            "next_on": "2099-01-02",
        },
    )

    assert done.status_code == 302
    check.refresh_from_db()
    assert check.outcome == "fulfilled"
    assert story.case.obligations.open().filter(kind="do_next_step", due_on="2099-01-02").exists()
    assert client.post(address, {"what": "Igen."}).status_code == 409


def test_a_new_request_ends_the_check(cast):
    story = followed(cast, timezone.now(), timezone.localdate())

    story.send(cast.other_service)

    assert not story.case.obligations.open().filter(kind="check_advice").exists()
    assert requests.CHECK == "check_advice"


@pytest.mark.parametrize(
    ("before", "now", "better", "worse"),
    [
        (23, 16, True, False),
        (16, 23, False, True),
        (16, 16, False, False),
        (None, 16, False, False),
        (23, None, False, False),
    ],
)
def test_better_and_worse_are_said_only_of_what_is_known(before, now, better, worse):
    looked = Looked(date(2026, 11, 26), before, now)

    assert (looked.is_better, looked.is_worse) == (better, worse)


# --- A late answer to a no --------------------------------------------------------------------------------------------


def test_a_late_answer_to_a_no_stands_first_in_to_do_and_among_the_stalled(cast, enter):
    story = a_case("declined", cast=cast, at=timezone.now() - timedelta(days=30))
    today = timezone.localdate()

    (late,) = [group for group in to_do_of(cast.counsellor, today).groups if group.code == "late"]
    assert f"obligation-{story.open('respond_to_no').pk}" in {row.key for row in late.rows}
    (stalled,) = stalled_cases(cast.principal, today)
    assert stalled.case == story.case
    assert {"S3", "S8"} <= {cause.code for cause in stalled.causes}
    page = enter(cast.counsellor).get(reverse("cases:respond_to_no", args=[story.referral.pk])).text
    assert "late" in page.lower()


def test_an_answer_in_time_is_neither_late_nor_stalled(cast):
    story = a_case("declined", cast=cast)
    today = timezone.localdate()

    codes = {group.code for group in to_do_of(cast.counsellor, today).groups}
    assert "late" not in codes
    assert story.open("respond_to_no").due_on > today
    assert stalled_cases(cast.principal, today) == []


def test_the_advice_is_a_measure_of_the_school_from_the_day_it_said(cast):
    at = datetime(2026, 11, 2, 12, tzinfo=STOCKHOLM)

    story = followed(cast, at, date(2026, 11, 9))

    measure = Measure.objects.get(pupil=story.case.pupil)
    assert (measure.kind, measure.in_words, measure.responsible) == ("own", "Vi kartlägger.", cast.counsellor)
    assert measure.starts_on == date(2026, 11, 9)
    assert measure.starts_on < measure.follow_up_on <= date(2026, 11, 30)
    assert tried_before(story.case.pupil, cast.counsellor)[0].kind == "measure"
