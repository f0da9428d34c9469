"""What was before a change is kept, by the database itself (audit/history.py); the lists of ids of a run are not."""

from django.db import migrations

from audit.history import KeepHistory


class Migration(migrations.Migration):
    """Keeps the history of what can be changed and is about somebody."""

    dependencies = [("records", "0005_who_has_read"), ("audit", "0014_row_history")]
    operations = [
        KeepHistory("records_retentionrun", without=["subjects", "erasing_in"]),
        KeepHistory("records_keeporder"),
        KeepHistory("records_rightsrequest"),
        KeepHistory("records_screening"),
    ]
