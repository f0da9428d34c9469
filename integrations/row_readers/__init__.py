"""Reads the rows of a file, one reader for each shape: lessons, a pupil's days or periods, a class's days."""

from ..csv_files import headings as f
from .reader import RowReader, Staged
from .shapes import ClassDayReader, DayTotalReader, LessonReader, PeriodReader

READERS: dict[str, type[RowReader]] = {
    f.LESSONS: LessonReader,
    f.DAY_TOTALS: DayTotalReader,
    f.CLASS_DAYS: ClassDayReader,
    f.PERIOD_TOTALS: PeriodReader,
}

__all__ = ["READERS", "RowReader", "Staged"]
