"""A role alone opens no pupil: there is a link, or one is claimed for 24 hours and the log auditor is told."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from attendance.models import Concern
from audit.models import AuditEvent
from schools.actions import NotAllowed
from schools.actions.links import LinkHasEnded, NotAMember, claim_link, end_link, name_for_pupil
from schools.models import LinkClaimAlert, Pupil, PupilLink
from schools.personal_numbers import invented_number, parse_personal_number
from tests.attendance.searching import search
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import ConcernFactory
from tests.factories.schools import ClassGroupFactory

pytestmark = pytest.mark.django_db
CLAIM = "/pupils/another/"
SENT = "/pupils/another/sent/"


def number_of(pupil):
    return parse_personal_number(pupil.identifiers.get().value, today=timezone.localdate())


def claim(by, pupil, at, **how):
    told = {"reason": "covering", "words": "", **how}
    claim_link(number=number_of(pupil), **told, by=by, at=at)
    return PupilLink.objects.filter(pupil=pupil, membership=by).first()


def sees(reader, pupil, at):
    return Pupil.objects.visible_to(reader, at).filter(pk=pupil.pk).exists()


def test_a_mentor_opens_only_the_own_class(mentor, numbered, group, other_class, now):
    assert sees(mentor, numbered(group), now)
    assert not sees(mentor, numbered(other_class), now)


def test_student_health_and_principals_follow_the_pupil_from_class_to_class(
    counsellor, principal, numbered, group, other_class, now
):
    pupil = numbered(group)
    pupil.enrolments.update(class_group=other_class)

    assert sees(counsellor, pupil, now)
    assert sees(principal, pupil, now)


def test_links_end_with_the_enrolment(mentor, counsellor, numbered, group, other_class, now):
    pupil, claimed = numbered(group), numbered(other_class)
    claim(mentor, claimed, now)
    for one in (pupil, claimed):
        one.enrolments.update(ends_on=timezone.localdate())

    assert not sees(mentor, pupil, now)
    assert not sees(mentor, claimed, now)
    assert not sees(counsellor, pupil, now)


def test_a_claimed_link_ends_after_24_hours_to_the_second(mentor, numbered, other_class, now):
    pupil = numbered(other_class)
    link = claim(mentor, pupil, now)

    assert link.ends_at - link.started_at == timedelta(hours=24)
    assert not sees(mentor, pupil, now - timedelta(seconds=1))
    assert sees(mentor, pupil, now)
    assert sees(mentor, pupil, now + timedelta(hours=24, seconds=-1))
    assert not sees(mentor, pupil, now + timedelta(hours=24))


def test_the_page_stops_with_the_link(sign_in, mentor, numbered, other_class, now):
    pupil = numbered(other_class)
    page = reverse("attendance:pupil_detail", args=[pupil.pk])
    claim(mentor, pupil, now - timedelta(hours=23, minutes=59))
    client = sign_in(mentor)

    assert client.get(page).status_code == 200
    PupilLink.objects.update(started_at=now - timedelta(hours=24), ends_at=now)
    assert client.get(page).status_code == 404


def test_the_database_refuses_a_claim_of_more_than_24_hours(mentor, numbered, other_class, now):
    link = claim(mentor, numbered(other_class), now)

    with pytest.raises(IntegrityError), transaction.atomic():
        PupilLink.objects.filter(pk=link.pk).update(ends_at=now + timedelta(hours=24, seconds=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        PupilLink.objects.filter(pk=link.pk).update(reason="")


def test_a_claim_lets_one_read_the_page_and_log_a_concern_but_not_read_those_of_others(
    sign_in, mentor, counsellor, numbered, other_class, now
):
    pupil = numbered(other_class)
    ConcernFactory(pupil=pupil, school_unit=mentor.unit, logged_by=counsellor, text="Hemligt om eleven.")
    claim(mentor, pupil, now)
    client = sign_in(mentor)

    page = client.get(reverse("attendance:pupil_detail", args=[pupil.pk])).content.decode()
    assert "Alva Kask" in page
    assert "Log a concern" in page
    assert not Concern.objects.visible_to(mentor).exists()
    assert client.get(f"/concerns/new/?pupil={pupil.pk}").status_code == 200


def test_a_claim_twice_makes_one_link(mentor, numbered, other_class, now):
    pupil = numbered(other_class)
    claim(mentor, pupil, now)
    claim(mentor, pupil, now + timedelta(hours=1))

    assert PupilLink.objects.count() == 1
    assert LinkClaimAlert.objects.count() == 2


@pytest.mark.parametrize("role", ["student_health", "principal"])
def test_those_who_see_the_whole_school_get_no_link_by_claiming(role, school, numbered, other_class, now):
    claim(MembershipFactory(unit=school.unit, **{role: True}), numbered(other_class), now)

    assert not PupilLink.objects.exists()
    assert LinkClaimAlert.objects.count() == 1


@pytest.mark.parametrize("role", ["team_worker", "intake_worker", "coordinator", "analyst", "log_auditor"])
def test_nobody_else_may_claim(role, numbered, other_class, now):
    with pytest.raises(NotAllowed):
        claim(MembershipFactory(**{role: True}), numbered(other_class), now)

    assert not LinkClaimAlert.objects.exists()


def test_the_alert_says_neither_whom_nor_who_nor_why(mentor, numbered, other_class, now):
    pupil = numbered(other_class)
    claim(mentor, pupil, now, reason="other", words="Vikarierar hemligen.")

    alert = LinkClaimAlert.objects.get()
    columns = {field.name for field in LinkClaimAlert._meta.concrete_fields}
    assert columns == {"id", "authority", "at", "seen_at", "seen_by"}
    assert alert.authority == mentor.unit.authority
    event = AuditEvent.objects.get(action="link_claimed")
    assert (event.target_type, event.target_id, event.details) == ("schools.linkclaimalert", str(alert.pk), {})
    told = str([alert.__dict__, event.target_id, event.details])
    for content in (str(pupil.pk), number_of(pupil).value, "hemligen", "other"):
        assert content not in told


def test_an_own_link_is_listed_with_the_time_left_and_ended_with_a_button(sign_in, mentor, numbered, other_class, now):
    pupil = numbered(other_class)
    link = claim(mentor, pupil, now)
    client = sign_in(mentor)

    page = client.get("/pupils/").content.decode()
    assert "Opened for a time" in page
    assert re.search(r"23.hours", page)
    assert client.post(reverse("schools:end_link", args=[link.pk])).url == "/pupils/"

    assert "Opened for a time" not in client.get("/pupils/").content.decode()
    assert client.get(reverse("attendance:pupil_detail", args=[pupil.pk])).status_code == 404
    with pytest.raises(LinkHasEnded):
        end_link(link=link, by=mentor, at=now)


def test_nobody_ends_the_link_of_another(sign_in, mentor, school, numbered, other_class, now):
    link = claim(mentor, numbered(other_class), now)
    colleague = MembershipFactory(mentor=True, unit=school.unit)

    assert sign_in(colleague).post(reverse("schools:end_link", args=[link.pk])).status_code == 404
    with pytest.raises(NotAllowed):
        end_link(link=link, by=MembershipFactory(principal=True), at=now)


def test_the_principal_sees_who_can_open_a_pupil_and_ends_a_link(
    sign_in, principal, mentor, counsellor, school, numbered, group, now
):
    pupil = numbered(group)
    stand_in = MembershipFactory(mentor=True, unit=school.unit, user__family_name="Vikarie")
    link = claim(stand_in, pupil, now, reason="other", words="Ord som bara loggranskaren läser.")
    address = reverse("schools:pupil_links", args=[pupil.pk])
    client = sign_in(principal)

    page = client.get(address).content.decode()
    for member in (mentor, counsellor, principal, stand_in):
        assert member.user.full_name in page
    assert "Opened by the person" in page
    assert "loggranskaren" not in page

    assert client.post(reverse("schools:end_link", args=[link.pk])).url == address
    assert "Opened by the person" not in client.get(address).content.decode()


def test_the_principal_names_somebody_who_then_opens_the_pupil(sign_in, principal, school, numbered, group, now):
    pupil = numbered(group)
    teacher = MembershipFactory(mentor=True, unit=school.unit)

    sign_in(principal).post(reverse("schools:pupil_links", args=[pupil.pk]), {"membership": str(teacher.pk)})

    link = PupilLink.objects.get()
    assert (link.ground, link.membership) == (PupilLink.Ground.NAMED, teacher)
    assert sees(teacher, pupil, timezone.now())
    assert not sees(teacher, pupil, now + timedelta(days=366))
    assert name_for_pupil(pupil=pupil, membership=teacher, by=principal, at=timezone.now()) == link


def test_only_the_own_principal_names_and_only_the_own_staff(principal, mentor, numbered, group, now):
    pupil = numbered(group)

    with pytest.raises(NotAllowed):
        name_for_pupil(pupil=pupil, membership=mentor, by=MembershipFactory(principal=True), at=now)
    with pytest.raises(NotAMember):
        name_for_pupil(pupil=pupil, membership=MembershipFactory(mentor=True), by=principal, at=now)


def without_token(response):
    return re.sub(r"\b[A-Za-z0-9]{64}\b", "", response.content.decode())


def test_a_claim_answers_the_same_whether_or_not_there_is_such_a_pupil(
    sign_in, mentor, school, numbered, group, other_class
):
    elsewhere = ClassGroupFactory(school_year__name="2026/27")
    asked = {
        "exists in my school": number_of(numbered(other_class, "Bo")).value,
        "is mine already": number_of(numbered(group, "Cia")).value,
        "exists elsewhere": number_of(numbered(elsewhere, "Dan")).value,
        "protected": number_of(numbered(other_class, "Eva", protected=True)).value,
        "protected elsewhere": number_of(numbered(elsewhere, "Fia", protected=True)).value,
        "does not exist": invented_number(2012, 7).value,
    }
    client = sign_in(mentor)
    client.get(CLAIM)
    answers = {}
    for case, number in asked.items():
        with CaptureQueriesContext(connection) as queries:
            response = client.post(CLAIM, {"number": number, "reason": "covering"})
            page = client.get(response.url)
        statements = [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries]
        answers[case] = (response.status_code, response.url, page.status_code, without_token(page), statements)

    first = answers.pop("exists in my school")
    assert first[:2] == (302, SENT)
    for case, answer in answers.items():
        assert answer == first, case
    assert LinkClaimAlert.objects.count() == len(asked)
    assert PupilLink.objects.count() == 1


def test_a_search_answers_the_same_for_whoever_is_not_linked(sign_in, mentor, numbered, other_class):
    elsewhere = ClassGroupFactory()
    asked = [
        number_of(numbered(other_class, "Bo")).value,
        number_of(numbered(elsewhere, "Dan")).value,
        number_of(numbered(other_class, "Eva", protected=True)).value,
        invented_number(2012, 8).value,
    ]
    client = sign_in(mentor)
    answers = []
    for number in asked:
        with CaptureQueriesContext(connection) as queries:
            response = search(client, number)
        code = response.redirect_chain[-1][0].partition("=")[2]
        body = without_token(response).replace(number, "?").replace(code, "?")
        answers.append((response.status_code, body, len(queries)))

    assert "handled outside the system" in answers[0][1]
    assert all(answer == answers[0] for answer in answers)


def test_a_pupil_is_found_by_name_and_class(sign_in, counsellor, numbered, group, other_class):
    numbered(group, "Alva", "Kask")
    numbered(other_class, "Alva", "Kask")
    client = sign_in(counsellor)

    assert len(search(client, "Alva Kask").context["rows"]) == 2
    assert len(search(client, "Alva Kask 8a").context["rows"]) == 1


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"number": "", "reason": "covering"}, "Write the whole personal number"),
        ({"number": "20130505-0000", "reason": "covering"}, "The last digit does not fit"),
        ({"number": invented_number(2013, 1).value}, "Choose why you need to open the pupil"),
        ({"number": invented_number(2013, 1).value, "reason": "other"}, "Tell in short why"),
    ],
)
def test_a_claim_without_number_or_reason_is_refused_at_the_field(sign_in, mentor, told, words):
    response = sign_in(mentor).post(CLAIM, told)

    assert response.status_code == 422
    assert words in response.content.decode()
    assert not LinkClaimAlert.objects.exists()


def test_who_has_not_just_confirmed_is_asked_first(client, mentor):
    client.force_login(mentor.user)

    response = client.get(CLAIM)

    assert response.status_code == 302
    assert "/account/confirm" in response.url
