"""Districts, offices, catalogue entries and reasons for tests."""

from datetime import date

import factory

from socialservices.models import District, Office, ReasonCode, Service
from tests.factories.accounts import UnitFactory


class DistrictFactory(factory.django.DjangoModelFactory):
    """The district Farsta, made once."""

    code = "farsta"
    name = factory.LazyAttribute(lambda district: district.code.capitalize())

    class Meta:
        model = District
        django_get_or_create = ("code",)


class OfficeFactory(factory.django.DjangoModelFactory):
    """A team; name its districts with `districts=[...]`, else it serves the whole city."""

    kind = Office.Kind.TEAM
    unit = factory.SubFactory(UnitFactory, kind=factory.SelfAttribute("..kind"))

    class Meta:
        model = Office
        skip_postgeneration_save = True

    class Params:
        intake = factory.Trait(kind=Office.Kind.INTAKE)

    @factory.post_generation
    def districts(self, create, districts, **kwargs):
        if create and districts:
            self.districts.set(districts)


class ServiceFactory(factory.django.DjangoModelFactory):
    """An SST's catalogue entry: years 4-9 of compulsory school, every provider."""

    office = factory.SubFactory(OfficeFactory)
    kind = Service.Kind.SST
    grade_from = 4
    grade_to = 9
    school_forms = factory.LazyFunction(lambda: ["gr", "gran"])
    provider_kinds = factory.LazyFunction(lambda: ["municipal", "independent", "state"])
    offers_sv = "Stöd till elev, hem och skola"
    offers_en = "Support to pupil, home and school"
    valid_from = date(2026, 1, 1)

    class Meta:
        model = Service

    class Params:
        intake = factory.Trait(
            office=factory.SubFactory(OfficeFactory, intake=True), kind=Service.Kind.INTAKE, grade_from=0
        )


class ReasonCodeFactory(factory.django.DjangoModelFactory):
    """A reason to decline a support request."""

    code = factory.Sequence(lambda n: f"REASON_{n}")
    channel = ReasonCode.Channel.SUPPORT_REQUEST
    title_sv = "Ett skäl"
    title_en = "A reason"
    demands_sv = "Skriv vad skolan bör göra."
    demands_en = "Write what the school should do."
    valid_from = date(2026, 1, 1)

    class Meta:
        model = ReasonCode

    class Params:
        concern_report = factory.Trait(channel=ReasonCode.Channel.CONCERN_REPORT, is_shown_to_school=False)
