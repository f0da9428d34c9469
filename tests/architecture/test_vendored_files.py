"""Files that others wrote are exactly the ones that were fetched (scripts/vendor_designsystemet.py)."""

import hashlib
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[2] / "static" / "vendor"


def listed_sums(folder: Path) -> dict[str, str]:
    rows = [line.split() for line in (folder / "VERSIONS").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    return {name: checksum for checksum, name, *_ in rows}


def real_sums(folder: Path) -> dict[str, str]:
    files = [path for path in folder.iterdir() if path.name != "VERSIONS"]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_every_vendored_file_has_the_listed_checksum() -> None:
    folders = [versions.parent for versions in VENDOR.rglob("VERSIONS")]

    assert folders, "No vendored folder found."
    for folder in folders:
        assert real_sums(folder) == listed_sums(folder)


def test_no_vendored_file_is_outside_a_listed_folder() -> None:
    listed = {versions.parent for versions in VENDOR.rglob("VERSIONS")}

    strays = [path for path in VENDOR.rglob("*") if path.is_file() and path.parent not in listed]

    assert strays == []
