"""A school that brings absence in."""

import pytest

from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import ThresholdRuleFactory
from tests.factories.schools import ClassGroupFactory


@pytest.fixture
def group():
    ThresholdRuleFactory()
    return ClassGroupFactory(name="7B")


@pytest.fixture
def principal(group):
    return MembershipFactory(principal=True, unit=group.school.unit)


@pytest.fixture
def sign_in(client):
    def sign_in(membership):
        client.force_login(membership.user)
        return client

    return sign_in
