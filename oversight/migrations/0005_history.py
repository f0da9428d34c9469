"""What was before a change is kept, by the database itself (audit/history.py)."""

from django.db import migrations

from audit.history import KeepHistory


class Migration(migrations.Migration):
    """Keeps what an extract, and the alert of a claim, was before somebody decided or looked."""

    dependencies = [("oversight", "0004_links_are_relations"), ("audit", "0014_row_history")]
    operations = [KeepHistory("oversight_logextract"), KeepHistory("schools_linkclaimalert")]
