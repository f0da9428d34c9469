"""What was before a change is kept, by the database itself (audit/history.py)."""

from django.db import migrations

from audit.history import KeepHistory


class Migration(migrations.Migration):
    """Keeps the history of what can be changed and is about somebody."""

    dependencies = [("accounts", "0022_lost_factors"), ("audit", "0014_row_history")]
    operations = [
        KeepHistory("accounts_user", without=["password", "last_login"]),
        KeepHistory("accounts_unit"),
        KeepHistory("accounts_membership", without=["chosen_at"]),
    ]
