"""The register of schools and pupils, who is linked to a pupil, and who may read a protected one."""

from .links import LinkClaimAlert, PupilLink
from .protection import NamedReader, Protection, ProtectionPolicy, protected_ids
from .register import (
    BreakDay,
    ClassGroup,
    Enrolment,
    Guardian,
    Provider,
    Pupil,
    PupilIdentifier,
    Residence,
    School,
    SchoolForm,
    SchoolYear,
    Term,
)

__all__ = [
    "BreakDay",
    "ClassGroup",
    "Enrolment",
    "Guardian",
    "LinkClaimAlert",
    "NamedReader",
    "Protection",
    "ProtectionPolicy",
    "Provider",
    "Pupil",
    "PupilIdentifier",
    "PupilLink",
    "Residence",
    "School",
    "SchoolForm",
    "SchoolYear",
    "Term",
    "protected_ids",
]
