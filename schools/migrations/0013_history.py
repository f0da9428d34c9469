"""What was before a change is kept, by the database itself (audit/history.py)."""

from django.db import migrations

from audit.history import KeepHistory


class Migration(migrations.Migration):
    """Keeps the history of what can be changed and is about somebody."""

    dependencies = [("schools", "0012_wall_of_links"), ("audit", "0014_row_history")]
    operations = [
        KeepHistory("schools_pupil"),
        KeepHistory("schools_pupilidentifier"),
        KeepHistory("schools_residence"),
        KeepHistory("schools_guardian"),
        KeepHistory("schools_enrolment"),
        KeepHistory("schools_classgroup"),
        KeepHistory("schools_pupillink"),
        KeepHistory("schools_namedreader"),
        KeepHistory("schools_protectionpolicy"),
    ]
