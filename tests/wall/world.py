"""A small world in which every text is a canary: a marker of its own that says who may read it, and nobody else.

Who may read it is worked out here from the rules of the design (docs/permissions.md), not by the product's own code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from attendance.models import (
    AbsenceInvestigation,
    Concern,
    ConcernDraft,
    InvestigationDuty,
    InvestigationTask,
    Measure,
    MeasureFollowUp,
    Signal,
)
from cases.actions import report_intake, settings
from cases.models import (
    Case,
    ConcernReport,
    Consent,
    Consultation,
    Decision,
    DecisionReason,
    Deviation,
    Disclosure,
    Event,
    Feedback,
    Hold,
    HolderInterval,
    JointMeeting,
    Objection,
    ObjectionAnswer,
    Obligation,
    PreparedNo,
    Question,
    QueuePlace,
    ReportExtension,
    ReportHandling,
    RequestDraft,
    SchoolNote,
    SocialNote,
    UnitReason,
    UnitTime,
)
from integrations.models import AbsenceImport, ImportProblem, RosterChange, SchoolSource
from schools.models import Guardian, Pupil, PupilIdentifier
from socialservices.actions import end_service, set_service
from socialservices.models import Service
from tests.factories.accounts import MembershipFactory, UnitFactory
from tests.factories.attendance import (
    AbsenceInvestigationFactory,
    AttendanceDayFactory,
    ConcernFactory,
    InvestigationDutyFactory,
    MeasureFactory,
    MeasureFollowUpFactory,
    SignalFactory,
)
from tests.factories.cases import Cast, Story, a_case, make_cast
from tests.factories.integrations import AbsenceImportFactory, ImportProblemFactory, RosterDiffFactory
from tests.factories.reports import Reported, note
from tests.factories.schools import EnrolmentFactory, GuardianFactory, PupilFactory, PupilIdentifierFactory
from tests.factories.socialservices import ReasonCodeFactory
from tests.wall.audience import Audience
from tests.wall.happened import consult, deviate, disagree, meet

STATES = (
    "asked",
    "queued",
    "declined",
    "lifted",
    "redirected",
    "redirected_twice",
    "placed",
    "given_back",
    "feedback_acknowledged",
    "closed",
    "paused",
    "prepared",
)
MARK = "Kanarie{:06d}"


@dataclass
class Canary:
    """One text in one row, and the people who may read it."""

    place: str
    audience: frozenset[UUID]


@dataclass
class World:
    """Two schools, two districts and the city; `canaries` by their marker; `people` by what they are called here."""

    people: dict[str, Membership]
    canaries: dict[str, Canary] = field(default_factory=dict)

    def seen_in(self, text: str) -> set[str]:
        """Return the canaries in a text."""
        found = set()
        start = text.find("Kanarie")
        while start >= 0:
            found.add(text[start : start + 13])
            start = text.find("Kanarie", start + 13)
        return found & self.canaries.keys()

    def leaked_to(self, reader: Membership, seen: set[str]) -> set[str]:
        """Return those of the canaries seen that `reader` may not read."""
        return {mark for mark in seen if reader.pk not in self.canaries[mark].audience}


def make_world() -> World:
    """Make the world, told through the actions, and then put a canary into every text."""
    casts = [make_cast(), make_cast()]
    stories = [tell(cast, state) for cast in casts for state in STATES]
    for cast in casts:
        add_what_the_school_keeps(cast)
        settle(cast)
    world = World(people_of(casts))
    for cast, story in zip(casts, stories[:: len(STATES)], strict=True):
        report(story.pupil, cast, world.people["intake_worker"])
        consult(cast, cast.worker)
        meet(story)
        deviate(story)
    for story in stories[STATES.index("lifted") :: len(STATES)]:
        disagree(story)
    with without_triggers():
        for place, rows, name, audience in texts(list(world.people.values())):
            for row in rows:
                plant(world, place, row, name, audience(row))
    assert len(stories) == len(STATES) * 2
    return world


def settle(cast: Cast) -> None:
    """Let the heads of the team and of the school settle something, each with why."""
    now = timezone.now()
    day = timezone.localdate(now) + timedelta(days=1)
    given = {"valid_from": day, "why": "Vi hinner inte mer.", "at": now}
    settings.set_time(unit=cast.worker.unit, kind="answer_request", days=8, by=cast.head, **given)
    settings.set_time(unit=cast.principal.unit, kind="respond_to_no", days=4, by=cast.principal, **given)
    ReasonCodeFactory.create_batch(3)
    settings.set_reason(unit=cast.worker.unit, code=cast.reason.code, is_hidden=True, by=cast.head, **given)
    service = cast.service
    facts = service.facts() | {"capacity": 12}
    set_service(office=service.office, kind=service.kind, facts=facts, by=cast.head, **given)
    end_service(service=service, last_day=day, why="Vi slutar.", by=cast.head, at=now)


def tell(cast: Cast, state: str) -> Story:
    """Tell one case, with what else there is about its pupil."""
    story = a_case(state, cast=cast)
    enrolment = story.pupil.enrolments.get()
    mentor = Membership.objects.get(pk=cast.mentor.pk)
    common = {"case": story.case, "written_at": story.at}
    SchoolNote.objects.create(unit=cast.counsellor.unit, written_by=cast.counsellor, text="x", **common)
    SocialNote.objects.create(unit=cast.worker.unit, written_by=cast.worker, text="x", **common)
    for writer in (mentor, cast.counsellor):
        ConcernFactory(
            enrolment=enrolment, logged_by=writer, holder=cast.counsellor, answered=True, pupil_words="x",
            answer_text="x",
        )  # fmt: skip
        by = {"writer": writer, "school_unit": writer.unit, "saved_at": story.at}
        ConcernDraft.objects.create(pupil=story.pupil, content={"text": "x"}, **by)
    SignalFactory(enrolment=enrolment, watched=True, answered_by=cast.counsellor, answer_note="x")
    for kind in ("own", "morning_contact"):
        MeasureFollowUpFactory(
            measure=MeasureFactory(enrolment=enrolment, kind=kind, responsible=cast.counsellor, ended=kind == "own")
        )
    by = {"enrolment": enrolment, "lead": cast.counsellor}
    InvestigationDutyFactory(investigation=AbsenceInvestigationFactory(**by, finished=True, tasks="x"), done=True)
    if state == "asked":
        AbsenceInvestigationFactory(**by, not_needed=True)
    else:
        InvestigationDutyFactory(investigation=AbsenceInvestigationFactory(**by, tasks="x"))
    AttendanceDayFactory(pupil=story.pupil)
    GuardianFactory(pupil=story.pupil)
    PupilIdentifierFactory(pupil=story.pupil)
    is_left = {"ready_at": story.at} if state == "closed" else {}
    is_back = {"ready_at": story.at, "sent_back_at": story.at, "sent_back_why": "x"} if state == "paused" else {}
    RequestDraft.objects.create(
        pupil=story.pupil, writer=cast.counsellor, school_unit=cast.counsellor.unit, saved_at=story.at,
        content={"why_now": "x", "help_wanted": "x"}, **is_left, **is_back,
    )  # fmt: skip
    return story


def report(pupil: Pupil, cast: Cast, worker: Membership) -> None:
    """Let the mentor report the pupil, and the intake office go through what it does with a report."""
    told = Reported(
        cast, pupil, worker, worker, worker, worker, timezone.now(), note(pupil, worker, cast.mentor, timezone.now())
    )
    report_intake.extend_time(
        report=told.report, what="decision", ground="interpreter", words="x", until=told.at.date() + timedelta(days=20),
        by=worker, at=told.at,
    )  # fmt: skip
    told.confirm().assess().decide().tell()


def add_what_the_school_keeps(cast: Cast) -> None:
    """Give the class its mentor, the school an import, and one pupil with protected identity."""
    cast.class_group.mentors.add(cast.mentor)
    school = cast.class_group.school
    file = AbsenceImportFactory(school=school, uploaded_by=cast.principal, failed=True)
    ImportProblemFactory(absence_import=file)
    diff = RosterDiffFactory(source_school__school=school)
    RosterChange.objects.create(
        diff=diff, kind="new_pupil", key=uuid4(), after={"given": "x", "family": "x", "class": "x"}
    )
    hidden = PupilFactory(protected=True)
    enrolment = EnrolmentFactory(pupil=hidden, class_group=cast.class_group)
    ConcernFactory(enrolment=enrolment, logged_by=cast.mentor, holder=cast.counsellor, pupil_words="x")
    SignalFactory(enrolment=enrolment)
    MeasureFollowUpFactory(measure=MeasureFactory(enrolment=enrolment, responsible=cast.counsellor))
    AbsenceInvestigationFactory(enrolment=enrolment, lead=cast.counsellor, finished=True, tasks="x")
    GuardianFactory(pupil=hidden)


def people_of(casts: list[Cast]) -> dict[str, Membership]:
    """Return everybody who asks for pages: each role on both sides, one's own, a colleague's and a stranger's eyes."""
    people = {}
    for number, cast in enumerate(casts, start=1):
        for name, member in vars(cast).items():
            if isinstance(member, Membership):
                people[f"{name}_{number}"] = member
    district = casts[0].area_head.unit
    people["intake_worker"] = MembershipFactory(intake_worker=True, unit=UnitFactory(intake=True, parent=district))
    people["district_coordinator"] = MembershipFactory(coordinator=True, unit=district)
    people["log_auditor"] = MembershipFactory(log_auditor=True)
    people["system_admin"] = MembershipFactory(system_admin=True)
    people["school_admin"] = MembershipFactory(role=Role.SCHOOL_ADMIN, unit=casts[0].mentor.unit)
    people["other_mentor"] = MembershipFactory(mentor=True, unit=casts[0].mentor.unit)
    # One of each is enough of those whose eyes are the same in both casts.
    return {
        name: member for name, member in people.items() if name not in {"analyst_2", "coordinator_2", "colleague_2"}
    }


class without_triggers:
    """Let the owner write canaries into rows that nothing changes otherwise."""

    tables = (
        "cases_event", "cases_decision", "cases_reporthandling", "cases_reportextension", "cases_queueplace",
        "cases_decisionreason", "cases_unittime", "cases_unitreason", "cases_objection",
        "cases_objectionanswer", "cases_consultation", "cases_deviation",
    )  # fmt: skip

    def __enter__(self) -> None:
        """Switch the guards off."""
        self._each("DISABLE")

    def __exit__(self, *error: object) -> None:
        """And on again."""
        self._each("ENABLE")

    def _each(self, verb: str) -> None:
        with connection.cursor() as cursor:
            # Deferred checks are waiting on these rows; they are made first.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for table in self.tables:
                cursor.execute(f"ALTER TABLE {table} {verb} TRIGGER USER")


def plant(world: World, place: str, row: Any, name: str, audience: set[UUID]) -> None:
    """Put a new canary into one text, or into each text of a JSON column."""
    value = row.__dict__.get(name) if name in row.__dict__ else getattr(row, name)
    if value in ("", None, {}):
        return
    model = type(row)
    model._base_manager.filter(pk=row.pk).update(**{name: planted(world, place, value, audience)})


def planted(world: World, place: str, value: Any, audience: set[UUID]) -> Any:
    """Return the value with every text in it a canary."""
    if isinstance(value, dict):
        keep = {"giver", "answer", "form", "given_on", "valid_to", "scope", "born_on", "written_on", "absence", "grade"}
        return {key: each if key in keep else planted(world, place, each, audience) for key, each in value.items()}
    if isinstance(value, list):
        return [planted(world, place, each, audience) for each in value]
    if not isinstance(value, str) or not value:
        return value
    mark = MARK.format(len(world.canaries) + 1)
    world.canaries[mark] = Canary(place, frozenset(audience))
    head, _colon, _rest = value.partition(": ")
    return f"{head}: {mark}" if place == "event" and head.islower() and _colon else mark


def texts(people: list[Membership]) -> Iterator[tuple[str, list[Any], str, Callable[[Any], set[UUID]]]]:
    """Give every text there is: its place, its rows, its column, and who of `people` may read it in a row."""
    rules = Audience(people)
    yield "pupil", list(Pupil.objects.all()), "family_name", rules.pupil
    yield "guardian", list(Guardian.objects.all()), "family_name", rules.of_pupil
    yield "identifier", list(PupilIdentifier.objects.all()), "value", rules.of_pupil
    for name in ("text", "pupil_words", "answer_text"):
        yield "concern", list(Concern.objects.all()), name, rules.concern
    yield "concern draft", list(ConcernDraft.objects.all()), "content", lambda row: {row.writer_id}
    yield "signal", list(Signal.objects.all()), "answer_note", rules.of_pupil
    for name in ("in_words", "end_reason"):
        yield "measure", list(Measure.objects.all()), name, rules.measure
    yield "follow-up", list(MeasureFollowUp.objects.all()), "note", lambda row: rules.measure(row.measure)
    for name in ("reason", "causes_in_words", "conclusion", "left_undone"):
        yield "investigation", list(AbsenceInvestigation.objects.all()), name, rules.investigation
    for name in ("text", "own_words"):
        yield "task", list(InvestigationTask.objects.all()), name, lambda row: rules.investigation(row.investigation)
    yield "duty", list(InvestigationDuty.objects.all()), "note", lambda row: rules.investigation(row.investigation)
    drafts = list(RequestDraft.objects.all())
    yield from (("draft", drafts, name, rules.draft) for name in ("content", "sent_back_why"))
    yield "consent", list(Consent.objects.all()), "interpreter", rules.consent
    yield "final word", list(Case.objects.all()), "final_word", lambda row: rules.case(row)
    yield "event", list(Event.objects.exclude(text="")), "text", rules.event
    yield "task", list(Obligation.objects.exclude(task="")), "task", lambda row: rules.case(row.case)
    for model in (HolderInterval, Hold):
        rows = list(model.objects.exclude(reason="").exclude(reason="question"))
        yield "reason", rows, "reason", lambda row: rules.case(row.obligation.case)
    yield "decision", list(Decision.objects.all()), "advice", rules.decision
    for name in ("rationale", "tried", "nevertheless"):
        yield "reason", list(DecisionReason.objects.all()), name, rules.reason_given
    for name in ("rationale", "advice", "nevertheless", "why_back"):
        yield "prepared", list(PreparedNo.objects.all()), name, rules.prepared
    for model, name in ((Question, "text"), (Question, "answer"), (Feedback, "text"), (Feedback, "reply")):
        yield model.__name__.lower(), list(model.objects.all()), name, rules.of_referral
    yield "place", list(QueuePlace.objects.all()), "interim", rules.of_referral
    for name in ("disagreement", "other_version"):
        yield "objection", list(Objection.objects.exclude(**{name: ""})), name, rules.objection
    for name in ("reason", "conditions"):
        yield "answer", list(ObjectionAnswer.objects.all()), name, lambda row: rules.objection(row.objection)
    yield "disclosure", list(Disclosure.objects.all()), "content", rules.disclosure
    for name in ("question", "where", "why_not_invited", "refusal", "instead", "decisions"):
        yield "meeting", list(JointMeeting.objects.exclude(**{name: ""})), name, rules.of_referral
    for model in (SchoolNote, SocialNote):
        yield "note", list(model.objects.all()), "text", rules.note
    yield "report", list(ConcernReport.objects.all()), "reference", rules.report
    yield "report", list(ConcernReport.objects.all()), "pupil_name", rules.report
    for model in (ReportHandling, ReportExtension):
        yield "handling", list(model.objects.all()), "words", lambda row: rules.office(row.report)
    for name in ("question", "answer"):
        yield "consultation", list(Consultation.objects.exclude(answer="")), name, rules.consultation
    yield "consultation", list(Consultation.objects.filter(answer="")), "question", rules.consultation
    for name in ("happened", "consequence", "remedy", "response"):
        yield "deviation", list(Deviation.objects.all()), name, rules.deviation
    yield "file", list(AbsenceImport.objects.all()), "file_name", rules.imported
    yield "comparison", list(RosterChange.objects.all()), "after", lambda row: rules.imported(row.diff)
    yield "source", list(SchoolSource.objects.all()), "client_id", lambda row: rules.administrators()
    for settled in (UnitTime, UnitReason):
        yield "setting", list(settled.objects.all()), "why", lambda row: rules.settled(row.unit)
    for name in ("why", "ended_why"):
        yield "service", list(Service.objects.all()), name, lambda row: rules.anybody()
    yield "problem", list(ImportProblem.objects.all()), "value", lambda row: rules.imported(row.absence_import)
