"""Who has what: the head sees how much each person has, what nobody has, and what has been with nobody too long."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from cases.actions import answers
from cases.models import Case, HolderInterval, Obligation, Party, Referral
from cases.workload import workload_of
from deadlines.working_days import add_working_days
from schools.models import Pupil
from tests.factories.cases import a_case, make_cast

INBOX = reverse("cases:inbox")
DAY = timedelta(days=1)


def loads(reader):
    reader = Membership.objects.select_related("user", "unit__parent").get(pk=reader.pk)
    workload = workload_of(reader, timezone.localdate())
    return {load.person: (load.held, load.late) for load in workload.loads}, workload


def listed(client, **asked):
    return [row.referral for row in client.get(INBOX, asked).context["rows"]]


def test_the_head_sees_what_each_person_holds_and_how_much_of_it_is_late(cast, enter):
    a_case("acknowledged", cast=cast)
    late = a_case("acknowledged", cast=cast)
    Obligation.objects.filter(pk=late.open("answer_request").pk).update(
        started_on=timezone.localdate() - 9 * DAY, due_on=timezone.localdate() - DAY
    )
    a_case("sent", cast=cast)

    held, workload = loads(cast.head)

    assert held == {cast.worker: (2, 1), cast.colleague: (0, 0), cast.head: (0, 0)}
    assert (workload.unallocated, workload.too_long) == (1, 0)
    shown = enter(cast.head).get(INBOX).text
    assert "Who has what" in shown
    assert f"?person={cast.worker.pk}" in shown


def test_what_is_paused_is_not_late(cast):
    asked = a_case("asked", cast=cast)
    Obligation.objects.filter(pk=asked.open("answer_request").pk).update(
        started_on=timezone.localdate() - 9 * DAY, due_on=timezone.localdate() - DAY
    )

    assert loads(cast.head)[0][cast.worker] == (1, 0)


def test_who_has_left_is_counted_for_as_long_as_they_hold_something(cast):
    a_case("acknowledged", cast=cast)
    Membership.objects.filter(pk=cast.worker.pk).update(valid_to=timezone.localdate() - DAY)

    assert loads(cast.head)[0][cast.worker] == (1, 0)


def test_only_heads_see_who_has_what(cast, enter):
    a_case("acknowledged", cast=cast)

    assert enter(cast.worker).get(INBOX).context["workload"] is None
    assert enter(cast.area_head).get(INBOX).context["workload"].loads
    assert cast.worker not in loads(make_cast().head)[0]


def test_the_list_can_be_that_of_one_person_or_of_nobody(cast, enter):
    mine, free = a_case("acknowledged", cast=cast), a_case("sent", cast=cast)
    client = enter(cast.head)

    assert listed(client, person=cast.worker.pk) == [mine.referral]
    assert listed(client, person="none") == [free.referral]
    assert listed(client, person=cast.colleague.pk) == []
    assert client.get(INBOX, {"person": cast.worker.pk}).context["tabs"][1][1] == 1


@pytest.mark.parametrize("odd", ["", "x", "00000000-0000-0000-0000-000000000000", "a_stranger"])
def test_somebody_who_is_not_of_the_unit_chooses_nothing(cast, enter, odd):
    story = a_case("sent", cast=cast)
    asked = str(cast.other_worker.pk) if odd == "a_stranger" else odd

    page = enter(cast.head).get(INBOX, {"person": asked})

    assert [row.referral for row in page.context["rows"]] == [story.referral]
    assert cast.other_worker.user.full_name not in page.text


def test_what_is_allocated_moves_to_that_person(cast, enter):
    story = a_case("sent", cast=cast)
    client = enter(cast.head)

    client.post(reverse("cases:allocate_request", args=[story.referral.pk]), {"person": cast.colleague.pk})

    assert listed(client, person="none") == []
    assert listed(client, person=cast.colleague.pk) == [story.referral]
    assert loads(cast.head)[0][cast.colleague] == (1, 0)


@pytest.mark.parametrize(("working_days", "flagged"), [(0, False), (1, False), (2, True), (5, True)])
def test_what_nobody_has_had_for_more_than_one_working_day_is_told_to_the_head(cast, enter, working_days, flagged):
    story = a_case("sent", cast=cast)
    began = timezone.now()
    while add_working_days(timezone.localdate(began), working_days) > timezone.localdate():
        began -= DAY
    HolderInterval.objects.filter(obligation=story.open("acknowledge_request")).update(from_at=began)

    shown = enter(cast.head).get(INBOX).text

    assert ("not allocated for" in shown) is flagged
    assert ("1 request has been with nobody for more than one working day." in shown) is flagged


def test_acknowledging_makes_it_somebody_s(cast, enter):
    story = a_case("sent", cast=cast)
    HolderInterval.objects.filter(obligation=story.open("acknowledge_request")).update(
        from_at=timezone.now() - 20 * DAY
    )
    answers.acknowledge_request(referral=story.referral, by=cast.worker, at=timezone.now())

    assert "not allocated for" not in enter(cast.head).get(INBOX).text


def copied(story, times):
    """Write `times` more requests like that of `story`: rows in bulk, checked by the database as always."""
    one, pupil = story.referral, story.pupil
    case, held = story.case, story.open("acknowledge_request")
    interval = held.intervals.get(to_at=None)
    stamps = {f.name for f in Pupil._meta.concrete_fields if getattr(f, "auto_now_add", False)}
    with transaction.atomic():
        for number in range(times):
            new_pupil = _copy(pupil, Pupil, stamps)
            new_case = _copy(case, Case, number=f"9911-{number:04d}", pupil_id=new_pupil.pk)
            for party in story.case.parties.all():
                _copy(party, Party, case_id=new_case.pk, pk=None)
            new = _copy(one, Referral, case_id=new_case.pk, submission=uuid4())
            owed = _copy(held, Obligation, case_id=new_case.pk, referral_id=new.pk)
            _copy(interval, HolderInterval, obligation_id=owed.pk, pk=None)


def _copy(row, model, without=(), **changed):
    values = {f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields if f.name not in without}
    values |= {"id": uuid4()} | changed
    if "pk" in changed:
        values.pop("id")
        values.pop("pk")
    return model._base_manager.create(**values)


def test_five_hundred_in_the_queue_cost_as_many_questions_as_one(cast, enter):
    story = a_case("sent", cast=cast)
    client = enter(cast.head)
    client.get(INBOX)
    with CaptureQueriesContext(connection) as with_one:
        assert client.get(INBOX).status_code == 200

    copied(story, 499)

    with CaptureQueriesContext(connection) as with_many:
        page = client.get(INBOX)
    assert page.context["tabs"][0][1] == 500
    assert page.context["workload"].unallocated == 500
    assert len(page.context["rows"]) == 25
    assert len(with_many) == len(with_one)
