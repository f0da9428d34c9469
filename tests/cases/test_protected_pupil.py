"""When the pupil of a case becomes protected, the case is closed in neutral words and nobody sees it any more."""

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.board import board_of
from cases.models import Case, Disclosure, Event, Obligation, Referral
from cases.todo import to_do_of
from followup.scope import scope_of
from schools.actions import NotAllowed
from schools.actions.protection import protect_pupil
from tests.factories.accounts import MembershipFactory
from tests.factories.cases import a_case

pytestmark = pytest.mark.django_db
TYPED = {"kind": "secrecy_flag", "is_understood": "on"}


@pytest.fixture
def enter(enter, confirm):
    """Return a way to become a person who has just confirmed that it is he or she."""
    return lambda membership: confirm(enter(membership))


def readers_of(cast):
    return [
        cast.counsellor, cast.principal, cast.mentor, cast.area_manager, cast.worker, cast.colleague, cast.head,
        cast.area_head, cast.other_worker, cast.coordinator,
    ]  # fmt: skip


def address(story):
    return reverse("cases:protect_pupil", args=[story.pupil.pk])


@pytest.mark.parametrize("state", ["sent", "asked", "accepted", "active", "declined", "lifted"])
def test_nobody_sees_the_case_of_a_pupil_who_became_protected(cast, enter, state):
    story = a_case(state, cast=cast)

    assert enter(cast.principal).post(address(story), TYPED).status_code == 200

    assert not story.case.is_open
    assert not Obligation.objects.open().exists()
    today = timezone.localdate()
    for reader in readers_of(cast):
        for model in (Case, Referral, Obligation, Event, Disclosure):
            assert not model.objects.visible_to(reader).exists(), (reader.role, model)
        assert not Case.objects.overseen_by(reader).exists()
        assert not board_of(reader, today).rows
        to_do = to_do_of(reader, today)
        assert not to_do.groups
        assert not to_do.waiting


def test_the_answer_says_with_whom_to_go_on_and_never_about_whom(cast, enter):
    story = a_case("active", cast=cast)

    page = enter(cast.principal).post(address(story), TYPED).text

    assert cast.worker.unit.name in page
    for secret in ("Alva", "Krans", story.case.number, cast.class_group.name):
        assert secret not in page
    assert story.case.final_word == "The case goes on outside the system."


def test_addresses_known_from_before_lead_nowhere(cast, enter):
    story = a_case("active", cast=cast)
    pages = [
        reverse("cases:case_detail", args=[story.case.pk]),
        reverse("cases:shared_items", args=[story.case.pk]),
        reverse("cases:internal_notes", args=[story.case.pk]),
        reverse("cases:assess_request", args=[story.referral.pk]),
        reverse("attendance:pupil_detail", args=[story.pupil.pk]),
        f"/requests/new/?pupil={story.pupil.pk}",
    ]
    enter(cast.principal).post(address(story), TYPED)

    for reader in (cast.principal, cast.counsellor, cast.worker, cast.head):
        client = enter(reader)
        for page in pages:
            response = client.get(page)
            assert response.status_code in {403, 404}, (reader.role, page)
            assert "Alva" not in response.text


def test_no_figures_count_the_case(cast, enter):
    story = a_case("sent", cast=cast)
    before = {reader.role: scope_of(reader).cases.count() for reader in (cast.principal, cast.head, cast.area_head)}
    enter(cast.principal).post(address(story), TYPED)

    assert set(before.values()) == {1}
    for reader in (cast.principal, cast.head, cast.area_head, cast.area_manager, cast.analyst):
        scope = scope_of(reader)
        assert (scope.cases.count(), scope.referrals.count()) == (0, 0)


def test_it_is_not_done_before_it_is_understood(cast, enter):
    story = a_case("sent", cast=cast)

    response = enter(cast.principal).post(address(story), {"kind": "secrecy_flag"})

    assert response.status_code == 422
    assert story.case.is_open


def test_only_the_principal_of_the_school_comes_to_the_page(cast, enter):
    story = a_case("sent", cast=cast)

    assert enter(cast.counsellor).get(address(story)).status_code == 403
    assert enter(MembershipFactory(principal=True)).get(address(story)).status_code == 404
    with pytest.raises(NotAllowed):
        protect_pupil(pupil=story.pupil, kind="secrecy_flag", by=cast.counsellor, at=timezone.now())
