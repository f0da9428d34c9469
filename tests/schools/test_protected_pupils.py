"""A protected pupil: outside the system unless the city decides; inside, an alias and named readers, nothing else."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from attendance.models import Concern, Signal
from audit.models import AuditEvent
from schools.actions import NewPupil, NotAllowed, NumberTaken, enrol_pupils, held_aside
from schools.actions.links import claim_link
from schools.actions.protection import (
    DecisionWaits,
    NotASecondPerson,
    NotInside,
    ReadersMissing,
    confirm_protection,
    confirm_reader,
    decide_protection,
    end_reader,
    name_reader,
    protect_pupil,
)
from schools.models import NamedReader, Protection, ProtectionPolicy, Pupil, PupilLink
from schools.personal_numbers import parse_personal_number
from tests.architecture.partials import TOKEN
from tests.attendance.searching import search
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import ConcernFactory, SignalFactory
from tests.factories.schools import PupilFactory, PupilIdentifierFactory
from tests.schools.deciding import decide

pytestmark = pytest.mark.django_db
KIND = Protection.SECRECY_FLAG


def test_by_default_nobody_sees_a_pupil_who_becomes_protected(
    sign_in, principal, counsellor, mentor, numbered, group, now
):
    pupil = numbered(group)
    number = parse_personal_number(pupil.identifiers.get().value, today=timezone.localdate())
    ConcernFactory(pupil=pupil, school_unit=mentor.unit, logged_by=mentor)
    SignalFactory(pupil=pupil, class_group=group)

    protect_pupil(pupil=pupil, kind=KIND, by=principal, at=now)
    claim_link(number=number, reason="covering", words="", by=mentor, at=now)

    for reader in (principal, counsellor, mentor):
        assert not Pupil.objects.visible_to(reader).exists()
        assert not Pupil.objects.named_to(reader).exists()
        assert not Concern.objects.visible_to(reader).exists()
        assert not Signal.objects.visible_to(reader).exists()
        client = sign_in(reader)
        assert client.get(reverse("attendance:pupil_detail", args=[pupil.pk])).status_code == 404
        assert client.get(reverse("attendance:protected_pupil", args=[pupil.pk])).status_code == 404
        assert "Alva" not in client.get("/pupils/").content.decode()
    assert not PupilLink.objects.exists()


def test_becoming_protected_ends_links_and_is_written_down_without_content(
    principal, mentor, numbered, other_class, now
):
    pupil = numbered(other_class)
    number = parse_personal_number(pupil.identifiers.get().value, today=timezone.localdate())
    claim_link(number=number, reason="covering", words="", by=mentor, at=now)

    protect_pupil(pupil=pupil, kind=KIND, by=principal, at=now + timedelta(minutes=1))

    assert PupilLink.objects.get().ended_at == now + timedelta(minutes=1)
    event = AuditEvent.objects.get(action="protection_changed")
    assert (event.target_id, event.details) == (str(pupil.pk), {})


def test_only_the_pupils_own_principal_protects(mentor, counsellor, numbered, group, now):
    pupil = numbered(group)

    for stranger in (mentor, counsellor, MembershipFactory(principal=True), MembershipFactory(system_admin=True)):
        with pytest.raises(NotAllowed):
            protect_pupil(pupil=pupil, kind=KIND, by=stranger, at=now)


def test_readers_cannot_be_named_while_the_city_has_not_decided(principal, counsellor, numbered, group, now):
    with pytest.raises(NotInside):
        protect_pupil(pupil=numbered(group), kind=KIND, readers=[counsellor], by=principal, at=now)


def test_a_principal_is_never_the_only_reader(inside, principal, counsellor, numbered, group, now):
    pupil = numbered(group)

    with pytest.raises(ReadersMissing):
        protect_pupil(pupil=pupil, kind=KIND, readers=[principal], by=principal, at=now)
    with pytest.raises(ReadersMissing):
        protect_pupil(pupil=pupil, kind=KIND, readers=[counsellor, MembershipFactory()], by=principal, at=now)


def test_a_named_reader_counts_when_a_second_person_has_confirmed(
    inside, principal, deputy, counsellor, numbered, group, now
):
    pupil = numbered(group)
    protect_pupil(pupil=pupil, kind=KIND, readers=[counsellor], by=principal, at=now)
    named = NamedReader.objects.get()

    assert not Pupil.objects.named_to(counsellor).exists()
    for somebody in (principal, counsellor, MembershipFactory(principal=True)):
        with pytest.raises(NotAllowed):
            confirm_reader(named=named, by=somebody, at=now)
    confirm_reader(named=named, by=deputy, at=now)
    assert list(Pupil.objects.named_to(counsellor)) == [pupil]
    assert not Pupil.objects.named_to(deputy).exists()


def test_the_database_refuses_to_let_one_person_name_and_confirm(hidden, now):
    named = NamedReader.objects.first()

    with pytest.raises(IntegrityError), transaction.atomic():
        NamedReader.objects.filter(pk=named.pk).update(confirmed_by=named.granted_by)


def test_a_named_reader_meets_the_alias_only(sign_in, counsellor, hidden):
    client = sign_in(counsellor)

    pages = [
        client.get("/protected/"),
        client.get(reverse("attendance:protected_pupil", args=[hidden.pk])),
    ]

    for response in pages:
        page = TOKEN.sub("", response.content.decode())  # a token may hold any two letters
        assert response.status_code == 200
        assert f"Pupil {hidden.alias}" in page
        for secret in ("Hemliga", "Namnet", "7B", hidden.identifiers.get().value):
            assert secret not in page
        title = page.split("<title>")[1].split("</title>")[0]
        assert hidden.alias not in title


def test_named_or_not_a_protected_pupil_is_in_no_list_search_or_count(sign_in, counsellor, hidden, numbered, group):
    numbered(group, "Alva", "Kask")
    client = sign_in(counsellor)

    for asked in ("", "Hemliga", "Namnet", hidden.alias, hidden.identifiers.get().value, "7B"):
        response = search(client, asked)
        assert all(row["pupil"] != hidden for row in response.context["rows"]), asked
    assert client.get("/pupils/").context["page"].paginator.count == 1
    for address in ("/", "/signals/", "/concerns/new/", "/cases/"):
        page = client.get(address).content.decode()
        assert "Hemliga" not in page
        assert hidden.alias not in page


@pytest.mark.parametrize("address", ["attendance:pupil_detail", "schools:pupil_links", "cases:protect_pupil"])
def test_the_usual_pages_know_no_protected_pupil_even_for_those_named(sign_in, principal, hidden, address):
    assert sign_in(principal).get(reverse(address, args=[hidden.pk])).status_code == 404


def test_every_name_of_a_protected_pupil_is_the_alias(hidden):
    assert {str(hidden), hidden.full_name, hidden.initials} == {f"Pupil {hidden.alias}"}


def test_the_alias_stays_and_no_two_have_the_same(hidden):
    with pytest.raises(IntegrityError), transaction.atomic():
        PupilFactory(protected=True, alias=hidden.alias)
    with pytest.raises(IntegrityError), transaction.atomic():
        Pupil.objects.filter(pk=hidden.pk).update(alias="")


def test_a_principal_on_the_list_names_and_takes_away_readers(sign_in, principal, mentor, deputy, hidden, now):
    client = sign_in(principal)
    address = reverse("schools:pupil_readers", args=[hidden.pk])

    client.post(address, {"membership": str(mentor.pk)})
    named = NamedReader.objects.get(membership=mentor)
    assert "Waits for a second person" in client.get(address).content.decode()
    waiting = sign_in(deputy).get("/protected/confirm/").content.decode()
    assert mentor.user.full_name in waiting
    assert "Hemliga" not in waiting
    client.post(reverse("schools:confirm_reader", args=[named.pk]), {"answer": "yes"})
    assert Pupil.objects.named_to(mentor).exists()

    sign_in(principal).post(reverse("schools:end_reader", args=[hidden.pk, named.pk]))
    assert not Pupil.objects.named_to(mentor).exists()


def test_a_second_person_can_say_no(sign_in, principal, mentor, deputy, hidden, now):
    named = name_reader(pupil=hidden, membership=mentor, by=principal, at=now)

    sign_in(deputy).post(reverse("schools:confirm_reader", args=[named.pk]), {"answer": "no"})

    named.refresh_from_db()
    assert named.ended_at is not None
    assert named.confirmed_at is None


def test_whoever_is_not_on_the_list_cannot_put_anybody_on_it(deputy, counsellor, mentor, hidden, now):
    for somebody in (deputy, counsellor):
        with pytest.raises(NotAllowed):
            name_reader(pupil=hidden, membership=mentor, by=somebody, at=now)
    with pytest.raises(NotAllowed):
        end_reader(named=NamedReader.objects.first(), by=counsellor, at=now)


def test_a_decision_takes_two_persons(school, now):
    first = MembershipFactory(system_admin=True)
    policy = decide_protection(authority=school.unit.authority, inside=True, by=first, at=now)

    assert not ProtectionPolicy.objects.is_inside(school.unit.authority)
    with pytest.raises(NotASecondPerson):
        confirm_protection(policy=policy, by=MembershipFactory(system_admin=True, user=first.user), at=now)
    with pytest.raises(DecisionWaits):
        decide_protection(authority=school.unit.authority, inside=False, by=first, at=now)
    with pytest.raises(NotAllowed):
        confirm_protection(policy=policy, by=MembershipFactory(principal=True), at=now)
    confirm_protection(policy=policy, by=MembershipFactory(system_admin=True), at=now)
    assert ProtectionPolicy.objects.is_inside(school.unit.authority)


def test_deciding_for_outside_again_closes_every_list(school, hidden, counsellor):
    decide(school.unit.authority, inside=False)

    assert not ProtectionPolicy.objects.is_inside(school.unit.authority)
    assert not Pupil.objects.named_to(counsellor).exists()
    assert not NamedReader.objects.filter(ended_at=None).exists()


def test_the_decision_is_entered_and_confirmed_on_a_page(sign_in, school):
    first, second = MembershipFactory(system_admin=True), MembershipFactory(system_admin=True)
    page = "/protected/decisions/"
    told = {"authority": school.unit.authority, "inside": "yes"}

    client = sign_in(first)
    assert client.post(page, told).status_code == 302
    assert client.post(page, told).status_code == 422
    address = reverse("schools:confirm_policy", args=[ProtectionPolicy.objects.get().pk])
    client.post(address)
    assert not ProtectionPolicy.objects.is_inside(school.unit.authority)
    sign_in(second).post(address)

    assert ProtectionPolicy.objects.is_inside(school.unit.authority)
    assert second.user.full_name in client.get(page).content.decode()


NOBODY = {"born_on": timezone.localdate().replace(year=2013), "municipality_code": "0180"}


def test_a_class_list_keeps_nothing_of_protected_pupils_but_their_places(principal, group, now):
    pupils = [
        NewPupil("Alva", "Kask", **NOBODY, protection="Ingen"),
        NewPupil("Kanarie", "Ett", **NOBODY, protection="Sekretessmarkering"),
        NewPupil("Bo", "Alm", **NOBODY),
        NewPupil("Kanarie", "Två", **NOBODY, protection="vet ej"),
        NewPupil("Skyddad", "Identitet", **NOBODY),
    ]

    written = enrol_pupils(class_group=group, pupils=pupils, starts_on=timezone.localdate(), by=principal, at=now)

    assert [pupil.given_name for pupil in written] == ["Alva", "Bo"]
    assert held_aside(pupils) == [2, 4, 5]
    assert not Pupil.objects.filter(given_name__in=["Kanarie", "Skyddad"]).exists()
    assert "Kanarie" not in str(list(AuditEvent.objects.values_list("details", flat=True)))


def test_a_taken_number_is_refused_in_the_same_words_whoever_has_it(principal, group, now):
    messages = set()
    for owner in (PupilFactory(protected=True), PupilFactory()):
        held = PupilIdentifierFactory(pupil=owner).value
        number = parse_personal_number(held, today=timezone.localdate())
        with pytest.raises(NumberTaken) as refusal:
            enrol_pupils(
                class_group=group,
                pupils=[NewPupil("Alva", "Kask", **NOBODY, number=number)],
                starts_on=timezone.localdate(),
                by=principal,
                at=now,
            )
        messages.add((str(refusal.value), str(refusal.value.message), refusal.value.__cause__))

    assert len(messages) == 1
    assert not Pupil.objects.filter(given_name="Alva").exists()
