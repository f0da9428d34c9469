"""No name, number or word about a child reaches the program's output, mails, error pages or the database's log (G23).

Every page is made to fail with what it has fetched and what was typed in the error's words, its arguments and a local
variable; then with a row that the database refuses, which it repeats whole; then with a value that it repeats.
"""

from __future__ import annotations

import logging
import logging.config
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.base import BaseHandler
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.permissions.pages import PAGES, Anybody, Everyone
from config.logs import WithoutContent
from launcher.places import ROOT
from schools.models import PupilIdentifier
from tests.architecture.addresses import Page, all_pages
from tests.wall.crawl import SKIPPED, addresses_of, signed_in
from tests.wall.world import World, make_world

pytestmark = pytest.mark.django_db
NUMBER, TYPED = "201305052386", "Kanarie999999"
CANARIES = ("kanarie", NUMBER, "20130505-2386")
FIELDS = (
    "q", "number", "key", "login", "given_name", "family_name", "email", "text", "words", "reason", "note", "title",
    "why_now", "help_wanted", "answer", "rationale", "advice", "task", "final_word", "reply", "content", "comment",
)  # fmt: skip
REFUSED = "CREATE TEMPORARY TABLE refused (name text CONSTRAINT once UNIQUE)"
POSTGRES_LOG = os.environ.get("NB_POSTGRES_LOG", "")


class Unexpected(Exception):
    """Something nobody foresaw, with what was being read in its words."""


class Failing:
    """Lets every view work and then fail in one way; counts the failures that had a canary of the world in them."""

    def __init__(self, world: World, way: str) -> None:
        self.world, self.way = world, way
        self.failures = self.with_content = 0

    def view(self, handler: Any, view: Any) -> Any:
        """Stand in for BaseHandler.make_view_atomic."""

        def broken(request: Any, *arguments: Any, **named: Any) -> Any:
            pupil, cause = f"{TYPED} {NUMBER} {request.POST.dict()}", None
            try:
                response = view(request, *arguments, **named)
                pupil += response.content.decode(errors="replace")
            except Exception as error:
                cause = error
            self.failures += 1
            self.with_content += bool(self.world.seen_in(pupil))
            getattr(self, self.way)(pupil, cause)

        return broken

    def words(self, pupil: str, cause: Exception | None) -> None:
        """Fail with the page in the error's words and arguments, and in those of the error it came of."""
        try:
            int(pupil)
        except ValueError:
            raise Unexpected(pupil, {"pupil": pupil}) from cause

    def refused_row(self, pupil: str, cause: Exception | None) -> None:
        """Fail with a row that stands already, in a table without policies: there the database repeats it."""
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            cursor.execute(REFUSED)
            cursor.execute("INSERT INTO refused VALUES (%(name)s), (%(name)s)", {"name": pupil[:500]})

    def wrong_value(self, pupil: str, cause: Exception | None) -> None:
        """Fail with a value of the wrong kind: the database repeats that too."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::uuid", [pupil])


@contextmanager
def output() -> Iterator[list[str]]:
    """Catch what the process writes to its standard output and error, by whatever handler; the list gets it."""
    caught: list[str] = []
    handlers, levels = logging.root.handlers[:], logging.root.level
    kept = [os.dup(1), os.dup(2)]
    streams = sys.stdout, sys.stderr
    with tempfile.TemporaryFile() as file:
        for number in (1, 2):
            os.dup2(file.fileno(), number)
        sys.stdout, sys.stderr = (os.fdopen(number, "w", closefd=False, encoding="utf-8") for number in (1, 2))
        try:
            logging.config.dictConfig(settings.LOGGING)
            yield caught
        finally:
            sys.stdout.close()
            sys.stderr.close()
            sys.stdout, sys.stderr = streams
            for number, old in zip((1, 2), kept, strict=True):
                os.dup2(old, number)
                os.close(old)
            logging.root.handlers, logging.root.level = handlers, levels
            file.seek(0)
            caught.append(file.read().decode(errors="replace"))


@pytest.fixture(scope="module")
def world_for_all(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Make the world once; each test works in a transaction within this one, and all is undone at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(world_for_all: World, db: None) -> World:
    return world_for_all


@pytest.fixture
def postgres_log() -> Callable[[], str]:
    """Return a way to read what has been written in the server's own log since the test began."""
    if not POSTGRES_LOG:
        pytest.skip("the database is somebody else's server; its log is not ours to read")
    file = Path(POSTGRES_LOG)
    start = file.stat().st_size
    return lambda: file.read_bytes()[start:].decode(errors="replace")


def reader_of(page: Page, method: str, world: World) -> Client:
    """Return the browser of somebody who may send `method` there, or of nobody where anybody may."""
    opens = PAGES[page.name][method]
    if isinstance(opens, Anybody):
        return Client(raise_request_exception=False)
    names = ("counsellor_1", "principal_1", "worker_1", "head_1", "log_auditor", "system_admin", "coordinator_1")
    people = [*(world.people[name] for name in names), *world.people.values()]
    return signed_in(next(one for one in people if isinstance(opens, Everyone) or one.role in opens))


def drive(world: World, names: frozenset[str] = frozenset()) -> list[tuple[int, str]]:
    """Send every page, or those named, what it takes, as somebody whom the gate lets in; return the answers."""
    answers = []
    for page in all_pages():
        if page.name in SKIPPED or (names and page.name not in names):
            continue
        for method in PAGES[page.name]:
            client = reader_of(page, method, world)
            answers += [send(client, method, address) for address in addresses_of(page, 1) or [page.path]]
    return answers


def send(client: Client, method: str, address: str) -> tuple[int, str]:
    """Ask for a page, or send it a form full of canaries and a file; return the answer with its headers."""
    if method == "GET":
        response = client.get(f"{address}{'&' if '?' in address else '?'}q={TYPED}")
    else:
        typed = dict.fromkeys(FIELDS, f"{TYPED} {NUMBER}")
        file = SimpleUploadedFile(f"{TYPED}.csv", f"{TYPED};{NUMBER}".encode())
        response = client.post(address, {**typed, "file": file})
    return response.status_code, response.content.decode(errors="replace") + str(response.headers)


@contextmanager
def every_page_fails(world: World, way: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Failing]:
    """Let every view do its work and then fail in one way."""
    failing = Failing(world, way)
    with monkeypatch.context() as patch:
        patch.setattr(BaseHandler, "make_view_atomic", lambda self, view: failing.view(self, view))
        yield failing


def odd_requests() -> None:
    """Ask in ways that Django itself complains of in the log: no such page, no token, a host that is not ours."""
    client = Client(raise_request_exception=False)
    client.get(f"/pupils/{TYPED}/{NUMBER}/?q={TYPED}")
    client.get("/help/", HTTP_HOST=f"{TYPED}.example")
    Client(enforce_csrf_checks=True).post(f"/sign-in/?q={TYPED}", {"login": TYPED})
    client.generic("PUT", f"/sign-in/?q={TYPED}")
    logging.getLogger("elsewhere").error(f"read {TYPED}")
    logging.getLogger("elsewhere").error("read %s", TYPED)
    logging.getLogger("elsewhere").error("read %(pupil)s and %(more)s", {"pupil": TYPED})
    logging.getLogger("elsewhere").warning("read %d", TYPED)
    print(end="")


def found_in(text: str) -> list[str]:
    """Return lines with a canary."""
    return [line for line in text.splitlines() if any(canary in line.casefold() for canary in CANARIES)]


@pytest.mark.parametrize("way", ["words", "refused_row", "wrong_value"])
def test_no_canary_reaches_output_pages_mail_or_the_databases_log(world, monkeypatch, settings, postgres_log, way):
    settings.ADMINS = [("Operator", "operator@example.com")]
    with output() as written, every_page_fails(world, way, monkeypatch) as failing:
        answers = drive(world)
        odd_requests()

    (program,) = written
    errors = [text for status, text in answers if status == 500]
    assert len(errors) == failing.failures > 140
    assert program.count("[500]") >= failing.failures
    assert failing.with_content > 15
    for place in (program, postgres_log(), *errors):
        assert not found_in(place), found_in(place)[:5]
    assert not mail.outbox, [(message.subject, message.to) for message in mail.outbox]
    codes = {"refused_row": "psycopg.errors.UniqueViolation 23505 refused once", "wrong_value": "22P02"}
    assert codes.get(way, "Unexpected") in program


def test_pages_that_work_write_no_canary_and_neither_do_their_mails(
    world, postgres_log, django_capture_on_commit_callbacks
):
    with output() as written, django_capture_on_commit_callbacks(execute=True):
        answers = drive(world)

    assert sum(status < 400 for status, _text in answers) > 60
    for place in (written[0], postgres_log(), *(message.message().as_string() for message in mail.outbox)):
        assert not found_in(place), found_in(place)[:5]


def test_with_the_filter_removed_the_same_drive_shows_canaries(world, monkeypatch):
    """The control: the errors do carry them, and the capture is not blind."""
    monkeypatch.setattr(WithoutContent, "format", lambda self, record: logging.Formatter().format(record))
    with output() as written, every_page_fails(world, "words", monkeypatch):
        drive(world, frozenset({"cases:case_detail", "attendance:pupil_detail"}))
        odd_requests()

    assert len(found_in(written[0])) > 6
    assert world.seen_in(written[0])


def as_the_servers_owner(*settings_of_session: str) -> None:
    """Let the server refuse a row and a value as its own superuser, with these settings."""
    place = connection.settings_dict
    with psycopg.connect(
        host=place["HOST"], port=place["PORT"], user="postgres", dbname="postgres", autocommit=True
    ) as admin:
        for statement in settings_of_session:
            admin.execute(statement)
        cursor = psycopg.ClientCursor(admin)
        cursor.execute(REFUSED)
        with pytest.raises(psycopg.errors.UniqueViolation, match=TYPED):
            cursor.execute("INSERT INTO refused VALUES (%(name)s), (%(name)s)", {"name": TYPED})
        with pytest.raises(psycopg.errors.InvalidTextRepresentation, match=TYPED):
            cursor.execute("SELECT %s::uuid", [TYPED])


def test_the_servers_own_settings_keep_the_log_quiet_for_whoever_connects(postgres_log):
    as_the_servers_owner()

    assert not found_in(postgres_log())


def test_with_usual_settings_the_servers_log_would_have_held_the_row(postgres_log):
    """The control: the log is the right file, and what is refused does go there unless told not to."""
    as_the_servers_owner(
        "SET log_min_messages = 'warning'",
        "SET log_min_error_statement = 'error'",
        "SET log_error_verbosity = 'default'",
    )

    assert len(found_in(postgres_log())) >= 4


def test_every_login_of_ours_is_quiet_in_the_database_itself():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('log_min_messages'), current_setting('log_min_error_statement')")
        assert cursor.fetchone() == ("log", "panic")


def test_a_command_that_ends_in_an_error_says_where_and_not_what():
    code = (
        "import sys, config.logs; sys.excepthook = config.logs.hook\n"
        "def read(pupil):\n    raise ValueError(f'no {pupil}')\n"
        f"try:\n    read('{TYPED}')\nexcept ValueError as error:\n    raise KeyError('{TYPED}') from error\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "builtins.ValueError" in done.stderr
    assert "builtins.KeyError" in done.stderr
    assert not found_in(done.stderr + done.stdout)


def test_no_handler_anywhere_writes_in_another_way():
    with output():
        loggers = [logging.root, *(one for one in logging.root.manager.loggerDict.values() if hasattr(one, "handlers"))]
        handlers = [handler for logger in loggers for handler in logger.handlers]

    told = [one for one in handlers if not isinstance(one, logging.NullHandler)]
    assert told
    assert all(isinstance(one.formatter, WithoutContent) for one in told), told


def test_a_row_that_the_wall_guards_is_not_repeated_at_all(world):
    """Policies make the database keep quiet to the client too; what a wrong value is, it always says."""
    known = PupilIdentifier.objects.filter(kind="personal_number", valid_to=None).first()

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        PupilIdentifier.objects.create(
            pupil=known.pupil, kind=known.kind, value=known.value, valid_from=known.valid_from
        )
    assert known.value not in str(refused.value)
