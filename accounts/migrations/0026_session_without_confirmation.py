"""When somebody confirmed who they are stands in the session's own data; the column was never written."""

from django.db import migrations


class Migration(migrations.Migration):
    """Removes the column."""

    dependencies = [("accounts", "0025_attempts")]
    operations = [migrations.RemoveField("session", "confirmed_at")]
