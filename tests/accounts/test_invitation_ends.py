"""A link to choose a password does not lie about for ever."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.invitations import password_link
from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("hours", "status"), [(71, 200), (73, 410)])
def test_link_of_an_invitation_dies_after_three_days(client, hours, status):
    path = password_link(User.objects.create_user("ny@example.org", given_name="Ny", family_name="Person"))

    with time_machine.travel(timezone.localtime() + timedelta(hours=hours), tick=False):
        assert client.get(path).status_code == status
