"""Pupils about whom everything there can be is known, a canary in every text: what erasure has to find."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from accounts.models import Membership
from cases.actions import answers, closing, drafts, notes, replies, requests, work
from cases.models import Case
from cases.sharing import ConsentGiven
from deadlines.working_days import add_working_days
from schools.models import Pupil
from tests.factories.attendance import (
    AbsenceInvestigationFactory,
    AttendanceDayFactory,
    ConcernFactory,
    InvestigationDutyFactory,
    LessonAbsenceFactory,
    MeasureFactory,
    MeasureFollowUpFactory,
    PeriodTotalFactory,
    SignalFactory,
)
from tests.factories.cases import WORDS, Cast
from tests.factories.integrations import AbsenceImportFactory, ImportedFileFactory, ImportProblemFactory
from tests.factories.schools import (
    EnrolmentFactory,
    GuardianFactory,
    PupilFactory,
    PupilIdentifierFactory,
    ResidenceFactory,
)

WHEN = datetime(2026, 11, 25, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Known:
    """A pupil, the canary that is in every text about the pupil, and the case that was closed."""

    pupil: Pupil
    canary: str
    case: Case


def known_pupil(cast: Cast, number: int = 1, *, at: datetime = WHEN) -> Known:
    """Return a pupil who left the school, whose case both sides have closed, and with something everywhere."""
    still_at_work(cast, at)
    canary = f"kanarie{number:04d}x"
    pupil = PupilFactory(given_name=f"Alva {canary}", family_name=f"Krans {canary}")
    enrolment = EnrolmentFactory(
        pupil=pupil, class_group=cast.class_group, starts_on=timezone.localdate(at) - timedelta(days=100)
    )
    _at_school(cast, enrolment, canary, at)
    case = _case(cast, pupil, canary, at)
    drafts.save_draft(pupil=pupil, content={"why_now": canary}, by=cast.counsellor, at=at)
    enrolment.ends_on = timezone.localdate(at) + timedelta(days=60)
    enrolment.save(update_fields=["ends_on"])
    _file(cast, canary, at)
    connection.check_constraints()
    return Known(pupil, canary, case)


def still_at_work(cast: Cast, at: datetime) -> None:
    """Renew everybody's role, so that it counts at a moment far away."""
    day = timezone.localdate(at)
    for one in vars(cast).values():
        if isinstance(one, Membership):
            one.renewed_on, one.valid_to = day, day + timedelta(days=300)
            one.save(update_fields=["renewed_on", "valid_to"])


def leaver(unit_of: Membership, last_day: date, canary: str) -> Membership:
    """Return somebody whose last role ended on a day, with the canary in name and address."""
    membership = type(unit_of).objects.create(
        user=type(unit_of.user).objects.create_user(f"{canary}@example.com", given_name=canary, family_name=canary),
        unit=unit_of.unit,
        role=unit_of.role,
        valid_from=last_day - timedelta(days=300),
        valid_to=last_day,
    )
    return membership


def _at_school(cast: Cast, enrolment, canary: str, at: datetime) -> None:
    pupil, day = enrolment.pupil, timezone.localdate(at)
    PupilIdentifierFactory(pupil=pupil, kind="source_id", value=canary)
    PupilIdentifierFactory(pupil=pupil)
    ResidenceFactory(pupil=pupil, district_code=canary)
    GuardianFactory(pupil=pupil, given_name=canary)
    AttendanceDayFactory(pupil=pupil, day=day)
    LessonAbsenceFactory(pupil=pupil, day=day, subject=canary)
    PeriodTotalFactory(pupil=pupil, period_start=day, period_end=day, subject=canary)
    answered = {"answered_at": at, "answered_by": cast.counsellor}
    SignalFactory(enrolment=enrolment, answer="handled", answer_note=canary, **answered)
    ConcernFactory(
        enrolment=enrolment, text=canary, pupil_words=canary, answer="follow", answer_text=canary,
        logged_by=cast.mentor, holder=cast.counsellor, logged_at=at, **answered,
    )  # fmt: skip
    measure = MeasureFactory(
        enrolment=enrolment, in_words=canary, responsible=cast.counsellor, starts_on=day, follow_up_on=day,
        added_at=at,
        ended_on=day, ended_by=cast.counsellor, end_reason=canary,
    )  # fmt: skip
    MeasureFollowUpFactory(measure=measure, note=canary, followed_up_at=at)
    told = {"reason": canary, "causes_in_words": canary, "conclusion": canary, "left_undone": canary}
    investigation = AbsenceInvestigationFactory(
        enrolment=enrolment, lead=cast.counsellor, opened_on=day, opened_at=at, closed_at=at, tasks=canary,
        closed_by=cast.counsellor, special_support="no", pattern={"sentences": [canary]}, **told,
    )  # fmt: skip
    InvestigationDutyFactory(investigation=investigation, done=True, note=canary)


def _case(cast: Cast, pupil: Pupil, canary: str, at: datetime) -> Case:
    """Tell a case from request to closing, with a question, two notes and feedback."""
    today = timezone.localdate(at)
    worker, counsellor = {"by": cast.worker, "at": at}, {"by": cast.counsellor, "at": at}
    later = add_working_days(today, 5)
    given = ConsentGiven("guardian_1", "yes", form="meeting", given_on=today, valid_to=later, scope=["request"])
    content = {name: f"{words} {canary}" for name, words in WORDS.items()}
    own = replace(given, giver="pupil", is_suitable=True)  # whatever age the pupil has come to
    consents = [given, ConsentGiven("guardian_2", "none"), own]
    referral = requests.send_request(
        pupil=pupil, service=cast.service, content=content, consents=consents, submission=uuid4(), **counsellor
    )
    for member in (worker, counsellor):
        notes.write_internal_note(case=referral.case, text=canary, submission=uuid4(), **member)
    question = answers.ask_question(referral=referral, text=canary, due_on=later, **worker)
    replies.answer_question(question=question, answer=canary, **counsellor)
    answers.accept_request(referral=referral, handler=cast.worker, first_contact_by=later, **worker)
    work.record_first_contact(referral=referral, note=canary, **worker)
    feedback = work.give_feedback(referral=referral, text=canary, **worker)
    work.acknowledge_feedback(feedback=feedback, reply=canary, **counsellor)
    work.complete_work(referral=referral, result=canary, next_on=later, **worker)
    return closing.close_case(case=referral.case, outcome="improved", final_word=canary, **counsellor)


def _file(cast: Cast, canary: str, at: datetime) -> None:
    brought = AbsenceImportFactory(
        applied=True, school=cast.class_group.school, uploaded_by=cast.principal, file_name=f"{canary}.csv",
        uploaded_at=at, progressed_at=at, approved_at=at, closed_at=at, mapping={"headings": [canary]},
    )  # fmt: skip
    ImportedFileFactory(absence_import=brought, content=f"Elev-id;Datum\n{canary};2026-11-20\n".encode())
    ImportProblemFactory(absence_import=brought, value=canary)
