"""The command that loads every register."""

from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import Unit
from attendance.models import ThresholdRule
from schools.models import School, SchoolYear
from socialservices.models import Office, ReasonCode


@pytest.mark.django_db
def test_all_registers_are_loaded_and_loading_again_adds_nothing():
    def load():
        out = StringIO()
        call_command("load_registers", stdout=out)
        counts = [model.objects.count() for model in (Unit, School, SchoolYear, Office, ReasonCode, ThresholdRule)]
        return out.getvalue(), counts

    first_words, first = load()
    second_words, second = load()

    assert first == second == [210, 155, 183, 39, 37, 4]
    assert "155 schools" in first_words
    assert "0 new school years" in second_words
