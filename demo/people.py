"""The people a visitor can be. They meet in the same story, so that each sees the same cases from another side."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role

MENTOR, COUNSELLOR, PRINCIPAL = "mentor", "counsellor", "principal"
SECOND_COUNSELLOR, AREA_MANAGER = "second_counsellor", "area_manager"
TEAM_WORKER, INTAKE_WORKER, UNIT_HEAD = "team_worker", "intake_worker", "unit_head"
COORDINATOR, ANALYST, SYSTEM_ADMIN = "coordinator", "analyst", "system_admin"
SCHOOL_ADMIN = "school_admin"
LOG_AUDITOR = "log_auditor"


@dataclass(frozen=True)
class DemoPerson:
    """Somebody a visitor can be. `look_at` says what there is to see, to the visitor."""

    key: str
    given_name: str
    family_name: str
    role: Role
    title: str
    look_at: str | Promise

    @property
    def email(self) -> str:
        """The address the person has in the demo."""
        return address(self.given_name, self.family_name)


DEMO_PEOPLE = {
    person.key: person
    for person in (
        DemoPerson(
            MENTOR, "Jonas", "Ek", Role.MENTOR, "Mentor 7B",
            _("Answer a signal about 7B, log a concern, and read what became of the one about Edvin."),
        ),
        DemoPerson(
            COUNSELLOR, "Sara", "Lind", Role.STUDENT_HEALTH, "Skolkurator",
            _("Respond to the no about Noel, and acknowledge the team’s feedback about Alva."),
        ),
        DemoPerson(
            PRINCIPAL, "Birgitta", "Norén", Role.PRINCIPAL, "Rektor",
            _("See which cases stand still, and give the one without a next step its next step."),
        ),
        DemoPerson(
            SECOND_COUNSELLOR, "Petra", "Öberg", Role.STUDENT_HEALTH, "Skolkurator",
            _("See the same teams from another school, and that Alva’s case cannot be seen from here."),
        ),
        DemoPerson(
            AREA_MANAGER, "Henrik", "Palm", Role.UNIT_HEAD, "Grundskolechef",
            _("Answer what a school and a team have lifted because they disagree."),
        ),
        DemoPerson(
            SCHOOL_ADMIN, "Camilla", "Rydell", Role.SCHOOL_ADMIN, "Skoladministratör",
            _("Bring in absence and see who the pupils are, but no concern, no signal and no case."),
        ),
        DemoPerson(
            TEAM_WORKER, "Karim", "Aydin", Role.TEAM_WORKER, "Skolsocionom",
            _("Acknowledge a new request and answer it: yes, a question, another unit, or a no."),
        ),
        DemoPerson(
            INTAKE_WORKER, "Elin", "Sandvall", Role.INTAKE_WORKER, "Socialsekreterare",
            _("Take over a request that was sent on, or accept one and choose the first contact."),
        ),
        DemoPerson(
            UNIT_HEAD, "Monica", "Hallgård", Role.UNIT_HEAD, "Enhetschef",
            _("See every stalled case in Farsta and why, and allocate what nobody has taken."),
        ),
        DemoPerson(
            COORDINATOR, "Ulrika", "Wikberg", Role.COORDINATOR, "Samordnare",
            _("See the whole city’s stalled cases by dates and units, without a word about the pupils."),
        ),
        DemoPerson(
            ANALYST, "Samira", "Holmdal", Role.ANALYST, "Utvecklingsstrateg",
            _("See the city’s figures: how soon help came, and who was turned down and why."),
        ),
        DemoPerson(
            SYSTEM_ADMIN, "Lotta", "Granvik", Role.SYSTEM_ADMIN, "Systemförvaltare",
            _("See people and their roles, but nothing about any pupil or case."),
        ),
        DemoPerson(
            LOG_AUDITOR, "Margit", "Wallander", Role.LOG_AUDITOR, "Loggranskare",
            _("See who has read what at the schools: what stands out, a sample to judge, and extracts to let out."),
        ),
    )
}  # fmt: skip


def address(given_name: str, family_name: str) -> str:
    """Return an invented person's e-mail address; example.org belongs to nobody."""
    return f"{slugify(given_name)}.{slugify(family_name)}@example.org"
