"""What was before a change is kept, by the database itself (audit/history.py)."""

from django.db import migrations

from audit.history import KeepHistory


class Migration(migrations.Migration):
    """Keeps the history of what can be changed and is about somebody."""

    dependencies = [("attendance", "0002_wall"), ("audit", "0014_row_history")]
    operations = [
        KeepHistory("attendance_classday"),
        KeepHistory("attendance_attendanceday"),
        KeepHistory("attendance_lessonabsence"),
        KeepHistory("attendance_signal"),
        KeepHistory("attendance_concern"),
    ]
