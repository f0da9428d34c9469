"""Django's own check of a server's settings finds nothing."""

import json
import os
import subprocess
import sys

from tests.architecture.sources import ROOT

SERVER = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_",
    "ALLOWED_HOSTS": "narvaro.example",
    "DATABASE_URL": "postgresql://web@127.0.0.1:1/none",
}


def check(**changed):
    """Run `check --deploy` as on a server; nothing of the test's own settings is handed on."""
    environ = {"PATH": os.environ["PATH"], **SERVER, **changed}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level=WARNING"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
    )


def test_settings_of_a_server_have_no_issues():
    result = check()

    assert result.returncode == 0, result.stdout + result.stderr
    assert "no issues" in result.stdout


def test_weak_secret_is_found():
    result = check(SECRET_KEY="short")

    assert result.returncode != 0
    assert "security.W009" in result.stderr


def test_server_without_secret_does_not_start():
    environ = {key: value for key, value in SERVER.items() if key != "SECRET_KEY"}
    result = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
    )

    assert result.returncode != 0
    assert "SECRET_KEY" in result.stderr


def test_cookies_of_a_server_keep_to_its_host_and_out_of_scripts():
    words = "import json; from django.conf import settings as s; " + (
        "print(json.dumps([s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, "
        "s.SESSION_COOKIE_HTTPONLY, s.CSRF_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE, s.CSRF_COOKIE_SAMESITE, "
        "s.SESSION_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH, s.SECURE_HSTS_SECONDS, s.SECURE_CROSS_ORIGIN_OPENER_POLICY]))"
    )
    result = subprocess.run(
        [sys.executable, "-c", words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **SERVER},
        capture_output=True,
        text=True,
    )

    assert json.loads(result.stdout) == [
        "__Host-session", "__Host-csrf", True, True, True, True, "Lax", "Lax", None, "/", 31536000, "same-origin",
    ]  # fmt: skip


def test_a_server_writes_its_log_for_machines():
    words = "import django, logging, sys; django.setup(); logging.getLogger('narvaro').warning('%s rows', 3)"
    result = subprocess.run(
        [sys.executable, "-c", words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **SERVER},
        capture_output=True,
        text=True,
        check=True,
    )

    told = [json.loads(line) for line in result.stderr.splitlines()]
    assert [(line["logger"], line["said"]) for line in told] == [("narvaro", "3 rows")]
