"""Changes the permission code a little at a time, and looks whether the permission tests notice (G9)."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

from launcher.places import ROOT

OWN_DEMO_CITY = True
MUTATED = (
    "accounts/permissions/pages.py",
    "accounts/permissions/objects.py",
    "accounts/permissions/rules.py",
    "accounts/permissions/verdicts.py",
    "accounts/permissions/words.py",
    "accounts/gate.py",
    "accounts/access.py",
    "attendance/access.py",
    "cases/access.py",
    "schools/access.py",
    "integrations/access.py",
)
"""What says who may do what."""
EXPLAINED = ROOT / "docs" / "security" / "mutants.toml"
KILLED, SURVIVED, BROKEN = "killed", "survived", "broken"
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


class Mutant:
    """One small change to one file: where, what, and the text that the file then has."""

    def __init__(self, file: str, line: int, what: str, text: str) -> None:
        self.file, self.line, self.what, self.text = file, line, what, text

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.what}"


def mutants_of(file: str, source: str) -> Iterator[Mutant]:
    """Give every mutant of a file. Docstrings, types and words are left alone: they decide nothing."""
    count = sum(1 for _ in changes(ast.parse(source)))
    for place in range(count):
        tree = ast.parse(source)
        line, what = next(change for number, change in enumerate(changes(tree)) if number == place)
        yield Mutant(file, line, what, ast.unparse(ast.fix_missing_locations(tree)))


def changes(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Change the tree in one place after the other; the caller stops at the one it wants, before it is undone."""
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if name in {"annotation", "returns", "decorator_list", "bases"}:
                continue
            for node, put in places(parent, name, value):
                for what, other in others(node):
                    kept = copy.deepcopy(node)
                    put(other)
                    yield node.lineno, what
                    put(kept)


def places(parent: ast.AST, name: str, value: object) -> list:
    """Return the expressions and statements of a field, each with what puts another in its place."""
    if isinstance(value, ast.expr):
        return [(value, lambda other: setattr(parent, name, other))]
    if isinstance(value, list):
        nodes = [(number, node) for number, node in enumerate(value) if isinstance(node, ast.expr | ast.Return)]
        return [(node, lambda other, number=number: value.__setitem__(number, other)) for number, node in nodes]
    return []


def others(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Give what a node could be instead."""
    text = ast.unparse(node)[:60]
    if isinstance(node, ast.Compare) and type(node.ops[0]) in OPPOSITES:
        other = copy.deepcopy(node)
        other.ops[0] = OPPOSITES[type(node.ops[0])]()
        yield f"comparison turned: {text}", other
    if isinstance(node, ast.BoolOp):
        other = copy.deepcopy(node)
        other.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield f"and/or changed: {text}", other
        for place in range(len(node.values)):
            kept = [part for number, part in enumerate(node.values) if number != place]
            yield f"condition {place + 1} dropped: {text}", ast.BoolOp(node.op, kept) if len(kept) > 1 else kept[0]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield f"not dropped: {text}", node.operand
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.BitAnd | ast.Sub):
        yield f"right half dropped: {text}", node.left
        yield f"left half dropped: {text}", node.right
    if isinstance(node, ast.Set | ast.Tuple) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        for place, part in enumerate(node.elts):
            other = copy.deepcopy(node)
            del other.elts[place]
            if other.elts or isinstance(node, ast.Tuple):
                yield f"{ast.unparse(part)} dropped: {text}", other
    if isinstance(node, ast.Dict):
        for place, key in enumerate(node.keys):
            other = copy.deepcopy(node)
            del other.keys[place], other.values[place]
            yield f"row dropped: {ast.unparse(key) if key else '**'}", other
    if isinstance(node, ast.Constant) and isinstance(node.value, bool | int):
        value = not node.value if isinstance(node.value, bool) else node.value + 1
        yield f"{node.value} became {value}", ast.Constant(value)
    if isinstance(node, ast.Name) and node.id.isupper() and node.id in INSTEAD and isinstance(node.ctx, ast.Load):
        yield f"{node.id} became {INSTEAD[node.id]}", ast.Name(INSTEAD[node.id], ast.Load())
    if isinstance(node, ast.Return) and node.value is not None:
        for value in (True, False):
            yield f"always {value}: {text}", ast.Return(ast.Constant(value))


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
    "MEMBERS": "SIGNED_IN",
    "SIGNED_IN": "DEMO",
}
"""What a name is mistaken for: the next wider or nearer one."""
