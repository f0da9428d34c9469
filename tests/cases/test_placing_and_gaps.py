"""A school that is not sure, and a pupil that no team takes."""

from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.actions import answers
from cases.actions.drafts import note_gap
from cases.ledger import NotAllowed
from cases.models import Referral, ServiceGap
from cases.views.requests import request_address
from tests.cases.test_request_support import pupil, send, typed, write  # noqa: F401 (fixtures)
from tests.factories.accounts import MembershipFactory
from tests.factories.cases import a_case
from tests.factories.schools import ResidenceFactory
from tests.factories.socialservices import OfficeFactory, ReasonCodeFactory, ServiceFactory

# --- Not sure: the intake office has to place it ---------------------------------------------------------------------


@pytest.fixture
def unsure(cast):
    """A request that was sent to the intake office by a school that was not sure."""
    office = OfficeFactory(intake=True, unit__parent=cast.area_head.unit)
    service = ServiceFactory(intake=True, office=office)
    worker = MembershipFactory(intake_worker=True, unit=office.unit)
    return a_case("acknowledged", cast=replace(cast, service=service, worker=worker))


def test_an_intake_office_that_was_let_to_choose_cannot_say_not_us(unsure, enter):
    wrong, fair = ReasonCodeFactory(code="OUTSIDE_TARGET_GROUP"), ReasonCodeFactory(code="NO_CONTACT")
    given = {
        "referral": unsure.referral, "rationale": "Nej.", "advice": "Annat.",
        "next_holder": unsure.cast.counsellor.unit, "next_on": unsure.days(5), "by": unsure.cast.worker,
        "at": unsure.at,
    }  # fmt: skip

    with pytest.raises(NotAllowed):
        answers.decline_request(reason=wrong, **given)
    page = enter(unsure.cast.worker).get(reverse("cases:decline_request", args=[unsure.referral.pk]))
    assert wrong not in page.context["form"].fields["reason"].queryset
    assert fair in page.context["form"].fields["reason"].queryset
    assert "The school was not sure" in page.text
    answers.decline_request(reason=fair, **given)


def test_a_team_may_say_that_the_pupil_is_outside_its_target_group(cast):
    story = a_case("acknowledged", cast=cast)

    answers.decline_request(
        referral=story.referral, reason=ReasonCodeFactory(code="OUTSIDE_TARGET_GROUP"), rationale="Nej.",
        advice="Annat.", next_holder=cast.counsellor.unit, next_on=story.days(5), by=cast.worker, at=story.at,
    )  # fmt: skip

    assert Referral.objects.get().status == "declined"


def test_an_intake_office_to_which_a_team_sent_the_request_on_answers_as_any(unsure, cast):
    story = a_case("sent", cast=cast)
    story.redirect(unsure.cast.service)

    answers.decline_request(
        referral=story.referral, reason=ReasonCodeFactory(code="TOO_SEVERE_FOR_TEAM"), rationale="Nej.",
        advice="Annat.", next_holder=cast.counsellor.unit, next_on=story.days(5), by=unsure.cast.worker, at=story.at,
    )  # fmt: skip

    assert Referral.objects.get(pk=story.referral.pk).status == "declined"


# --- Nobody takes the pupil -------------------------------------------------------------------------------------------


@pytest.fixture
def nobody(cast, pupil):  # noqa: F811
    """Only the intake office takes the pupil."""
    for service in (cast.service, cast.other_service, cast.third_service):
        service.grade_from, service.grade_to = 1, 2
        service.save(update_fields=["grade_from", "grade_to"])
    return ServiceFactory(intake=True)


def test_a_gap_has_a_name_and_a_way_on(cast, pupil, enter, nobody):  # noqa: F811
    page = enter(cast.counsellor).get(request_address(pupil)).text

    assert "No team takes year" in page
    assert "It must find a place" in page
    assert str(nobody.pk) in page


def test_a_gap_is_counted_once_for_as_long_as_it_is_the_same(cast, pupil, enter, nobody):  # noqa: F811
    client = enter(cast.counsellor)
    address = reverse("cases:note_gap", args=[pupil.pk])

    for _ in range(2):
        assert "Counted" in client.post(address, follow=True).text
    gap = ServiceGap.objects.get()
    assert gap.grade == pupil.enrolments.get().class_group.grade
    assert gap.noted_by == cast.counsellor

    pupil.residences.all().delete()
    ResidenceFactory(pupil=pupil, municipality_code="0126", district_code="")
    client.post(address)
    assert ServiceGap.objects.count() == 2


def test_a_request_to_the_intake_office_counts_the_gap_by_itself(cast, pupil, typed, enter, nobody):  # noqa: F811
    client = enter(cast.counsellor)

    send(client, write(client, pupil, typed | {"service": str(nobody.pk)}))

    assert ServiceGap.objects.get().pupil == pupil


def test_there_is_no_gap_where_a_team_takes_the_pupil(cast, pupil, enter):  # noqa: F811
    assert note_gap(pupil=pupil, by=cast.counsellor, at=timezone.now()) is None
    assert "No team takes" not in enter(cast.counsellor).get(request_address(pupil)).text
    assert not ServiceGap.objects.exists()
    for stranger in (cast.other_counsellor, cast.mentor, cast.worker):
        with pytest.raises(NotAllowed):
            note_gap(pupil=pupil, by=stranger, at=timezone.now())


def test_the_name_of_a_gap_says_the_absence_when_it_is_known():
    facts = {"grade": 2, "school_form": "gr", "provider_kind": "independent"}

    assert ServiceGap(**facts, absence_percent=60).name == (
        "No team takes year 2 in compulsory school, independent schools, with 60 % absence"
    )
    assert ServiceGap(**facts).name == "No team takes year 2 in compulsory school, independent schools"
