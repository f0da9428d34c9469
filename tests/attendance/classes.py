"""A class with pupils in it, and the days it is taught."""

from datetime import date, timedelta

from tests.factories.schools import EnrolmentFactory


def enrol(group, given_name="Alva", family_name="Kask", **pupil):
    enrolment = EnrolmentFactory(
        class_group=group,
        starts_on=date(2020, 8, 17),
        pupil__given_name=given_name,
        pupil__family_name=family_name,
        **{f"pupil__{key}": value for key, value in pupil.items()},
    )
    return enrolment.pupil


def weekdays_until(last, count):
    days = [last - timedelta(days=n) for n in range(count * 2 + 7)]
    return sorted(day for day in days if day.weekday() < 5)[-count:]
