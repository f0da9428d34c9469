"""The words that the permission matrix is written in: seats, objects, actions, and how far a right reaches."""

from __future__ import annotations

from enum import Flag, auto
from typing import Protocol
from uuid import UUID

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..roles import Role, Side


class Seated(Protocol):
    """Somebody in a role on a side."""

    @property
    def role(self) -> str:
        """The role acted in."""
        ...

    @property
    def side(self) -> Side:
        """The authority acted for."""
        ...


class Acting(Seated, Protocol):
    """Somebody who acts in a role for a unit: a membership."""

    @property
    def unit_id(self) -> UUID:
        """The unit acted for."""
        ...


class Seat(models.TextChoices):
    """A column of the matrix: the roles, with the heads of the school side apart from those of social services."""

    MENTOR = "mentor", _("Mentor")
    STUDENT_HEALTH = "student_health", _("Student health")
    PRINCIPAL = "principal", _("Principal")
    SCHOOL_ADMIN = "school_admin", _("School administrator")
    AREA_MANAGER = "area_manager", _("Head of a school area")
    TEAM_WORKER = "team_worker", _("Team worker")
    INTAKE_WORKER = "intake_worker", _("Intake worker")
    UNIT_HEAD = "unit_head", _("Unit head")
    COORDINATOR = "coordinator", _("Coordinator")
    ANALYST = "analyst", _("Analyst")
    LOG_AUDITOR = "log_auditor", _("Log auditor")
    SYSTEM_ADMIN = "system_admin", _("System administrator")


def seat_of(reader: Seated) -> Seat | None:
    """Return the column of the matrix that `reader` has; None for a role that is not in it."""
    if reader.role == Role.UNIT_HEAD and reader.side == Side.SCHOOL:
        return Seat.AREA_MANAGER
    return Seat(reader.role) if reader.role in Seat.values else None


class Action(models.TextChoices):
    """What is done with an object."""

    READ = "read", _("reads")
    CREATE = "create", _("creates")
    CHANGE = "change", _("changes")
    DECIDE = "decide", _("decides")
    GRANT = "grant", _("grants")


class Scope(Flag):
    """How far a right reaches. METADATA and AGGREGATE narrow what is shown, the others say of whom."""

    NOTHING = 0
    LINKED = auto()
    SCHOOL = auto()
    UNIT = auto()
    TEAM = auto()
    OWN = auto()
    METADATA = auto()
    AGGREGATE = auto()

    @property
    def letters(self) -> str:
        """The letters of security.md section 3: l s u t o m a."""
        return "".join(LETTERS[one] for one in self)

    @property
    def words(self) -> list[Promise]:
        """What the scope says, part by part."""
        return [WORDS[one] for one in self]


LETTERS = {
    Scope.LINKED: "l",
    Scope.SCHOOL: "s",
    Scope.UNIT: "u",
    Scope.TEAM: "t",
    Scope.OWN: "o",
    Scope.METADATA: "m",
    Scope.AGGREGATE: "a",
}
WORDS: dict[Scope, Promise] = {
    Scope.LINKED: _("about pupils linked to oneself"),
    Scope.SCHOOL: _("at one’s own school"),
    Scope.UNIT: _("in one’s own unit and those below it"),
    Scope.TEAM: _("sent to one’s own team"),
    Scope.OWN: _("one’s own"),
    Scope.METADATA: _("only dates, states and units, no names and no text"),
    Scope.AGGREGATE: _("only as figures, small numbers hidden"),
}


class Object(models.TextChoices):
    """A row of the matrix: what rights are about."""

    PUPIL = "pupil", _("Who a pupil is, and the pupil’s class")
    ABSENCE = "absence", _("Absence")
    IMPORT = "import", _("Import of absence")
    SOURCE = "source", _("Connection to a school’s own system")
    SIGNAL = "signal", _("Signal of absence")
    LINES = "lines", _("Lines that make signals")
    CONCERN = "concern", _("Concern (inside the school)")
    MEASURE = "measure", _("Measure (inside the school)")
    INVESTIGATION = "investigation", _("Investigation of absence (inside the school)")
    CASE = "case", _("Case")
    STEP = "step", _("Next step in a case")
    REQUEST = "request", _("Support request and the answer to it")
    CONCERN_REPORT = "concern_report", _("Concern report: that it was made, and its dates")
    CONSULTATION = "consultation", _("Consultation without a name, and the answer to it")
    SHARED = "shared", _("What has been shared between the authorities")
    FEEDBACK = "feedback", _("Feedback")
    NOTE = "note", _("Internal note, read by one’s own unit")
    LIFT = "lift", _("Case lifted to managers")
    OBJECTION = "objection", _("What school and social services disagree about, lifted to those who manage them")
    DEVIATION = "deviation", _("Deviation in the co-operation, and the answer to it")
    STALLED = "stalled", _("Stalled cases")
    FIGURES = "figures", _("Figures about whether help comes in time")
    SETTING = "setting", _("Settings of a unit: times, reasons, what it offers, stand-ins")
    PERSON = "person", _("People and their roles")
    LOG = "log", _("Log of who has read what")
    CLAIM = "claim", _("Link to a pupil claimed for 24 hours, with a reason")
    PROTECTED = "protected", _("Pupil with protected identity")
