"""Every change to the register of schools and pupils, to who is linked to a pupil, and to protected identity."""

from .register import (
    ClassExists,
    NewGuardian,
    NewPupil,
    NotAllowed,
    NotAtTheSchool,
    NumberTaken,
    enrol_pupils,
    held_aside,
    open_class,
)

__all__ = [
    "ClassExists",
    "NewGuardian",
    "NewPupil",
    "NotAllowed",
    "NotAtTheSchool",
    "NumberTaken",
    "enrol_pupils",
    "held_aside",
    "open_class",
]
