"""Names and numbers searched for are sent, never put into an address: that is kept by browsers, proxies and logs."""

import ast
import re
from importlib import import_module

import pytest

from tests.architecture.sources import ROOT, app_files, place, tree

TEMPLATES = ROOT / "templates"
FORM = re.compile(r"<form\b[^>]*>", re.IGNORECASE)
SENT = re.compile(r"""\bmethod=["'](post|dialog)["']""", re.IGNORECASE)
ASKS_WITH_A_FIELD = re.compile(r"<(?:input|textarea|select|form)\b[^>]*\bhx-get\b[^>]*>", re.IGNORECASE)
GIVEN_IN_ADDRESSES = {
    "again": "the code of what was typed before",
    "all": "1",
    "cause": "a code",
    "holder": "an id",
    "membership": "an id",
    "next": "a path",
    "page": "a number",
    "person": "an id, or the word none",
    "pupil": "an id",
    "school": "the code of a school unit",
    "search": "the code of a search",
    "service": "an id",
    "shared": "1",
    "show": "a code",
    "waiting": "an id",
}
"""All that a page of ours reads from an address, and what it is. Nothing that somebody writes in own words."""
ONLY_CHOICES = {
    "attendance/signal_list.html": "grade, class and kind of signal, chosen from lists",
    "cases/calendar.html": "a school, chosen from a list",
    "integrations/match_columns.html": "how a file is read, chosen from lists (integrations.forms.columns.ReadAsForm)",
}
"""Forms that go into the address, since each of their fields is a list to choose from: nothing can be written."""
READ_WHOLE = {
    "attendance/views/pupils.py": "Shown.read takes two codes and nothing else",
    "attendance/views/signals.py": "the filters are codes, looked up among those there are",
    "integrations/views/columns.py": "ReadAsForm has choices only",
}
"""Where all that an address holds is handed on, and what is made of it."""
WRITTEN_IN = re.compile(r"<textarea|<input(?![^>]*type=[\"'](?:hidden|radio|checkbox)[\"'])", re.IGNORECASE)
GET_FORM = re.compile(r"<form\b[^>]*method=[\"']get[\"'].*?</form>", re.IGNORECASE | re.DOTALL)


def unsent(text):
    """Return the forms in a template that would put what is filled in into the address."""
    return [form for form in FORM.findall(text) if not SENT.search(form)] + ASKS_WITH_A_FIELD.findall(text)


def read_from_addresses(file):
    """Give what a file of ours reads from addresses: the name it asks for, or None where it takes all there is."""
    module = tree(file)
    asked = {
        node.func.value: node.args[0]
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and node.attr == "GET":
            yield place(file, node), value_of(asked.get(node), file)


def value_of(argument, file):
    """Return the text that an argument stands for, also where it is a constant of the module."""
    if isinstance(argument, ast.Constant):
        return argument.value
    if isinstance(argument, ast.Name):
        return getattr(import_module(".".join(file.relative_to(ROOT).with_suffix("").parts)), argument.id, None)
    return None


def test_no_form_of_ours_puts_what_is_filled_in_into_the_address():
    found = {
        file.relative_to(TEMPLATES).as_posix(): forms
        for file in TEMPLATES.rglob("*.html")
        if (forms := unsent(file.read_text(encoding="utf-8")))
    }

    assert set(found) == set(ONLY_CHOICES)
    for name in ONLY_CHOICES:
        forms = GET_FORM.findall((TEMPLATES / name).read_text(encoding="utf-8"))
        assert forms
        assert not [form for form in forms if WRITTEN_IN.search(form)]
    assert len([file for file in TEMPLATES.rglob("*.html") if "<form" in file.read_text(encoding="utf-8")]) > 30


def test_every_name_read_from_an_address_is_listed_and_none_is_what_somebody_wrote():
    read = [(where, name) for file in app_files() for where, name in read_from_addresses(file)]

    whole = {where.partition(":")[0] for where, name in read if name is None}
    named = [(where, name) for where, name in read if name is not None]
    assert whole == set(READ_WHOLE)
    assert not [(where, name) for where, name in named if name not in GIVEN_IN_ADDRESSES]
    assert {name for _where, name in named} == set(GIVEN_IN_ADDRESSES)


def test_a_form_that_is_not_sent_would_be_found():
    assert unsent('<form role="search"><input name="q"></form>')
    assert unsent('<form method="get">')
    assert unsent('<input name="q" hx-get="/pupils/" hx-trigger="keyup">')
    assert not unsent('<form method="post"><button>')


@pytest.mark.django_db
def test_the_page_that_is_shown_has_no_such_form_either(client, cast):
    client.force_login(cast.principal.user)

    assert not unsent(client.get("/pupils/").text)
    assert 'role="search"' in client.get("/pupils/").text
