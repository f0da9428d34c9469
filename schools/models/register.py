"""The register of schools: providers, schools, classes, pupils, guardians and the school calendar."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit
from accounts.permissions import Action, Object, permits
from accounts.roles import Role, Side
from audit.reading import PersonalModel

from .links import PupilLink
from .protection import NamedReader, Protection
from .shown import ShownRows


class Provider(models.Model):
    """Huvudman: who answers for a school under the School Act."""

    class Kind(models.TextChoices):
        MUNICIPAL = "municipal", _("Municipal")
        INDEPENDENT = "independent", _("Independent")
        STATE = "state", _("State")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=160)
    organisation_number = models.CharField(max_length=10, unique=True)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class SchoolForm(models.TextChoices):
    """Skolform, with the codes of Skolverket's register."""

    PRESCHOOL_CLASS = "fsk", _("Preschool class")
    COMPULSORY = "gr", _("Compulsory school")
    ADAPTED_COMPULSORY = "gran", _("Adapted compulsory school")
    UPPER_SECONDARY = "gy", _("Upper secondary school")


class School(models.Model):
    """A school unit (skolenhet) in Skolverket's register."""

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, primary_key=True, related_name="school")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="schools")
    school_unit_code = models.CharField(max_length=8, unique=True)
    school_forms = models.JSONField(default=list)
    grades = models.JSONField(default=list)
    municipality_code = models.CharField(max_length=4)
    postal_town = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["unit__name", "unit"]
        constraints = [
            models.CheckConstraint(
                name="school_unit_code_is_8_digits", condition=Q(school_unit_code__regex=r"^\d{8}$")
            ),
        ]

    def __str__(self) -> str:
        return self.unit.name


class SchoolYear(models.Model):
    """A provider's school year, "2026/27"."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="school_years")
    name = models.CharField(max_length=7)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        ordering = ["provider", "starts_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "name"], name="school_year_once_per_provider"),
            models.CheckConstraint(name="school_year_ends_after_it_starts", condition=Q(ends_on__gt=F("starts_on"))),
        ]

    def __str__(self) -> str:
        return self.name


class Term(models.Model):
    """A term, first and last day included."""

    school_year = models.ForeignKey(SchoolYear, on_delete=models.CASCADE, related_name="terms")
    name = models.CharField(max_length=8)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        ordering = ["starts_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["school_year", "name"], name="term_once_per_school_year"),
            models.CheckConstraint(name="term_ends_after_it_starts", condition=Q(ends_on__gt=F("starts_on"))),
        ]

    def __str__(self) -> str:
        return self.name


class BreakDay(models.Model):
    """A weekday in a term without teaching: a lov day for the provider, or a staff day for one school."""

    class Kind(models.TextChoices):
        BREAK = "break", _("School break")
        STAFF_DAY = "staff_day", _("Staff day")

    school_year = models.ForeignKey(SchoolYear, on_delete=models.CASCADE, related_name="break_days")
    school = models.ForeignKey(School, on_delete=models.CASCADE, null=True, blank=True, related_name="staff_days")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    day = models.DateField()
    name = models.CharField(max_length=40)

    class Meta:
        ordering = ["day", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["school_year", "school", "day"], nulls_distinct=False, name="break_day_once"
            ),
            models.CheckConstraint(
                name="staff_days_are_a_schools_own",
                condition=Q(kind="staff_day", school__isnull=False) | Q(kind="break"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class ClassGroup(models.Model):
    """A class in one school year, with its mentors."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="classes")
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="classes")
    name = models.CharField(max_length=20)
    grade = models.PositiveSmallIntegerField()
    school_form = models.CharField(max_length=4, choices=SchoolForm.choices)
    mentors = models.ManyToManyField(Membership, blank=True, related_name="classes")

    class Meta:
        ordering = ["grade", "name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["school", "school_year", "name"], name="class_once_per_school_year"),
        ]

    def __str__(self) -> str:
        return self.name


class PupilQuerySet(ShownRows["Pupil"]):
    """Pupils by who may see them. Those that `visible_to` gives know whom they were shown to."""

    def visible_to(self, reader: Membership, at: datetime | None = None) -> PupilQuerySet:
        """Return the pupils that `reader` has a link to `at` a time, now unless it is given.

        A role alone gives no pupil. The links, and they end with the enrolment:

        - student health and the principal: the pupil is enrolled in the reader's unit;
        - a mentor: the pupil is enrolled in a class of the reader's;
        - somebody named or with a claimed link: there is a PupilLink of the reader's that runs (started_at <= at <
          ends_at, ended_at is null), and the pupil is enrolled in the reader's unit.

        A pupil with protected identity is never among them, whoever asks: see `named_to`.
        """
        open_pupils = self.filter(protection=Protection.NONE)
        enrolled = Enrolment.objects.filter(pupil=OuterRef("pk"), ends_on=None)
        in_the_unit = Exists(enrolled.filter(class_group__school__unit=reader.unit_id))
        if reader.side != Side.SCHOOL or not permits(reader, Object.PUPIL, Action.READ):
            return self.none()
        open_pupils.shown_to = reader.pk
        if reader.role == Role.MENTOR:
            links = PupilLink.objects.running(at or timezone.now()).filter(pupil=OuterRef("pk"), membership=reader.pk)
            own_class = Exists(enrolled.filter(class_group__mentors=reader.pk))
            return open_pupils.filter(own_class | Exists(links) & in_the_unit)
        return open_pupils.filter(in_the_unit)

    def named_to(self, reader: Membership) -> PupilQuerySet:
        """Return the protected pupils inside the system, enrolled here, whose confirmed list of readers names `reader`.

        Every role alike. This is the one way to a protected pupil, and only the pages about them ask it.
        """
        readers = NamedReader.objects.in_force().filter(pupil=OuterRef("pk"), membership=reader.pk)
        here = Enrolment.objects.filter(pupil=OuterRef("pk"), ends_on=None, class_group__school__unit=reader.unit_id)
        return self.exclude(protection=Protection.NONE).filter(Exists(readers), Exists(here))

    def unprotected(self) -> PupilQuerySet:
        """Return the pupils without protected identity: all that lists, searches, counts and sums are made of."""
        return self.filter(protection=Protection.NONE)

    def with_page_relations(self) -> PupilQuerySet:
        """Fetch the class and school that pages show beside a pupil."""
        return self.prefetch_related(
            models.Prefetch(
                "enrolments",
                queryset=Enrolment.objects.filter(ends_on=None).select_related("class_group__school__unit"),
                to_attr="current_enrolments",
            )
        )


class Pupil(PersonalModel):
    """A pupil. Names live here; identifiers, residence and school are dated rows of their own."""

    ABOUT = "pk"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    born_on = models.DateField()
    protection = models.CharField(max_length=24, choices=Protection.choices, default=Protection.NONE)
    alias = models.CharField(max_length=8, blank=True)
    shown_to: uuid.UUID | None = None

    objects = PupilQuerySet.as_manager()

    class Meta:
        ordering = ["family_name", "given_name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["alias"], condition=~Q(alias=""), name="pupil_alias_once"),
            models.CheckConstraint(name="protected_pupil_has_an_alias", condition=Q(protection="none") | ~Q(alias="")),
        ]

    def __str__(self) -> str:
        return self.initials

    @property
    def is_protected(self) -> bool:
        """Say whether the pupil has protected identity, of whatever kind."""
        return self.protection != Protection.NONE

    def is_shown_to(self, reader: Membership) -> bool:
        """Say whether the pupil was fetched as one that `reader` works with."""
        return self.shown_to == reader.pk and not self.is_protected

    @property
    def full_name(self) -> str:
        """Given and family name; of a protected pupil the alias and nothing else."""
        return self._shown_alias if self.is_protected else f"{self.given_name} {self.family_name}"

    @property
    def initials(self) -> str:
        """Initials for lists: "A.K."; of a protected pupil the alias and nothing else."""
        return self._shown_alias if self.is_protected else f"{self.given_name[:1]}.{self.family_name[:1]}."

    @property
    def _shown_alias(self) -> str:
        return gettext("Pupil %(code)s") % {"code": self.alias}

    def age_on(self, today: date) -> int:
        """Age in whole years on `today`."""
        return today.year - self.born_on.year - ((today.month, today.day) < (self.born_on.month, self.born_on.day))


class PupilIdentifier(PersonalModel):
    """A number or key by which somebody else knows the pupil, for a time."""

    class Kind(models.TextChoices):
        PERSONAL_NUMBER = "personal_number", _("Personal number")
        COORDINATION_NUMBER = "coordination_number", _("Coordination number")
        TEMPORARY_NUMBER = "temporary_number", _("Temporary number")
        SOURCE_ID = "source_id", _("Id in the source system")

    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="identifiers")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    value = models.CharField(max_length=64)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["pupil", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "value"],
                condition=Q(valid_to=None, kind__in=["personal_number", "coordination_number"]),
                name="national_number_once",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Residence(PersonalModel):
    """Where a pupil is registered: home municipality and, in Stockholm, district. Districts change, so it is dated."""

    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="residences")
    municipality_code = models.CharField(max_length=4)
    district_code = models.CharField(max_length=40, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["pupil", "valid_from", "id"]
        constraints = [
            models.UniqueConstraint(fields=["pupil"], condition=Q(valid_to=None), name="one_home_at_a_time"),
        ]

    def __str__(self) -> str:
        return self.district_code or self.municipality_code


class Guardian(PersonalModel):
    """Vårdnadshavare of one pupil."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="guardians")
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    has_custody = models.BooleanField(default=True)
    may_be_contacted = models.BooleanField(default=True)
    is_protected = models.BooleanField(default=False)

    class Meta:
        ordering = ["pupil", "family_name", "given_name", "id"]

    def __str__(self) -> str:
        return f"{self.given_name[:1]}.{self.family_name[:1]}."

    @property
    def full_name(self) -> str:
        """Given and family name."""
        return f"{self.given_name} {self.family_name}"


class Enrolment(PersonalModel):
    """A pupil's time in a class; open-ended while it lasts."""

    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="enrolments")
    class_group = models.ForeignKey(ClassGroup, on_delete=models.PROTECT, related_name="enrolments")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["pupil", "starts_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["pupil"], condition=Q(ends_on=None), name="one_class_at_a_time"),
            models.CheckConstraint(
                name="enrolment_ends_after_it_starts", condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pupil} {self.class_group}"
