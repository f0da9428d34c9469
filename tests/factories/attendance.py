"""Absence, signals and concerns for tests."""

from datetime import UTC, date, datetime
from uuid import uuid4

import factory
from django.db import connection

from attendance.models import (
    AbsenceInvestigation,
    AbsenceSource,
    AttendanceDay,
    ClassDay,
    Concern,
    InvestigationDuty,
    InvestigationTask,
    LessonAbsence,
    Measure,
    MeasureFollowUp,
    PeriodTotal,
    Sign,
    Signal,
    ThresholdRule,
)
from attendance.school_years import SchoolYearPart, school_years
from attendance.thresholds import FIRST_VERSION
from tests.factories.accounts import MembershipFactory, UnitFactory
from tests.factories.schools import ClassGroupFactory, EnrolmentFactory, PupilFactory


class AbsenceSourceFactory(factory.django.DjangoModelFactory):
    """The source that a school's absence is counted from."""

    unit = factory.SubFactory(UnitFactory)
    kind = AbsenceSource.Kind.FILE
    name = "Frånvarofil"
    is_counted = True
    created_at = changed_at = datetime(2026, 8, 17, 6, tzinfo=UTC)

    class Meta:
        model = AbsenceSource
        django_get_or_create = ("unit", "name")


class OfSchoolYear(factory.django.DjangoModelFactory):
    """A row in a part of its table, which is made when there is none for its day."""

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        make_room_for(kwargs["day"])
        return super()._create(model_class, *args, **kwargs)

    class Meta:
        abstract = True


def make_room_for(day):
    """Let absence of the day be stored, though it lies long ago or ahead."""
    if not any(year.first <= day <= year.last for year in school_years()):
        with connection.cursor() as cursor:
            cursor.execute("SELECT make_absence_year(%s)", [SchoolYearPart.of(day).first.year])


def source_of_pupil(pupil):
    """Return the counted source of the pupil's school; of a school of its own for a pupil without one."""
    enrolment = pupil.enrolments.select_related("class_group__school__unit").order_by("-starts_on").first()
    return AbsenceSourceFactory(**({"unit": enrolment.class_group.school.unit} if enrolment else {}))


class ClassDayFactory(factory.django.DjangoModelFactory):
    """A class's day of five lessons of an hour, all reported."""

    class_group = factory.SubFactory(ClassGroupFactory)
    day = date(2026, 11, 20)
    offered_minutes = 300
    reported_minutes = 300
    source = factory.SubFactory(AbsenceSourceFactory, unit=factory.SelfAttribute("..class_group.school.unit"))

    class Meta:
        model = ClassDay


class AttendanceDayFactory(OfSchoolYear):
    """A pupil away the whole day, with a valid reason; `invalid` without one."""

    pupil = factory.SubFactory(PupilFactory)
    day = date(2026, 11, 20)
    source = factory.LazyAttribute(lambda day: source_of_pupil(day.pupil))
    valid_minutes = 300

    class Meta:
        model = AttendanceDay

    class Params:
        invalid = factory.Trait(valid_minutes=0, invalid_minutes=300)


class LessonAbsenceFactory(OfSchoolYear):
    """A pupil away from the first lesson."""

    pupil = factory.SubFactory(PupilFactory)
    day = date(2026, 11, 20)
    starts_at = "08:10"
    source = factory.LazyAttribute(lambda lesson: source_of_pupil(lesson.pupil))
    minutes = 60
    kind = LessonAbsence.Kind.VALID
    subject = "Matematik"

    class Meta:
        model = LessonAbsence


class PeriodTotalFactory(factory.django.DjangoModelFactory):
    """A pupil's November in minutes."""

    pupil = factory.SubFactory(PupilFactory)
    source = factory.LazyAttribute(lambda total: source_of_pupil(total.pupil))
    granularity = PeriodTotal.Granularity.MONTH
    period_start = date(2026, 11, 1)
    period_end = date(2026, 11, 30)
    subject = ""
    valid_minutes = 300
    invalid_minutes = 60
    reported_minutes = 6000
    offered_minutes = 6000

    class Meta:
        model = PeriodTotal


class ThresholdRuleFactory(factory.django.DjangoModelFactory):
    """The first version of the lines."""

    version = 1
    valid_from = FIRST_VERSION["valid_from"]
    lines = FIRST_VERSION["lines"]

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
    level = 10
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


class MeasureFactory(factory.django.DjangoModelFactory):
    """A morning contact since 10 November; say which pupil with `enrolment=...`, who sees to it with `responsible=`."""

    class Params:
        enrolment = factory.SubFactory(EnrolmentFactory)
        reduced = factory.Trait(kind=Measure.Kind.REDUCED_TIMETABLE, hours_a_week=10, ends_on=date(2026, 12, 18))
        ended = factory.Trait(
            ended_on=date(2026, 11, 20), ended_by=factory.SelfAttribute("responsible"), end_reason="Behövs inte längre."
        )

    pupil = factory.SelfAttribute("enrolment.pupil")
    school_unit = factory.SelfAttribute("enrolment.class_group.school.unit")
    kind = Measure.Kind.MORNING_CONTACT
    in_words = "Möter vid dörren klockan åtta."
    responsible = factory.SubFactory(MembershipFactory, unit=factory.SelfAttribute("..school_unit"))
    starts_on = date(2026, 11, 10)
    follow_up_on = date(2026, 11, 26)
    pupil_agrees = Measure.Agrees.YES
    added_at = datetime(2026, 11, 10, 9, tzinfo=UTC)
    added_by = factory.SelfAttribute("responsible")
    submission = factory.LazyFunction(uuid4)

    class Meta:
        model = Measure


class MeasureFollowUpFactory(factory.django.DjangoModelFactory):
    """A measure that helped a little and goes on."""

    measure = factory.SubFactory(MeasureFactory)
    effect = MeasureFollowUp.Effect.A_LITTLE
    note = "Kom i tid tre dagar av fem."
    followed_up_at = datetime(2026, 11, 20, 9, tzinfo=UTC)
    followed_up_by = factory.SelfAttribute("measure.responsible")
    was_due_on = date(2026, 11, 20)
    next_on = date(2026, 11, 26)

    class Meta:
        model = MeasureFollowUp


class AbsenceInvestigationFactory(factory.django.DjangoModelFactory):
    """An investigation that goes on, with its tasks; `not_needed` a decision that none is, `finished` one that is."""

    class Params:
        enrolment = factory.SubFactory(EnrolmentFactory)
        not_needed = factory.Trait(is_needed=False, reason="Bruten fot, tillbaka i december.")
        finished = factory.Trait(
            conclusion="Rasterna är svårast. Vi provar en vuxen ute.",
            left_undone="Hemmet svarar inte.",
            causes_in_words="Rasterna sedan klassbytet.",
            setting_off=["school"],
            special_support="no",
            action_plan="no",
            closed_at=datetime(2026, 11, 24, 9, tzinfo=UTC),
            closed_by=factory.SelfAttribute("lead"),
        )

    pupil = factory.SelfAttribute("enrolment.pupil")
    school_unit = factory.SelfAttribute("enrolment.class_group.school.unit")
    school_form = factory.SelfAttribute("enrolment.class_group.school_form")
    lead = factory.SubFactory(MembershipFactory, unit=factory.SelfAttribute("..school_unit"))
    opened_on = date(2026, 11, 10)
    opened_at = datetime(2026, 11, 10, 9, tzinfo=UTC)
    opened_by = factory.SelfAttribute("lead")
    due_on = date(2026, 12, 1)
    submission = factory.LazyFunction(uuid4)

    class Meta:
        model = AbsenceInvestigation
        skip_postgeneration_save = True

    @factory.post_generation
    def tasks(self, create, words, **kwargs):
        """Add every task; all of them done and saying `words` when these are given."""
        if not create or not self.is_needed:
            return
        for place, kind in enumerate(InvestigationTask.Kind):
            done = {"status": "done", "text": words, "own_words": words} if words else {}
            InvestigationTask.objects.create(investigation=self, kind=kind, place=place, **done)


class InvestigationDutyFactory(factory.django.DjangoModelFactory):
    """The provider to be told; `done` that it has been."""

    class Params:
        done = factory.Trait(
            done_on=date(2026, 11, 11),
            done_at=datetime(2026, 11, 11, 9, tzinfo=UTC),
            done_by=factory.SelfAttribute("investigation.lead"),
            note="Per telefon.",
        )

    investigation = factory.SubFactory(AbsenceInvestigationFactory)
    kind = InvestigationDuty.Kind.PROVIDER
    due_on = date(2026, 11, 12)

    class Meta:
        model = InvestigationDuty
