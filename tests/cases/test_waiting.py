"""How the absence goes while a request waits: told to the unit that has it, as long as a consent covers it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import ProgrammingError
from django.urls import reverse

from accounts.models import Membership
from attendance.figures import absence_of, frozen_absence
from attendance.models import ClassDay
from cases.actions.consents import withdraw_consent
from cases.models import Consent, Disclosure
from cases.waiting import absence_while_waiting
from schools.models import Pupil
from tests.attendance.random_city import make_city
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import AttendanceDayFactory, make_room_for
from tests.factories.cases import Story, a_pupil
from wall import identity

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TODAY = date(2026, 12, 11)
EVERYTHING = ["words", "receiver", "absence", "waiting"]


def sent(cast, *, scope=EVERYTHING, pupil=None, state="acknowledged") -> Story:
    """A request about a pupil with absence; what was shared of it says 20 per cent, well reported."""
    story = Story(cast=cast, pupil=pupil or with_absence(cast), at=AT).send().acknowledge()
    Consent.objects.filter(case=story.case).update(scope=scope)
    absence = frozen_absence(story.pupil, story.today) | {"total_percent": 20, "coverage_percent": 100}
    for copy in Disclosure.objects.filter(referral=story.referral):
        copy.content["absence"] = absence
        copy.save(update_fields=["content"])
    return {"acknowledged": lambda: story, "accepted": story.accept, "asked": story.ask}[state]()


def with_absence(cast):
    """A pupil of the cast's class who was taught 300 minutes a day and away 120 of them."""
    pupil = a_pupil(cast)
    for back in range(40):
        day = TODAY - timedelta(days=back)
        if day.weekday() < 5:
            source = AttendanceDayFactory(pupil=pupil, day=day, valid_minutes=0, invalid_minutes=120).source
            ClassDay.objects.get_or_create(
                class_group=cast.class_group, day=day, source=source,
                defaults={"offered_minutes": 300, "reported_minutes": 300},
            )  # fmt: skip
    return pupil


def told(story: Story, reader: Membership, today: date = TODAY):
    content = Disclosure.objects.get(referral=story.referral, what="request").content
    with identity.acting_as(reader):
        return absence_while_waiting(story.referral, content, today)


def test_the_unit_sees_how_it_goes_while_it_has_the_request(cast):
    story = sent(cast)

    for reader in (cast.worker, cast.colleague, cast.head, cast.area_head):
        found = told(story, reader)
        assert (found.now.percent, found.now.school_days, found.before_percent, found.more) == (40, 20, 20, 20)


@pytest.mark.parametrize("who", ["other_worker", "counsellor", "principal", "coordinator", "analyst", "area_manager"])
def test_nobody_else_is_told(cast, who):
    story = sent(cast)
    reader = getattr(cast, who)

    if reader.side == "social":
        assert told(story, reader) is None
    else:
        with pytest.raises(ProgrammingError, match="permission denied for function"):
            told(story, reader)


def test_after_the_answer_it_is_told_no_more(cast):
    assert told(sent(cast, state="asked"), cast.worker) is not None
    assert told(sent(cast, state="accepted"), cast.worker) is None


def test_a_consent_to_the_figures_alone_does_not_cover_what_comes_after(cast):
    assert told(sent(cast, scope=["words", "receiver", "absence"]), cast.worker) is None


def test_each_who_agreed_has_to_have_agreed_to_it(cast):
    story = sent(cast)
    Consent.objects.filter(case=story.case, giver="guardian_2").update(
        answer="yes", form="phone", given_on=AT.date(), valid_to=TODAY, scope=["words", "receiver"]
    )

    assert told(story, cast.worker) is None

    Consent.objects.filter(case=story.case, giver="guardian_2").update(scope=EVERYTHING)
    assert told(story, cast.worker) is not None


def test_it_ends_with_the_consent(cast):
    story = sent(cast)
    consent = Consent.objects.get(case=story.case, answer="yes")
    assert told(story, cast.worker, consent.valid_to) is not None
    assert told(story, cast.worker, consent.valid_to + timedelta(days=1)) is None

    withdraw_consent(consent=consent, by=cast.counsellor, at=AT)

    assert told(story, cast.worker) is None


def test_a_request_without_figures_gets_none_afterwards(cast):
    story = sent(cast)
    copy = Disclosure.objects.get(referral=story.referral)
    copy.content["absence"] = None
    copy.save(update_fields=["content"])

    assert told(story, cast.worker) is None
    with identity.acting_as(cast.worker):
        assert absence_while_waiting(story.referral, {"absence": {"coverage_percent": 100}}, TODAY) is None


def test_a_unit_that_a_request_was_sent_on_to_has_no_consent_of_its_own(cast):
    story = sent(cast).redirect(cast.other_service)

    assert story.referral.to_unit == cast.other_worker.unit
    assert told(story, cast.other_worker) is None


def test_about_a_pupil_with_protected_identity_nothing_is_told(cast):
    story = sent(cast)
    Pupil.objects.filter(pk=story.pupil.pk).update(protection="protected_registration", alias="Ek")

    assert told(story, cast.worker) is None


def test_too_little_reported_is_no_figure(cast):
    story = sent(cast)
    ClassDay.objects.update(reported_minutes=100)

    found = told(story, cast.worker)

    assert not found.now.is_reliable
    assert found.more is None


@pytest.mark.parametrize("seed", range(3))
def test_it_counts_as_the_school_does(cast, seed):
    city = make_city(seed, pupils=12, classes=4)
    make_room_for(city.days[0])
    compared = 0
    for pupil in city.pupils:
        place = pupil.enrolments.filter(ends_on=None).select_related("class_group__school__unit").last()
        if place is None:
            continue
        counsellor = MembershipFactory(unit=place.class_group.school.unit)
        story = sent(replace(cast, counsellor=counsellor), pupil=pupil)
        expected, found = absence_of(pupil, TODAY), told(story, cast.worker)
        assert (found.now if found else expected.__class__()) == expected
        compared += expected.school_days > 0
    assert compared >= 5


def test_the_page_says_it_in_a_sentence(cast, enter):
    story = sent(cast)

    page = enter(cast.worker).get(reverse("cases:assess_request", args=[story.referral.pk])).text

    assert "Absence while the pupil waits" in page
    assert "When the request was written it was 20 %." in page
