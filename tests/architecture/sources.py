"""The project's own Python files, read as syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = sorted(file.parent.name for file in ROOT.glob("*/apps.py"))


def app_files(*more: str) -> list[Path]:
    """Return the apps' Python files and those of the folders named, without migrations."""
    folders = [ROOT / name for name in (*APPS, "config", *more)]
    files = [file for folder in folders for file in folder.rglob("*.py") if "migrations" not in file.parts]
    assert len(files) > 50, "the apps have moved; tell this module where"
    return sorted(files)


def view_files() -> list[Path]:
    """Return the files that hold views: modules and packages whose name says so."""
    return [file for file in app_files() if "views" in file.stem or file.parent.name == "views"]


def tree(file: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(file.read_text(encoding="utf-8"))


def place(file: Path, node: ast.AST) -> str:
    """Return where something stands, as file:line."""
    return f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def functions(module: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Give every function and method of a module."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def dotted(node: ast.AST) -> str:
    """Return a name such as `django.dispatch.receiver` from its syntax, or nothing for other things."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""
