"""In the demo whoever stands at the gate sees who can be chosen. Never where the demo is off: the app is not there."""

from django.db import migrations

from wall.policies import GuardMore
from wall.roles import GATE


class Migration(migrations.Migration):
    """Opens the door to the demo."""

    initial = True
    dependencies = [("accounts", "0006_wall")]
    operations = [GuardMore("accounts_membership", see={GATE: "(SELECT my_kind()) = 'gate'"})]
