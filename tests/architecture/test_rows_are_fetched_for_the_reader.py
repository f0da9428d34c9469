"""Views fetch rows only through a question that takes the reader, so that nobody sees what is not theirs."""

import ast

import pytest

from tests.architecture.sources import functions, place, tree, view_files

# Questions that ask who reads; `working_in` gives names and roles of staff only, `none` gives nothing.
SCOPED = {"visible_to", "received_by", "overseen_by", "named_to", "to_confirm", "working_in", "none", "settled_for"}
# Registers without any person in them: whoever is signed in may read them.
REGISTERS = {"Unit", "School", "Provider", "District", "Office", "Service", "ReasonCode"}
FETCHERS = {"get_object_or_404", "get_list_or_404", "aget_object_or_404", "aget_list_or_404"}
BACK_DOORS = {"_default_manager", "_base_manager", "raw", "cursor"}

ALLOWED: dict[str, str] = {}
"""Fetches without such a question, as "folder/file.py: source", with the reason why nobody sees too much."""


def chain(node: ast.AST) -> tuple[list[str], ast.AST]:
    """Return the names along `a.b().c`, first to last, and the node it starts with."""
    names: list[str] = []
    while isinstance(node, ast.Call | ast.Attribute):
        if isinstance(node, ast.Attribute):
            names.insert(0, node.attr)
            node = node.value
        else:
            node = node.func
    return names, node


def whole_chains(module: ast.Module) -> list[ast.AST]:
    """Return calls and attributes that are not themselves the start of a longer chain."""
    starts: set[ast.AST] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute):
            starts.add(node.value)
        elif isinstance(node, ast.Call):
            starts.add(node.func)
    return [node for node in ast.walk(module) if isinstance(node, ast.Call | ast.Attribute) and node not in starts]


def is_scoped(node: ast.AST | None, module: ast.Module) -> bool:
    """Say whether what `node` gives was asked for by who reads, following local names and functions."""
    if isinstance(node, ast.IfExp):
        return is_scoped(node.body, module) and is_scoped(node.orelse, module)
    if node is None or not isinstance(node, ast.Call | ast.Attribute | ast.Name):
        return False
    names, start = chain(node)
    if SCOPED & set(names) or (isinstance(start, ast.Name) and start.id in REGISTERS and "objects" in names):
        return True
    if "objects" in names or not isinstance(start, ast.Name):
        return False
    sources = sources_of(start, module)
    return bool(sources) and all(is_scoped(source, module) for source in sources)


def sources_of(name: ast.Name, module: ast.Module) -> list[ast.AST | None]:
    """Return what a name can stand for: what was set in its function, what callers hand in, what it gives back."""
    around = [one for one in functions(module) if any(node is name for node in ast.walk(one))]
    for function in around:
        places = [node for node in ast.walk(function) if isinstance(node, ast.Assign) and sets(node, name.id)]
        if places:
            return [place.value for place in places if not any(node is name for node in ast.walk(place))]
        parameters = [argument.arg for argument in function.args.args]
        if name.id in parameters:
            at = parameters.index(name.id)
            calls = [node for node in ast.walk(module) if isinstance(node, ast.Call)]
            called = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == function.name]
            return [call.args[at] if len(call.args) > at else None for call in called]
    given_back = [one for one in functions(module) if one.name == name.id]
    return [node.value for one in given_back for node in ast.walk(one) if isinstance(node, ast.Return)]


def sets(assignment: ast.Assign, name: str) -> bool:
    """Say whether an assignment sets `name`."""
    return any(isinstance(target, ast.Name) and target.id == name for target in assignment.targets)


def unscoped(module: ast.Module) -> list[ast.AST]:
    """Return fetches that do not ask who reads."""
    faults: list[ast.AST] = []
    for node in whole_chains(module):
        names = set(chain(node)[0])
        if BACK_DOORS & names or ("objects" in names and not is_scoped(node, module)):
            faults.append(node)
        fetches = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FETCHERS
        if fetches and not (node.args and is_scoped(node.args[0], module)):
            faults.append(node)
    return faults


def test_views_fetch_only_what_the_reader_may_see():
    faults = []
    for file in view_files():
        for node in unscoped(tree(file)):
            if f"{file.parent.name}/{file.name}: {ast.unparse(node)}" not in ALLOWED:
                faults.append(f"{place(file, node)} {ast.unparse(node)[:100]}")

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "code",
    [
        "Case.objects.get(pk=1)",
        "rows = Case.objects.filter(a=1).order_by('id')",
        "Case.objects.all()",
        "thing(Case.objects)",
        "get_object_or_404(Case, pk=1)",
        "get_object_or_404(Case.objects.open(), pk=1)",
        "get_object_or_404(rows, pk=1)",
        "def f():\n    rows = Case.objects.open()\n    return get_object_or_404(rows, pk=1)",
        "def f(rows):\n    return get_object_or_404(rows, pk=1)\nf(Case.objects.open())",
        "def f(rows):\n    return get_object_or_404(rows, pk=1)",
        "def f():\n    return rows\nget_object_or_404(f(), pk=1)",
        "Case._default_manager.get(pk=1)",
        "Case.objects.visible_to(me).raw('select 1')",
        "connection.cursor()",
    ],
)
def test_fetching_for_anybody_is_found(code):
    assert unscoped(ast.parse(code))


@pytest.mark.parametrize(
    "code",
    [
        "get_object_or_404(Case.objects.visible_to(me), pk=1)",
        "def f():\n    rows = Case.objects.visible_to(me).open()\n    return get_object_or_404(rows, pk=1)",
        "def f(rows):\n    return get_object_or_404(rows.open(), pk=1)\nf(Case.objects.visible_to(me))",
        "def f():\n    return Case.objects.visible_to(me)\nget_object_or_404(f(), pk=1)",
        "Case.objects.open().visible_to(me).order_by('id')[:10]",
        "get_object_or_404(Unit.objects.open(), pk=1)",
        "case.referrals.open()",
    ],
)
def test_fetching_for_the_reader_passes(code):
    assert not unscoped(ast.parse(code))
