"""Which signals an import gives is seen after it is stored, once, of those whose figures it changed."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from attendance.detection import detect_signals
from attendance.models import Signal
from deadlines.stockholm import stockholm_day
from integrations import actions, tasks
from integrations.before_images import concerned
from integrations.models import AbsenceImport
from tests.architecture.partials import HTMX
from tests.factories.schools import ClassGroupFactory
from tests.integrations.bringing import AT, DAY_HEADINGS, bring_in, read
from tests.integrations.known_pupils import enrol

pytestmark = pytest.mark.django_db
TODAY = stockholm_day(AT)
DAYS = [f"2026-{month:02}-{day:02}" for month, day in [*((10, n) for n in (19, 20, 21, 22, 23)),
        *((11, n) for n in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 16, 17, 18, 19, 20))]]  # fmt: skip


def rows(pupils, days, *, away=()):
    """Return a row a day: five lessons, of which those in `away` missed all without a reason."""
    return [f"{one};{day};300;300;0;{300 if one in away else 0}" for one in pupils for day in days]


@pytest.fixture
def applied(principal, group):
    """A file about three pupils that is stored and not judged."""
    enrol(group, "e1", "e2", "e3")
    absence_import = read(principal, DAY_HEADINGS, *rows(("e1", "e2", "e3"), DAYS, away=("e1",)), at=timezone.now())
    actions.approve_import(absence_import, by=principal, at=timezone.now(), has_looked=True)
    absence_import.refresh_from_db()
    return actions.apply_import(absence_import, at=timezone.now())


def test_signals_are_looked_for_by_a_task_of_its_own(principal, group):
    enrol(group, "e1", "e2")
    absence_import = read(principal, DAY_HEADINGS, *rows(("e1", "e2"), DAYS, away=("e1",)), at=timezone.now())
    actions.approve_import(absence_import, by=principal, at=timezone.now(), has_looked=True)

    tasks.apply_import(str(absence_import.pk))

    queued = ProcrastinateJob.objects.values_list("task_name", "args")
    assert list(queued) == [("integrations.judge_import", {"import_id": str(absence_import.pk)})]
    assert not Signal.objects.exists()
    tasks.judge_import(str(absence_import.pk))
    absence_import.refresh_from_db()
    assert absence_import.counts["signals"] == Signal.objects.count() > 0


def test_the_page_waits_for_the_signals_and_tells_how_many(client, sign_in, principal, applied):
    sign_in(principal)
    address = reverse("integrations:import_detail", args=[applied.pk])

    assert "are being looked for" in client.get(address).content.decode()
    assert client.get(address, **HTMX).status_code == 204
    found = actions.judge_import(applied, at=timezone.now())

    assert client.get(address, **HTMX)["HX-Refresh"] == "true"
    assert f"{len(found)} new signal" in client.get(address).content.decode()


def test_a_page_whose_signals_do_not_come_waits_for_the_night(client, sign_in, principal, applied):
    sign_in(principal)
    AbsenceImport.objects.update(closed_at=timezone.now() - timedelta(minutes=11))

    page = client.get(reverse("integrations:import_detail", args=[applied.pk])).content.decode()

    assert "looked for tonight" in page
    assert "every 2s" not in page


def test_an_import_is_judged_once(applied):
    found = actions.judge_import(applied, at=timezone.now())

    assert found
    assert actions.judge_import(applied, at=timezone.now()) == []
    applied.refresh_from_db()
    assert applied.counts["signals"] == len(found)


def test_an_import_that_is_being_undone_meanwhile_keeps_its_page(principal, applied):
    actions.ask_to_undo(absence_import=applied, by=principal, at=timezone.now())
    applied.refresh_from_db()
    actions.undo_import(applied, at=timezone.now())

    assert actions.judge_import(applied, at=timezone.now()) == []


def test_a_correction_concerns_its_pupil_and_a_new_day_of_a_class_concerns_the_class(principal, group):
    one, two, three = enrol(group, "e1", "e2", "e3")
    other = ClassGroupFactory(name="8A", school=group.school, school_year=group.school_year)
    enrol(other, "f1")
    bring_in(principal, DAY_HEADINGS, *rows(("e1", "e2", "e3", "f1"), DAYS[:10]))

    correction = bring_in(principal, DAY_HEADINGS, *rows(("e1",), DAYS[3:4], away=("e1",)), at=AT + timedelta(hours=1))
    new_day = bring_in(principal, DAY_HEADINGS, *rows(("e1", "e2", "e3"), DAYS[10:11]), at=AT + timedelta(hours=2))

    assert concerned(correction) == [one.pk]
    assert set(concerned(new_day)) == {one.pk, two.pk, three.pk}


def test_what_imports_have_judged_leaves_nothing_new_for_the_night(principal, group):
    """Whoever crosses a line by a file is found by it, also without a row in it: the class's days are theirs too."""
    names = [f"e{n}" for n in range(6)]
    enrol(group, *names)
    for place in range(0, len(DAYS), 5):
        week = DAYS[place : place + 5]
        bring_in(principal, DAY_HEADINGS, *rows(names, week, away=names[:2]), at=AT + timedelta(hours=place))
        bring_in(principal, DAY_HEADINGS, *rows(names[2:3], week[:2], away=names), at=AT + timedelta(hours=place + 1))
        assert detect_signals(None, today=TODAY, at=AT + timedelta(hours=place + 2)) == []
    assert Signal.objects.count() >= 3
