"""Where a school's absence comes from, and what the words mean there."""

import pytest

from attendance.models import AbsenceSource
from audit.models import AuditEvent
from integrations import actions
from integrations.models import AbsenceImport
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import AbsenceSourceFactory
from tests.factories.schools import SchoolFactory
from tests.integrations.bringing import AT, DAY_HEADINGS, bring_in, read
from tests.integrations.known_pupils import enrol

pytestmark = pytest.mark.django_db
LIST, NEW = "/imports/absence-sources/", "/imports/absence-sources/new/"
SAID = {
    "name": "LearnPoint",
    "system": "learnpoint",
    "late_counts_as": "invalid",
    "unreported_counts_as": "present",
    "day_rule": "minutes",
}


def test_a_source_is_made_with_what_its_words_mean(sign_in, principal):
    client = sign_in(principal)

    client.post(NEW, SAID)

    source = AbsenceSource.objects.get()
    assert (source.late_counts_as, source.unreported_counts_as) == ("invalid", "present")
    assert source.is_counted
    page = client.get(LIST).content.decode()
    assert "Late arrival counts as" in page
    assert "Invalid absence" in page
    assert "figures and signals are counted from this source" in page
    event = AuditEvent.objects.get(action="absence source made")
    assert event.details["late_counts_as"] == "invalid"
    assert "name" not in event.details


def test_only_one_source_counts(sign_in, principal):
    first = AbsenceSourceFactory(unit=principal.unit)
    second = AbsenceSourceFactory(unit=principal.unit, name="Vklass", is_counted=False)

    sign_in(principal).post(f"{LIST}{second.pk}/", {**SAID, "name": "Vklass", "is_counted": "on"})

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.is_counted, second.is_counted) == (False, True)


def test_the_source_that_counts_cannot_stop_counting_by_itself(sign_in, principal):
    source = AbsenceSourceFactory(unit=principal.unit)
    client = sign_in(principal)

    assert "is_counted" not in client.get(f"{LIST}{source.pk}/").content.decode()
    client.post(f"{LIST}{source.pk}/", SAID)

    source.refresh_from_db()
    assert (source.name, source.is_counted) == ("LearnPoint", True)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": "frånvarofil"}, "The school has a source with that name"),
        ({"name": ""}, "required"),
        ({"late_counts_as": "x"}, "valid choice"),
    ],
)
def test_what_cannot_be_is_told_at_the_field(sign_in, principal, changed, message):
    AbsenceSourceFactory(unit=principal.unit)

    response = sign_in(principal).post(NEW, {**SAID, **changed})

    assert response.status_code == 422
    assert AbsenceSource.objects.count() == 1
    assert message in response.content.decode()


def test_other_schools_sources_are_not_found_and_others_may_not_enter(sign_in, principal):
    other = AbsenceSourceFactory(unit=SchoolFactory().unit)

    client = sign_in(principal)
    assert client.get(f"{LIST}{other.pk}/").status_code == 404
    assert other.name not in client.get(LIST).content.decode()
    assert sign_in(MembershipFactory(mentor=True, unit=principal.unit)).get(LIST).status_code == 403
    with pytest.raises(actions.ImportNotAllowed):
        actions.define_source(source=other, said=SAID, by=principal, at=AT)


def test_what_another_source_says_of_the_same_day_is_kept_apart(group, principal):
    enrol(group, "e1")
    AbsenceSourceFactory(unit=principal.unit)
    second = AbsenceSourceFactory(unit=principal.unit, name="Vklass", is_counted=False)

    bring_in(principal, DAY_HEADINGS, "e1;2026-11-20;300;300;0;45")
    absence_import = bring_in(principal, DAY_HEADINGS, "e1;2026-11-20;300;300;90;0", source=second)

    assert (absence_import.counts["new"], absence_import.counts["changed"]) == (2, 0)
    assert group.days.count() == 2


def test_columns_are_remembered_for_a_source_and_its_headings_only(group, principal):
    enrol(group, "e1")
    usual = AbsenceSourceFactory(unit=principal.unit)
    second = AbsenceSourceFactory(unit=principal.unit, name="Vklass", is_counted=False)
    rows = (DAY_HEADINGS, "e1;2026-11-20;300;300;0;45")
    bring_in(principal, *rows)

    def asked(source, *lines):
        absence_import = actions.upload_absence_file(
            unit=principal.unit,
            file_name="f.csv",
            content="\n".join(lines).encode(),
            by=principal,
            at=AT,
            source=source,
        )
        return actions.read_import(absence_import, at=AT).status == AbsenceImport.Status.NEEDS_MAPPING

    assert not asked(usual, *rows)
    assert asked(second, *rows)
    assert asked(usual, "Elev-id;Datum;Erbjuden;Rapporterad;Giltig;Ogiltig;Ny", "e1;2026-11-20;300;300;0;45;x")


def test_the_definitions_are_printed_under_the_preview(sign_in, group, principal):
    enrol(group, "e1")
    AbsenceSourceFactory(unit=principal.unit, late_counts_as="invalid", name="LearnPoint")
    absence_import = read(principal, DAY_HEADINGS, "e1;2026-11-20;300;300;0;45")

    page = sign_in(principal).get(f"/imports/{absence_import.pk}/").content.decode()

    assert "What the words mean in LearnPoint" in page
    assert "Late arrival counts as" in page
