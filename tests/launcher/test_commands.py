"""What `dev.py` says and how it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from launcher.environment import wanted_stamp
from launcher.measures import listing, run_measures, verdict, wants_demo_city
from launcher.places import ROOT
from launcher.serving import chosen_port, is_older
from launcher.steps import Problem


def dev(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "dev.py", *arguments]
    return subprocess.run(argv, cwd=ROOT, env={**os.environ, **environ}, capture_output=True, text=True, check=False)


def test_port_in_use_is_said_in_one_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        done = dev("run", PORT=str(port))

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(f"dev.py: port {port} on 127.0.0.1 is in use by another program; stop that one, or ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("words", ["0", "65536", "http", "-1", ""])
def test_port_that_is_none_is_refused(words: str):
    with pytest.raises(Problem, match="PORT must be a number"):
        chosen_port(words)


def test_unknown_command_shows_the_commands():
    done = dev("serve")

    assert done.returncode == 2
    assert "  run  " in done.stdout


@pytest.mark.parametrize("kind", ["bench", "drill"])
def test_measures_are_listed_with_the_name_first(kind: str):
    done = dev(kind)

    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert [line.split()[0] for line in lines] == sorted(listing(ROOT / kind))
    assert all(len(line.split(maxsplit=1)) == 2 for line in lines), "each has a docstring"


def test_unknown_measure_is_said_in_one_sentence():
    done = dev("bench", "nothing")

    assert done.returncode == 1
    assert done.stderr.startswith("dev.py: there is no bench named nothing")


def test_listing_leaves_out_what_measures_nothing(tmp_path: Path):
    (tmp_path / "report.py").write_text('"""The form."""')
    (tmp_path / "pages.py").write_text('"""How fast pages are.\n\nMore words."""')

    assert listing(tmp_path) == {"pages": "How fast pages are."}


def test_a_measure_may_have_its_own_demo_city(tmp_path: Path):
    (tmp_path / "one.py").write_text("OWN_DEMO_CITY = True\n")
    (tmp_path / "two.py").write_text("import os\n")

    assert not wants_demo_city(tmp_path / "one.py")
    assert wants_demo_city(tmp_path / "two.py")


OK = json.dumps({"name": "a", "value": 1, "unit": "s", "limit": "<= 2", "ok": True})
NOT_OK = json.dumps({"name": "b", "value": 3, "unit": "s", "limit": "<= 2", "ok": False})


@pytest.mark.parametrize(
    ("lines", "ends_with", "expected"),
    [
        ([OK, OK], 0, 0),
        ([OK, NOT_OK], 0, 1),
        ([], 0, 1),
        (["words"], 0, 1),
        ([OK], 3, 3),
        (["words", OK], 0, 0),
    ],
)
def test_measures_are_ok_only_when_all_are(lines: list[str], ends_with: int, expected: int):
    program = f"import sys\nfor line in {lines!r}: print(line)\nsys.exit({ends_with})"

    assert run_measures([sys.executable, "-c", program], dict(os.environ)) == expected


def test_a_line_that_is_no_figure_says_nothing():
    assert verdict("12") == []
    assert verdict('{"name": "a"}') == []


def test_environment_is_made_anew_for_another_list_python_or_folder():
    first = wanted_stamp(b"a==1", "3.11.2", Path("/one/.venv"))

    assert first == wanted_stamp(b"a==1", "3.11.2", Path("/one/.venv"))
    assert first != wanted_stamp(b"a==2", "3.11.2", Path("/one/.venv"))
    assert first != wanted_stamp(b"a==1", "3.12.0", Path("/one/.venv"))
    assert first != wanted_stamp(b"a==1", "3.11.2", Path("/two/.venv"))


def test_words_are_compiled_when_they_are_newer(tmp_path: Path):
    source, made = tmp_path / "django.po", tmp_path / "django.mo"
    source.touch()

    assert is_older(made, source)
    made.touch()
    os.utime(source, (1, 1))
    assert not is_older(made, source)


def test_dev_py_is_readable_by_an_old_python():
    text = (ROOT / "dev.py").read_text()

    assert 'f"' not in text
    assert text.index("sys.version_info < (3, 11)") < text.index("from launcher")


def test_servers_end_when_whoever_started_them_is_killed(tmp_path: Path):
    said = tmp_path / "pid"
    sleeper = f"import os, time, pathlib; pathlib.Path({str(said)!r}).write_text(str(os.getpid())); time.sleep(60)"
    starter = (
        "import json, subprocess, sys, time\n"
        f"command = json.dumps([['sleeper', sys.executable, '-c', {sleeper!r}]])\n"
        "subprocess.Popen([sys.executable, '-m', 'launcher.guard', command], stdin=subprocess.PIPE)\n"
        "time.sleep(60)"
    )
    killed = subprocess.Popen([sys.executable, "-c", starter], cwd=ROOT)
    wait_until(said.exists)
    time.sleep(0.1)
    pid = int(said.read_text())

    killed.send_signal(signal.SIGKILL)
    killed.wait()

    wait_until(lambda: not is_running(pid))


def test_one_server_that_ends_takes_the_others_with_it(tmp_path: Path):
    said = tmp_path / "pid"
    sleeper = f"import os, time, pathlib; pathlib.Path({str(said)!r}).write_text(str(os.getpid())); time.sleep(60)"
    short = (
        f"import time, pathlib\nwhile not pathlib.Path({str(said)!r}).exists(): time.sleep(0.05)\nraise SystemExit(3)"
    )
    commands = json.dumps([["sleeper", sys.executable, "-c", sleeper], ["short one", sys.executable, "-c", short]])

    with subprocess.Popen(
        [sys.executable, "-m", "launcher.guard", commands],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as guard:
        guard.wait(timeout=20)
        assert guard.stderr
        assert "The short one ended by itself with exit code 3." in guard.stderr.read()

    assert guard.returncode == 70
    wait_until(lambda: not is_running(int(said.read_text())))


def wait_until(true, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
