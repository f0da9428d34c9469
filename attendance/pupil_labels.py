"""How a pupil is named where names would say too much, and the classes that stand beside a name."""

from schools.models import ClassGroup, Pupil


def classes_of(pupil: Pupil) -> list[ClassGroup]:
    """Return the pupil's present classes, usually one. Needs `with_page_relations`."""
    return [enrolment.class_group for enrolment in pupil.current_enrolments]  # type: ignore[attr-defined]


def class_and_initials(pupil: Pupil) -> str:
    """Return “A.K. 7B”: how lists name a pupil. Needs `with_page_relations`."""
    return " ".join([pupil.initials, *(group.name for group in classes_of(pupil))])
