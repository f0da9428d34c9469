"""The school asks for support: send the request, withdraw it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

import audit.actions
from accounts.models import Membership
from attendance.child_time import earliest_child_time
from cases import access
from cases.consents import judged
from cases.ledger import Entry, NotAllowed, entry
from cases.models import Case, Disclosure, Party, Referral, RequestDraft
from cases.obligations import CHECK
from cases.receivers import frozen_facts
from cases.sending import sends_through_principal
from cases.sharing import ConsentGiven, content_of
from schools.models import Pupil
from socialservices.models import Service

from .consents import keep_consents
from .disclosing import ConsentIsMissing, disclose, tell
from .drafts import note_gap
from .taking_back import take_back


class OpenElsewhere(Exception):
    """Another school has an open case about the pupil."""


class NothingNew(Exception):
    """The same unit already has an unanswered request in this case."""


@transaction.atomic
def send_request(
    *,
    pupil: Pupil,
    service: Service,
    content: dict[str, Any],
    consents: list[ConsentGiven],
    submission: UUID,
    by: Membership,
    at: datetime,
) -> Referral:
    """Send a request about `pupil` to the unit behind `service`, opening the pupil's case if there is none.

    `content` holds the writer's words (see cases.sharing.Words); with the pupil's absence they become the frozen
    disclosure. Sending the same `submission` twice gives the first request back. Raises OpenElsewhere, NothingNew,
    ConsentIsMissing or NotAllowed.
    """
    _check_may_send(pupil, consents, by, at)
    _lock_pupil(pupil)
    sent_before = Referral.objects.filter(submission=submission).first()
    if sent_before:
        return sent_before
    case = _open_case(pupil, by, at)
    to_unit = service.office.unit
    if case.referrals.awaiting_answer().filter(to_unit=to_unit).exists():
        raise NothingNew
    with entry(case=case, kind="request_sent", by=by, at=at) as happening:
        answered = case.referrals.filter(status__in=["declined", "interrupted"]).order_by("sent_at", "pk").last()
        referral = new_referral(
            happening, to_unit=to_unit, service=service, parent=answered, submission=submission,
            routing=frozen_facts(pupil, happening.today),
        )  # fmt: skip
        disclose(happening, referral, content_of(pupil, content, consents, happening.today))
        keep_consents(happening, to_unit, pupil, consents)
        happening.stop("respond_to_no", "review_stalled", CHECK)
        if answered is not None:
            replace_next_step(happening, answered)
        happening.start("acknowledge_request", unit=to_unit, referral=referral)
    note_gap(pupil=pupil, by=by, at=at)
    RequestDraft.objects.filter(Q(pk=submission) | Q(pupil=pupil, writer=by)).delete()
    return referral


def _check_may_send(pupil: Pupil, consents: list[ConsentGiven], by: Membership, at: datetime) -> None:
    if not (access.may_request_support(by) and Pupil.objects.visible_to(by).filter(pk=pupil.pk).exists()):
        raise NotAllowed
    if sends_through_principal(by):
        raise NotAllowed
    if not judged(consents, pupil.age_on(timezone.localdate(at))).is_enough:
        raise ConsentIsMissing


def new_referral(
    happening: Entry,
    *,
    to_unit: Any,
    service: Service | None,
    parent: Referral | None = None,
    submission: UUID | None = None,
    routing: dict[str, Any] | None = None,
) -> Referral:
    """Return a new request in the entry's case, its receiver made party to the case.

    A request that is sent on keeps its sender: the school's contact is still the one to answer.
    """
    sent_on = parent is not None and parent.status == Referral.Status.REDIRECTED
    by = parent.sent_by if parent is not None and sent_on else happening.actor
    referral = Referral.objects.create(
        case=happening.case, from_unit=happening.case.school_unit, to_unit=to_unit, service=service, parent=parent,
        submission=submission, sent_at=happening.at, sent_by=by,
        routing=routing or (parent.routing if parent is not None else {}),
    )  # fmt: skip
    Party.objects.get_or_create(case=happening.case, unit=to_unit, ended_at=None, defaults={"started_at": happening.at})
    happening.referral = referral
    happening.note_status(referral)
    return referral


def replace_next_step(happening: Entry, answered: Referral) -> None:
    """Stop the step that the answer to a request left with the school: the school has now chosen its own."""
    for step in happening.open_obligations("do_next_step"):
        at_school = step.intervals.filter(to_at=None, unit=happening.case.school_unit).exists()
        if step.referral_id == answered.pk and at_school:
            happening.stop_one(step, outcome="replaced")


def end_part(happening: Entry, old: Referral) -> None:
    """End the part in the case of the unit that sent a request on, unless it has something else to do there."""
    unit, live = old.to_unit, [Referral.Status.ACCEPTED, Referral.Status.ACTIVE, *Referral.UNANSWERED]
    if happening.case.referrals.filter(to_unit=unit, status__in=live).exists():
        return
    if not happening.case.obligations.open().held_by(unit).exists():
        happening.case.parties.filter(unit=unit, ended_at=None).update(ended_at=happening.at)


def withdraw_request(*, referral: Referral, reason: str, by: Membership, at: datetime) -> Referral:
    """Take back a request that has not led to work yet; the case stays open and needs a next step."""
    with entry(case=referral.case, kind="request_withdrawn", by=by, at=at, referral=referral) as happening:
        locked = happening.request
        if not access.may_speak_for_school(by, happening.case):
            raise NotAllowed
        happening.text = tell(happening, locked, Disclosure.What.WITHDRAWAL, reason)
        take_back(happening, locked)
    return locked


def _open_case(pupil: Pupil, by: Membership, at: datetime) -> Case:
    """Return the pupil's open case at the school of `by`, opened now if there is none."""
    found = Case.objects.open().filter(pupil=pupil).first()
    if found:
        if found.school_unit_id != by.unit_id:
            raise OpenElsewhere
        return found
    if _is_open_elsewhere(pupil):
        raise OpenElsewhere
    today = timezone.localdate(at)
    case = Case.objects.create(
        number=_next_number(today),
        pupil=pupil,
        school_unit=by.unit,
        class_name=pupil.enrolments.get(ends_on=None).class_group.name,
        opened_at=at,
        opened_by=by,
        child_time_from=earliest_child_time(pupil, today) or today,
    )
    Party.objects.create(case=case, unit=by.unit, started_at=at)
    audit.actions.record(action="case_opened", target=case, by=by, at=at)
    return case


def _lock_pupil(pupil: Pupil) -> None:
    """Let requests about one pupil happen in turn. The pupil's row is not the sender's to lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('cases.pupil'), hashtext(%s))", [str(pupil.pk)])


def _is_open_elsewhere(pupil: Pupil) -> bool:
    """Ask past the rows that this school may see; only of its own pupils, and only yes or no."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_open_case_elsewhere(%s)", [pupil.pk])
        return bool(cursor.fetchone()[0])


def _next_number(today: date) -> str:
    """Return the next case number, "2611-0412": year and month, then a running number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_number')")
        return f"{today:%y%m}-{cursor.fetchone()[0]:04d}"
