"""Who reads a joint meeting: the school, and the unit of the request that it is about."""

from django.db import migrations

from audit.history import KeepHistory
from wall.policies import Guard
from wall.roles import SCHOOL, SOCIAL

OF_REFERRAL = "EXISTS (SELECT FROM cases_referral r WHERE r.id = referral_id)"
OF_MY_REFERRAL = (
    "EXISTS (SELECT FROM cases_referral r WHERE r.id = referral_id "
    "AND r.to_unit_id = ANY ((SELECT my_units())::uuid[]))"
)
MINE = "called_by_id = (SELECT my_membership())"
CHANGED = [
    "times", "status", "chosen_at", "refusal", "instead", "answered_at", "answered_by_id", "held_on", "decisions",
    "held_by_id",
]  # fmt: skip


class Migration(migrations.Migration):
    """Puts meetings behind the wall."""

    dependencies = [("cases", "0045_joint_meetings")]
    operations = [
        Guard(
            "cases_jointmeeting",
            see={SCHOOL: OF_REFERRAL, SOCIAL: OF_MY_REFERRAL},
            add={SCHOOL: f"{MINE} AND {OF_REFERRAL}", SOCIAL: f"{MINE} AND {OF_MY_REFERRAL}"},
            change={SCHOOL: OF_REFERRAL, SOCIAL: OF_MY_REFERRAL},
            change_columns={SCHOOL: CHANGED, SOCIAL: CHANGED},
        ),
        KeepHistory("cases_jointmeeting"),
    ]
