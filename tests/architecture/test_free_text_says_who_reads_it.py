"""Every box for free text says, before anybody types, who will read it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

from django import forms
from django.apps import AppConfig, apps
from django.conf import settings

LONG = 100
"""From this many characters on, a one-line field is free text too."""

SHORT_AND_NOT_PERSONAL = {"integrations"}
"""Apps whose forms take files and columns, no words about people."""

NAMES_ITS_READERS_LATER = {("InternalNoteForm", "text")}
"""Fields whose words name the reader's own unit and are therefore written when the form is made."""


def form_classes() -> Iterator[type[forms.BaseForm]]:
    """Return every form of ours, once."""
    for config in apps.get_app_configs():
        is_ours = Path(config.path).parent == settings.BASE_DIR
        if not is_ours or config.name in SHORT_AND_NOT_PERSONAL:
            continue
        for module in (*modules_of(f"{config.name}.forms"), *named_forms(config)):
            for thing in vars(module).values():
                if (
                    isinstance(thing, type)
                    and issubclass(thing, forms.BaseForm)
                    and thing.__module__ == module.__name__
                ):
                    yield thing


def modules_of(name: str) -> Iterator[object]:
    """Return a module and, when it is a package, those in it; nothing when there is none."""
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError:
        return
    yield module
    for found in pkgutil.iter_modules(getattr(module, "__path__", [])):
        yield importlib.import_module(f"{name}.{found.name}")


def named_forms(config: AppConfig) -> Iterator[object]:
    """Return the app's further modules of forms, such as attendance/line_forms.py."""
    for file in sorted(Path(config.path).glob("*_forms.py")):
        yield importlib.import_module(f"{config.name}.{file.stem}")


def is_free_text(field: forms.Field) -> bool:
    """Say whether somebody can write sentences in the field."""
    if isinstance(field.widget, forms.Textarea):
        return True
    return type(field) is forms.CharField and (field.max_length or 0) >= LONG


def test_free_text_says_who_reads_it():
    boxes = [
        (form.__name__, name, str(field.help_text))
        for form in form_classes()
        for name, field in form.base_fields.items()
        if is_free_text(field)
    ]

    told = [(form, name) for form, name, words in boxes if "read" in words.lower()]
    silent = [f"{form}.{name}" for form, name, _ in boxes if (form, name) not in {*told, *NAMES_ITS_READERS_LATER}]

    assert len(boxes) >= 10
    assert not silent, "say who reads it: " + ", ".join(silent)
