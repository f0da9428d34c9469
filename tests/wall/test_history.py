"""What a row was before it was changed is kept by the database, and nobody's role reads it."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from attendance.models import Concern
from audit.models import RowHistory
from cases.models import Obligation
from tests.factories.attendance import ConcernFactory
from tests.factories.cases import a_case
from tests.wall.catalogue import asked
from wall import identity
from wall.roles import EVERYBODY

pytestmark = pytest.mark.django_db

CHANGEABLE = """
SELECT c.relname FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname NOT LIKE 'procrastinate%%'
   AND EXISTS (SELECT FROM unnest(%s::text[]) role WHERE has_any_column_privilege(role, c.oid, 'UPDATE'))
   AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'keep_history_of_changes')
"""
WITHOUT: dict[str, str] = {
    "accounts_session": "ends within ten hours; what was done in it is in the log",
    "notifications_mail": "how far a mail has come: the journal itself",
    "accounts_failedtries": "a counter that is thrown away",
    "accounts_keptpost": "what somebody typed, encrypted, for half an hour",
    "account_emailaddress": "django-allauth's copy of the address in accounts_user",
    "mfa_authenticator": "secrets: an old one must not be kept",
    "attendance_concerndraft": "text that its writer alone reads, and that is gone when the concern is saved",
    "cases_requestdraft": "text that its writer reads, and when finished the principal; what is sent is frozen",
    "attendance_evaluation": "how far the absence has been compared: derived, made anew from the rows",
    "attendance_judgedclass": "how far a class has been compared: derived, made anew from the rows",
    "accounts_factorreset": "who asked for it and who agreed; each of its steps is in the log",
    "integrations_importedfile": "the bytes of a file, kept until it has been read in",
    "integrations_sourcesecret": "secrets: an old one must not be kept",
    "integrations_sourcesubscription": "what a server answered and when it called, of nobody",
    "integrations_sourceschool": "how far a school has been read",
    "integrations_syncrun": "how far a reading has come: the journal itself",
    "integrations_stagedrecord": "rows on their way, thrown away when they are compared",
    "integrations_rosterdiff": "what a source would change, with its answer; each step is in the log",
    "integrations_absenceimport": "how far a file has been read in; each step is in the log",
}
"""Tables that can be changed and whose history is not kept, each with its reason."""


def test_every_table_that_can_be_changed_keeps_its_history_or_says_why_not():
    assert set(asked(CHANGEABLE, list(EVERYBODY))) - WITHOUT.keys() == set()


def test_a_table_without_history_would_be_found():
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER keep_history_of_changes ON attendance_concern")

    assert "attendance_concern" in asked(CHANGEABLE, list(EVERYBODY))


def test_only_the_changed_columns_are_kept():
    concern = ConcernFactory()

    Concern.objects.filter(pk=concern.pk).update(text="Annat.")

    kept = RowHistory.objects.get(table_name="attendance_concern", row_key=str(concern.pk))
    assert kept.old == {"text": concern.text}
    assert not kept.is_removal


def test_a_step_done_leaves_what_it_was_and_the_person():
    story = a_case("acknowledged")
    obligation = Obligation.objects.get(case=story.case, kind="answer_request")
    worker = story.cast.worker
    RowHistory.objects.all().delete()

    with identity.acting_as(worker):
        Obligation.objects.filter(pk=obligation.pk).update(due_on=story.days(20))

    kept = RowHistory.objects.get(table_name="cases_obligation", row_key=str(obligation.pk))
    assert kept.old == {"due_on": obligation.due_on.isoformat()}
    assert (kept.user_id, kept.membership_id) == (worker.user_id, worker.pk)


def test_a_change_of_nothing_leaves_nothing():
    concern = ConcernFactory()

    Concern.objects.filter(pk=concern.pk).update(text=concern.text)

    assert not RowHistory.objects.filter(table_name="attendance_concern").exists()


def test_secrets_are_not_in_the_history():
    member = a_case("sent").cast.worker
    member.user.set_password("en ganska lång mening som lösenord")
    member.user.save()

    assert not RowHistory.objects.filter(table_name="accounts_user", old__has_key="password").exists()


@pytest.mark.parametrize("role", EVERYBODY)
def test_no_role_reads_or_writes_the_history(role):
    with identity.becoming(role), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        RowHistory.objects.exists()
