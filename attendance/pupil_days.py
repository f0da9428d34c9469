"""What each pupil was taught and away from, day by day: one piece of SQL that all figures share."""

PUPIL_DAYS = """
    SELECT DISTINCT ON (enrolment.pupil_id, class_day.day)
           enrolment.pupil_id, class_day.day, class_day.class_group_id,
           COALESCE(own.offered_minutes, class_day.offered_minutes) AS offered,
           COALESCE(own.reported_minutes, class_day.reported_minutes) AS reported,
           COALESCE(own.valid_minutes, 0) AS valid,
           COALESCE(own.invalid_minutes, 0) AS invalid,
           class_day.offered_minutes AS taught
      FROM schools_enrolment enrolment
      JOIN attendance_classday class_day
        ON class_day.class_group_id = enrolment.class_group_id
       AND class_day.day >= enrolment.starts_on
       AND (enrolment.ends_on IS NULL OR class_day.day <= enrolment.ends_on)
      JOIN attendance_absencesource source ON source.id = class_day.source_id AND source.is_counted
      LEFT JOIN attendance_attendanceday own
        ON own.pupil_id = enrolment.pupil_id AND own.day = class_day.day AND own.source_id = class_day.source_id
       AND own.pupil_id = ANY(%(pupils)s) AND own.day <= %(today)s AND {own_since}
     WHERE enrolment.pupil_id = ANY(%(pupils)s)
       AND class_day.offered_minutes > 0
       AND class_day.day <= %(today)s
       AND {since}
     ORDER BY enrolment.pupil_id, class_day.day, enrolment.starts_on DESC
"""
"""The days on which a pupil's class was taught, in minutes, as the school's counted source tells them; the pupil's own
minutes stand where they differ.

Takes `pupils` and `today`; `{since}` and `{own_since}` bound the days backwards. That the pupil's own days are those of
these pupils on these days follows from the rest: it is written out so that the database looks for nobody else's.
"""

ALL_DAYS = PUPIL_DAYS.format(since="TRUE", own_since="TRUE")
DAYS_SINCE = PUPIL_DAYS.format(since="class_day.day >= %(since)s", own_since="own.day >= %(since)s")
