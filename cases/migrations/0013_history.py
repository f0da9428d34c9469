"""What was before a change is kept, by the database itself (audit/history.py)."""

from django.db import migrations

from audit.history import KeepHistory


class Migration(migrations.Migration):
    """Keeps the history of what can be changed and is about somebody."""

    dependencies = [("cases", "0010_disclosures_of_protected_pupils"), ("audit", "0014_row_history")]
    operations = [
        KeepHistory("cases_case", without=["lock_mark", "party_units", "lifted_to"]),
        KeepHistory("cases_party"),
        KeepHistory("cases_referral"),
        KeepHistory("cases_question"),
        KeepHistory("cases_consent"),
        KeepHistory("cases_disclosure"),
        KeepHistory("cases_feedback"),
        KeepHistory("cases_obligation"),
        KeepHistory("cases_holderinterval"),
        KeepHistory("cases_hold"),
    ]
