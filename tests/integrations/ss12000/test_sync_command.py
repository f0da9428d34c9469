"""The command reads with the import's own rights and tells a program how it went; a source is read once at a time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from integrations.ss12000.models import SourceSecret, SyncRun
from integrations.ss12000.runs import AlreadyRunning, only_one
from integrations.ss12000.signing_in import seal
from integrations.ss12000.sync_register import answer_comparison
from integrations.ss12000.tasks import carry_out, read_school
from schools.models import Pupil
from tests.factories.attendance import ThresholdRuleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def entered(place, source):
    """Return the source as an administrator has entered it, with its secret."""
    kept = place.source
    kept.address, kept.sign_in, kept.client_id = source.address, "oauth", "us"
    kept.token_address = source.address.replace("/v2.0", "/token")
    kept.save()
    SourceSecret.objects.create(
        source=kept, kind="secret", sealed=seal("secret", kept.hosts), hosts=kept.hosts, set_at=timezone.now()
    )
    ThresholdRuleFactory()
    return kept


def run(capsys, *arguments):
    """Return the exit code and what was printed as JSON."""
    try:
        call_command("sync_ss12000", *arguments)
        code = 0
    except SystemExit as ended:
        code = ended.code
    return code, json.loads(capsys.readouterr().out)


def test_the_register_waits_and_the_absence_is_told_to_come_later(entered, capsys):
    code, told = run(capsys, "Elevregistret")

    assert code == 2
    statuses = {one["kind"]: (one["status"], one["exit_code"]) for one in told["runs"]}
    assert statuses == {"register": ("waiting", 1), "absence": ("failed", 2)}
    assert told["runs"][0]["counts"]["new_pupil"] == 6
    assert "Elev0" not in json.dumps(told)


def test_everything_is_done_with_the_rights_of_the_job_alone(entered, place, principal, data, capsys):
    """What the database lets the job do is enough, from the first reading to the absence."""
    assert run(capsys, "Elevregistret", "--only", "register")[0] == 1
    diff = place.diffs.get(status="waiting")
    answer_comparison(diff, kinds=list(diff.counts), ends_confirmed=False, by=principal, at=timezone.now())
    carry_out(str(diff.pk))
    assert Pupil.objects.count() == 6
    today = timezone.localdate()
    lesson = data.add_lesson("Musik", f"{today}T08:00:00+01:00", f"{today}T09:00:00+01:00")
    data.report(lesson, data.lists["persons"][0], 0, invalid=60)
    data.lists["persons"][0]["familyName"] = "Nynamn"
    data.leave(data.lists["persons"][2], on=str(today), at=timezone.now())

    code, told = run(capsys, "Elevregistret", "--full")

    assert [one["status"] for one in told["runs"]] == ["done", "done"], told
    assert code == 0
    assert Pupil.objects.get(given_name="Elev000").family_name == "Nynamn"


def test_a_dry_run_stores_nothing(entered, capsys):
    code, told = run(capsys, "Elevregistret", "--only", "register", "--dry-run")

    assert (code, told["runs"][0]["counts"]["new_pupil"]) == (0, 6)
    assert not entered.schools.get().diffs.exists()


@pytest.mark.parametrize("name", ["Ingen", "00000000-0000-4000-8000-000000000000"])
def test_no_such_source_is_exit_code_3(db, name):
    with pytest.raises(CommandError) as raised:
        call_command("sync_ss12000", name)
    assert raised.value.returncode == 3


def test_no_such_school_is_exit_code_3(entered):
    with pytest.raises(CommandError) as raised:
        call_command("sync_ss12000", str(entered.pk), "--school", "00000001")
    assert raised.value.returncode == 3


def test_a_cut_connection_is_exit_code_4_and_a_wrong_secret_2(entered, how, capsys, monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    how.dies_after = 3
    code, told = run(capsys, "Elevregistret", "--only", "register")
    assert (code, told["runs"][0]["failure"]) == (4, "cut_off")

    how.dies_after = 0
    entered.secrets.update(sealed=seal("wrong", entered.hosts))
    code, told = run(capsys, "Elevregistret", "--only", "register")
    assert (code, told["runs"][0]["failure"]) == (2, "no_token")


def test_a_secret_of_another_host_is_not_sent(entered, source, capsys):
    entered.address = source.address.replace("127.0.0.1", "localhost")
    entered.save()

    code, told = run(capsys, "Elevregistret", "--only", "register")

    assert (code, told["runs"][0]["failure"]) == (2, "secret_unreadable")
    assert source.requests == []


def test_a_run_that_was_stopped_is_tried_again_in_a_while(entered, place, how, monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    how.dies_after = 3

    read_school(place.pk, "register")

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'integrations.read_school'")
        assert cursor.fetchone()[0] == 1


@pytest.mark.django_db(transaction=True)
def test_a_source_is_read_by_one_at_a_time():
    source_id, entered, leave = uuid4(), threading.Event(), threading.Event()

    def hold():
        try:
            with only_one(source_id):
                entered.set()
                leave.wait(10)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    entered.wait(10)
    with pytest.raises(AlreadyRunning), only_one(source_id):
        pass
    leave.set()
    holder.join()
    with only_one(source_id), transaction.atomic():
        pass


@pytest.mark.django_db(transaction=True)
def test_a_killed_process_leaves_no_lock_and_the_next_goes_on(entered, how, capsys):
    """SIGKILL, in the middle of a reading, five times; then once in peace."""
    how.page_size = 1
    database = connection.settings_dict
    address = f"postgresql://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    environ = os.environ | {"OWNER_DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    command = [sys.executable, "manage.py", "sync_ss12000", "Elevregistret", "--only", "register"]
    for _ in range(3):
        process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environ, stdout=subprocess.DEVNULL)
        before = SyncRun.objects.filter(status="running").count()
        until = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < until:
            run_now = SyncRun.objects.first()
            if run_now and run_now.cursor.get("done", []) and run_now.cursor != before:
                break
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()

    code, told = run(capsys, "Elevregistret", "--only", "register")

    assert (code, told["runs"][0]["counts"]["new_pupil"]) == (1, 6)
