"""Who may read what, worked out from the rules of the design and not by the product's own code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.models import Membership, Unit
from attendance.models import AbsenceInvestigation, Concern, Measure
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
    HolderInterval,
    Objection,
    PreparedNo,
    Referral,
    RequestDraft,
)
from integrations.models import AbsenceImport, RosterDiff
from schools.models import ClassGroup, Pupil

CASE_ROLES = {"student_health", "principal", "team_worker", "intake_worker"}
SCHOOL_WIDE = {"student_health", "principal"}


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

    def objection(self, objection: Objection) -> set[UUID]:
        """Who reads the case; and, once it has come up, the coordinators of the unit that is asked there."""
        asked = HolderInterval.objects.filter(
            obligation__referral=objection.referral, obligation__kind="answer_objection"
        ).values_list("unit", flat=True)
        up = self.those(lambda one: one.role == "coordinator" and one.unit_id in set(asked))
        return self.case(objection.case) | (up if objection.level != "heads" else set())

    def settled(self, unit: Unit) -> set[UUID]:
        """Those who work in the unit, and on the social side its heads above."""
        heads = {"unit_head"} if unit.kind in {"team", "intake"} else set()
        return self.those(lambda one: one.unit_id == unit.pk or (one.role in heads and unit.pk in self.units(one)))

    def anybody(self) -> set[UUID]:
        """Whoever is signed in."""
        return self.those(lambda one: True)

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

    def reason_given(self, given: DecisionReason) -> set[UUID]:
        """As the decision, at a school only where it is told on a ground."""
        told = self.those(lambda one: one.side != "school" or given.told_on != "")
        return self.decision(given.decision) & told

    def prepared(self, prepared: PreparedNo) -> set[UUID]:
        """The unit that answers, and its heads: never a school."""
        return self.of_referral(prepared) & self.those(lambda one: one.side == "social")

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

    def office(self, report: ConcernReport) -> set[UUID]:
        """The people of the intake office that has the report, and its heads."""
        return self.those(
            lambda one: one.role in {"intake_worker", "unit_head"} and report.to_unit_id in self.units(one)
        )

    def consultation(self, consultation: Consultation) -> set[UUID]:
        """Student health and the principal of the school that asked; the unit that was asked, and its heads."""
        return self.those(
            lambda one: (
                (one.role in SCHOOL_WIDE and one.unit_id == consultation.school_unit_id)
                or (
                    one.role in {"team_worker", "intake_worker", "unit_head"}
                    and consultation.to_unit_id in self.units(one)
                )
            )
        )

    def deviation(self, deviation: Deviation) -> set[UUID]:
        """Whoever registered it, while they read the case, and the managers of both sides."""
        managers = self.those(
            lambda one: (
                one.role in {"principal", "unit_head"}
                and bool({deviation.from_unit_id, deviation.about_unit_id} & set(self.units(one)))
            )
        )
        return managers | {deviation.registered_by_id}

    def report(self, report: ConcernReport) -> set[UUID]:
        """Who made it, the principal of the school, those named, and the office."""
        at_school = self.those(
            lambda one: (
                one.pk in {report.reported_by_id, *report.reader_ids}
                or (one.role == "principal" and one.unit_id == report.school_unit_id)
            )
        )
        return at_school | self.office(report)
