"""A small world in which every text is a canary: a marker of its own that says who may read it, and nobody else.

Who may read it is worked out here from the rules of the design (docs/permissions.md), not by the product's own code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from accounts.models import Membership, Unit
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
from cases.models import (
    Case,
    Consent,
    Decision,
    Disclosure,
    Event,
    Feedback,
    Hold,
    HolderInterval,
    Obligation,
    Question,
    Referral,
    RequestDraft,
    SchoolNote,
    SocialNote,
)
from integrations.models import AbsenceImport, ImportProblem, RosterChange, RosterDiff, SchoolSource
from schools.models import ClassGroup, Guardian, Pupil, PupilIdentifier
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
from tests.factories.schools import EnrolmentFactory, GuardianFactory, PupilFactory, PupilIdentifierFactory

STATES = ("asked", "declined", "lifted", "redirected", "feedback_acknowledged", "closed", "paused")
MARK = "Kanarie{:06d}"
CASE_ROLES = {"student_health", "principal", "team_worker", "intake_worker"}
SCHOOL_WIDE = {"student_health", "principal"}


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
    world = World(people_of(casts))
    with without_triggers():
        for place, rows, name, audience in texts(list(world.people.values())):
            for row in rows:
                plant(world, place, row, name, audience(row))
    assert len(stories) == len(STATES) * 2
    return world


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

    tables = ("cases_event", "cases_decision")

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
    for name in ("rationale", "advice"):
        yield "decision", list(Decision.objects.all()), name, rules.decision
    for model, name in ((Question, "text"), (Question, "answer"), (Feedback, "text"), (Feedback, "reply")):
        yield model.__name__.lower(), list(model.objects.all()), name, rules.of_referral
    yield "disclosure", list(Disclosure.objects.all()), "content", rules.disclosure
    for model in (SchoolNote, SocialNote):
        yield "note", list(model.objects.all()), "text", rules.note
    yield "file", list(AbsenceImport.objects.all()), "file_name", rules.imported
    yield "comparison", list(RosterChange.objects.all()), "after", lambda row: rules.imported(row.diff)
    yield "source", list(SchoolSource.objects.all()), "client_id", lambda row: rules.administrators()
    yield "problem", list(ImportProblem.objects.all()), "value", lambda row: rules.imported(row.absence_import)


@dataclass
class Audience:
    """Who may read what, said once more in the plainest words."""

    people: list[Membership]

    def units(self, reader: Membership) -> set[UUID]:
        """Return the units whose papers the reader answers for."""
        if reader.role == "unit_head":
            return set(Unit.objects.below(reader.unit).values_list("pk", flat=True))
        return {reader.unit_id}

    def those(self, test: Callable[[Membership], bool]) -> set[UUID]:
        """Return the people for whom something holds."""
        return {reader.pk for reader in self.people if test(reader)}

    def case(self, case: Case) -> set[UUID]:
        """The parties' people; social heads above them; a school area only once the case was lifted to it."""
        parties = set(case.parties.filter(ended_at=None).values_list("unit", flat=True))
        lifted = set(
            HolderInterval.objects.filter(obligation__case=case, obligation__kind="answer_objection").values_list(
                "unit", flat=True
            )
        )

        def reads(reader: Membership) -> bool:
            if reader.role == "unit_head" and reader.side == "school":
                return reader.unit_id in lifted
            return (reader.role in CASE_ROLES or reader.role == "unit_head") and bool(self.units(reader) & parties)

        return self.those(reads)

    def of_pupil(self, row: Any) -> set[UUID]:
        """Those at the pupil's school who work with the pupil."""
        return self.at_school(row.pupil)

    def at_school(self, pupil: Pupil) -> set[UUID]:
        """Mentors of the class, student health and principals of the school; the school's administrator. Nobody at
        all when the identity is protected."""
        if pupil.protection != "none":
            return set()
        groups = ClassGroup.objects.filter(enrolments__pupil=pupil, enrolments__ends_on=None)
        schools = set(groups.values_list("school", flat=True))
        mentors = set(groups.values_list("mentors", flat=True))
        wide = {*SCHOOL_WIDE, "school_admin"}
        return self.those(lambda one: one.pk in mentors or (one.role in wide and one.unit_id in schools))

    def pupil(self, pupil: Pupil) -> set[UUID]:
        """Those who work with the pupil, and those who read a case about the pupil."""
        if pupil.protection != "none":
            return set()
        return self.at_school(pupil).union(*(self.case(case) for case in pupil.cases.all()))

    def concern(self, concern: Concern) -> set[UUID]:
        """Who wrote it, and student health and principals of the school."""
        if concern.pupil.protection != "none":
            return set()
        return self.those(
            lambda one: (
                one.user_id == concern.logged_by.user_id
                or (one.role in SCHOOL_WIDE and one.unit_id == concern.school_unit_id)
            )
        )

    def measure(self, measure: Measure) -> set[UUID]:
        """Those at the school who work with the pupil, not its administrator."""
        office = self.those(lambda one: one.role == "school_admin")
        return self.at_school(measure.pupil) - office

    def investigation(self, investigation: AbsenceInvestigation) -> set[UUID]:
        """Student health and the principal of the school, no mentor."""
        few = self.those(lambda one: one.role in SCHOOL_WIDE and one.unit_id == investigation.school_unit_id)
        return self.at_school(investigation.pupil) & few

    def _social(self, case: Case, test: Callable[[set[UUID]], bool]) -> set[UUID]:
        readers = self.case(case)
        return self.those(
            lambda one: one.pk in readers and (one.side == "school" or test(self.units(one)))  # the school reads it all
        )

    def event(self, event: Event) -> set[UUID]:
        """The school; on the social side what is the whole case's, one's own request's, or written by one's own."""
        to = event.referral and event.referral.to_unit_id
        return self._social(event.case, lambda units: to is None or to in units or event.unit_id in units)

    def of_referral(self, row: Any) -> set[UUID]:
        """The school, and the unit that the request came to."""
        referral: Referral = row.referral
        return self._social(referral.case, lambda units: referral.to_unit_id in units)

    def decision(self, decision: Decision) -> set[UUID]:
        """As the request; and of a request sent on, the unit it was sent on to."""
        referral = decision.referral
        units_on = {referral.to_unit_id, *referral.followed_by.values_list("to_unit", flat=True)}
        return self._social(referral.case, lambda units: bool(units & units_on))

    def disclosure(self, shared: Disclosure) -> set[UUID]:
        """Student health and principals of the school that gave it; on the social side the unit that got it."""
        readers = self._social(shared.case, lambda units: shared.to_unit_id in units)
        return self.those(
            lambda one: (
                (one.role in SCHOOL_WIDE and one.unit_id == shared.from_unit_id)
                or (one.side == "social" and one.pk in readers)
            )
        )

    def consent(self, consent: Consent) -> set[UUID]:
        """The school, and the unit that it names."""
        return self._social(consent.case, lambda units: consent.to_unit_id in units)

    def draft(self, draft: RequestDraft) -> set[UUID]:
        """Its writer; once it is finished, the principal of the school too."""
        if draft.ready_at is None:
            return {draft.writer_id}
        left_to = self.those(lambda one: one.role == "principal" and one.unit_id == draft.school_unit_id)
        return {draft.writer_id, *left_to}

    def note(self, note: Any) -> set[UUID]:
        """The unit alone, not even its head above."""
        readers = self.case(note.case)
        return self.those(lambda one: one.unit_id == note.unit_id and one.pk in readers)

    def administrators(self) -> set[UUID]:
        """Those who keep the service running."""
        return self.those(lambda one: one.role == "system_admin")

    def imported(self, file: AbsenceImport | RosterDiff) -> set[UUID]:
        """Those who bring absence in at the school."""
        return self.those(lambda one: one.role in {"principal", "school_admin"} and one.unit_id == file.unit_id)
