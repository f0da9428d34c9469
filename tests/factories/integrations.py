"""Files of absence for tests."""

from datetime import UTC, datetime
from hashlib import sha256

import factory

from integrations.models import AbsenceImport, ImportedFile, ImportProblem, RosterDiff, SchoolSource, SourceSchool
from tests.factories.accounts import MembershipFactory
from tests.factories.schools import ProviderFactory, SchoolFactory


class AbsenceImportFactory(factory.django.DjangoModelFactory):
    """A file just uploaded; `failed`, `applied` and `cancelled` say how it ended."""

    class Params:
        school = factory.SubFactory(SchoolFactory)
        failed = factory.Trait(
            status="failed", failure="file_is_empty", closed_at=datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
        )
        cancelled = factory.Trait(status="cancelled", closed_at=datetime(2026, 11, 23, 9, 5, tzinfo=UTC))
        applied = factory.Trait(
            status="applied",
            approved_at=datetime(2026, 11, 23, 9, 4, tzinfo=UTC),
            closed_at=datetime(2026, 11, 23, 9, 5, tzinfo=UTC),
            counts=factory.LazyFunction(
                lambda: {"rows": 10, "good": 8, "bad": 2, "new": 5, "changed": 0, "unchanged": 0, "removed": 0}
            ),
        )

    unit = factory.SelfAttribute("school.unit")
    uploaded_by = factory.SubFactory(MembershipFactory, principal=True, unit=factory.SelfAttribute("..unit"))
    uploaded_at = datetime(2026, 11, 23, 9, tzinfo=UTC)
    progressed_at = datetime(2026, 11, 23, 9, tzinfo=UTC)
    file_name = factory.Sequence(lambda n: f"franvaro-{n}.csv")
    sha256 = factory.LazyAttribute(lambda row: sha256(row.file_name.encode()).hexdigest())

    class Meta:
        model = AbsenceImport


class ImportedFileFactory(factory.django.DjangoModelFactory):
    """The bytes of a file."""

    absence_import = factory.SubFactory(AbsenceImportFactory)
    content = b"Elev-id;Datum\n"

    class Meta:
        model = ImportedFile


class ImportProblemFactory(factory.django.DjangoModelFactory):
    """A date that does not exist on row 118."""

    absence_import = factory.SubFactory(AbsenceImportFactory)
    row_number = 118
    column = "date"
    code = "date_does_not_exist"
    value = "2026-11-31"

    class Meta:
        model = ImportProblem


class SchoolSourceFactory(factory.django.DjangoModelFactory):
    """A provider's system that speaks SS 12000, not turned on."""

    name = factory.Sequence(lambda n: f"Elevregister {n}")
    provider = factory.SubFactory(ProviderFactory)
    address = "https://sis.example.org/v2.0"
    endpoints = factory.LazyFunction(lambda: ["organisations", "persons", "groups"])
    created_at = datetime(2026, 11, 20, 9, tzinfo=UTC)

    class Meta:
        model = SchoolSource


class SourceSchoolFactory(factory.django.DjangoModelFactory):
    """A school that is read from a source of its provider's."""

    school = factory.SubFactory(SchoolFactory)
    source = factory.SubFactory(
        SchoolSourceFactory, provider=factory.SelfAttribute("..school.provider"), client_id="narvarobryggan"
    )

    class Meta:
        model = SourceSchool


class RosterDiffFactory(factory.django.DjangoModelFactory):
    """A comparison that waits for the school's answer: one new pupil."""

    source_school = factory.SubFactory(SourceSchoolFactory)
    unit = factory.SelfAttribute("source_school.school.unit")
    source_name = "Elevregistret"
    counts = factory.LazyFunction(lambda: {"new_pupil": 1})
    made_at = datetime(2026, 11, 23, 3, tzinfo=UTC)

    class Meta:
        model = RosterDiff
