"""Who has read about a pupil, and the extract that a second person lets out."""

import pytest
from django.db import transaction
from django.db.utils import DatabaseError, IntegrityError
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessRecord, AuditEvent
from oversight import actions
from oversight.models import LogExtract
from tests.confirmed import confirmed
from tests.factories.accounts import MembershipFactory
from tests.factories.cases import make_cast
from tests.factories.schools import EnrolmentFactory, PupilFactory


@pytest.fixture
def cast(db):
    """Return the people around a class."""
    return make_cast()


@pytest.fixture
def pupil(cast):
    """Return a pupil of the cast's class."""
    return EnrolmentFactory(
        class_group=cast.class_group, pupil=PupilFactory(given_name="Alva", family_name="Krans")
    ).pupil


@pytest.fixture
def auditor(cast):
    """Return the log auditor of the school."""
    return MembershipFactory(log_auditor=True, unit=cast.principal.unit)


def read(client, sign_in, member, pupil):
    """Let somebody open the pupil's page."""
    assert sign_in(client, member).get(reverse("attendance:pupil_detail", args=[pupil.pk])).status_code == 200


def address(name, key):
    """Return the address of a page about the log."""
    return reverse(f"oversight:{name}", args=[key])


def drafted(auditor, pupil):
    """Return a drafted extract of this year."""
    today = timezone.localdate()
    return actions.draft_extract(pupil_id=pupil.pk, since=today, until=today, by=auditor, at=timezone.now())


def test_principal_sees_who_has_read(client, sign_in, cast, pupil):
    read(client, sign_in, cast.counsellor, pupil)

    page = sign_in(client, cast.principal).get(address("who_has_read", pupil.pk)).content.decode()

    assert "Who has read about Alva Krans?" in page
    for words in (
        cast.counsellor.user.full_name,
        "Student health",
        cast.counsellor.unit.name,
        "the pupil&#x27;s absence",
    ):
        assert words in page


def test_page_of_the_pupil_leads_there_for_the_principal_alone(client, sign_in, cast, pupil):
    url = reverse("attendance:pupil_detail", args=[pupil.pk])

    assert address("who_has_read", pupil.pk) in sign_in(client, cast.principal).get(url).content.decode()
    assert address("who_has_read", pupil.pk) not in sign_in(client, cast.counsellor).get(url).content.decode()


def test_other_authorities_readings_are_not_shown(client, sign_in, cast, pupil):
    stranger = MembershipFactory(team_worker=True)
    AccessRecord.objects.create(
        page="cases:case_detail", at=timezone.now(), pupils=[pupil.pk], user=stranger.user, authority="board:farsta"
    )

    page = sign_in(client, cast.principal).get(address("who_has_read", pupil.pk)).content.decode()

    assert stranger.user.full_name not in page


def test_principal_of_another_school_finds_nothing(client, sign_in, pupil):
    other = MembershipFactory(principal=True)

    assert sign_in(client, other).get(address("who_has_read", pupil.pk)).status_code == 404


@pytest.mark.parametrize("who", ["counsellor", "mentor", "worker", "head", "coordinator"])
def test_others_do_not_enter(client, sign_in, cast, pupil, who):
    assert sign_in(client, getattr(cast, who)).get(address("who_has_read", pupil.pk)).status_code == 403


def test_auditor_sees_a_code_for_the_pupil(client, sign_in, cast, pupil, auditor):
    read(client, sign_in, cast.counsellor, pupil)

    page = sign_in(client, auditor).get(address("who_has_read", pupil.pk)).content.decode()

    assert cast.counsellor.user.full_name in page
    assert "Krans" not in page
    assert AccessRecord.objects.get(page="oversight:who_has_read").pupils == [pupil.pk]


def test_extract_is_drafted_released_by_a_second_person_and_printed(client, sign_in, cast, pupil, auditor):
    read(client, sign_in, cast.counsellor, pupil)
    today = timezone.localdate().isoformat()
    drafted = confirmed(sign_in(client, auditor)).post(
        address("draft_extract", pupil.pk), {"since": today, "until": today}
    )
    extract = LogExtract.objects.get()
    assert drafted.url == address("extract_detail", extract.pk)
    assert client.post(address("release_extract", extract.pk)).status_code == 403
    assert client.get(address("print_extract", extract.pk)).status_code == 404

    confirmed(sign_in(client, cast.principal)).post(address("release_extract", extract.pk))

    page = client.get(address("print_extract", extract.pk)).content.decode()
    assert "Alva Krans" in page
    assert f"Student health, {cast.counsellor.unit.name}" in page
    assert cast.counsellor.user.full_name not in page
    assert AccessRecord.objects.get(page="oversight:print_extract").kind == "print"
    acts = AuditEvent.objects.filter(action__startswith="extract_").values_list("action", flat=True)
    assert list(acts) == ["extract_drafted", "extract_released"]


def test_extract_does_not_change_when_somebody_reads_later(client, sign_in, cast, pupil, auditor):
    extract = drafted(auditor, pupil)
    read(client, sign_in, cast.counsellor, pupil)

    assert LogExtract.objects.get(pk=extract.pk).lines == []


def test_withheld_extract_cannot_be_printed_or_released(client, sign_in, cast, pupil, auditor):
    extract = drafted(auditor, pupil)
    confirmed(sign_in(client, cast.principal)).post(address("withhold_extract", extract.pk))

    page = client.post(address("release_extract", extract.pk), follow=True).content.decode()

    assert "Somebody has decided already" in page
    assert client.get(address("print_extract", extract.pk)).status_code == 404


def test_principal_of_another_school_does_not_decide(client, sign_in, pupil, auditor):
    extract = drafted(auditor, pupil)

    confirmed(sign_in(client, MembershipFactory(principal=True)))
    response = client.post(address("release_extract", extract.pk))

    assert response.status_code == 404


def test_auditor_of_another_authority_does_not_decide(cast, pupil, auditor):
    extract = drafted(auditor, pupil)
    LogExtract.objects.filter(pk=extract.pk)
    foreign = LogExtract(authority="board:farsta", drafter=auditor.user_id)

    from oversight.access import may_decide

    assert not may_decide(MembershipFactory(log_auditor=True), foreign)


def test_database_refuses_that_one_person_does_both(pupil, auditor):
    extract = drafted(auditor, pupil)
    extract.decision, extract.decided_at, extract.decided_by = "released", timezone.now(), auditor
    extract.decider = auditor.user_id

    with pytest.raises(IntegrityError, match="a_second_person_lets_an_extract_out"), transaction.atomic():
        extract.save()


@pytest.mark.parametrize("change", [{"lines": [{"x": 1}]}, {"until": "2030-01-01"}, {"authority": "x"}])
def test_database_refuses_to_change_an_extract(pupil, auditor, change):
    extract = drafted(auditor, pupil)

    with pytest.raises(DatabaseError, match="decided once"), transaction.atomic():
        LogExtract.objects.filter(pk=extract.pk).update(**change)


def test_period_that_ends_before_it_begins_is_refused(client, sign_in, pupil, auditor):
    response = sign_in(client, auditor).post(
        address("draft_extract", pupil.pk), {"since": "2026-11-20", "until": "2026-11-10"}
    )

    assert response.status_code == 422
    assert "The last day comes before the first." in response.content.decode()


def test_queries_do_not_grow_with_readings(client, sign_in, cast, pupil, assert_constant_queries):
    sign_in(client, cast.principal)

    def another():
        by = MembershipFactory()
        AccessRecord.objects.create(
            page="cases:case_detail",
            at=timezone.now(),
            pupils=[pupil.pk],
            user=by.user,
            unit_id=by.unit_id,
            role=by.role,
        )

    assert_constant_queries(address("who_has_read", pupil.pk), another)
