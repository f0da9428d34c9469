"""From one address of a server to the addresses of the two roles; and what is said when they cannot be made."""

from __future__ import annotations

import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from launcher.database import role_addresses
from launcher.places import ROOT
from launcher.steps import Problem


@pytest.mark.parametrize(
    ("admin", "web"),
    [
        ("postgresql://postgres@127.0.0.1:5433/postgres", "postgresql://narvaro_web:s@127.0.0.1:5433/narvaro"),
        ("postgresql://u:p%40@db.example/x?sslmode=require", "postgresql://narvaro_web:s@db.example/x?sslmode=require"),
        ("postgres://u@[::1]:5432", "postgres://narvaro_web:s@[::1]:5432/narvaro"),
    ],
)
def test_roles_live_on_the_same_server(admin: str, web: str):
    found_web, found_owner, found_worker = role_addresses(admin, "s")

    assert found_web == web
    assert found_worker == web.replace("narvaro_web", "narvaro_worker")
    assert found_owner == web.replace("narvaro_web", "narvaro_owner")


def test_local_server_needs_no_password():
    web, *_others = role_addresses("postgresql://postgres@127.0.0.1:5433/postgres", None)

    assert web == "postgresql://narvaro_web@127.0.0.1:5433/narvaro"


def test_address_of_another_kind_is_refused():
    with pytest.raises(Problem, match="must look like postgresql://"):
        role_addresses("mysql://root@127.0.0.1/x", None)


def prepare(**environ: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "deploy/prepare_database.py"]
    kept = {name: value for name, value in os.environ.items() if name != "ADMIN_DATABASE_URL"}
    return subprocess.run(argv, cwd=ROOT, env={**kept, **environ}, capture_output=True, text=True, check=False)


def test_prepared_database_is_left_alone():
    done = prepare()

    assert (done.returncode, done.stderr) == (0, "")


def test_database_of_somebody_else_is_in_the_way():
    other = urlsplit(os.environ["OWNER_DATABASE_URL"])._replace(path="/postgres").geturl()

    done = prepare(OWNER_DATABASE_URL=other)

    assert done.returncode == 1
    assert done.stderr.startswith("the database postgres is in the way: narvaro_owner does not own it")
    assert done.stderr.count("\n") == 1


def test_role_without_the_right_cannot_make_roles():
    owner = urlsplit(os.environ["OWNER_DATABASE_URL"])
    nobody = owner._replace(netloc=owner.netloc.replace("narvaro_owner", "x_missing_role")).geturl()

    done = prepare(ADMIN_DATABASE_URL=os.environ["OWNER_DATABASE_URL"], OWNER_DATABASE_URL=nobody)

    assert done.returncode == 1
    assert "may not make our roles on that server" in done.stderr
    assert done.stderr.count("\n") == 1


def test_server_that_does_not_answer_is_said():
    done = prepare(OWNER_DATABASE_URL="postgresql://narvaro_owner@127.0.0.1:1/narvaro")

    assert done.returncode == 1
    assert done.stderr.startswith("the PostgreSQL server cannot be used:")
    assert "Traceback" not in done.stderr
