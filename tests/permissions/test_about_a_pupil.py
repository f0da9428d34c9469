"""What is fetched about one pupil just shown is what is fetched by asking who works with the pupil, for everybody."""

from __future__ import annotations

import pytest

from accounts.permissions import Seat
from accounts.roles import UnitKind
from attendance.models import Concern, Measure, Signal
from schools.models import Pupil
from tests.permissions.world import World, make_world

MODELS = (Concern, Measure, Signal)


@pytest.fixture
def world(db) -> World:
    return make_world(UnitKind.TEAM)


def people(world: World) -> list:
    return [*(world.near[seat] for seat in Seat), *world.colleagues.values()]


def keys(rows) -> set:
    return set(rows.values_list("pk", flat=True))


def test_of_a_pupil_just_shown_everybody_gets_the_same_as_by_asking(world):
    found = 0
    for reader in people(world):
        for pupil in Pupil.objects.visible_to(reader).with_page_relations():
            assert pupil.is_shown_to(reader)
            for model in MODELS:
                asked = keys(model.objects.visible_to(reader).filter(pupil=pupil))
                assert keys(model.objects.visible_to(reader, about=pupil)) == asked, (reader.role, model)
                found += bool(asked)
    assert found > len(MODELS)


def test_a_pupil_fetched_in_any_other_way_gives_no_more_than_asking(world):
    refused = 0
    for reader in people(world):
        for pupil in Pupil.objects.all():
            assert not pupil.is_shown_to(reader)
            for model in MODELS:
                asked = keys(model.objects.visible_to(reader).filter(pupil=pupil))
                assert keys(model.objects.visible_to(reader, about=pupil)) == asked, (reader.role, model)
                refused += not asked and model.objects.filter(pupil=pupil).exists()
    assert refused


def test_shown_to_one_is_not_shown_to_another(world):
    story = world.story("active")
    reader, other = world.near[Seat.STUDENT_HEALTH], world.near[Seat.SCHOOL_ADMIN]
    pupil = Pupil.objects.visible_to(reader).get(pk=story.pupil.pk)

    assert pupil.is_shown_to(reader)
    assert not pupil.is_shown_to(other)
    assert not keys(Signal.objects.visible_to(other, about=pupil))


def test_a_pupil_who_became_protected_meanwhile_is_asked_about_again(world):
    story = world.story("active")
    reader = world.near[Seat.STUDENT_HEALTH]
    pupil = Pupil.objects.visible_to(reader).get(pk=story.pupil.pk)
    assert keys(Signal.objects.visible_to(reader, about=pupil))

    Pupil.objects.filter(pk=pupil.pk).update(protection="secrecy_flag", alias="K7QX")
    pupil.refresh_from_db()

    for model in MODELS:
        assert not keys(model.objects.visible_to(reader, about=pupil))


@pytest.mark.parametrize(
    "widen",
    [
        lambda mine: mine | Pupil.objects.all(),
        lambda mine: Pupil.objects.all() | mine,
        lambda mine: mine ^ Pupil.objects.all(),
        lambda mine: mine.union(Pupil.objects.all()),
        lambda mine: Pupil.objects.all().union(mine),
    ],
)
def test_pupils_let_in_beside_are_shown_to_nobody(world, widen):
    reader = world.near[Seat.STUDENT_HEALTH]

    assert not any(pupil.is_shown_to(reader) for pupil in widen(Pupil.objects.visible_to(reader)))


def test_what_only_leaves_pupils_out_keeps_whom_they_are_shown_to(world):
    reader = world.near[Seat.STUDENT_HEALTH]
    mine = Pupil.objects.visible_to(reader)
    some = mine.filter(given_name__gt="").exclude(family_name="").order_by("pk").distinct()[:5]

    assert all(pupil.is_shown_to(reader) for pupil in some)
    assert mine.values_list("pk", flat=True).first()
