"""Runs every command of docker-compose.yml in its order and with its settings, without containers."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import closing

import yaml

from bench.report import Report
from launcher.binaries import choose_binaries
from launcher.places import ROOT, STATE
from launcher.postgres import Cluster, free_port, running
from launcher.steps import end

OWN_DEMO_CITY = True
SITE = "narvarobryggan.example.org"
SECRETS = {
    "SITE": SITE,
    "SECRET_KEY": "k" * 60,
    "PASSWORD_PEPPER": "p" * 48,
    "ENCRYPTION_KEYS": "e" * 48,
    "ADMIN_PASSWORD": "a1",
    "OWNER_PASSWORD": "o1",
    "WEB_PASSWORD": "w1",
    "WORKER_PASSWORD": "r1",
    "LOG_ANCHOR_KEY": "l" * 48,
    "RETENTION_KEY": "d" * 48,
}
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
# The second time is the next start of the same server: nothing may break or change.
STEPS = ("roles", "migrate", "registers", "retention") * 2
SECONDS_TO_ANSWER = 20
LOG = STATE / "drill-compose.log"


def environ_of(service: str, database_port: int) -> dict[str, str]:
    """Return the environment that Compose gives a service, and nothing else but where programs are found."""
    given = {name: filled(value, database_port) for name, value in SERVICES[service]["environment"].items()}
    return {"PATH": os.environ["PATH"], **given}


def filled(value: str, database_port: int) -> str:
    """Fill in the secrets as Compose does, and let the database's name lead to ours."""
    value = re.sub(r"\$\{(\w+)(:\?[^}]*)?\}", lambda found: SECRETS[found[1]], value)
    return value.replace("@database/", f"@127.0.0.1:{database_port}/")


def web_command(port: int) -> list[str]:
    """Return the command at the end of the Dockerfile, listening on another port."""
    command = re.search(r"^CMD (\[.*?\])$", (ROOT / "Dockerfile").read_text().replace("\\\n", ""), re.M)
    assert command, "the Dockerfile ends in a command"
    return [part.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for part in json.loads(command[1])]


def start(command: list[str], environ: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a service's command with this environment's Python; what it prints is kept in a file."""
    with LOG.open("ab") as log:
        return subprocess.Popen([sys.executable, *command[1:]], cwd=ROOT, env=environ, stdout=log, stderr=log)


def answer(port: int, headers: dict[str, str]) -> int:
    """Return the status of `/livez/`, waiting until there is an answer."""
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while time.monotonic() < deadline:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
                connection.request("GET", "/livez/", headers=headers)
                return connection.getresponse().status
        except OSError:
            time.sleep(0.2)
    return 0


def rehearse(report: Report, cluster: Cluster) -> None:
    """Run the steps, then the web server and the worker side by side."""
    for step in STEPS:
        code = start(SERVICES[step]["command"], environ_of(step, cluster.port())).wait()
        report.figure(f"{step}: exit code", code, "", "== 0")
    port = free_port(0)
    web = start(web_command(port), environ_of("web", cluster.port()))
    worker = start(SERVICES["worker"]["command"], environ_of("worker", cluster.port()))
    try:
        report.figure(
            "web behind TLS: status", answer(port, {"Host": SITE, "X-Forwarded-Proto": "https"}), "", "== 200"
        )
        report.figure("web without TLS: status", answer(port, {"Host": SITE}), "", "== 301")
        report.figure(
            "web under another name: status", answer(port, {"Host": "x", "X-Forwarded-Proto": "https"}), "", "== 400"
        )
        report.figure("worker still runs", int(worker.poll() is None), "", "== 1")
    finally:
        end(web)
        end(worker)
    report.figure("web ended in order: exit code", web.returncode, "", "== 0")
    report.figure("worker ended in order: exit code", worker.returncode, "", "== 0")


def main() -> None:
    """Rehearse on an empty database server."""
    report = Report()
    LOG.unlink(missing_ok=True)
    cluster = Cluster(choose_binaries(os.environ), "drill-compose", durable=False)
    shutil.rmtree(STATE / "postgres" / cluster.footing.home.name / "data", ignore_errors=True)
    with running(cluster):
        collect = ["python", "manage.py", "collectstatic", "--no-input", "--verbosity=0"]
        code = start(collect, environ_of("web", cluster.port())).wait()
        report.figure("collectstatic: exit code", code, "", "== 0")
        rehearse(report, cluster)
    report.exit()


if __name__ == "__main__":
    main()
