"""Templates: nothing undefined is shown, nothing lies about unused, a page shows one thing in one place."""

import ast
import re
from pathlib import Path

import allauth
import pytest
from django.template import TemplateDoesNotExist, engines
from django.template.loader import get_template

from tests.architecture.sources import ROOT, app_files

TEMPLATES = ROOT / "templates"
ALLAUTH = Path(allauth.__file__).parent / "templates"
ASKED_FOR_BY_NAME = re.compile(r"""["']([\w./-]+\.(?:html|txt))(?:#[\w-]+)?["']""")
# Django asks for these itself when something goes wrong.
BY_DJANGO = {"403.html", "404.html", "500.html", "400.html"}


def own_templates(folder=TEMPLATES):
    """Return our templates' names."""
    files = [*folder.rglob("*.html"), *folder.rglob("*.txt")]
    return {file.relative_to(folder).as_posix() for file in files}


def names_in(files):
    """Return template names that the files ask for, each with the files that do."""
    asked = {}
    for file in files:
        text = file.read_text(encoding="utf-8")
        names = set(ASKED_FOR_BY_NAME.findall(text)) | (put_together(text) if file.suffix == ".py" else set())
        for name in names:
            asked.setdefault(name, set()).add(file)
    return asked


def put_together(code):
    """Return the names that f"cases/{word}.html" can stand for: with each word written in the same file."""
    nodes = list(ast.walk(ast.parse(code)))
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    names = set()
    for node in nodes:
        if isinstance(node, ast.JoinedStr) and len(node.values) == 3 and ast.unparse(node.values[2]).endswith(".html'"):
            before, after = node.values[0].value, node.values[2].value
            names |= {f"{before}{text}{after}" for text in texts if text.isidentifier()}
    return names


def unused(folder=TEMPLATES, python=None):
    """Return templates that no view, no other template and no library asks for."""
    python = app_files() if python is None else python
    asked = names_in([*python, *folder.rglob("*.html"), *folder.rglob("*.txt")])
    replaced = {name for name in own_templates(folder) if (ALLAUTH / name).exists()}
    used = {name for name, files in asked.items() if files != {folder / name}}
    return own_templates(folder) - used - replaced - BY_DJANGO


def test_no_template_is_unused():
    assert not unused(), "\n".join(sorted(unused()))


def test_every_template_that_a_template_asks_for_exists():
    asked = names_in(TEMPLATES.rglob("*.html"))
    missing = {name for name in asked if not exists(name)}

    assert not missing, "\n".join(f"{name}, asked for by {sorted(map(str, asked[name]))}" for name in missing)


def exists(name):
    """Say whether a template can be found."""
    try:
        get_template(name)
    except TemplateDoesNotExist:
        return False
    return True


def test_unused_template_is_found(tmp_path):
    (tmp_path / "used.html").write_text("{% include 'part.html' %}")
    (tmp_path / "part.html").write_text("")
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "accept_request.html").write_text("")
    (tmp_path / "lonely.html").write_text("{% extends 'lonely.html' %}")
    view = tmp_path / "views.py"
    view.write_text('render(request, "used.html#rows")\npage("accept_request")\nname = f"cases/{name}.html"\n')

    assert unused(tmp_path, [view]) == {"lonely.html"}


@pytest.mark.parametrize("text", ["{{ nothing }}", "{{ a.nothing }}", "{{ nothing|default:'x' }}"])
def test_undefined_variable_fails_the_test(text):
    template = engines["django"].from_string(text)

    with pytest.raises(pytest.fail.Exception, match="Undefined template variable"):
        template.render({"a": {}})
