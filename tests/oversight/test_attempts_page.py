"""The auditor looks through who failed to sign in, who was refused, and where protection was lifted."""

import pytest
from django.utils import timezone

from audit.models import AccessRecord
from schools.actions.protection import lift_protection, protect_pupil
from schools.protection import PupilKey
from tests.factories.accounts import MembershipFactory
from tests.factories.schools import EnrolmentFactory

pytestmark = pytest.mark.django_db
PAGE = "/oversight/attempts/"


@pytest.fixture
def school_auditor():
    return MembershipFactory(log_auditor=True, unit=MembershipFactory(area_manager=True).unit)


def test_failures_and_refusals_are_shown_with_who_what_and_from_where(client, sign_in, school_auditor):
    mentor = MembershipFactory(mentor=True)
    client.post("/sign-in/", {"login": mentor.user.email, "password": "fel"})
    sign_in(client, mentor).get("/people/")

    page = sign_in(client, school_auditor).get(PAGE)

    (refused, failed) = page.context["rows"]
    assert mentor.user.full_name in refused.who
    assert mentor.user.full_name in failed.who
    assert "Failed to sign in" in page.text
    assert "accounts:people" in page.text
    assert "answer 403" in page.text
    assert "127.0.0.1" not in page.text


def test_signing_in_that_went_well_is_shown_when_asked_for(client, sign_in, school_auditor):
    mentor = MembershipFactory(mentor=True)
    mentor.user.set_password("långt ord med hästar")
    mentor.user.save()
    client.post("/sign-in/", {"login": mentor.user.email, "password": "långt ord med hästar"})
    sign_in(client, school_auditor)

    assert not client.get(PAGE).context["rows"]
    assert "Signed in" in client.get(PAGE, {"show": "all"}).text


def test_other_authorities_and_unknown_people_are_in_their_own_logs(client, sign_in, school_auditor):
    worker = MembershipFactory(team_worker=True)
    client.post("/sign-in/", {"login": worker.user.email, "password": "fel"})
    client.post("/sign-in/", {"login": "okand@example.com", "password": "fel"})

    assert not sign_in(client, school_auditor).get(PAGE).context["rows"]
    (row,) = sign_in(client, MembershipFactory(log_auditor=True)).get(PAGE).context["rows"]
    assert "Nobody known here" in row.who


def test_lifted_protection_is_shown_with_the_pupils_code_and_why_and_looking_is_logged(client, sign_in, school_auditor):
    enrolment = EnrolmentFactory()
    principal = MembershipFactory(principal=True, unit=enrolment.class_group.school.unit)
    pupil, now = enrolment.pupil, timezone.now()
    code = protect_pupil(pupil=pupil, kind="secrecy_flag", by=principal, at=now)
    lift_protection(key=PupilKey("alias", "A-0000"), reason="ended", by=principal, at=now)
    lift_protection(key=PupilKey("alias", code), reason="ended", by=principal, at=now)

    page = sign_in(client, school_auditor).get(PAGE)

    lifted, missed = page.context["rows"]
    assert lifted.about == [str(pupil.pk)[:8], "the protection had ended"]
    assert "found none" in missed.what
    assert pupil.family_name not in page.text
    assert AccessRecord.objects.get(page="oversight:attempts").pupils == [pupil.pk]


def test_the_workspace_counts_the_last_week(client, sign_in, school_auditor):
    mentor = MembershipFactory(mentor=True)
    sign_in(client, mentor).get("/people/")

    page = sign_in(client, school_auditor).get("/oversight/")

    assert page.context["attempts"] == 1
    assert PAGE in page.text


def test_nobody_else_opens_the_page(client, sign_in, cast):
    for role, member in cast.by_role().items():
        assert sign_in(client, member).get(PAGE).status_code == (200 if role == "log_auditor" else 403)


def test_the_page_costs_the_same_for_many(client, sign_in, school_auditor, assert_constant_queries):
    def one_more():
        email = MembershipFactory(mentor=True).user.email
        client.post("/sign-in/", {"login": email, "password": "fel"})
        sign_in(client, school_auditor)

    assert_constant_queries(PAGE, one_more)
