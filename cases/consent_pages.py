"""A pupil's consents and disclosures as the school reads them: by receiver, with what can still be changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Membership, Unit
from deadlines.templatetags.days import day_words
from schools.models import Guardian, Pupil

from .access import may_speak_for_school
from .consent_words import Told, names_with, told
from .consents import (
    Standing,
    first_receivers,
    guardians_asked,
    judged,
    latest_answers,
    not_asked_here,
    shown_name,
)
from .models import Case, Consent, Disclosure, Referral


@dataclass(frozen=True)
class Answer:
    """What one person has answered about one receiver. `consent` is the row that a withdrawal is made of."""

    who: str
    said: str
    consent: Consent
    may_withdraw: bool


@dataclass(frozen=True)
class Receiver:
    """One unit that the school has asked about a pupil: the answers, what the law says of them, and what was given."""

    unit: Unit
    case: Case
    answers: list[Answer]
    told: Told
    copies: list[Disclosure]
    may_change: bool


def consents_of(pupil: Pupil, reader: Membership, today: date) -> list[Receiver]:
    """Return the receivers of what the reader's school has shared about `pupil`, the latest case first."""
    guardians = guardians_asked(pupil)
    consents = Consent.objects.visible_to(reader).filter(case__pupil=pupil)
    consents = consents.select_related("case", "to_unit", "withdrawn_by__user").order_by("noted_at", "pk")
    by_receiver: dict[tuple[Case, Unit], list[Consent]] = defaultdict(list)
    for consent in consents:
        by_receiver[consent.case, consent.to_unit].append(consent)
    copies = _by_first_receiver(pupil, reader)
    return [
        _receiver(case, unit, rows, copies[case.pk, unit.pk], guardians, reader, today)
        for (case, unit), rows in reversed(by_receiver.items())
    ]


def given_on(consent: Consent, reader: Membership) -> list[Disclosure]:
    """Return what has been given because of `consent`, also to units that a request was sent on to."""
    return _by_first_receiver(consent.case.pupil, reader)[consent.case_id, consent.to_unit_id]


def _by_first_receiver(pupil: Pupil, reader: Membership) -> dict[tuple[UUID, UUID], list[Disclosure]]:
    """Return what was shared about `pupil` by its case and the unit that the consent names; two queries."""
    referrals = Referral.objects.visible_to(reader).filter(case__pupil=pupil)
    origins = first_receivers(referrals)
    copies: dict[tuple[UUID, UUID], list[Disclosure]] = defaultdict(list)
    for copy in shared_about(pupil, reader):
        copies[copy.case_id, origins.get(copy.referral_id, copy.to_unit_id)].append(copy)
    return copies


def _receiver(
    case: Case,
    unit: Unit,
    rows: Iterable[Consent],
    copies: list[Disclosure],
    guardians: Sequence[Guardian],
    reader: Membership,
    today: date,
) -> Receiver:
    standing = latest_answers(rows, today)
    age = max(one.row.pupil_age for one in standing)
    shown = [shown_name(guardian) for guardian in guardians]
    names = names_with(shown)
    may_change = may_speak_for_school(reader, case)
    return Receiver(
        unit=unit,
        case=case,
        answers=[
            Answer(
                who=names[one.giver],
                said=said(one, today),
                consent=one.row,
                may_withdraw=may_change and one.row.answer == Consent.Answer.YES and one.row.withdrawn_at is None,
            )
            for one in standing
            if one.row.answer != Consent.Answer.NONE
        ],
        told=told(judged(standing, age, not_asked_here(guardians)), shown),
        copies=copies,
        may_change=may_change,
    )


def said(one: Standing, today: date) -> str:
    """Return in one line what somebody has answered, how and until when, and whether it was taken back."""
    row = one.row
    if row.withdrawn_at is not None:
        return _("withdrawn %(day)s") % {"day": day_words(row.withdrawn_at)}
    parts = [str(row.get_answer_display()).lower()]
    if row.given_on is not None and row.valid_to is not None:
        facts = {"day": day_words(row.given_on), "form": str(row.get_form_display()).lower()}
        parts.append(_("%(day)s (%(form)s)") % facts)
        if row.interpreter:
            parts.append(_("interpreter: %(language)s") % {"language": row.interpreter})
        until = _("ran out %(day)s") if row.valid_to < today else _("valid to %(day)s")
        parts.append(until % {"day": day_words(row.valid_to)})
    if row.is_suitable:
        parts.append(_("judged suitable"))
    if row.cannot_wait:
        parts.append(_("cannot wait"))
    return ", ".join(parts)


def shared_about(pupil: Pupil, reader: Membership) -> QuerySet[Disclosure]:
    """Return everything that the reader's school has shared about `pupil`, the latest first."""
    shared = Disclosure.objects.visible_to(reader).filter(case__pupil=pupil)
    return shared.select_related(
        "case", "from_unit", "to_unit", "referral", "disclosed_by__user", "read_by__user"
    ).order_by("-disclosed_at", "-pk")


def unit_asked_about(case: Case, unit_id: UUID, reader: Membership) -> Unit | None:
    """Return the unit if somebody has been asked, in `case`, whether it may be told anything; else None."""
    asked = Consent.objects.visible_to(reader).filter(case=case)
    return Unit.objects.filter(pk=unit_id, pk__in=asked.values("to_unit")).first()
