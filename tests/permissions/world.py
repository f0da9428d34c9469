"""One pupil's absence, concern, case and notes, and somebody in every seat: near them, and far away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from django.utils import timezone

from accounts.models import Membership, Unit
from accounts.permissions import Seat
from accounts.roles import Side, UnitKind
from attendance.models import AbsenceInvestigation, Concern, Measure, Signal
from cases.actions.notes import write_internal_note
from cases.models import ConcernReport, Consultation, Deviation, HolderInterval, Objection, SchoolNote, SocialNote
from integrations.models import AbsenceImport, SchoolSource
from tests.factories.accounts import MembershipFactory, UnitFactory
from tests.factories.attendance import AbsenceInvestigationFactory, ConcernFactory, MeasureFactory, SignalFactory
from tests.factories.cases import Story, a_case, make_cast
from tests.factories.integrations import AbsenceImportFactory, SchoolSourceFactory
from tests.factories.reports import note
from tests.factories.schools import SchoolFactory
from tests.factories.socialservices import OfficeFactory, ServiceFactory


@dataclass
class World:
    """What there is to see and do, and who is near and far; `stories` tell one case in each state by name."""

    stories: dict[str, Story]
    near: dict[str, Membership]
    far: dict[str, Membership]
    colleagues: dict[str, Membership]
    signal: Signal
    concern: Concern
    measure: Measure
    investigation: AbsenceInvestigation
    school_import: AbsenceImport
    source: SchoolSource
    notes: dict[UUID, SchoolNote | SocialNote]
    consultation: Consultation
    deviations: dict[UUID, Deviation]
    report: ConcernReport
    reports: dict[UUID, ConcernReport]

    def story(self, state: str) -> Story:
        """Return the case in `state`."""
        return self.stories[state]


STATES = ("acknowledged", "active", "feedback_given", "lifted")
"""The states in which there is something to do for everybody; `lifted_to_school` is of a school without an area."""

SCHOOL_SEATS = (Seat.MENTOR, Seat.STUDENT_HEALTH, Seat.PRINCIPAL, Seat.SCHOOL_ADMIN)


def make_world(receiver: UnitKind) -> World:
    """Return a world in which the school's requests come to a unit of the kind `receiver`."""
    cast = make_cast()
    office = OfficeFactory(kind=receiver, unit__parent=cast.area_head.unit)
    worker = _somebody(Seat.INTAKE_WORKER if receiver == UnitKind.INTAKE else Seat.TEAM_WORKER, office.unit)
    cast = replace(cast, worker=worker, service=ServiceFactory(office=office))
    school = cast.principal.unit
    cast.class_group.mentors.add(cast.mentor)
    stories = {state: a_case(state, cast=cast) for state in STATES}
    stories["lifted_to_school"] = a_case("lifted", cast=cast)
    HolderInterval.objects.filter(
        obligation__case=stories["lifted_to_school"].case, unit=cast.area_manager.unit, to_at=None
    ).update(unit=school)
    stories["lifted_to_city"] = a_case("lifted", cast=cast)
    enrolment = stories["active"].pupil.enrolments.get()
    near = _everybody(school, cast.area_manager.unit, office.unit, cast.area_head.unit, UnitFactory(city=True))
    near |= {Seat.MENTOR: cast.mentor, str(worker.role): worker}
    come_up(stories["lifted_to_city"], near[Seat.COORDINATOR].unit)
    elsewhere = OfficeFactory(kind=receiver, unit__parent=UnitFactory(social_area=True)).unit
    far_school = SchoolFactory(unit__parent=UnitFactory(school_area=True)).unit
    area = elsewhere.parent
    assert area is not None
    return World(
        stories=stories,
        near=near,
        far=_everybody(far_school, far_school.parent, elsewhere, area, UnitFactory(social_area=True)),
        colleagues={
            Side.SCHOOL: _somebody(Seat.MENTOR, school),
            Side.SOCIAL: _somebody(Seat(worker.role), office.unit),
        },
        signal=SignalFactory(enrolment=enrolment),
        concern=ConcernFactory(enrolment=enrolment, logged_by=cast.mentor),
        measure=MeasureFactory(enrolment=enrolment, responsible=cast.mentor),
        investigation=AbsenceInvestigationFactory(enrolment=enrolment),
        school_import=AbsenceImportFactory(unit=school),
        source=SchoolSourceFactory(),
        notes={
            writer.unit_id: write_internal_note(
                case=stories["lifted"].case, text="Bara vi.", submission=uuid4(), by=writer, at=timezone.now()
            )
            for writer in (cast.principal, cast.area_manager, worker, cast.area_head)
        },
        consultation=Consultation.objects.create(
            school_unit=school,
            to_unit=office.unit,
            question="Hur gör vi?",
            asked_at=timezone.now(),
            asked_by=cast.counsellor,
            due_on=timezone.localdate(),
            submission=uuid4(),
        ),
        deviations={
            writer.pk: register(stories["active"], writer, school, office.unit)
            for writer in near.values()
            if writer.unit_id in {school.pk, office.unit_id}
        },
        report=note(stories["active"].pupil, worker, cast.principal, timezone.now()),
        reports={
            near[seat].pk: note(stories["active"].pupil, worker, near[seat], timezone.now()) for seat in SCHOOL_SEATS
        },
    )


def register(story: Story, writer: Membership, school: Unit, office: Unit) -> Deviation:
    """Let `writer` have registered that the other side did something wrong."""
    is_school = writer.unit_id == school.pk
    return Deviation.objects.create(
        case=story.case, from_unit=school if is_school else office, about_unit=office if is_school else school,
        kind="other", happened="x", consequence="x", registered_at=timezone.now(), registered_by=writer,
        due_on=timezone.localdate(), submission=uuid4(),
    )  # fmt: skip


def come_up(story: Story, city: Unit) -> None:
    """Let what was lifted have come up to the city."""
    Objection.objects.filter(case=story.case).update(level="city")
    HolderInterval.objects.filter(obligation__case=story.case, obligation__kind="answer_objection", to_at=None).update(
        unit=city
    )


def _everybody(
    school: Unit, school_area: Unit | None, office: Unit, social_area: Unit, top: Unit
) -> dict[str, Membership]:
    """Return somebody in each seat; intake and team workers both sit in `office`, whatever its kind."""
    places = dict.fromkeys(SCHOOL_SEATS, school) | {
        Seat.AREA_MANAGER: school_area,
        Seat.TEAM_WORKER: office,
        Seat.INTAKE_WORKER: office,
        Seat.UNIT_HEAD: social_area,
    }
    return {seat.value: _somebody(seat, places.get(seat, top)) for seat in Seat}


def _somebody(seat: Seat, unit: Unit | None) -> Membership:
    trait = {Seat.UNIT_HEAD: "team_head"}.get(seat, seat.value)
    return MembershipFactory(**{trait: True}, unit=unit)
