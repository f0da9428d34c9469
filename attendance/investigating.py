"""What is done about an investigation of absence: opened or decided against, worked on, and finished."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.models import Membership
from accounts.roles import Role
from audit import actions as audit
from deadlines.stockholm import stockholm_day
from schools.models import ClassGroup, Pupil

from .access import may_change_investigation, may_decide_not_needed, may_open_investigation
from .actions import NotAllowed, ReasonIsMissing
from .duty_clocks import (
    ADULT,
    day_to_finish,
    duties_of,
    duties_once_told,
    last_day_to_review,
    must_tell_municipality,
)
from .models import AbsenceInvestigation, InvestigationDuty, InvestigationTask
from .pattern_of_absence import pattern_of
from .taking_measures import WrongDay, calendar_of

LEAD_ROLES = (Role.STUDENT_HEALTH, Role.PRINCIPAL)
Kind, Status = InvestigationTask.Kind, InvestigationTask.Status
MAY_BE_LEFT_OUT = (Kind.HOME,)
"""What is looked into only as far as needed."""

ALSO_IN_UPPER_SECONDARY = (Kind.GUARDIANS, Kind.STUDENT_HEALTH)
"""What Skollag 15:16 does not demand, as 7:19 a does."""


class InvestigationIsOpen(Exception):
    """The pupil's absence is being investigated."""


class InvestigationIsClosed(Exception):
    """The investigation is finished, or none was needed."""


class CannotBeLeftOut(Exception):
    """The law demands that this is done."""


class SomebodyWrote(Exception):
    """Somebody else has saved the task since it was fetched; `task` is as it stands."""

    def __init__(self, task: InvestigationTask) -> None:
        super().__init__(task.kind)
        self.task = task


class SomethingIsLeft(Exception):
    """The investigation lacks something that must be there; `field` is what."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@transaction.atomic
def open_investigation(
    *, pupil: Pupil, lead: Membership, submission: UUID, by: Membership, at: datetime
) -> AbsenceInvestigation:
    """Begin to investigate the pupil's absence, with all that is to be looked into and everybody who is to be told.

    A decision that none is needed has then been looked at again. The same `submission` again gives the one already
    opened. Raises NotAllowed, InvestigationIsOpen.
    """
    today = stockholm_day(at)
    if not may_open_investigation(by, pupil) or not _may_lead(lead, by, today):
        raise NotAllowed
    already = _sent_before(submission, by)
    if already is not None:
        return already
    _close_decision(pupil, by, at)
    pattern = pattern_of(pupil, today)
    due_on = day_to_finish(calendar_of(by, at), today)
    investigation = _created(submission=submission, lead=lead, due_on=due_on, pattern=pattern, **_opened(pupil, by, at))
    _add_tasks(investigation, pattern)
    _add_duties(investigation, pupil, today)
    audit.record(action="investigation opened", target=investigation, by=by, at=at, details={"lead": str(lead.pk)})
    return investigation


@transaction.atomic
def decide_not_needed(
    *, pupil: Pupil, reason: str, review_on: date, submission: UUID, by: Membership, at: datetime
) -> AbsenceInvestigation:
    """Decide, as principal, that no investigation is needed now, and when to look again.

    Raises NotAllowed, ReasonIsMissing, WrongDay, InvestigationIsOpen.
    """
    today = stockholm_day(at)
    if not may_decide_not_needed(by, pupil):
        raise NotAllowed
    already = _sent_before(submission, by)
    if already is not None:
        return already
    if not reason.strip():
        raise ReasonIsMissing
    last = last_day_to_review(calendar_of(by, at), today)
    if not today < review_on <= last:
        raise WrongDay("review_on", today, last)
    _close_decision(pupil, by, at)
    decision = _created(
        submission=submission, lead=by, is_needed=False, reason=reason, due_on=review_on, **_opened(pupil, by, at)
    )
    audit.record(action="investigation not needed", target=decision, by=by, at=at, details={})
    return decision


@transaction.atomic
def hand_over_investigation(
    *, investigation: AbsenceInvestigation, lead: Membership, by: Membership, at: datetime
) -> AbsenceInvestigation:
    """Let somebody else at the school lead the investigation from now on; the day to finish stays.

    To who leads it already, it changes nothing. Raises InvestigationIsClosed, NotAllowed.
    """
    investigation = _going_on(investigation.pk, by)
    if not _may_lead(lead, by, stockholm_day(at)):
        raise NotAllowed
    if investigation.lead_id == lead.pk:
        return investigation
    details = {"from": str(investigation.lead_id), "to": str(lead.pk)}
    investigation.lead = lead
    investigation.save(update_fields=["lead"])
    audit.record(action="investigation handed over", target=investigation, by=by, at=at, details=details)
    return investigation


class Written(TypedDict):
    """What somebody writes in a task."""

    status: str
    text: str
    own_words: str


@transaction.atomic
def write_task(
    *, task: InvestigationTask, seen_at: datetime | None, by: Membership, at: datetime, **written: Unpack[Written]
) -> InvestigationTask:
    """Write what was found out. `seen_at` is when the task had last been changed when the writer fetched it.

    Raises InvestigationIsClosed, NotAllowed, SomebodyWrote, CannotBeLeftOut, ReasonIsMissing for one that is done and
    says nothing.
    """
    investigation = _going_on(task.investigation_id, by)
    task = InvestigationTask.objects.select_for_update(of=("self",)).select_related("changed_by__user").get(pk=task.pk)
    if task.changed_by_id == by.pk and all(getattr(task, name) == value for name, value in written.items()):
        return task
    if task.changed_at != seen_at:
        raise SomebodyWrote(task)
    if written["status"] == Status.NOT_NEEDED and not may_be_left_out(task, investigation):
        raise CannotBeLeftOut
    if written["status"] == Status.DONE and not (written["text"].strip() or written["own_words"].strip()):
        raise ReasonIsMissing
    for name, value in written.items():
        setattr(task, name, value)
    task.changed_at, task.changed_by = at, by
    task.save(update_fields=[*written, "changed_at", "changed_by"])
    details = {"task": str(task.kind), "status": written["status"]}
    audit.record(action="investigation task written", target=investigation, by=by, at=at, details=details)
    return task


@transaction.atomic
def name_causes(
    *,
    investigation: AbsenceInvestigation,
    setting_off: list[str],
    keeping_up: list[str],
    in_words: str,
    by: Membership,
    at: datetime,
) -> AbsenceInvestigation:
    """Name what set the absence off and what keeps it up, by domain and in words.

    Raises InvestigationIsClosed, NotAllowed.
    """
    investigation = _going_on(investigation.pk, by)
    investigation.setting_off, investigation.keeping_up = setting_off, keeping_up
    investigation.causes_in_words = in_words
    investigation.save(update_fields=["setting_off", "keeping_up", "causes_in_words"])
    audit.record(action="causes named", target=investigation, by=by, at=at, details={})
    return investigation


class Support(TypedDict):
    """Whether special support is investigated (Skollag 3:7) and an action plan is drawn up (3:9), and since when."""

    special_support: str
    special_support_on: date | None
    action_plan: str
    action_plan_on: date | None


@transaction.atomic
def record_support(
    *, investigation: AbsenceInvestigation, by: Membership, at: datetime, **support: Unpack[Support]
) -> AbsenceInvestigation:
    """Record as facts whether there is an investigation of special support and an action plan.

    Raises InvestigationIsClosed, NotAllowed.
    """
    investigation = _going_on(investigation.pk, by)
    for name, value in support.items():
        setattr(investigation, name, value)
    investigation.save(update_fields=list(support))
    audit.record(action="support recorded", target=investigation, by=by, at=at, details={})
    return investigation


@transaction.atomic
def record_duty(
    *, duty: InvestigationDuty, done_on: date, note: str = "", by: Membership, at: datetime
) -> InvestigationDuty:
    """Record that somebody has been told. When the provider knew decides by when the home municipality is told.

    A finished investigation may still have somebody to tell. Raises NotAllowed, WrongDay.
    """
    investigation = AbsenceInvestigation.objects.select_for_update(of=("self",)).get(pk=duty.investigation_id)
    if not may_change_investigation(by, investigation):
        raise NotAllowed
    today = stockholm_day(at)
    if not investigation.opened_on <= done_on <= today:
        raise WrongDay("done_on", investigation.opened_on, today)
    duty = investigation.duties.get(pk=duty.pk)
    duty.done_on, duty.note, duty.done_at, duty.done_by = done_on, note, at, by
    duty.save(update_fields=["done_on", "note", "done_at", "done_by"])
    if duty.kind == InvestigationDuty.Kind.PROVIDER:
        for kind, due_on in duties_once_told(done_on).items():
            investigation.duties.filter(kind=kind, done_on=None).update(due_on=due_on)
    audit.record(action="duty done", target=investigation, by=by, at=at, details={"duty": str(duty.kind)})
    return duty


@transaction.atomic
def finish_investigation(
    *, investigation: AbsenceInvestigation, conclusion: str, left_undone: str, by: Membership, at: datetime
) -> AbsenceInvestigation:
    """Finish: what it came to, and why what was not looked into was left.

    Raises InvestigationIsClosed, NotAllowed, and SomethingIsLeft for what is missing: `conclusion`, `special_support`
    (whether special support is investigated too), or `left_undone` while there are tasks left.
    """
    finished = AbsenceInvestigation.objects.filter(pk=investigation.pk, closed_by=by, conclusion=conclusion).first()
    if finished is not None and conclusion and may_change_investigation(by, finished):
        return finished
    investigation = _going_on(investigation.pk, by)
    if not conclusion.strip():
        raise SomethingIsLeft("conclusion")
    if not investigation.special_support:
        raise SomethingIsLeft("special_support")
    left = [task for task in investigation.tasks.all() if not task.is_settled]
    if left and not left_undone.strip():
        raise SomethingIsLeft("left_undone")
    investigation.conclusion = conclusion
    investigation.left_undone = left_undone if left else ""
    investigation.pattern = pattern_of(investigation.pupil, stockholm_day(at))
    investigation.closed_at, investigation.closed_by = at, by
    investigation.save(update_fields=["conclusion", "left_undone", "pattern", "closed_at", "closed_by"])
    details = {"left": [str(task.kind) for task in left]}
    audit.record(action="investigation finished", target=investigation, by=by, at=at, details=details)
    return investigation


def leads(reader: Membership, at: datetime) -> QuerySet[Membership]:
    """Return those at the reader's school who may lead an investigation, by name."""
    return Membership.objects.working_in(reader.unit, LEAD_ROLES, stockholm_day(at))


def may_be_left_out(task: InvestigationTask, investigation: AbsenceInvestigation) -> bool:
    """Say whether a task may be marked as not needed."""
    if task.kind in MAY_BE_LEFT_OUT:
        return True
    return investigation.is_upper_secondary and task.kind in ALSO_IN_UPPER_SECONDARY


def _going_on(pk: UUID, by: Membership) -> AbsenceInvestigation:
    """Lock the investigation and return it."""
    investigation = AbsenceInvestigation.objects.select_for_update(of=("self",)).get(pk=pk)
    if not may_change_investigation(by, investigation):
        raise NotAllowed
    if not investigation.is_needed or investigation.closed_at is not None:
        raise InvestigationIsClosed
    return investigation


def _may_lead(lead: Membership, by: Membership, today: date) -> bool:
    return lead.unit_id == by.unit_id and lead.role in LEAD_ROLES and lead.is_active(today)


def _sent_before(submission: UUID, by: Membership) -> AbsenceInvestigation | None:
    return AbsenceInvestigation.objects.filter(submission=submission, opened_by=by).first()


def _close_decision(pupil: Pupil, by: Membership, at: datetime) -> None:
    """Let an earlier decision that none is needed have been looked at again."""
    still_open = AbsenceInvestigation.objects.filter(pupil=pupil, school_unit=by.unit_id, closed_at=None)
    earlier = still_open.select_for_update(of=("self",)).first()
    if earlier is None:
        return
    if earlier.is_needed:
        raise InvestigationIsOpen
    earlier.closed_at, earlier.closed_by = at, by
    earlier.save(update_fields=["closed_at", "closed_by"])


def _created(**values: Any) -> AbsenceInvestigation:
    """Create the row; of two people at once the database lets one."""
    try:
        with transaction.atomic():
            return AbsenceInvestigation.objects.create(**values)
    except IntegrityError:
        raise InvestigationIsOpen from None


def _opened(pupil: Pupil, by: Membership, at: datetime) -> dict[str, Any]:
    group = _class_of(pupil, by)
    return {
        "pupil": pupil,
        "school_unit": by.unit,
        "school_form": group.school_form,
        "opened_on": stockholm_day(at),
        "opened_at": at,
        "opened_by": by,
    }


def _class_of(pupil: Pupil, by: Membership) -> ClassGroup:
    classes = ClassGroup.objects.filter(enrolments__pupil=pupil, enrolments__ends_on=None, school=by.unit_id)
    return classes.select_related("school__provider").order_by("-enrolments__starts_on", "pk")[0]


def _add_tasks(investigation: AbsenceInvestigation, pattern: dict[str, Any]) -> None:
    tasks = [
        InvestigationTask(investigation=investigation, kind=kind, place=place)
        for place, kind in enumerate(InvestigationTask.Kind)
    ]
    for task in tasks:
        if task.kind == Kind.PATTERN and pattern["sentences"]:
            task.text, task.status = " ".join(pattern["sentences"]), Status.STARTED
    InvestigationTask.objects.bulk_create(tasks)


def _add_duties(investigation: AbsenceInvestigation, pupil: Pupil, today: date) -> None:
    school = _class_of(pupil, investigation.opened_by).school
    home = pupil.residences.filter(valid_to=None).first()
    tells = must_tell_municipality(
        provider_kind=school.provider.kind,
        school_municipality=school.municipality_code,
        home_municipality=home.municipality_code if home else "",
    )
    due = duties_of(today, is_adult=pupil.age_on(today) >= ADULT, tells_municipality=tells)
    InvestigationDuty.objects.bulk_create(
        InvestigationDuty(investigation=investigation, kind=kind, due_on=day) for kind, day in due.items()
    )
