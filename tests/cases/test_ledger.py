import pytest

from tests.factories.cases import STATES, a_case

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("state", STATES)
def test_state(state):
    a_case(state)
