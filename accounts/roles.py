"""The roles people act in, and the kinds of unit in which each can be held."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Side(models.TextChoices):
    """The authorities between which the wall stands; the city oversees and holds no cases."""

    SCHOOL = "school", _("School")
    SOCIAL = "social", _("Social services")
    CITY = "city", _("City")


class UnitKind(models.TextChoices):
    """What a unit is."""

    SCHOOL = "school", _("School")
    SCHOOL_AREA = "school_area", _("School area")
    INTAKE = "intake", _("Intake office")
    TEAM = "team", _("Team")
    SOCIAL_AREA = "social_area", _("District social services")
    CITY = "city", _("City")

    @property
    def side(self) -> Side:
        """The authority a unit of this kind belongs to."""
        return SIDES[self]


SIDES = {
    UnitKind.SCHOOL: Side.SCHOOL,
    UnitKind.SCHOOL_AREA: Side.SCHOOL,
    UnitKind.INTAKE: Side.SOCIAL,
    UnitKind.TEAM: Side.SOCIAL,
    UnitKind.SOCIAL_AREA: Side.SOCIAL,
    UnitKind.CITY: Side.CITY,
}


class Role(models.TextChoices):
    """What a person does in a unit."""

    MENTOR = "mentor", _("Mentor")
    STUDENT_HEALTH = "student_health", _("Student health")
    PRINCIPAL = "principal", _("Principal")
    SCHOOL_ADMIN = "school_admin", _("School administrator")
    TEAM_WORKER = "team_worker", _("Team worker")
    INTAKE_WORKER = "intake_worker", _("Intake worker")
    UNIT_HEAD = "unit_head", _("Unit head")
    COORDINATOR = "coordinator", _("Coordinator")
    ANALYST = "analyst", _("Analyst")
    LOG_AUDITOR = "log_auditor", _("Log auditor")
    SYSTEM_ADMIN = "system_admin", _("System administrator")


ROLES_IN = {
    UnitKind.SCHOOL: {Role.MENTOR, Role.STUDENT_HEALTH, Role.PRINCIPAL, Role.SCHOOL_ADMIN, Role.LOG_AUDITOR},
    UnitKind.SCHOOL_AREA: {Role.UNIT_HEAD, Role.LOG_AUDITOR},
    UnitKind.INTAKE: {Role.INTAKE_WORKER, Role.UNIT_HEAD},
    UnitKind.TEAM: {Role.TEAM_WORKER, Role.UNIT_HEAD},
    UnitKind.SOCIAL_AREA: {Role.UNIT_HEAD, Role.COORDINATOR, Role.LOG_AUDITOR},
    UnitKind.CITY: {Role.COORDINATOR, Role.ANALYST, Role.LOG_AUDITOR, Role.SYSTEM_ADMIN},
}
"""Which roles a unit of each kind can have (product.md section 2)."""

MANAGERS = {Role.PRINCIPAL, Role.UNIT_HEAD}
"""Those who answer for a unit: they invite, end, stand in and allocate."""
