"""Pupils' absence lies in one part of its tables for each school year, and its links are looked after once a statement.

A foreign key asks once for every row, which costs more than everything else when a file is brought in (docs/adr/0017).
The triggers here ask once for each pupil of a statement and hold the pupils as a foreign key does, so that neither an
unknown pupil nor a pupil removed meanwhile gets through. A part has no right for anybody of its own: only the owner
makes one (`make_absence_year`), and everybody else comes through the whole table, where the wall stands.
"""

import django.db.models.deletion
from django.db import migrations, models

LINKS = """
CREATE FUNCTION absence_has_its_pupil() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    unknown uuid;
BEGIN
    WITH told AS MATERIALIZED (SELECT DISTINCT pupil_id FROM fresh),
         held AS MATERIALIZED (SELECT p.id FROM schools_pupil p WHERE p.id IN (SELECT pupil_id FROM told)
                                ORDER BY p.id FOR KEY SHARE)
    SELECT told.pupil_id INTO unknown FROM told
     WHERE NOT EXISTS (SELECT FROM held WHERE held.id = told.pupil_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Absence of a pupil who is not there: %', unknown USING ERRCODE = 'foreign_key_violation';
    END IF;
    WITH told AS MATERIALIZED (SELECT DISTINCT source_id FROM fresh),
         held AS MATERIALIZED (SELECT s.id FROM attendance_absencesource s WHERE s.id IN (SELECT source_id FROM told)
                                ORDER BY s.id FOR KEY SHARE)
    SELECT NULL INTO unknown FROM told
     WHERE NOT EXISTS (SELECT FROM held WHERE held.id = told.source_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Absence from a source that is not there' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION absence_stays_whose_it_is() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Whose absence it is, and from where, is never changed' USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION no_absence_is_left() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM attendance_attendanceday WHERE pupil_id = OLD.id)
       OR EXISTS (SELECT FROM attendance_lessonabsence WHERE pupil_id = OLD.id) THEN
        RAISE EXCEPTION 'There is still absence of pupil %', OLD.id USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION no_absence_is_from_here() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM attendance_attendanceday WHERE source_id = OLD.id)
       OR EXISTS (SELECT FROM attendance_lessonabsence WHERE source_id = OLD.id) THEN
        RAISE EXCEPTION 'There is still absence from source %', OLD.id USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER no_absence_is_left AFTER DELETE ON schools_pupil
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION no_absence_is_left();
CREATE CONSTRAINT TRIGGER no_absence_is_left_of_old_id AFTER UPDATE OF id ON schools_pupil
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.id <> NEW.id) EXECUTE FUNCTION no_absence_is_left();
CREATE CONSTRAINT TRIGGER no_absence_is_from_here AFTER DELETE ON attendance_absencesource
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION no_absence_is_from_here();
CREATE CONSTRAINT TRIGGER no_absence_is_from_old_id AFTER UPDATE OF id ON attendance_absencesource
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.id <> NEW.id) EXECUTE FUNCTION no_absence_is_from_here();
REVOKE ALL ON FUNCTION absence_has_its_pupil(), absence_stays_whose_it_is(), no_absence_is_left(),
    no_absence_is_from_here() FROM PUBLIC;
"""

# A row as narrow as it can be: 60 to 70 bytes, one index. The wide columns come first, so that nothing is padded.
TABLES = """
ALTER TABLE attendance_attendanceday RENAME TO old_attendanceday;
ALTER TABLE attendance_lessonabsence RENAME TO old_lessonabsence;

CREATE TABLE attendance_attendanceday (
    pupil_id uuid NOT NULL, day date NOT NULL, source_id integer NOT NULL,
    valid_minutes smallint NOT NULL CHECK (valid_minutes >= 0),
    invalid_minutes smallint NOT NULL CHECK (invalid_minutes >= 0),
    other_minutes smallint NOT NULL CHECK (other_minutes >= 0),
    late_minutes smallint NOT NULL CHECK (late_minutes >= 0),
    offered_minutes smallint CHECK (offered_minutes >= 0),
    reported_minutes smallint CHECK (reported_minutes >= 0),
    CONSTRAINT attendance_day_is_one PRIMARY KEY (pupil_id, day, source_id)
) PARTITION BY RANGE (day);

CREATE TABLE attendance_lessonabsence (
    pupil_id uuid NOT NULL, starts_at time NOT NULL, day date NOT NULL, source_id integer NOT NULL,
    minutes smallint NOT NULL CHECK (minutes >= 0),
    kind varchar(8) NOT NULL, subject varchar(40) NOT NULL,
    CONSTRAINT lesson_absence_is_one PRIMARY KEY (pupil_id, day, starts_at, source_id)
) PARTITION BY RANGE (day);

DO $$ DECLARE whole text; BEGIN
    FOREACH whole IN ARRAY ARRAY['attendance_attendanceday', 'attendance_lessonabsence'] LOOP
        EXECUTE format('CREATE TRIGGER absence_has_its_pupil AFTER INSERT ON %I REFERENCING NEW TABLE AS fresh
                        FOR EACH STATEMENT EXECUTE FUNCTION absence_has_its_pupil()', whole);
        EXECUTE format('CREATE TRIGGER absence_stays_whose_it_is BEFORE UPDATE ON %I FOR EACH ROW
                        WHEN (OLD.pupil_id <> NEW.pupil_id OR OLD.source_id <> NEW.source_id OR OLD.day <> NEW.day)
                        EXECUTE FUNCTION absence_stays_whose_it_is()', whole);
    END LOOP;
END $$;
"""

# Made whole and only then joined, so that nobody who reads or writes meanwhile has to wait. A part that is reached
# past the table, as only its owner can, keeps the same links.
MAKE_YEAR = """
CREATE FUNCTION make_absence_year(starts integer) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    whole text;
    part text;
    is_new boolean := false;
BEGIN
    FOREACH whole IN ARRAY ARRAY['attendance_attendanceday', 'attendance_lessonabsence'] LOOP
        part := whole || '_' || starts;
        CONTINUE WHEN to_regclass('public.' || part) IS NOT NULL;
        is_new := true;
        EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part, whole);
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part);
        EXECUTE format('CREATE POLICY owner_passes ON public.%I TO CURRENT_USER USING (true) WITH CHECK (true)', part);
        EXECUTE format('REVOKE ALL ON public.%I FROM PUBLIC', part);
        EXECUTE format('CREATE TRIGGER absence_has_its_pupil AFTER INSERT ON public.%I REFERENCING NEW TABLE AS fresh
                        FOR EACH STATEMENT EXECUTE FUNCTION public.absence_has_its_pupil()', part);
        EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)', whole, part,
                       make_date(starts, 7, 1), make_date(starts + 1, 7, 1));
    END LOOP;
    RETURN is_new;
END $$;
REVOKE ALL ON FUNCTION make_absence_year(integer) FROM PUBLIC;

SELECT make_absence_year(year) FROM generate_series(2024, extract(year FROM now())::int + 5) year;
SELECT make_absence_year(year::int) FROM (
    SELECT DISTINCT extract(year FROM day - interval '6 months') AS year FROM old_attendanceday
    UNION SELECT DISTINCT extract(year FROM day - interval '6 months') FROM old_lessonabsence) years;
"""

# A day belonged to the class the pupil was in then, else to the one the pupil was last in.
MOVE = """
CREATE TEMPORARY TABLE moved ON COMMIT DROP AS
SELECT known.pupil_id, known.day, COALESCE(then_in.school_id, last_in.school_id) AS school_id
  FROM (SELECT pupil_id, day FROM old_attendanceday UNION SELECT pupil_id, day FROM old_lessonabsence) known
  LEFT JOIN LATERAL (SELECT g.school_id FROM schools_enrolment e JOIN schools_classgroup g ON g.id = e.class_group_id
                      WHERE e.pupil_id = known.pupil_id AND e.starts_on <= known.day
                        AND (e.ends_on IS NULL OR e.ends_on >= known.day)
                      ORDER BY e.starts_on DESC LIMIT 1) then_in ON true
  LEFT JOIN LATERAL (SELECT g.school_id FROM schools_enrolment e JOIN schools_classgroup g ON g.id = e.class_group_id
                      WHERE e.pupil_id = known.pupil_id ORDER BY e.starts_on DESC LIMIT 1) last_in ON true
 WHERE COALESCE(then_in.school_id, last_in.school_id) IS NOT NULL;
INSERT INTO attendance_absencesource (unit_id, kind, name, system, late_counts_as, unreported_counts_as, day_rule,
                                      is_counted, created_at, changed_at)
SELECT DISTINCT school_id, 'file', 'csv', 'other', 'present', 'unknown', 'minutes', true, now(), now() FROM moved
 WHERE school_id NOT IN (SELECT unit_id FROM attendance_absencesource);
INSERT INTO attendance_attendanceday (pupil_id, day, source_id, valid_minutes, invalid_minutes, other_minutes,
                                      late_minutes, offered_minutes, reported_minutes)
SELECT pupil_id, day, source.id, valid_minutes, invalid_minutes, other_minutes, late_minutes, offered_minutes,
       reported_minutes
  FROM old_attendanceday JOIN moved USING (pupil_id, day)
  JOIN attendance_absencesource source ON source.unit_id = moved.school_id AND source.is_counted
 ORDER BY day, pupil_id;
INSERT INTO attendance_lessonabsence (pupil_id, starts_at, day, source_id, minutes, kind, subject)
SELECT pupil_id, starts_at, day, source.id, old.minutes, old.kind, old.subject
  FROM old_lessonabsence old JOIN moved USING (pupil_id, day)
  JOIN attendance_absencesource source ON source.unit_id = moved.school_id AND source.is_counted
 ORDER BY day, pupil_id;
SET CONSTRAINTS ALL IMMEDIATE;
DROP TABLE old_attendanceday;
DROP TABLE old_lessonabsence;
"""

SOURCE = models.ForeignKey(
    db_constraint=False,
    db_index=False,
    on_delete=django.db.models.deletion.PROTECT,
    related_name="+",
    to="attendance.absencesource",
)
KEY = {"blank": True, "editable": False, "primary_key": True, "serialize": False}
MINUTES = ("valid_minutes", "invalid_minutes", "other_minutes", "late_minutes")


def link_of_pupil(name):
    """Return a link to the pupil that the triggers look after."""
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.CASCADE,
        related_name=name,
        to="schools.pupil",
    )


class Migration(migrations.Migration):
    """Parts the two large tables by school year and moves what there is."""

    dependencies = [("attendance", "0014_absence_sources"), ("audit", "0015_history_of_wide_keys")]
    operations = [
        migrations.RunSQL(LINKS),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(TABLES), migrations.RunSQL(MAKE_YEAR), migrations.RunSQL(MOVE)],
            state_operations=[
                migrations.DeleteModel("AttendanceDay"),
                migrations.DeleteModel("LessonAbsence"),
                migrations.CreateModel(
                    "AttendanceDay",
                    fields=[
                        ("pk", models.CompositePrimaryKey("pupil_id", "day", "source_id", **KEY)),
                        ("pupil", link_of_pupil("attendance_days")),
                        ("day", models.DateField()),
                        ("source", SOURCE.clone()),
                        *((name, models.PositiveSmallIntegerField(default=0)) for name in MINUTES),
                        ("offered_minutes", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("reported_minutes", models.PositiveSmallIntegerField(blank=True, null=True)),
                    ],
                    options={"ordering": ["pk"]},
                ),
                migrations.CreateModel(
                    "LessonAbsence",
                    fields=[
                        ("pk", models.CompositePrimaryKey("pupil_id", "day", "starts_at", "source_id", **KEY)),
                        ("pupil", link_of_pupil("lesson_absences")),
                        ("starts_at", models.TimeField()),
                        ("day", models.DateField()),
                        ("source", SOURCE.clone()),
                        ("minutes", models.PositiveSmallIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("valid", "Valid absence"),
                                    ("invalid", "Invalid absence"),
                                    ("other", "Other school activity"),
                                    ("late", "Late arrival"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("subject", models.CharField(blank=True, max_length=40)),
                    ],
                    options={"ordering": ["pk"]},
                ),
            ],
        ),
    ]
