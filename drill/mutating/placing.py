"""Puts a mutant in the place of a module that everything has imported already: its functions, and its constants."""

from __future__ import annotations

import ast
import gc
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from drill.mutating.mutation import Mutant, module_of

Function = ast.FunctionDef | ast.AsyncFunctionDef
CONSTANTS = (frozenset, set, tuple, dict, int, str)


class Place:
    """One loaded module of ours, whose functions get other code and whose constants other values."""

    def __init__(self, root: Path, file: str) -> None:
        self.file = file
        self.path = str(root / file)
        self.module = importlib.import_module(module_of(file))
        self.tree = ast.parse((root / file).read_text(encoding="utf-8"))
        self.functions = dict(_functions(self.tree, ""))
        self.live = self._live()
        self.plain = codes_of(self._compile(ast.unparse(self.tree)))

    def function_at(self, line: int) -> str | None:
        """Return the innermost function around a line; None for what runs when the module is imported."""
        around = [
            name for name, node in self.functions.items() if node.body[0].lineno <= line <= (node.end_lineno or 0)
        ]
        return around[-1] if around else None

    def put(self, mutant: Mutant) -> bool:
        """Let the mutant run from now on, in this process. Return False if its code is what was there before."""
        code = self._compile(mutant.text)
        for name, node in self.functions.items():
            if node.lineno <= mutant.line < node.body[0].lineno:
                return self._put_defaults(name, code)
        if self.function_at(mutant.line) is None:
            return self._put_constants(code)
        fresh = codes_of(code)
        changed = [name for name, one in fresh.items() if one != self.plain[name]]
        for name in changed:
            self._put_code(name, fresh[name])
        return bool(changed)

    def note_calls(self, reached: set[tuple[str, str]]) -> None:
        """Let every function put its own name into `reached` before it does anything else."""
        tree = ast.parse(ast.unparse(self.tree))
        for name, node in _functions(tree, ""):
            node.body[:0] = ast.parse(f"__reached__.add(({self.file!r}, {name!r}))").body
        vars(self.module)["__reached__"] = reached
        for name, code in codes_of(self._compile(ast.unparse(tree))).items():
            self._put_code(name, code)

    def _live(self) -> dict[str, list[FunctionType]]:
        """Return the functions that exist, also those that decorators have made, by the name of their code."""
        live: dict[str, list[FunctionType]] = {name: [] for name in self.functions}
        for one in gc.get_objects():
            if type(one) is FunctionType and one.__code__.co_filename == self.path:
                live.setdefault(one.__code__.co_qualname, []).append(one)
        return live

    def _put_code(self, name: str, code: CodeType) -> None:
        for function in self.live.get(name, []):
            function.__code__ = code

    def _put_defaults(self, name: str, code: CodeType) -> bool:
        """Run the module anew, and give the function what its arguments now are when nobody gives them."""
        fresh: dict[str, Any] = {"__name__": self.module.__name__, "__package__": self.module.__package__}
        exec(code, fresh)  # noqa: S102
        changed = False
        for function in self.live.get(name, []):
            told = fresh[name].__defaults__, fresh[name].__kwdefaults__
            changed |= told != (function.__defaults__, function.__kwdefaults__)
            function.__defaults__, function.__kwdefaults__ = told
        return changed

    def _put_constants(self, code: CodeType) -> bool:
        """Run the module anew, and where a constant became another, give the other to all who have imported it."""
        fresh: dict[str, Any] = {"__name__": self.module.__name__, "__package__": self.module.__package__}
        exec(code, fresh)  # noqa: S102
        changed = {
            name: value
            for name, value in fresh.items()
            if not name.startswith("__") and isinstance(value, CONSTANTS) and value != vars(self.module)[name]
        }
        for name, value in changed.items():
            before = vars(self.module)[name]
            for module in _loaded():
                if vars(module).get(name) is before:
                    setattr(module, name, value)
        return bool(changed)

    def _compile(self, text: str) -> CodeType:
        """Compile the module. What an inner function took from around it is named there still, though never reached."""
        tree = ast.parse(text)
        for name, node in _functions(tree, ""):
            free = {name for one in self.live.get(name, []) for name in one.__code__.co_freevars}
            node.body.extend(ast.parse("\n".join(sorted(free))).body)
        return compile(ast.fix_missing_locations(tree), self.path, "exec", dont_inherit=True)


def codes_of(code: CodeType) -> dict[str, CodeType]:
    """Return the functions inside compiled code, by name."""
    found: dict[str, CodeType] = {}
    for one in code.co_consts:
        if isinstance(one, CodeType):
            found |= {one.co_qualname: one, **codes_of(one)}
    return found


def _functions(node: ast.AST, inside: str) -> Iterator[tuple[str, Function]]:
    """Give the functions of a module with the names that Python gives them, the outer before the inner."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield inside + child.name, child
            yield from _functions(child, f"{inside}{child.name}.<locals>.")
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{inside}{child.name}.")
        else:
            yield from _functions(child, inside)


def _loaded() -> list[ModuleType]:
    return [module for module in list(sys.modules.values()) if type(module) is ModuleType]
