"""Schools, classes, pupils and guardians for tests: all invented, numbers from the official test series."""

from datetime import date

import factory

from schools.models import (
    BreakDay,
    ClassGroup,
    Enrolment,
    Guardian,
    Protection,
    Provider,
    Pupil,
    PupilIdentifier,
    Residence,
    School,
    SchoolForm,
    SchoolYear,
    Term,
)
from schools.personal_numbers import invented_number
from tests.factories.accounts import UnitFactory


class ProviderFactory(factory.django.DjangoModelFactory):
    """A municipal provider."""

    kind = Provider.Kind.MUNICIPAL
    name = factory.Sequence(lambda n: f"Huvudman {n}")
    organisation_number = factory.Sequence(lambda n: f"{n:010}")

    class Meta:
        model = Provider

    class Params:
        independent = factory.Trait(kind=Provider.Kind.INDEPENDENT)


class SchoolFactory(factory.django.DjangoModelFactory):
    """A municipal compulsory school in Stockholm with all years."""

    unit = factory.SubFactory(UnitFactory)
    provider = factory.SubFactory(ProviderFactory)
    school_unit_code = factory.Sequence(lambda n: f"{n:08}")
    school_forms = factory.LazyFunction(lambda: [SchoolForm.PRESCHOOL_CLASS.value, SchoolForm.COMPULSORY.value])
    grades = factory.LazyFunction(lambda: list(range(10)))
    municipality_code = "0180"
    postal_town = "Farsta"

    class Meta:
        model = School

    class Params:
        independent = factory.Trait(provider=factory.SubFactory(ProviderFactory, independent=True))
        upper_secondary = factory.Trait(
            school_forms=factory.LazyFunction(lambda: [SchoolForm.UPPER_SECONDARY.value]),
            grades=factory.LazyFunction(lambda: [1, 2, 3]),
        )


class SchoolYearFactory(factory.django.DjangoModelFactory):
    """The school year 2026/27, with its two terms when `with_terms`."""

    provider = factory.SubFactory(ProviderFactory)
    name = "2026/27"
    starts_on = date(2026, 8, 17)
    ends_on = date(2027, 6, 10)

    class Meta:
        model = SchoolYear
        django_get_or_create = ("provider", "name")
        skip_postgeneration_save = True

    class Params:
        with_terms = factory.Trait(
            autumn=factory.RelatedFactory("tests.factories.schools.TermFactory", "school_year"),
            spring=factory.RelatedFactory("tests.factories.schools.TermFactory", "school_year", spring=True),
        )


class TermFactory(factory.django.DjangoModelFactory):
    """The autumn term of 2026, or the spring term of 2027."""

    school_year = factory.SubFactory(SchoolYearFactory)
    name = "HT 2026"
    starts_on = date(2026, 8, 17)
    ends_on = date(2026, 12, 22)

    class Meta:
        model = Term

    class Params:
        spring = factory.Trait(name="VT 2027", starts_on=date(2027, 1, 12), ends_on=date(2027, 6, 10))


class BreakDayFactory(factory.django.DjangoModelFactory):
    """A provider's break day; with `school` and `staff_day`, a staff day of one school."""

    school_year = factory.SubFactory(SchoolYearFactory)
    kind = BreakDay.Kind.BREAK
    day = date(2026, 10, 26)
    name = "Höstlov"

    class Meta:
        model = BreakDay

    class Params:
        staff_day = factory.Trait(kind=BreakDay.Kind.STAFF_DAY, name="Studiedag")


class ClassGroupFactory(factory.django.DjangoModelFactory):
    """Class 7A and so on of a school, in the school year of its provider; name mentors with `mentors=[...]`."""

    school = factory.SubFactory(SchoolFactory)
    school_year = factory.SubFactory(SchoolYearFactory, provider=factory.SelfAttribute("..school.provider"))
    name = factory.Sequence(lambda n: f"7-{n}")
    grade = 7
    school_form = SchoolForm.COMPULSORY

    class Meta:
        model = ClassGroup
        skip_postgeneration_save = True

    @factory.post_generation
    def mentors(self, create, memberships, **kwargs):
        if create and memberships:
            self.mentors.set(memberships)


class PupilFactory(factory.django.DjangoModelFactory):
    """A pupil alone; `enrolled` gives a class, `resident` a home in Farsta, `numbered` a personal number.

    Say which class with `enrolment__class_group=...`, which district with `residence__district_code=...`.
    """

    given_name = factory.Sequence(lambda n: f"Elev{n}")
    family_name = factory.Sequence(lambda n: f"Påhittad{n}")
    born_on = date(2013, 5, 5)

    class Meta:
        model = Pupil
        skip_postgeneration_save = True

    class Params:
        protected = factory.Trait(
            protection=Protection.PROTECTED_REGISTRATION, alias=factory.Sequence(lambda n: f"K-{n:04}")
        )
        enrolled = factory.Trait(
            enrolment=factory.RelatedFactory("tests.factories.schools.EnrolmentFactory", "pupil"),
        )
        resident = factory.Trait(
            residence=factory.RelatedFactory("tests.factories.schools.ResidenceFactory", "pupil"),
        )
        numbered = factory.Trait(
            identifier=factory.RelatedFactory("tests.factories.schools.PupilIdentifierFactory", "pupil"),
        )


class PupilIdentifierFactory(factory.django.DjangoModelFactory):
    """A personal number of the test series, with a birthday of its own."""

    pupil = factory.SubFactory(PupilFactory)
    kind = PupilIdentifier.Kind.PERSONAL_NUMBER
    value = factory.Sequence(lambda n: invented_number(2013, n).value)
    valid_from = date(2020, 1, 1)

    class Meta:
        model = PupilIdentifier


class ResidenceFactory(factory.django.DjangoModelFactory):
    """A home in Farsta, Stockholm."""

    pupil = factory.SubFactory(PupilFactory)
    municipality_code = "0180"
    district_code = "farsta"
    valid_from = date(2020, 1, 1)

    class Meta:
        model = Residence


class GuardianFactory(factory.django.DjangoModelFactory):
    """A guardian with custody who may be contacted."""

    pupil = factory.SubFactory(PupilFactory)
    given_name = factory.Sequence(lambda n: f"Förälder{n}")
    family_name = factory.Sequence(lambda n: f"Påhittad{n}")

    class Meta:
        model = Guardian

    class Params:
        protected = factory.Trait(is_protected=True, may_be_contacted=False)


class EnrolmentFactory(factory.django.DjangoModelFactory):
    """A pupil's time in a class since the school year began."""

    pupil = factory.SubFactory(PupilFactory)
    class_group = factory.SubFactory(ClassGroupFactory)
    starts_on = date(2026, 8, 17)

    class Meta:
        model = Enrolment
