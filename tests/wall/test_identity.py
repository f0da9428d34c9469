"""Who asks is signed: an injected statement cannot become somebody else (G7), whatever it sets, calls or copies."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from cases.models import SchoolNote, SocialNote
from schools.models import Pupil
from tests.factories.cases import Story, a_case
from wall import identity
from wall.roles import SOCIAL

pytestmark = pytest.mark.django_db

READ = "SELECT count(*) FROM {table}"


@pytest.fixture
def story() -> Story:
    """A case both sides have written notes in."""
    return a_case_with_notes()


def a_case_with_notes() -> Story:
    story = a_case("active")
    common = {"case": story.case, "written_at": story.at}
    SchoolNote.objects.create(unit=story.cast.counsellor.unit, written_by=story.cast.counsellor, text="skola", **common)
    SocialNote.objects.create(unit=story.cast.worker.unit, written_by=story.cast.worker, text="social", **common)
    return story


def ask(*statements: str) -> object:
    """Run statements as whoever is on, one after the other; return the last one's first value."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        row = cursor.fetchone()
        return row[0] if row else None


def test_each_side_reads_its_own_and_has_no_right_to_the_others(story: Story) -> None:
    with identity.acting_as(story.cast.counsellor):
        assert ask(READ.format(table="cases_schoolnote")) == 1
        with pytest.raises(DatabaseError, match="permission denied"):
            ask(READ.format(table="cases_socialnote"))
    with identity.acting_as(story.cast.worker):
        assert ask(READ.format(table="cases_socialnote")) == 1
        for table in ("cases_schoolnote", "attendance_concern", "schools_guardian", "schools_enrolment"):
            with pytest.raises(DatabaseError, match="permission denied"):
                ask(READ.format(table=table))


def identity_of(kind: str, member: object) -> str:
    return "|".join(
        [kind, str(member.user_id), str(member.pk), str(member.unit_id), member.role, member.side,
         member.unit.authority, str(member.unit_id)]
    )  # fmt: skip


def forgeries(victim: object) -> dict[str, list[str]]:
    """Return ways to become `victim`, each a list of statements an injection could carry."""
    claimed = identity_of("person", victim)
    put_on = f"SELECT set_config('app.identity', '{claimed}', true)"
    become = f"SELECT set_config('role', '{SOCIAL}', true)"
    old = "SELECT set_config('app.signature', current_setting('app.signature'), true)"
    guesses = {
        "plain set_config": [put_on],
        "set_config for the session": [put_on.replace("true)", "false)")],
        "SET LOCAL": [f"SET LOCAL app.identity = '{claimed}'"],
        "SET": [f"SET app.identity = '{claimed}'"],
        "with the old signature": [put_on, old],
        "with an empty signature": [put_on, "SELECT set_config('app.signature', '', true)"],
        "with a signature of null": ["RESET app.signature", put_on],
        "signed by calling the signer": [put_on, f"SELECT wall_signature('{claimed}')"],
        "signed by calling the inner signer": [f"SELECT wall_sign('sign', '{claimed}')"],
        "put on by the inner function": [f"SELECT wall_put_on('person', NULL, '{victim.pk}')"],
        "entered without a proof": [f"SELECT * FROM wall_enter('member', '', '{victim.pk}', 0, NULL)"],
        "entered with an empty proof": [f"SELECT * FROM wall_enter('member', '', '{victim.pk}', 0, '')"],
        "entered with a guessed proof": [f"SELECT * FROM wall_enter('member', '', '{victim.pk}', 0, sha256('x'))"],
        "entered at the gate": ["SELECT * FROM wall_enter('gate', '', NULL, 0, sha256('x'))"],
        "secret read": ["SELECT value FROM wall_secret"],
        "secret replaced": ["UPDATE wall_secret SET value = sha256('x')"],
        "membership moved": [f"UPDATE accounts_membership SET unit_id = '{victim.unit_id}' WHERE user_id = me()"],
        "session taken": [f"UPDATE accounts_session SET user_id = '{victim.user_id}'"],
        "session read": ["SELECT data FROM accounts_session"],
        "made the owner": ["SET LOCAL ROLE narvaro_owner", READ.format(table="cases_socialnote")],
        "helper put in front": ["CREATE FUNCTION pg_temp.my_unit() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'"],
        "helper replaced": ["CREATE OR REPLACE FUNCTION my_side() RETURNS text LANGUAGE sql AS 'SELECT ''social'''"],
        "policies off": ["SET LOCAL row_security = off"],
        "replication role": ["SET LOCAL session_replication_role = replica"],
        "log switched off": ["ALTER TABLE audit_auditevent DISABLE TRIGGER ALL"],
        "nobody at all": ["SELECT set_config('app.identity', '', true)"],
    }
    return {name: [*statements, become] for name, statements in guesses.items()}


def test_at_least_twenty_ways_are_tried(story: Story) -> None:
    assert len(forgeries(story.cast.worker)) >= 20


@pytest.mark.django_db(transaction=True)
def test_a_forged_identity_reads_nothing(as_the_web_server: None) -> None:
    """Each forgery is carried by a counsellor's own request, on the login that the web server has."""
    story = a_case_with_notes()
    targets = ("cases_socialnote", "accounts_session", "schools_pupil", "cases_case")
    loot = {}
    for name, statements in forgeries(story.cast.worker).items():
        for target in targets:
            with identity.acting_as(story.cast.other_counsellor):
                try:
                    found = ask(*statements, f"SELECT count(*) FROM {target}")
                except DatabaseError:
                    found = 0
            if found:
                loot[name] = (target, found)

    assert not loot


def test_unsigned_identity_would_have_leaked(story: Story) -> None:
    """The control: with a signer that signs whatever is said, the first forgery reads the other side's notes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION wall_part(p_place integer) RETURNS text LANGUAGE sql STABLE AS "
            "$$ SELECT nullif(split_part(current_setting('app.identity', true), '|', p_place), '') $$"
        )
    statements = [*forgeries(story.cast.worker)["plain set_config"], READ.format(table="cases_socialnote")]

    with identity.acting_as(story.cast.counsellor):
        assert ask(*statements) == 1


def test_identity_ends_with_its_block(story: Story) -> None:
    with identity.acting_as(story.cast.counsellor):
        assert ask("SELECT my_unit()") == story.cast.counsellor.unit_id
        with identity.acting_as(story.cast.worker):
            assert ask("SELECT my_unit()") == story.cast.worker.unit_id
        assert ask("SELECT my_unit()") == story.cast.counsellor.unit_id
        assert ask("SELECT current_user") == "narvaro_school"
    assert ask("SELECT my_unit()") is None
    assert ask("SELECT current_user") == "narvaro_owner"


def test_nobody_sees_nothing(story: Story) -> None:
    with identity.gate(), pytest.raises(DatabaseError, match="permission denied"):
        ask(READ.format(table="cases_case"))
    with identity.becoming("narvaro_school"):
        assert ask(READ.format(table="schools_pupil")) == 0
    assert Pupil.objects.exists()


def test_a_proof_for_another_backend_opens_nothing(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "proof_of", lambda message: identity.proof_key())

    with pytest.raises(DatabaseError, match="not proved"), identity.acting_as(story.cast.worker):
        pass


def test_an_unknown_membership_is_nobody() -> None:
    class Nobody:
        pk = UUID(int=7)

    with pytest.raises(DatabaseError), identity.acting_as(Nobody()):
        pass
