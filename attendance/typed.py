"""What somebody has typed into a form so far, valid or not: what a draft keeps, and what is shown beside it."""

from __future__ import annotations

from typing import Any

from django import forms


def as_typed(form: forms.Form) -> dict[str, Any]:
    """Return what was typed, ready for a draft: given back to the form as initial values it shows the same."""
    return {name: _plain(form[name].data) for name in form.fields}


def typed_texts(form: forms.Form) -> list[tuple[str, str]]:
    """Return the label and text of each filled text box of `form`."""
    boxes = [field for field in form.visible_fields() if isinstance(field.field.widget, forms.Textarea)]
    return [(str(box.label), str(box.value())) for box in boxes if box.value()]


def _plain(value: Any) -> Any:
    """Return what a draft can hold of one field's data: text without the null characters that no database takes."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, bool):
        return value
    return value.replace("\x00", "") if isinstance(value, str) else ""
