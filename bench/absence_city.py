"""A city of pupils and their absence, made in the database: as many classes, days and lessons as Stockholm has.

A pupil is away some days, often or seldom; a presence leaves no row. One pupil in fifty has hours of the own. The
numbers run on, so that a larger city can be made of a smaller one. The rows are put in with the triggers on.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection, transaction

PUPILS_IN_CLASS = 25
CLASSES_IN_SCHOOL = 36
LESSONS_OF_PUPIL = 72
"""Lessons missed in a school year: ten million among 140,000 pupils."""

LAST_DAY = date(2027, 6, 4)
FIRST_DAY = date(2026, 8, 17)

SCHOOLS = """
INSERT INTO schools_provider (id, kind, name, organisation_number)
SELECT gen_random_uuid(), 'municipal', 'Mätning', '0000000000' WHERE NOT EXISTS
       (SELECT FROM schools_provider WHERE organisation_number = '0000000000');
INSERT INTO schools_schoolyear (provider_id, name, starts_on, ends_on)
SELECT p.id, '2026/27', '2026-08-17', '2027-06-11' FROM schools_provider p WHERE p.organisation_number = '0000000000'
    ON CONFLICT DO NOTHING;
CREATE TEMP TABLE new_school ON COMMIT DROP AS
SELECT n, gen_random_uuid() AS unit_id FROM generate_series(%(first_school)s, %(last_school)s) n;
INSERT INTO accounts_unit (id, kind, name, short_name, authority)
SELECT unit_id, 'school', 'Frånvaroskolan ' || n, 'F' || n, 'provider:measure' FROM new_school;
INSERT INTO schools_school (unit_id, provider_id, school_unit_code, school_forms, grades, municipality_code,
                            postal_town)
SELECT unit_id, p.id, (91000000 + n)::text, '["gr"]', '[7]', '0180', '' FROM new_school, schools_provider p
 WHERE p.organisation_number = '0000000000';
INSERT INTO attendance_absencesource (unit_id, kind, name, system, late_counts_as, unreported_counts_as, day_rule,
                                      is_counted, created_at, changed_at)
SELECT unit_id, 'file', 'Frånvarofil', 'other', 'present', 'unknown', 'minutes', true, now(), now() FROM new_school;
CREATE TEMP TABLE new_class ON COMMIT DROP AS
SELECT new_school.unit_id AS school_id, gen_random_uuid() AS id, c, source.id AS source_id
  FROM new_school, generate_series(1, %(classes)s) c, attendance_absencesource source
 WHERE source.unit_id = new_school.unit_id;
INSERT INTO schools_classgroup (id, school_id, school_year_id, name, grade, school_form)
SELECT new_class.id, school_id, year.id, '7' || c, 7, CASE WHEN c %% 5 = 0 THEN 'gy' ELSE 'gr' END
  FROM new_class, schools_schoolyear year JOIN schools_provider p ON p.id = year.provider_id
 WHERE p.organisation_number = '0000000000' AND year.name = '2026/27';
CREATE TEMP TABLE new_pupil ON COMMIT DROP AS
SELECT new_class.*, gen_random_uuid() AS pupil_id, p AS number,
       -- a few are away very often, most seldom: 72 lessons a year on average
       CASE WHEN p %% 25 = 0 THEN 0.45 WHEN p %% 8 = 0 THEN 0.24 ELSE 0.066 END AS rate
  FROM new_class, generate_series(1, %(pupils)s) p;
INSERT INTO schools_pupil (id, given_name, family_name, born_on, protection, alias)
SELECT pupil_id, 'Elev', 'Frånvaro ' || number, '2013-05-05', 'none', '' FROM new_pupil;
INSERT INTO schools_pupilidentifier (pupil_id, kind, value, valid_from)
SELECT pupil_id, 'source_id', 'f' || c || '-' || number, '2026-08-01' FROM new_pupil;
INSERT INTO schools_enrolment (pupil_id, class_group_id, starts_on)
SELECT pupil_id, id, '2026-08-01'::date + (CASE WHEN number = 3 THEN 60 ELSE 0 END) FROM new_pupil;
"""

# Weekdays without autumn break, Christmas and winter break. Now and then a day is cancelled or not reported whole.
ABSENCE = """
CREATE TEMP TABLE taught ON COMMIT DROP AS
SELECT day::date FROM generate_series('2026-08-17'::date, '2027-06-04'::date, interval '1 day') day
 WHERE extract(isodow FROM day) < 6 AND day NOT BETWEEN '2026-10-26' AND '2026-10-30'
   AND day NOT BETWEEN '2026-12-21' AND '2027-01-11' AND day NOT BETWEEN '2027-03-01' AND '2027-03-05';
INSERT INTO attendance_classday (class_group_id, day, source_id, offered_minutes, reported_minutes)
SELECT id, day, source_id, 300, CASE WHEN random() < 0.04 THEN 240 ELSE 300 END FROM taught, new_class
 WHERE random() > 0.02 ORDER BY day;
CREATE TEMP TABLE away ON COMMIT DROP AS
SELECT pupil_id, day, source_id, least(5, 1 + (random() * 6)::int) AS lessons,
       CASE WHEN random() < 0.35 THEN 'invalid' ELSE 'valid' END AS kind, number
  FROM taught, new_pupil WHERE random() < rate * 0.99 ORDER BY day;
INSERT INTO attendance_attendanceday (pupil_id, day, source_id, valid_minutes, invalid_minutes, other_minutes,
                                      late_minutes, offered_minutes, reported_minutes)
SELECT pupil_id, day, source_id, CASE kind WHEN 'valid' THEN lessons * 60 ELSE 0 END,
       CASE kind WHEN 'invalid' THEN lessons * 60 ELSE 0 END, 0, 0, CASE WHEN number = 7 AND lessons = 2 THEN 240 END,
       CASE WHEN number = 7 AND lessons = 2 THEN 240 END
  FROM away;
INSERT INTO attendance_lessonabsence (pupil_id, starts_at, day, source_id, minutes, kind, subject)
SELECT pupil_id, '08:20'::time + lesson * interval '70 minutes', day, source_id, 60, kind,
       (ARRAY['Svenska', 'Matematik', 'Engelska', 'Idrott', 'Bild', 'NO'])
       [1 + (lesson + extract(dow FROM day)::int) %% 6]
  FROM away, generate_series(0, lessons - 1) lesson;
"""


def clear() -> None:
    """Take away what an earlier measurement has made: the database is the bench's own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE accounts_unit, accounts_user, schools_pupil, schools_provider, attendance_attendanceday, "
            "attendance_lessonabsence CASCADE"
        )


def grow(schools_before: int, pupils: int) -> int:
    """Make so many pupils more, in schools of their own; return how many schools there are then."""
    schools = max(1, round(pupils / (PUPILS_IN_CLASS * CLASSES_IN_SCHOOL)))
    told = {
        "first_school": schools_before + 1,
        "last_school": schools_before + schools,
        "classes": CLASSES_IN_SCHOOL,
        "pupils": PUPILS_IN_CLASS,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute(SCHOOLS, told)
        cursor.execute(ABSENCE, told)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return schools_before + schools


def rows_of_lessons() -> int:
    """Return how many lessons have been missed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM attendance_lessonabsence")
        return int(cursor.fetchone()[0])


def school_days(count: int, last: date) -> list[date]:
    """Return so many weekdays up to `last`, oldest first."""
    days = [last - timedelta(days=n) for n in range(count * 2)]
    return sorted(day for day in days if day.weekday() < 5)[-count:]
