"""The auditor's workspace, and judging a reading."""

import pytest
from django.db.utils import IntegrityError
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from audit.models import AccessRecord, AuditEvent
from oversight import actions
from oversight.models import Review, RuleHit
from oversight.rules import Rule
from schools.actions.links import claim_link
from schools.models import LinkClaimAlert
from schools.personal_numbers import parse_personal_number
from tests.factories.accounts import MembershipFactory
from tests.factories.cases import make_cast
from tests.factories.schools import EnrolmentFactory, PupilFactory
from wall import identity

WORKSPACE = "/oversight/"


@pytest.fixture
def auditor(db):
    """Return a log auditor."""
    return MembershipFactory(log_auditor=True)


@pytest.fixture
def hit(db):
    """Return a reading that a rule hit."""
    return a_hit()


def a_hit(by=None, rule=Rule.SAME_NAME, authority="city"):
    """Let somebody read about a pupil, and a rule hit it."""
    by, pupil = by or MembershipFactory(), PupilFactory()
    AccessRecord.objects.create(
        page="cases:case_detail", at=timezone.now(), pupils=[pupil.pk], user=by.user, membership_id=by.pk,
        unit_id=by.unit_id, role=by.role, authority=authority,
    )  # fmt: skip
    record = AccessRecord.objects.latest("pk")
    RuleHit.objects.create(authority=authority, record=record, pupil=pupil.pk, rule=rule, found_at=timezone.now())
    return record


def test_auditor_begins_in_the_workspace(client, sign_in, auditor):
    response = sign_in(client, auditor).get("/", follow=True)

    assert response.redirect_chain[-1][0] == WORKSPACE


def test_hit_is_shown_with_person_page_and_rule_but_no_name_of_the_pupil(client, sign_in, auditor, hit):
    page = sign_in(client, auditor).get(WORKSPACE).content.decode()

    for words in (hit.user.full_name, "Student health", "the case", "The same family name as the pupil"):
        assert words in page
    pupil = hit.pupils[0]
    assert str(pupil)[:8] in page
    assert "Påhittad" not in page


def test_other_authorities_are_not_shown(client, sign_in, auditor):
    foreign = a_hit(authority="board:farsta")

    page = sign_in(client, auditor).get(WORKSPACE)

    assert foreign.user.full_name not in page.content.decode()
    assert client.get(reverse("oversight:review_reading", args=[foreign.pk])).status_code == 404


def test_looking_at_the_log_is_logged_too(client, sign_in, auditor, hit):
    sign_in(client, auditor).get(WORKSPACE)

    assert AccessRecord.objects.get(page="oversight:workspace").pupils == hit.pupils


def test_judged_reading_leaves_the_list(client, sign_in, auditor, hit):
    url = reverse("oversight:review_reading", args=[hit.pk])

    response = sign_in(client, auditor).post(url, {"outcome": "asked", "note": "Frågade per telefon."})

    review = Review.objects.get()
    assert response.url == WORKSPACE
    assert (review.record_id, review.outcome, review.reviewed_by) == (hit.pk, "asked", auditor)
    assert AuditEvent.objects.filter(action="reading_reviewed").exists()
    assert hit.user.full_name not in client.get(WORKSPACE).content.decode()
    assert "The reader has been asked" in client.get(WORKSPACE + "?show=reviewed").content.decode()
    assert "Frågade per telefon." in client.get(url).content.decode()


def test_judgement_without_outcome_is_refused(client, sign_in, auditor, hit):
    response = sign_in(client, auditor).post(reverse("oversight:review_reading", args=[hit.pk]), {"note": "x"})

    assert response.status_code == 422
    assert not Review.objects.exists()


def test_nobody_judges_their_own_reading(client, sign_in, auditor):
    own = a_hit(by=auditor)

    response = sign_in(client, auditor).post(reverse("oversight:review_reading", args=[own.pk]), {"outcome": "fine"})

    assert response.status_code == 422
    assert "This is your own reading" in response.content.decode()
    with pytest.raises(actions.NotAllowed):
        actions.review_reading(record=own, outcome="fine", note="", by=auditor, at=timezone.now())
    assert not Review.objects.exists()


def test_database_refuses_a_judgement_of_ones_own_reading(auditor):
    own = a_hit(by=auditor)

    with pytest.raises(IntegrityError, match="nobody_reviews_their_own_reading"):
        Review.objects.create(
            authority="city", record=own, outcome="fine", reviewed_at=timezone.now(), reviewed_by=auditor,
            reviewer=auditor.user_id, reader=own.user_id,
        )  # fmt: skip


@pytest.mark.parametrize("role", [role for role in Role if role != Role.LOG_AUDITOR])
def test_others_do_not_enter(client, sign_in, role, db):
    trait = "team_head" if role == Role.UNIT_HEAD else role.value
    member = MembershipFactory(**{trait: True})

    assert sign_in(client, member).get(WORKSPACE).status_code == 403


def test_sample_is_drawn_from_the_page(client, sign_in, auditor):
    sign_in(client, auditor).post(reverse("oversight:draw_sample"))

    page = client.post(reverse("oversight:draw_sample"), follow=True).content.decode()

    assert "The sample has been drawn already" in page
    assert "Drawn by lot among the 0 readings" in page


def test_pupil_is_found_by_number_only_when_the_log_knows_the_pupil(client, sign_in, auditor):
    known, unknown = (EnrolmentFactory(pupil=PupilFactory(numbered=True)).pupil for _ in range(2))
    AccessRecord.objects.create(page="cases:case_detail", at=timezone.now(), pupils=[known.pk])
    numbers = [pupil.identifiers.get().value for pupil in (known, unknown)]

    found, missed = (sign_in(client, auditor).post(reverse("oversight:find_pupil"), {"number": n}) for n in numbers)

    assert found.url == reverse("oversight:who_has_read", args=[known.pk])
    assert missed.status_code == 422
    assert "no reading about a pupil" in missed.content.decode()
    searches = AccessRecord.objects.filter(page="oversight:find_pupil")
    assert [(row.kind, row.pupils) for row in searches] == [("search", [known.pk]), ("search", [])]


def test_part_of_a_number_finds_nobody(client, sign_in, auditor):
    response = sign_in(client, auditor).post(reverse("oversight:find_pupil"), {"number": "201305"})

    assert response.status_code == 422
    assert "Write the whole number" in response.content.decode()


def test_queries_do_not_grow_with_hits(client, sign_in, auditor, assert_constant_queries):
    sign_in(client, auditor)

    assert_constant_queries(WORKSPACE, a_hit)


def test_claimed_link_is_shown_with_person_and_reason_and_never_whom_it_opened(client, sign_in, db):
    cast = make_cast()
    pupil = EnrolmentFactory(class_group=cast.class_group, pupil=PupilFactory(numbered=True)).pupil
    number = parse_personal_number(pupil.identifiers.get().value, today=timezone.localdate())
    told = {"reason": "covering", "words": "Vikarierar i 7B.", "at": timezone.now()}
    with identity.acting_as(cast.mentor):
        claim_link(number=number, by=cast.mentor, **told)
    auditor = MembershipFactory(log_auditor=True, unit=cast.mentor.unit)

    page = sign_in(client, auditor).get(WORKSPACE).content.decode()

    for words in (cast.mentor.user.full_name, "I stand in for the mentor", "Vikarierar i 7B."):
        assert words in page
    assert pupil.family_name not in page
    assert str(pupil.pk)[:8] not in page
    client.post(reverse("oversight:see_claim", args=[LinkClaimAlert.objects.get().pk]))
    assert LinkClaimAlert.objects.get().seen_by == auditor
    assert "Vikarierar" not in client.get(WORKSPACE).content.decode()


def test_claims_of_other_authorities_are_not_shown_nor_marked(client, sign_in, auditor):
    alert = LinkClaimAlert.objects.create(authority="provider:2120000142", at=timezone.now())

    page = sign_in(client, auditor).get(WORKSPACE).content.decode()
    client.post(reverse("oversight:see_claim", args=[alert.pk]))

    assert "Claimed links to look at" not in page
    assert LinkClaimAlert.objects.get().seen_at is None
