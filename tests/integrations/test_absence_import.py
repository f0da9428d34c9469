"""A file of absence on its way in: read, previewed, approved, stored; and the same file again."""

from datetime import UTC, date, datetime

import pytest

from attendance.models import AttendanceDay, ClassDay, LessonAbsence, Signal
from audit.models import AuditEvent
from integrations import actions
from integrations.error_report import error_report
from integrations.models import AbsenceImport, ImportedFile
from tests.factories.accounts import MembershipFactory
from tests.factories.schools import ClassGroupFactory, EnrolmentFactory, SchoolFactory
from tests.integrations.confirming import confirm_columns, read_confirmed
from tests.integrations.known_pupils import enrol
from tests.integrations.lesson_files import lesson_file

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY = date(2026, 11, 20)
LESSON_HEADINGS = "Elev-id;Datum;Starttid;Lektionslängd;Frånvaro;Status;Ämne"

pytestmark = pytest.mark.django_db


def read(principal, *lines, encoding="utf-8", content=None):
    content = content or "\n".join(lines).encode(encoding)
    absence_import = actions.upload_absence_file(
        unit=principal.unit, file_name="vecka 47.csv", content=content, by=principal, at=AT
    )
    return read_confirmed(absence_import, principal, AT)


def bring_in(principal, *lines, **how):
    absence_import = read(principal, *lines, **how)
    actions.approve_import(absence_import, by=principal, at=AT, has_looked=True)
    absence_import.refresh_from_db()
    actions.apply_import(absence_import, at=AT)
    actions.judge_import(absence_import, at=AT)
    return absence_import


def problems(absence_import):
    return [(problem.row_number, problem.column, problem.code) for problem in absence_import.problems.all()]


def test_nothing_is_stored_before_the_preview_is_approved(group, principal):
    enrol(group, "e1")

    absence_import = read(principal, LESSON_HEADINGS, "e1;2026-11-20;08:10;60;60;Giltig frånvaro;Bild")

    assert absence_import.status == AbsenceImport.Status.PREVIEWED
    assert absence_import.counts["new"] == 3
    assert not LessonAbsence.objects.exists()
    assert not AttendanceDay.objects.exists()
    assert not ClassDay.objects.exists()


def test_lesson_rows_become_lessons_days_and_denominators(group, principal):
    away, present = enrol(group, "e1", "e2")

    bring_in(
        principal,
        LESSON_HEADINGS,
        "e1;2026-11-20;08:10;60;60;Giltig frånvaro;Bild",
        "e1;2026-11-20;09:20;60;15;Sen ankomst;Idrott",
        "e2;2026-11-20;08:10;60;0;Närvarande;Bild",
        "e2;2026-11-20;09:20;60;0;Närvarande;Idrott",
    )

    class_day = ClassDay.objects.get()
    assert (class_day.class_group, class_day.offered_minutes, class_day.reported_minutes) == (group, 120, 120)
    day = AttendanceDay.objects.get()
    assert (day.pupil, day.valid_minutes, day.late_minutes, day.offered_minutes) == (away, 60, 15, None)
    assert list(LessonAbsence.objects.values_list("kind", "minutes", "subject")) == [
        ("valid", 60, "Bild"),
        ("late", 15, "Idrott"),
    ]
    assert not present.attendance_days.exists()


def test_a_pupil_with_other_hours_than_the_class_keeps_them(group, principal):
    *_others, different = enrol(group, "e1", "e2", "e3")

    bring_in(
        principal,
        "Elev-id;Datum;Erbjuden;Rapporterad;Giltig;Ogiltig",
        "e1;2026-11-20;300;300;0;0",
        "e2;2026-11-20;300;300;0;0",
        "e3;2026-11-20;180;120;0;0",
    )

    assert ClassDay.objects.get().offered_minutes == 300
    own = AttendanceDay.objects.get()
    assert (own.pupil, own.offered_minutes, own.reported_minutes) == (different, 180, 120)


def test_lessons_nobody_reported_lower_the_coverage(group, principal):
    enrol(group, "e1")

    bring_in(
        principal,
        LESSON_HEADINGS,
        "e1;2026-11-20;08:10;60;0;Närvarande;Bild",
        "e1;2026-11-20;09:20;60;0;Ej rapporterad;Bild",
    )

    class_day = ClassDay.objects.get()
    assert (class_day.offered_minutes, class_day.reported_minutes) == (120, 60)


def test_the_days_of_classes_can_come_alone(group, principal):
    bring_in(principal, "Klass,Datum,Erbjuden tid (h),Rapporterad tid (h)", '7b,20261120,"5,5",5')

    class_day = ClassDay.objects.get()
    assert (class_day.day, class_day.offered_minutes, class_day.reported_minutes) == (DAY, 330, 300)


def test_the_same_file_again_changes_nothing(group, principal):
    ids = [f"e{n}" for n in range(20)]
    enrol(group, *ids)
    content, _planted = lesson_file(ids, last_day=DAY, rows=2000, faults=False)
    first = bring_in(principal, content=content)
    stored = list(AttendanceDay.objects.values_list()), list(LessonAbsence.objects.values_list())

    again = bring_in(principal, content=content)

    assert first.counts["new"] > 100
    assert (again.counts["new"], again.counts["changed"], again.counts["removed"]) == (0, 0, 0)
    assert again.counts["unchanged"] == first.counts["new"]
    assert stored == (list(AttendanceDay.objects.values_list()), list(LessonAbsence.objects.values_list()))


def test_an_absence_that_is_corrected_to_presence_is_removed(group, principal):
    enrol(group, "e1")
    bring_in(principal, LESSON_HEADINGS, "e1;2026-11-20;08:10;60;60;Giltig frånvaro;Bild")

    absence_import = bring_in(principal, LESSON_HEADINGS, "e1;2026-11-20;08:10;60;0;Närvarande;Bild")

    assert absence_import.counts["removed"] == 2
    assert not LessonAbsence.objects.exists()
    assert not AttendanceDay.objects.exists()


def test_a_file_about_few_pupils_does_not_change_the_day_of_the_class(group, principal):
    enrol(group, "e1", "e2", "e3")
    bring_in(principal, "Klass;Datum;Erbjuden;Rapporterad", "7B;2026-11-20;300;300")

    bring_in(principal, LESSON_HEADINGS, "e1;2026-11-20;08:10;60;60;Giltig frånvaro;Bild")

    assert ClassDay.objects.get().offered_minutes == 300
    assert AttendanceDay.objects.get().offered_minutes == 60


def test_every_planted_fault_is_named_and_the_rest_is_stored(group, principal):
    ids = [f"e{n}" for n in range(10)]
    enrol(group, *ids)
    content, planted = lesson_file(ids, last_day=DAY, rows=1000, encoding="cp1252", separator="\t")

    absence_import = bring_in(principal, content=content)

    found = sorted((problem.row_number, problem.code) for problem in absence_import.problems.all())
    assert found == sorted((fault.row_number, fault.code) for fault in planted)
    assert len({code for _row, code in found}) == 20
    assert (absence_import.counts["good"], absence_import.counts["bad"]) == (980, 20)
    assert LessonAbsence.objects.filter(subject="Idrott och hälsa").exists()


def test_signals_come_with_the_import(group, principal):
    ids = [f"e{n}" for n in range(10)]
    pupils = enrol(group, *ids)
    content, _planted = lesson_file(ids, last_day=DAY, rows=1500, faults=False, often_away=["e0"])

    absence_import = bring_in(principal, content=content)

    assert absence_import.counts["signals"] == Signal.objects.count()
    assert Signal.objects.filter(pupil=pupils[0], level__gte=30).exists()


def test_a_personal_number_finds_the_pupil_when_the_id_does_not(group, principal):
    enrolment = EnrolmentFactory(class_group=group, pupil__numbered=True)
    number = enrolment.pupil.identifiers.get().value

    bring_in(
        principal,
        "Elev-id;Personnummer;Datum;Giltig;Ogiltig",
        f"okänt;{number[:8]}-{number[8:]};2026-11-20;0;45",
        f";{number[2:]};2026-11-19;0;30",
    )

    assert list(enrolment.pupil.attendance_days.values_list("invalid_minutes", flat=True)) == [30, 45]


def test_a_pupil_of_another_school_is_not_found_nor_told_about(group, principal):
    enrol(group, "e1", "e2")
    enrol(ClassGroupFactory(), "granne")

    absence_import = read(
        principal,
        "Elev-id;Datum;Giltig;Ogiltig",
        "granne;2026-11-20;0;45",
        "e1;2026-11-20;0;45",
        "e2;2026-11-20;0;45",
    )

    assert problems(absence_import) == [(2, "pupil_id", "pupil_unknown")]


def test_a_protected_pupils_row_is_held_aside_by_its_number_only(group, principal):
    enrol(group, "hemlig", protected=True)
    enrol(group, "e1")

    absence_import = bring_in(principal, "Elev-id;Datum;Giltig;Ogiltig", "hemlig;2026-11-31;0;45", "e1;2026-11-20;0;45")

    (problem,) = absence_import.problems.all()
    assert (problem.row_number, problem.column, problem.code, problem.value) == (2, "", "pupil_held_aside", "")
    assert AttendanceDay.objects.count() == 1
    assert "hemlig" not in "".join(error_report(absence_import, absence_import.kept_text))


def test_a_file_about_another_school_cannot_be_approved(group, principal):
    enrol(group, "e1")
    absence_import = read(
        principal,
        "Elev-id;Datum;Giltig;Ogiltig",
        "e1;2026-11-20;0;45",
        "x1;2026-11-20;0;45",
        "x2;2026-11-20;0;45",
    )

    with pytest.raises(actions.NothingToReadIn):
        actions.approve_import(absence_import, by=principal, at=AT)


def test_unknown_headings_ask_for_the_columns_and_are_remembered(group, principal):
    enrol(group, "e1")
    lines = ("Nyckel;När;Anm;Oanm", "e1;2026-11-20;0;45")

    absence_import = read(principal, *lines)
    assert absence_import.status == AbsenceImport.Status.NEEDS_MAPPING

    columns = {"pupil_id": 0, "date": 1, "valid": 2, "invalid": 3}
    confirm_columns(absence_import, principal, columns, AT)
    actions.read_import(absence_import, at=AT)
    actions.approve_import(absence_import, by=principal, at=AT)
    actions.apply_import(absence_import, at=AT)

    assert AttendanceDay.objects.get().invalid_minutes == 45
    assert read(principal, *lines).status == AbsenceImport.Status.PREVIEWED


def test_headings_are_found_under_a_title(group, principal):
    enrol(group, "e1")

    absence_import = read(
        principal, "sep=;", "Frånvarorapport;;;", "", "Elev-id;Datum;Giltig (h);Ogiltig (h)", "e1;20/11 2026;0;0,75", ""
    )

    assert absence_import.counts["good"] == 1
    assert absence_import.mapping["units"] == {"valid": "h", "invalid": "h"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_is_empty"),
        (b"\n\n", "file_is_empty"),
        (b"PK\x03\x04rest", "file_is_damaged"),
        (b"a;b\0;c", "file_is_not_text"),
        (b"bara en rubrik\nx", "file_has_one_column"),
        (b"Elev-id;Datum;Giltig;Ogiltig\n", "file_has_no_rows"),
    ],
)
def test_a_file_without_a_table_fails_with_a_reason(principal, content, code):
    absence_import = actions.upload_absence_file(
        unit=principal.unit, file_name="fel.csv", content=content, by=principal, at=AT
    )

    actions.read_import(absence_import, at=AT)

    assert (absence_import.status, absence_import.failure) == (AbsenceImport.Status.FAILED, code)
    assert absence_import.failure_text


def test_a_cancelled_import_is_forgotten_and_goes_no_further(group, principal):
    enrol(group, "e1")
    absence_import = read(principal, "Elev-id;Datum;Giltig;Ogiltig", "e1;2026-11-20;0;45", "e1;fel;0;45")

    actions.cancel_import(absence_import=absence_import, by=principal, at=AT)

    assert not ImportedFile.objects.exists()
    assert not absence_import.problems.exists()
    with pytest.raises(actions.ImportHasMovedOn):
        actions.approve_import(absence_import, by=principal, at=AT)


def test_an_import_is_applied_once(group, principal):
    enrol(group, "e1")
    absence_import = bring_in(principal, "Elev-id;Datum;Giltig;Ogiltig", "e1;2026-11-20;0;45")

    with pytest.raises(actions.ImportHasMovedOn):
        actions.apply_import(absence_import, at=AT)


def test_only_the_schools_principal_and_administrator_bring_absence_in(group):
    school_unit = group.school.unit
    for member in (
        MembershipFactory(principal=True, unit=SchoolFactory().unit),
        MembershipFactory(student_health=True, unit=school_unit),
        MembershipFactory(mentor=True, unit=school_unit),
        MembershipFactory(school_admin=True, unit=SchoolFactory().unit),
        MembershipFactory(system_admin=True),
    ):
        with pytest.raises(actions.ImportNotAllowed):
            actions.upload_absence_file(unit=school_unit, file_name="a.csv", content=b"a;b", by=member, at=AT)

    administrator = MembershipFactory(school_admin=True, unit=school_unit)
    assert actions.upload_absence_file(unit=school_unit, file_name="a.csv", content=b"a;b", by=administrator, at=AT)


def test_each_step_is_written_in_the_audit_log(group, principal):
    enrol(group, "e1")
    bring_in(principal, "Elev-id;Datum;Giltig;Ogiltig", "e1;2026-11-20;0;45")

    assert list(AuditEvent.objects.values_list("action", flat=True)) == [
        "absence file uploaded",
        "absence columns matched",
        "absence import approved",
        "absence import applied",
    ]


def test_a_file_that_changes_nothing_is_not_read_a_second_time(group, principal, django_assert_max_num_queries):
    enrol(group, "e1")
    content = b"Elev-id;Datum;Giltig;Ogiltig\ne1;2026-11-20;0;45\n"
    bring_in(principal, content=content)
    again = read(principal, content=content)
    actions.approve_import(again, by=principal, at=AT)
    again.refresh_from_db()

    with django_assert_max_num_queries(20) as queries:
        actions.apply_import(again, at=AT)

    assert not any("staged_day" in query["sql"] for query in queries)
    assert (again.status, again.counts["new"], again.counts["unchanged"]) == ("applied", 0, 1)
    assert not ImportedFile.objects.filter(absence_import=again).exists()


def test_a_file_that_changed_nothing_is_read_anew_when_another_has_come_between(group, principal):
    """What was seen before is no longer so: the file's day is what the file says once it is stored."""
    (pupil,) = enrol(group, "e1")
    content = b"Elev-id;Datum;Giltig;Ogiltig\ne1;2026-11-20;0;45\n"
    bring_in(principal, content=content)
    again = read(principal, content=content)
    bring_in(principal, content=content.replace(b"0;45", b"60;0"))
    actions.approve_import(again, by=principal, at=AT)
    again.refresh_from_db()

    actions.apply_import(again, at=AT)

    assert again.counts["changed"] == 1
    assert pupil.attendance_days.get().invalid_minutes == 45
