"""Small changes to code: what a developer in a hurry might have written instead."""

from __future__ import annotations

import ast
import copy
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType

LEFT_ALONE = {"annotation", "returns", "decorator_list", "bases"}
"""Fields of the tree that decide nothing here: types, decorators, and what a call names."""

OPPOSITES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
INSTEAD = {
    "READ": "CHANGE",
    "CHANGE": "DECIDE",
    "CREATE": "READ",
    "DECIDE": "CREATE",
    "GRANT": "READ",
    "LINKED": "SCHOOL",
    "SCHOOL": "UNIT",
    "UNIT": "SCHOOL",
    "OWN_TEAM": "UNIT",
    "OWN": "LINKED",
    "METADATA": "UNIT",
    "AGGREGATE": "METADATA",
    "ANSWERERS": "SCHOOL_WORKERS",
    "SCHOOL_WORKERS": "REGISTER",
    "REGISTER": "MEMBERS",
    "IMPORTERS": "REGISTER",
    "RECEIVERS": "CASE_READERS",
    "CASE_READERS": "MEMBERS",
    "OVERSEERS": "FIGURE_READERS",
    "FIGURE_READERS": "MEMBERS",
    "PEOPLE_KEEPERS": "MEMBERS",
    "MANAGERS": "PEOPLE_KEEPERS",
    "MEMBERS": "SIGNED_IN",
    "SIGNED_IN": "DEMO",
}
"""What a name is mistaken for: the next wider or nearer one."""

Put = Callable[[ast.AST], None]


@dataclass(frozen=True)
class Mutant:
    """One small change to one file: where, what, and the text that the file then has."""

    file: str
    line: int
    what: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.what}"


class Instead(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from the text of a mutant, and everything else as it is."""

    def __init__(self, file: str, text: str) -> None:
        self.name, self.file, self.text = module_of(file), file, text

    def install(self) -> None:
        """Come before every other way of importing. A module that is there already would never run as its mutant."""
        if self.name in sys.modules:
            raise RuntimeError(f"{self.name} is imported already: its mutant would never run")
        sys.meta_path.insert(0, self)

    def find_spec(self, fullname: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        """Claim the one module."""
        return importlib.util.spec_from_loader(fullname, self, origin=self.file) if fullname == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        """Run the mutant's text as the module."""
        exec(compile(self.text, self.file, "exec"), module.__dict__)  # noqa: S102


def module_of(file: str) -> str:
    """Return what a file is imported as."""
    return file.removesuffix(".py").replace("/", ".")


def mutants_of(file: str, source: str) -> Iterator[Mutant]:
    """Give every mutant of a file, the file itself changed anew for each."""
    tree = ast.parse(source)
    for line, what in _changes(tree):
        yield Mutant(file, line, what, ast.unparse(ast.fix_missing_locations(tree)))


def _changes(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Change the tree in one place after the other; each change is there while it is given, and undone after."""
    for parent in list(_deciding(tree)):
        for name, value in ast.iter_fields(parent):
            if name in LEFT_ALONE:
                continue
            for node, put in _places(parent, name, value):
                for what, other in _others(node):
                    put(other)
                    yield node.lineno, what
                    put(node)


def _deciding(node: ast.AST) -> Iterator[ast.AST]:
    """Give the nodes of a tree that decide something."""
    yield node
    for name, value in ast.iter_fields(node):
        if name not in LEFT_ALONE:
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _deciding(child)


def _places(parent: ast.AST, name: str, value: object) -> list[tuple[ast.expr | ast.Return, Put]]:
    """Return the expressions and answers of a field, each with what puts another in its place."""
    if isinstance(value, ast.expr):
        return [(value, lambda other: setattr(parent, name, other))]
    if not isinstance(value, list):
        return []
    nodes = [(place, node) for place, node in enumerate(value) if isinstance(node, ast.expr | ast.Return)]
    return [(node, lambda other, place=place: value.__setitem__(place, other)) for place, node in nodes]  # type: ignore[misc]


def _others(node: ast.expr | ast.Return) -> Iterator[tuple[str, ast.AST]]:
    """Give what a node could be instead."""
    text = ast.unparse(node).replace("\n", " ")[:70]
    if isinstance(node, ast.Compare) and type(node.ops[0]) in OPPOSITES:
        turned = copy.deepcopy(node)
        turned.ops[0] = OPPOSITES[type(node.ops[0])]()
        yield f"comparison turned: {text}", turned
    elif isinstance(node, ast.BoolOp):
        yield from _of_conditions(node, text)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield f"not dropped: {text}", node.operand
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.BitAnd | ast.Sub):
        yield f"right half dropped: {text}", node.left
        yield f"left half dropped: {text}", node.right
    elif isinstance(node, ast.Set | ast.Dict):
        yield from _of_members(node, text)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool | int):
        other = not node.value if isinstance(node.value, bool) else node.value + 1
        yield f"{node.value} became {other}", ast.Constant(other)
    elif isinstance(node, ast.Name) and node.id in INSTEAD and isinstance(node.ctx, ast.Load):
        yield f"{node.id} became {INSTEAD[node.id]}", ast.Name(INSTEAD[node.id], ast.Load())
    elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Action":
        yield f"{text} became Action.{INSTEAD[node.attr]}", ast.Attribute(node.value, INSTEAD[node.attr], node.ctx)
    elif isinstance(node, ast.Return) and node.value is not None:
        for answer in (True, False):
            yield f"always {answer}: {text}", ast.Return(ast.Constant(answer))


def _of_conditions(node: ast.BoolOp, text: str) -> Iterator[tuple[str, ast.AST]]:
    other = copy.deepcopy(node)
    other.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield f"and/or changed: {text}", other
    for place in range(len(node.values)):
        kept = [part for number, part in enumerate(node.values) if number != place]
        yield f"condition {place + 1} dropped: {text}", ast.BoolOp(node.op, kept) if len(kept) > 1 else kept[0]


def _of_members(node: ast.Set | ast.Dict, text: str) -> Iterator[tuple[str, ast.AST]]:
    members = node.elts if isinstance(node, ast.Set) else node.keys
    for place, member in enumerate(members):
        other = copy.deepcopy(node)
        if isinstance(other, ast.Set):
            del other.elts[place]
            if not other.elts:
                continue
        else:
            del other.keys[place], other.values[place]
        yield f"{ast.unparse(member) if member else '**'} dropped: {text}", other
