"""Files and functions stay small enough to be read in one go."""

import ast
from collections.abc import Iterable
from pathlib import Path

from tests.architecture.sources import ROOT, app_files, functions, place, tree

LINES_OF_FILE = 400
LINES_OF_FUNCTION = 40


def long_files(files: Iterable[Path]) -> list[str]:
    """Return files with too many lines."""
    sizes = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    return [f"{file}: {lines} lines" for file, lines in sizes.items() if lines > LINES_OF_FILE]


def long_functions(module: ast.Module) -> list[tuple[ast.FunctionDef | ast.AsyncFunctionDef, int]]:
    """Return functions with too many lines, counted from `def`."""
    sizes = [(function, (function.end_lineno or 0) - function.lineno + 1) for function in functions(module)]
    return [(function, lines) for function, lines in sizes if lines > LINES_OF_FUNCTION]


def test_no_file_is_too_long():
    faults = long_files([*app_files("launcher", "bench", "drill"), *(ROOT / "tests").rglob("*.py")])

    assert not faults, "\n".join(faults)


def test_no_function_is_too_long():
    faults = [
        f"{place(file, function)} {function.name}: {lines} lines"
        for file in app_files("launcher")
        for function, lines in long_functions(tree(file))
    ]

    assert not faults, "\n".join(faults)


def test_too_long_is_found(tmp_path):
    file = tmp_path / "long.py"
    file.write_text("x = 1\n" * 401)
    body = "    x = 1\n"

    assert long_files([file]) == [f"{file}: 401 lines"]
    assert [lines for _, lines in long_functions(ast.parse(f"def f():\n{body * 40}"))] == [41]
    assert not long_functions(ast.parse(f"def f():\n{body * 39}"))
