"""Protection entered by mistake is lifted by the principal, with a reason, and by nothing else."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from audit.models import AuditEvent, RowHistory
from schools.actions import NewPupil, NotAllowed, enrol_pupils
from schools.actions.links import claim_link
from schools.actions.protection import lift_protection, protect_pupil
from schools.models import NamedReader, Protection, Pupil, PupilLink
from schools.personal_numbers import parse_personal_number
from schools.protection import PupilKey, read_alias
from tests.factories.accounts import MembershipFactory
from wall.identity import acting_as
from wall.roles import JOBS

pytestmark = pytest.mark.django_db
PAGE = "/protected/lift/"
KIND = Protection.SECRECY_FLAG


def number_of(pupil):
    return parse_personal_number(pupil.identifiers.get().value, today=timezone.localdate())


def key_of(pupil):
    number = number_of(pupil)
    return PupilKey(number.kind, number.value)


def typed(pupil, **how):
    return {"key": number_of(pupil).shown, "reason": "wrong_pupil", "is_checked": "on", **how}


@pytest.fixture
def outside(numbered, group, principal, now):
    """A pupil whom the principal has hidden, outside the system."""
    pupil = numbered(group)
    protect_pupil(pupil=pupil, kind=KIND, by=principal, at=now)
    pupil.refresh_from_db()
    return pupil


def test_the_principal_shows_a_pupil_again_on_a_page(sign_in, principal, mentor, outside):
    client = sign_in(principal)
    assert "Alva" not in client.get("/pupils/").text

    response = client.post(PAGE, typed(outside))

    assert response.url == reverse("attendance:pupil_detail", args=[outside.pk])
    assert "Alva Kask" in client.get(response.url).text
    assert Pupil.objects.visible_to(mentor).filter(pk=outside.pk).exists()
    event = AuditEvent.objects.get(action="protection_lifted")
    assert (event.target_id, event.membership_id) == (str(outside.pk), principal.pk)
    assert event.details == {"reason": "wrong_pupil"}


@pytest.mark.parametrize("writing", ["{}", " {} ", "{lower}", "{bare}"])
def test_the_code_that_was_noted_points_out_the_pupil_too(sign_in, principal, outside, writing):
    code = outside.alias
    written = writing.format(code, lower=code.lower(), bare=code.replace("-", ""))

    assert sign_in(principal).post(PAGE, typed(outside, key=written)).status_code == 302

    assert Pupil.objects.visible_to(principal).filter(pk=outside.pk).exists()


def test_whoever_hides_a_pupil_is_told_the_code_once(sign_in, principal, numbered, group):
    pupil = numbered(group)

    page = sign_in(principal).post(
        reverse("cases:protect_pupil", args=[pupil.pk]), {"kind": KIND, "is_understood": "on"}
    )

    pupil.refresh_from_db()
    assert pupil.alias in page.text
    assert read_alias(pupil.alias).value == pupil.alias


def test_alias_and_readers_end_with_a_date_and_are_kept(principal, hidden, now):
    later = now + timedelta(days=3)
    code = hidden.alias
    names = NamedReader.objects.filter(pupil=hidden).count()

    lift_protection(key=key_of(hidden), reason="ended", by=principal, at=later)

    hidden.refresh_from_db()
    assert (hidden.protection, hidden.alias, hidden.full_name) == (Protection.NONE, "", "Hemliga Namnet")
    readers = NamedReader.objects.filter(pupil=hidden)
    assert readers.count() == names > 0
    assert {(one.ended_at, one.ended_by_id) for one in readers} == {(later, principal.pk)}
    assert not Pupil.objects.named_to(principal).exists()
    before = RowHistory.objects.filter(table_name="schools_pupil", row_key=str(hidden.pk)).last()
    assert (before.old["alias"], before.old["protection"]) == (code, KIND)
    assert before.at is not None


def test_hidden_again_the_pupil_gets_another_code_and_the_old_readers_stay_ended(principal, hidden, now):
    code = hidden.alias
    lift_protection(key=key_of(hidden), reason="wrong_pupil", by=principal, at=now)

    protect_pupil(pupil=Pupil.objects.get(pk=hidden.pk), kind=KIND, by=principal, at=now)

    hidden.refresh_from_db()
    assert hidden.alias not in {"", code}
    assert not NamedReader.objects.filter(pupil=hidden, ended_at=None).exists()


def test_links_that_ended_stay_ended(principal, mentor, numbered, other_class, now):
    pupil = numbered(other_class)
    claim_link(number=number_of(pupil), reason="covering", words="", by=mentor, at=now)
    protect_pupil(pupil=pupil, kind=KIND, by=principal, at=now)

    lift_protection(key=key_of(pupil), reason="wrong_pupil", by=principal, at=now)

    assert PupilLink.objects.get().ended_at == now
    assert not Pupil.objects.visible_to(mentor, now).filter(pk=pupil.pk).exists()


@pytest.mark.parametrize(
    ("typed_wrong", "field"),
    [
        ({"key": ""}, "key"),
        ({"key": "20130505"}, "key"),
        ({"reason": ""}, "reason"),
        ({"is_checked": ""}, "is_checked"),
    ],
)
def test_what_is_missing_is_said_at_the_field_and_nothing_is_lifted(sign_in, principal, outside, typed_wrong, field):
    response = sign_in(principal).post(PAGE, typed(outside, **typed_wrong))

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert Pupil.objects.get(pk=outside.pk).is_protected


def test_one_who_is_not_hidden_and_one_of_another_school_are_answered_alike_and_each_try_is_logged(
    sign_in, principal, outside, numbered, group
):
    stranger = MembershipFactory(principal=True)
    shown = numbered(group, "Bo", "Alm")

    pages = [
        sign_in(principal).post(PAGE, typed(shown)),
        sign_in(stranger).post(PAGE, typed(outside)),
        sign_in(stranger).post(PAGE, typed(outside, key=outside.alias)),
    ]

    assert [page.status_code for page in pages] == [422, 422, 422]
    assert len({str(page.context["form"].errors["key"]) for page in pages}) == 1
    assert Pupil.objects.get(pk=outside.pk).is_protected
    tries = AuditEvent.objects.filter(action="protection_lift_missed")
    assert [one.membership_id for one in tries] == [principal.pk, stranger.pk, stranger.pk]
    assert all(one.details == {} for one in tries)


def test_nobody_but_a_principal_lifts(school, mentor, counsellor, outside, now):
    for somebody in (
        mentor, counsellor, MembershipFactory(role=Role.SCHOOL_ADMIN, unit=school.unit),
        MembershipFactory(system_admin=True), MembershipFactory(team_head=True),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            lift_protection(key=key_of(outside), reason="ended", by=somebody, at=now)


def test_who_it_is_is_asked_anew_before_lifting_and_before_deciding(client, principal, outside):
    client.force_login(principal.user)
    for response in (client.get(PAGE), client.post(PAGE, typed(outside))):
        assert response.status_code == 302
        assert "/account/confirm/" in response.url
    assert Pupil.objects.get(pk=outside.pk).is_protected

    client.force_login(MembershipFactory(system_admin=True).user)
    response = client.post("/protected/decisions/", {"authority": principal.unit.authority, "inside": "yes"})
    assert "/account/confirm/" in response.url


def ask_as(role, statement, parameters=()):
    """Ask the database itself something, as one of its roles."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        cursor.execute(statement, parameters)


@pytest.mark.parametrize("job", JOBS)
def test_no_job_can_lift_nor_write_the_column(principal, outside, now, job):
    lifting = "SELECT lift_pupil_protection('alias', %s, %s, %s)"
    with pytest.raises(ProgrammingError, match="permission denied"):
        ask_as(job, lifting, [outside.alias, principal.pk, now])
    with pytest.raises(ProgrammingError, match="permission denied"):
        ask_as(job, "UPDATE schools_pupil SET protection = 'none'")


def test_the_database_lets_a_principal_lift_at_the_own_school_and_in_the_own_name_only(principal, mentor, outside, now):
    stranger = MembershipFactory(principal=True)
    ask = "SELECT lift_pupil_protection('alias', %s, %s, %s)"
    for acting, lifter in ((mentor, principal), (stranger, principal), (stranger, stranger), (mentor, mentor)):
        with acting_as(acting), connection.cursor() as cursor:
            cursor.execute(ask, [outside.alias, lifter.pk, now])
            assert cursor.fetchone() == (None,)
    with acting_as(principal), connection.cursor() as cursor:
        cursor.execute(ask, [outside.alias, principal.pk, now])
        assert cursor.fetchone() == (outside.pk,)


def test_a_class_list_that_says_none_lifts_nothing(principal, group, outside):
    plain = NewPupil(
        "Alva", "Kask", born_on=timezone.localdate().replace(year=2013), municipality_code="0180", protection="Ingen"
    )

    enrol_pupils(class_group=group, pupils=[plain], starts_on=timezone.localdate(), by=principal, at=timezone.now())

    assert Pupil.objects.get(pk=outside.pk).is_protected
