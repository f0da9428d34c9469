"""What is wrong with a file or a row, in words that say how to mend it."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


def explain(code: str, value: str, details: dict[str, Any]) -> tuple[str, str]:
    """Return what is wrong and how to mend it, in the reader's language."""
    what, remedy = EXPLANATIONS[code]
    words = {"value": value, **details}
    return str(what) % words, str(remedy) % words


Words = str | Promise
EXPLANATIONS: dict[str, tuple[Words, Words]] = {
    # The whole file
    "file_is_empty": (_("The file is empty."), _("Export it again from the school's system.")),
    "file_is_an_old_workbook": (
        _("This is an old Excel file (.xls), or a workbook with a password."),
        _("Open it in Excel, take away the password and choose Save as, Excel workbook (.xlsx)."),
    ),
    "file_has_macros": (
        _("The workbook holds macros."),
        _("Open it in Excel and choose Save as, Excel workbook (.xlsx), which has none."),
    ),
    "file_is_damaged": (
        _("The workbook is damaged and cannot be opened."),
        _("Open it in Excel, let Excel repair it and save it again, or export it again from the school's system."),
    ),
    "file_unpacks_too_large": (
        _("The workbook is packed so tightly that it cannot be opened safely."),
        _("Save the sheet as CSV UTF-8 and upload that file."),
    ),
    "file_has_too_many_rows": (
        _("The file has more rows than can be read at a time."),
        _("Split it by period and upload the parts. A large workbook can be saved as CSV UTF-8 instead."),
    ),
    "file_is_an_archive": (
        _("This is a packed file (zip or the like), not a table."),
        _("Unpack it and upload the file inside."),
    ),
    "file_is_a_document": (
        _("This is a document, not a table."),
        _("Export the report as CSV or Excel from the school's system."),
    ),
    "file_is_a_web_page": (
        _("This is a web page saved as a spreadsheet."),
        _("Open it in Excel and choose Save as, Excel workbook (.xlsx)."),
    ),
    "file_has_wide_rows": (
        _("The file has more columns than a table of absence can have."),
        _("Choose fewer columns and export again."),
    ),
    "file_is_not_text": (_("The file is not text."), _("Export it as CSV from the school's system.")),
    "file_has_one_column": (
        _("No columns were found."),
        _("Separate the columns with semicolon, comma or tab, and name them on the first row."),
    ),
    "file_has_no_rows": (_("The file has headings but no rows."), _("Choose a longer period and export again.")),
    "unexpected": (_("Something went wrong on our side."), _("Nothing was stored. Upload the file again.")),
    # The row
    "day_outside_kept_years": (
        _("Absence of %(value)s is not kept."),
        _("Absence is kept from %(first)s to %(last)s. Check the date, or remove the row."),
    ),
    "too_few_columns": (
        _("The row ends too early."),
        _("It has %(found)s columns and the headings %(expected)s. Fill in the row, or remove it if it is a footnote."),
    ),
    "too_many_columns": (
        _("The row has more columns than the headings."),
        _("A cell may hold the separator itself. Put quotation marks around that cell."),
    ),
    "quote_not_closed": (
        _("A quotation mark is opened and never closed."),
        _("Close the quotation mark, or remove it."),
    ),
    "unreadable_characters": (
        _("Some characters could not be read."),
        _("Export the file again as UTF-8."),
    ),
    "duplicate_row": (
        _("The same pupil and time are already on row %(first)s."),
        _("Keep the right one of the two rows and remove the other."),
    ),
    "period_overlaps": (
        _("The period shares days with the one on row %(first)s for the same pupil."),
        _("Keep the right one of the two rows and remove the other."),
    ),
    # The pupil and the class
    "pupil_missing": (_("The pupil is missing."), _("Fill in the pupil's id or personal number.")),
    "pupil_unknown": (
        _("No pupil at this school has the id “%(value)s”."),
        _("Check the id, or that the pupil is entered in the school's class."),
    ),
    "pupil_suggested": (
        _("No pupil at this school has the id “%(value)s”, but the name and birth date fit one in %(group)s."),
        _("If it is that pupil, write the pupil's personal number in the row. Nothing is guessed."),
    ),
    "pupils_disagree": (
        _("The id and the personal number belong to different pupils."),
        _("Correct the one that is wrong."),
    ),
    "pupil_ambiguous": (
        _("Several pupils have the id “%(value)s”."),
        _("Add a column with personal numbers."),
    ),
    "personal_number_damaged": (
        _("Excel has rounded the personal number “%(value)s”."),
        _("Make the column text before you fill it in, and export again."),
    ),
    "personal_number_lost_zero": (
        _("The personal number “%(value)s” has lost a zero at the beginning, as happens in Excel."),
        _("Make the column text before you fill it in, and export again. Or write the number with 12 digits."),
    ),
    "personal_number_unreadable": (
        _("“%(value)s” is not a personal number."),
        _("Write it with 12 digits, for example 20170101-2393. %(reason)s"),
    ),
    "pupil_held_aside": (
        _("The row is held aside."),
        _("It is handled by the person at the school who has that right."),
    ),
    "not_in_a_class_then": (
        _("The pupil was not in a class here on %(day)s."),
        _("Check the date, or the day the pupil began or left."),
    ),
    "class_missing": (_("The class is missing."), _("Fill in the class, for example 7B.")),
    "class_unknown": (
        _("The school had no class “%(value)s” on %(day)s."),
        _("Write the class as it is written here, for example 7B."),
    ),
    # Days and times
    "date_missing": (_("The date is missing."), _("Write the date, for example 2026-11-30.")),
    "date_unreadable": (_("“%(value)s” is not a date."), _("Write the date, for example 2026-11-30.")),
    "date_short_year": (
        _("The year in “%(value)s” has two digits."),
        _("Write the year with four digits, for example 2026-11-30."),
    ),
    "date_without_year": (
        _("“%(value)s” has no year."),
        _("Write the date with its year, for example 2026-11-30."),
    ),
    "date_order_unknown": (
        _("“%(value)s” can be read in two ways."),
        _("Say on the page Match the columns whether the day or the month comes first."),
    ),
    "date_hidden": (
        _("The cell shows “%(value)s” because the column was too narrow."),
        _("Make the column wider in Excel and export again."),
    ),
    "date_does_not_exist": (
        _("The date “%(value)s” does not exist."),
        _("Check the day and the month. Write for example 2026-11-30."),
    ),
    "date_in_the_future": (_("The date “%(value)s” has not come yet."), _("Check the date.")),
    "date_too_old": (
        _("The date “%(value)s” is more than two years back."),
        _("Check the year. Older absence is not stored."),
    ),
    "date_on_a_weekend": (_("The date “%(value)s” is a Saturday or Sunday."), _("Check the date.")),
    "period_missing": (_("The period is missing."), _("Write for example v.47, 2026-11 or HT26.")),
    "period_unreadable": (
        _("“%(value)s” is not a period."),
        _("Write for example v.47, 2026-11, HT26 or 2026/27."),
    ),
    "period_not_in_the_calendar": (
        _("The term or school year “%(value)s” is not in the calendar."),
        _("Write its first and last day in two columns instead."),
    ),
    "period_ends_before_it_begins": (_("The period ends before it begins."), _("Check the two dates.")),
    "week_does_not_exist": (_("The week “%(value)s” does not exist."), _("Check the week and the year.")),
    "time_missing": (_("The start time is missing."), _("Write when the lesson begins, for example 08:10.")),
    "time_unreadable": (_("“%(value)s” is not a time."), _("Write when the lesson begins, for example 08:10.")),
    # Minutes
    "number_missing": (_("The number is missing."), _("Write the number of minutes. Write 0 for none.")),
    "number_unreadable": (_("“%(value)s” is not a number."), _("Write the number of minutes with digits.")),
    "number_damaged": (
        _("The cell shows “%(value)s” because the column was too narrow or the formula is wrong."),
        _("Make the column wider in Excel, or mend the formula, and export again."),
    ),
    "number_is_a_percent": (
        _("“%(value)s” is per cent, but the column is in minutes."),
        _("Say on the page Match the columns that the column is in per cent."),
    ),
    "number_is_not_a_percent": (
        _("“%(value)s” is not per cent."),
        _("Say on the page Match the columns whether the column is in minutes or hours."),
    ),
    "percent_over_100": (
        _("“%(value)s” is more than 100 per cent."),
        _("Check the number, or whether the column is in minutes."),
    ),
    "percent_of_nothing": (
        _("The row gives per cent of a day, but not how long the day was."),
        _("Add a column with the time offered, or say that the rows are totals of periods."),
    ),
    "nothing_told": (
        _("The row tells no absence at all: every figure is missing."),
        _("Fill in the figures, or remove the row. Write 0 for none."),
    ),
    "number_negative": (_("“%(value)s” is below zero."), _("Write 0 or more minutes.")),
    "number_too_large": (
        _("“%(value)s” is more than there can be in a day."),
        _("Write at most %(most)s minutes. Check whether the column is in hours."),
    ),
    "lesson_without_length": (_("The lesson has no length."), _("Write how many minutes the lesson was.")),
    "absent_longer_than_lesson": (
        _("Away %(absent)s minutes of a lesson of %(length)s."),
        _("Correct the minutes or the length of the lesson."),
    ),
    "present_but_absent": (
        _("The row says both present and %(absent)s minutes away."),
        _("Write 0 minutes, or say what kind of absence it was."),
    ),
    "absent_without_minutes": (
        _("The row says absence but 0 minutes away."),
        _("Write how many minutes the pupil was away, or say present."),
    ),
    "reported_more_than_offered": (
        _("Reported %(reported)s minutes of %(offered)s offered."),
        _("Correct one of the two numbers."),
    ),
    "absent_more_than_offered": (
        _("Away %(absent)s minutes of %(offered)s offered."),
        _("Correct the minutes, or the offered time."),
    ),
    # Kind and subject
    "kind_missing": (
        _("It does not say whether the pupil was there."),
        _("Write Present, Valid absence, Invalid absence, Late arrival or Other school activity."),
    ),
    "kind_unknown": (
        _("“%(value)s” is not a kind of attendance we know."),
        _("Write Present, Valid absence, Invalid absence, Late arrival or Other school activity. Causes are not kept."),
    ),
    "subject_too_long": (_("The subject is longer than %(most)s characters."), _("Shorten it.")),
}
"""For each code: what is wrong, and how to mend it."""
