"""A unit hides reasons it does not need from its list; what was said with one stands, and some are in every list."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from cases.actions import settings
from cases.ledger import NotAllowed
from cases.models import Decision, UnitReason
from cases.placing import WRONG_PLACE, reasons_for
from cases.unit_reasons import FEWEST_REASONS, KEPT_REASONS, hidden_codes
from socialservices.models import ReasonCode
from socialservices.registers import load_reason_codes
from tests.factories.cases import a_case
from tests.factories.socialservices import ReasonCodeFactory
from wall.identity import acting_as

WHY = "Det skälet hör till mottagningen."
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def reasons(db):
    """Five reasons in the register, of which one can be hidden by nobody."""
    return [ReasonCodeFactory(code=code) for code in ("ADULT", "DUPLICATE", "MOVED_OR_LEFT", "NO_CONTACT", "OTHER")]


def address(unit, page="set_reason"):
    return reverse(f"cases:{page}", args=[unit.pk])


def settle(cast, code="ADULT", *, hidden=True, ago=0, after=1, by=None):
    """The head hides a reason, or shows it again, `ago` days ago, from `after` days after that."""
    at = timezone.now() - timedelta(days=ago)
    return settings.set_reason(
        unit=cast.worker.unit, code=code, is_hidden=hidden, why=WHY, by=by or cast.head, at=at,
        valid_from=timezone.localdate(at) + timedelta(days=after),
    )  # fmt: skip


def offered(story):
    return {reason.code for reason in reasons_for(story.referral, story.today)}


def test_the_head_hides_a_reason_and_from_that_day_the_unit_is_not_offered_it(cast, enter):
    tomorrow = timezone.localdate() + DAY
    sent = {"code": "ADULT", "valid_from": tomorrow.isoformat(), "why": WHY}

    saved = enter(cast.head).post(address(cast.head.unit), sent, follow=True)

    settled = UnitReason.objects.get()
    assert "Saved. Applies from" in saved.text
    assert (settled.code, settled.is_hidden, settled.valid_from) == ("ADULT", True, tomorrow)
    assert hidden_codes(cast.head.unit, timezone.localdate()) == set()
    assert hidden_codes(cast.head.unit, tomorrow) == {"ADULT"}
    shown = enter(cast.worker).get(address(cast.head.unit, "unit_settings")).text
    assert "Hidden from" in shown
    assert WHY in shown


def test_a_hidden_reason_is_neither_in_the_form_nor_accepted_past_it(cast, enter):
    settle(cast, "ADULT", ago=2)
    story = a_case("acknowledged", cast=replace(cast, reason=ReasonCode.objects.get(code="ADULT")))

    panel = enter(cast.worker).get(reverse("cases:decline_request", args=[story.referral.pk]))

    assert "ADULT" not in {reason.code for reason in panel.context["form"].fields["reason"].queryset}
    with pytest.raises(NotAllowed):
        story.decline()
    assert "ADULT" in offered(a_case("acknowledged", cast=cast).redirect().acknowledge(cast.other_worker))


def test_what_was_said_with_a_reason_stands_when_it_is_hidden(cast, enter):
    story = a_case("declined", cast=replace(cast, reason=ReasonCode.objects.get(code="ADULT")))
    settle(cast, "ADULT", ago=2)

    assert Decision.objects.get(referral=story.referral).given.code.code == "ADULT"
    assert "A reason" in enter(cast.counsellor).get(reverse("cases:case_detail", args=[story.case.pk])).text
    assert ReasonCode.objects.filter(code="ADULT").exists()


def test_a_reason_is_shown_again_from_a_later_day(cast):
    settle(cast, "ADULT", ago=9)
    settle(cast, "ADULT", hidden=False, ago=3)
    today = timezone.localdate()

    assert [hidden_codes(cast.worker.unit, today - day * DAY) for day in (9, 8, 3, 2)] == [
        set(), {"ADULT"}, {"ADULT"}, set(),
    ]  # fmt: skip


@pytest.mark.parametrize("code", sorted(KEPT_REASONS))
def test_what_the_law_follows_on_stays_in_every_list(cast, enter, code):
    with pytest.raises(NotAllowed):
        settle(cast, code)
    with pytest.raises(DatabaseError, match="stays in every list"), transaction.atomic():
        UnitReason.objects.create(
            unit=cast.worker.unit, code=code, is_hidden=True, why=WHY, changed_by=cast.head, changed_at=timezone.now(),
            valid_from=timezone.localdate() + DAY,
        )  # fmt: skip
    sent = {"code": code, "valid_from": (timezone.localdate() + DAY).isoformat(), "why": WHY}
    assert enter(cast.head).post(address(cast.head.unit), sent).status_code == 422


def test_three_reasons_are_left_at_least(cast, enter):
    # The five of the register and the cast's own.
    for code in ("ADULT", "DUPLICATE", "MOVED_OR_LEFT"):
        settle(cast, code, ago=2)

    with pytest.raises(settings.TooFewReasons):
        settle(cast, "NO_CONTACT")
    sent = {"code": "NO_CONTACT", "valid_from": (timezone.localdate() + DAY).isoformat(), "why": WHY}
    assert "A unit needs at least three reasons" in enter(cast.head).post(address(cast.head.unit), sent).text
    assert settle(cast, "ADULT", hidden=False).pk


def test_of_the_whole_register_three_are_left_even_to_an_office_that_has_to_find_a_place(cast):
    load_reason_codes()
    codes = {reason.code for reason in ReasonCode.objects.for_declining(timezone.localdate())}

    assert codes >= KEPT_REASONS
    assert len(KEPT_REASONS - set(WRONG_PLACE)) >= FEWEST_REASONS


def test_what_is_so_already_is_no_change(cast):
    with pytest.raises(settings.NothingToChange):
        settle(cast, "ADULT", hidden=False)
    settle(cast, "ADULT")
    with pytest.raises(settings.NothingToChange):
        settle(cast, "ADULT", after=3)


def test_today_is_too_early(cast):
    with pytest.raises(settings.TooEarly):
        settle(cast, after=0)


def test_only_the_unit_s_head_hides_and_only_its_people_read(cast, enter):
    settle(cast)
    for stranger in (cast.worker, cast.principal, cast.area_manager, cast.other_worker):
        with pytest.raises(NotAllowed):
            settle(cast, "DUPLICATE", by=stranger)
    assert enter(cast.worker).get(address(cast.worker.unit)).status_code == 403
    assert enter(cast.principal).get(address(cast.principal.unit)).status_code == 403
    with acting_as(cast.other_worker):
        assert not UnitReason.objects.exists()
    with acting_as(cast.principal), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        UnitReason.objects.exists()


@pytest.mark.parametrize("statement", ["UPDATE cases_unitreason SET is_hidden = false", "DELETE FROM cases_unitreason"])
def test_what_was_settled_is_never_changed_or_removed(cast, statement):
    settle(cast)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
