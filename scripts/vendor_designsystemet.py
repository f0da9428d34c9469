"""Fetch one version of Designsystemet into static/vendor; run by hand when upgrading, never at run or install time.

Usage: python3 scripts/vendor_designsystemet.py 1.22.0

Needs npm. Afterwards: change the version in templates/base.html, look at every page, and delete the old folder.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor" / "designsystemet"

# What the pages need: (package, path in the package, name here).
FILES = [
    ("css", "dist/src/index.css", "designsystemet.css"),
    ("css", "dist/theme/designsystemet.css", "theme.css"),
    ("css", "LICENSE", "LICENSE"),
    ("web", "dist/umd/index.js", "designsystemet.js"),
]


def fetch(package: str, version: str, folder: Path) -> Path:
    """Download and unpack one package; returns the folder that holds its files."""
    name = f"@digdir/designsystemet-{package}@{version}"
    packed = subprocess.run(["npm", "pack", "--silent", name], cwd=folder, check=True, capture_output=True, text=True)
    unpacked = folder / package
    with tarfile.open(folder / packed.stdout.strip().splitlines()[-1]) as archive:
        archive.extractall(unpacked, filter="data")
    return unpacked / "package"


def sha256(path: Path) -> str:
    """Return the checksum of a file as hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def without_source_map(path: Path) -> None:
    """Drop the pointer to a source map that is not copied; the manifest storage refuses links to missing files."""
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(line for line in lines if b"sourceMappingURL=" not in line or len(line) > 500))


def vendor(version: str) -> None:
    """Copy the files of one version and write VERSIONS with their checksums."""
    target = VENDOR / version
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        packages = {package: fetch(package, version, Path(temporary)) for package in ("css", "web")}
        for package, source, name in FILES:
            shutil.copyfile(packages[package] / source, target / name)
    without_source_map(target / "designsystemet.js")
    rows = [
        f"{sha256(target / name)}  {name}  @digdir/designsystemet-{package} {source}" for package, source, name in FILES
    ]
    header = f"# Designsystemet {version}, MIT. sha256, file here, where it came from."
    (target / "VERSIONS").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


def main() -> int:
    """Run the script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("version")
    vendor(parser.parse_args().version)
    return 0


if __name__ == "__main__":
    sys.exit(main())
