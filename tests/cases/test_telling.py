"""What is told at once: something put on you by name, a request that waits for who takes it. Nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from accounts.models import Membership
from cases.actions import answers
from cases.models import Event
from deadlines.stockholm import STOCKHOLM
from notifications.models import Mail
from tests.factories.cases import a_case, make_cast
from wall import identity
from wall.roles import SCHOOL, SOCIAL

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 10, tzinfo=STOCKHOLM)


def told(kind: Mail.Kind) -> set:
    return set(Mail.objects.filter(kind=kind).values_list("user", flat=True))


def test_a_new_request_is_told_to_the_units_head_and_to_nobody_else():
    story = a_case("sent", at=MONDAY)

    assert told(Mail.Kind.REQUEST) == {story.cast.head.user_id}
    assert told(Mail.Kind.GIVEN) == set()


def test_while_the_head_is_away_the_stand_in_takes_it():
    cast = make_cast()
    day = MONDAY.date()
    Membership.objects.filter(pk=cast.head.pk).update(away_from=day, away_to=day, stand_in=cast.colleague)

    a_case("sent", cast=cast, at=MONDAY)

    assert told(Mail.Kind.REQUEST) == {cast.colleague.user_id}


def test_in_a_unit_without_a_head_everybody_who_receives_is_told():
    cast = make_cast()
    Membership.objects.filter(pk=cast.head.pk).update(valid_to=MONDAY.date() - timedelta(days=1))

    a_case("sent", cast=cast, at=MONDAY)

    assert told(Mail.Kind.REQUEST) == {cast.worker.user_id, cast.colleague.user_id}


def test_who_is_given_something_by_another_is_told_and_who_takes_it_oneself_is_not():
    story = a_case("sent", at=MONDAY)
    request = {"referral": story.referral, "at": MONDAY}

    answers.allocate_request(**request, person=story.cast.worker, by=story.cast.worker)
    assert told(Mail.Kind.GIVEN) == set()
    answers.allocate_request(**request, person=story.cast.colleague, by=story.cast.head)

    assert told(Mail.Kind.GIVEN) == {story.cast.colleague.user_id}


def test_every_entry_tells_at_most_once_and_its_mail_names_no_case():
    story = a_case("active", at=MONDAY)

    for mail in Mail.objects.all():
        assert mail.counts == {}
        assert str(story.case.pk) not in f"{vars(mail)}"
    assert Event.objects.filter(case=story.case).count() > Mail.objects.count()


@pytest.mark.parametrize("role", [SCHOOL, SOCIAL])
def test_who_puts_a_mail_reads_none_and_sets_no_words(role):
    story = a_case("sent", at=MONDAY)
    reader = story.cast.counsellor if role == SCHOOL else story.cast.worker

    with identity.acting_as(reader), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        list(Mail.objects.all())
