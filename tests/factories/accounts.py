"""Units, people and memberships for tests."""

from datetime import UTC, date, datetime

import factory
from django.utils import timezone

from accounts.models import Membership, Unit, User
from accounts.permissions import last_possible_day
from accounts.roles import Role, UnitKind

LONG_AGO = datetime(2020, 1, 1, 8, tzinfo=UTC)


class UnitFactory(factory.django.DjangoModelFactory):
    """A school unit unless a trait says otherwise."""

    kind = UnitKind.SCHOOL
    name = factory.Sequence(lambda n: f"Enhet {n}")
    short_name = factory.SelfAttribute("name")

    class Meta:
        model = Unit

    @factory.lazy_attribute
    def authority(self):
        """Schools belong to one provider, what lies in a district to its board; a unit on its own is one of its own."""
        if self.kind in {UnitKind.SCHOOL, UnitKind.SCHOOL_AREA}:
            return "provider:2120000142"
        if self.kind == UnitKind.CITY:
            return "city"
        return self.parent.authority if getattr(self, "parent", None) else f"board:{self.name}"[:60].lower()

    class Params:
        city = factory.Trait(kind=UnitKind.CITY)
        school_area = factory.Trait(kind=UnitKind.SCHOOL_AREA)
        social_area = factory.Trait(kind=UnitKind.SOCIAL_AREA)
        intake = factory.Trait(kind=UnitKind.INTAKE)
        team = factory.Trait(kind=UnitKind.TEAM)


class UserFactory(factory.django.DjangoModelFactory):
    """A person who can sign in but has no membership yet."""

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    given_name = factory.Sequence(lambda n: f"Person{n}")
    family_name = factory.Sequence(lambda n: f"Exempel{n}")
    language = "en"

    class Meta:
        model = User


class MembershipFactory(factory.django.DjangoModelFactory):
    """Student health in a school unless a trait says otherwise; each trait brings a unit where the role can be held.

    The role has been held since 2020 and was renewed today, so that tests may be set in any year since.
    """

    user = factory.SubFactory(UserFactory)
    unit = factory.SubFactory(UnitFactory)
    role = Role.STUDENT_HEALTH
    valid_from = date(2020, 1, 1)
    renewed_on = factory.LazyFunction(timezone.localdate)
    valid_to = factory.LazyFunction(lambda: last_possible_day(timezone.localdate()))

    class Meta:
        model = Membership

    class Params:
        mentor = factory.Trait(role=Role.MENTOR)
        student_health = factory.Trait(role=Role.STUDENT_HEALTH)
        principal = factory.Trait(role=Role.PRINCIPAL)
        school_admin = factory.Trait(role=Role.SCHOOL_ADMIN)
        area_manager = factory.Trait(role=Role.UNIT_HEAD, unit=factory.SubFactory(UnitFactory, school_area=True))
        team_worker = factory.Trait(role=Role.TEAM_WORKER, unit=factory.SubFactory(UnitFactory, team=True))
        team_head = factory.Trait(role=Role.UNIT_HEAD, unit=factory.SubFactory(UnitFactory, team=True))
        intake_worker = factory.Trait(role=Role.INTAKE_WORKER, unit=factory.SubFactory(UnitFactory, intake=True))
        coordinator = factory.Trait(role=Role.COORDINATOR, unit=factory.SubFactory(UnitFactory, city=True))
        analyst = factory.Trait(role=Role.ANALYST, unit=factory.SubFactory(UnitFactory, city=True))
        log_auditor = factory.Trait(
            role=Role.LOG_AUDITOR, unit=factory.SubFactory(UnitFactory, city=True), confirmed_at=LONG_AGO
        )
        system_admin = factory.Trait(
            role=Role.SYSTEM_ADMIN, unit=factory.SubFactory(UnitFactory, city=True), confirmed_at=LONG_AGO
        )
