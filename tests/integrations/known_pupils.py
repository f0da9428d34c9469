"""Pupils that a school system knows by an id of its own."""

from schools.models import PupilIdentifier
from tests.factories.schools import EnrolmentFactory, PupilIdentifierFactory


def enrol(group, *source_ids, **pupil):
    pupils = []
    for source_id in source_ids:
        enrolment = EnrolmentFactory(class_group=group, **{f"pupil__{key}": value for key, value in pupil.items()})
        PupilIdentifierFactory(pupil=enrolment.pupil, kind=PupilIdentifier.Kind.SOURCE_ID, value=source_id)
        pupils.append(enrolment.pupil)
    return pupils
