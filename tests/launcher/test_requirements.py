"""The lists of packages: hashed line by line, and without the address of any index."""

from __future__ import annotations

import re

import pytest

from launcher.places import ROOT

FOLDER = ROOT / "requirements"
PIN = re.compile(r"^[a-z0-9._-]+(\[[a-z0-9,._-]+\])?==\S+( ; .+?)?(?: \\)$", re.IGNORECASE)
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


@pytest.mark.parametrize("name", ["base.txt", "dev.txt"])
def test_every_package_is_pinned_and_hashed(name: str):
    lines = (FOLDER / name).read_text().splitlines()

    pins = [number for number, line in enumerate(lines) if PIN.match(line)]
    odd = [line for line in lines if not PIN.match(line) and not HASH.match(line)]

    assert len(pins) > 10
    assert odd == []
    assert [lines[number] for number in pins if not HASH.match(lines[number + 1])] == []


@pytest.mark.parametrize("name", ["base.in", "dev.in", "base.txt", "dev.txt"])
def test_no_list_names_a_host(name: str):
    text = (FOLDER / name).read_text()

    assert re.findall(r"https?:|--(?:extra-)?index-url|--find-links|--trusted-host|\bwww\.", text) == []


@pytest.mark.parametrize("name", ["base.in", "dev.in"])
def test_every_dependency_has_its_reason_beside_it(name: str):
    lines = (FOLDER / name).read_text().splitlines()

    assert [line for line in lines if line and not line.startswith(("#", "-r")) and " # " not in line] == []


def test_development_has_everything_that_a_server_has():
    base, dev = (
        set(re.findall(r"^(\S+==[^\s;]+)", (FOLDER / name).read_text(), re.M)) for name in ("base.txt", "dev.txt")
    )

    assert base - dev == set()


def test_server_does_not_get_the_young_database_wheel():
    assert "embedded" not in (FOLDER / "base.txt").read_text()
