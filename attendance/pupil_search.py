"""Finding a pupil among those one works with: by name and class, or by the whole personal number and nothing less."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Membership
from schools.models import ClassGroup, Enrolment, Pupil, PupilIdentifier
from schools.personal_numbers import PersonalNumberError, parse_personal_number


def found(pupils: QuerySet[Pupil], searched: str, today: date) -> QuerySet[Pupil]:
    """Return the pupils with this personal number, else those to whom each word fits: how a name begins, or the class.

    Give only pupils the reader has a link to: then no answer tells whether anybody else exists.
    """
    if not searched:
        return pupils
    try:
        number = parse_personal_number(searched, today=today)
    except PersonalNumberError:
        for word in searched.split():
            in_class = Enrolment.objects.filter(pupil=OuterRef("pk"), ends_on=None, class_group__name__iexact=word)
            pupils = pupils.filter(
                Q(given_name__istartswith=word) | Q(family_name__istartswith=word) | Q(Exists(in_class))
            )
        return pupils
    known = PupilIdentifier.objects.filter(pupil=OuterRef("pk"), value=number.value, kind=number.kind)
    return pupils.filter(Exists(known))


def own_classes_first(pupils: QuerySet[Pupil], reader: Membership) -> QuerySet[Pupil]:
    """Order pupils by name, those of the reader's own classes first."""
    own = ClassGroup.objects.filter(enrolments__pupil=OuterRef("pk"), enrolments__ends_on=None, mentors=reader.pk)
    return pupils.order_by(Exists(own).desc(), "family_name", "given_name", "pk")
