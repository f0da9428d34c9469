"""Absence, signals and concerns for tests."""

from datetime import UTC, date, datetime
from uuid import uuid4

import factory

from attendance.models import AttendanceDay, ClassDay, Concern, LessonAbsence, Sign, Signal, ThresholdRule
from attendance.thresholds import FIRST_VERSION
from tests.factories.accounts import MembershipFactory
from tests.factories.schools import ClassGroupFactory, EnrolmentFactory, PupilFactory


class ClassDayFactory(factory.django.DjangoModelFactory):
    """A class's day of five lessons of an hour, all reported."""

    class_group = factory.SubFactory(ClassGroupFactory)
    day = date(2026, 11, 20)
    offered_minutes = 300
    reported_minutes = 300
    source = "csv"

    class Meta:
        model = ClassDay


class AttendanceDayFactory(factory.django.DjangoModelFactory):
    """A pupil away the whole day, with a valid reason; `invalid` without one."""

    pupil = factory.SubFactory(PupilFactory)
    day = date(2026, 11, 20)
    valid_minutes = 300
    source = "csv"

    class Meta:
        model = AttendanceDay

    class Params:
        invalid = factory.Trait(valid_minutes=0, invalid_minutes=300)


class LessonAbsenceFactory(factory.django.DjangoModelFactory):
    """A pupil away from the first lesson."""

    pupil = factory.SubFactory(PupilFactory)
    day = date(2026, 11, 20)
    starts_at = "08:10"
    minutes = 60
    kind = LessonAbsence.Kind.VALID
    subject = "Matematik"

    class Meta:
        model = LessonAbsence


class ThresholdRuleFactory(factory.django.DjangoModelFactory):
    """The first version of the lines."""

    version = 1
    valid_from = FIRST_VERSION["valid_from"]
    levels_percent = FIRST_VERSION["levels_percent"]

    class Meta:
        model = ThresholdRule
        django_get_or_create = ("version",)


class SignalFactory(factory.django.DjangoModelFactory):
    """An unanswered signal at 10 per cent about a pupil of a class; say which pupil with `enrolment=...`."""

    class Params:
        enrolment = factory.SubFactory(EnrolmentFactory)
        watched = factory.Trait(
            answer=Signal.Answer.WATCH,
            answered_at=datetime(2026, 11, 20, 10, tzinfo=UTC),
            answered_by=factory.SubFactory(MembershipFactory),
            watch_until=date(2026, 12, 4),
        )

    pupil = factory.SelfAttribute("enrolment.pupil")
    class_group = factory.SelfAttribute("enrolment.class_group")
    rule = factory.SubFactory(ThresholdRuleFactory)
    level_percent = 10
    crossed_on = date(2026, 11, 18)
    window_from = date(2026, 10, 14)
    offered_minutes = 6000
    reported_minutes = 6000
    valid_minutes = 500
    invalid_minutes = 150
    due_on = date(2026, 11, 27)
    created_at = datetime(2026, 11, 20, 6, tzinfo=UTC)

    class Meta:
        model = Signal


class ConcernFactory(factory.django.DjangoModelFactory):
    """An unanswered concern; say which pupil with `enrolment=...` and who wrote it with `logged_by=...`."""

    class Params:
        enrolment = factory.SubFactory(EnrolmentFactory)
        answered = factory.Trait(
            answer=Concern.Answer.FOLLOW,
            answer_text="Mentorn pratar med eleven.",
            answered_at=datetime(2026, 11, 20, 12, tzinfo=UTC),
            answered_by=factory.SelfAttribute("holder"),
        )

    pupil = factory.SelfAttribute("enrolment.pupil")
    school_unit = factory.SelfAttribute("enrolment.class_group.school.unit")
    signs = factory.LazyFunction(lambda: [Sign.OFTEN_AWAY.value])
    text = "Gick hem före matten tre måndagar."
    talked = Concern.Talked.YES
    harm_suspected = Concern.Harm.NO
    logged_at = datetime(2026, 11, 20, 9, tzinfo=UTC)
    logged_by = factory.SubFactory(MembershipFactory, mentor=True, unit=factory.SelfAttribute("..school_unit"))
    holder = factory.SubFactory(MembershipFactory, unit=factory.SelfAttribute("..school_unit"))
    due_on = date(2026, 11, 27)
    submission = factory.LazyFunction(uuid4)

    class Meta:
        model = Concern
