"""Whose data a request shows. Rows about a pupil note themselves when they are fetched, and the log gets one row.

A page need not do anything. It may say more: `only` narrows to what is shown when more was fetched than that, and
`note` names what kind of reading it is. What is fetched without rows (`values`, counts) is not noticed here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar
from uuid import UUID

from django.db import models

OWN = "pk"


class Reading:
    """What one request has fetched so far, and what its page has said about it."""

    def __init__(self) -> None:
        self.kind = ""
        self.reason = ""
        self.shown: set[UUID] | None = None
        self._pupils: set[UUID] = set()
        self._known: dict[type[models.Model], dict[Any, UUID]] = defaultdict(dict)
        self._sought: dict[type[models.Model], set[Any]] = defaultdict(set)

    def fetched(self, row: PersonalModel) -> None:
        """Take in a row: it says whom it is about, or which other row does."""
        model = type(row)
        if model.ABOUT == OWN:
            self._pupils.add(row.pk)
            return
        value = row.__dict__.get(model.ABOUT)
        nearest = _model_behind(model)
        if value is None:
            self._sought[model].add(row.pk)
        elif nearest.ABOUT == OWN:
            self._pupils.add(value)
            self._known[model][row.pk] = value
        else:
            self._sought[nearest].add(value)

    def pupils(self) -> list[UUID]:
        """Return whom the page showed, in a fixed order."""
        if self.shown is not None:
            return sorted(self.shown)
        found = set(self._pupils)
        for model, keys in self._sought.items():
            known = self._known[model]
            found |= {known[key] for key in keys if key in known}
            missing = [key for key in keys if key not in known]
            if missing:
                found |= set(model._base_manager.filter(pk__in=missing).values_list(_path(model), flat=True))
        return sorted(found - {None})

    @property
    def has_anything(self) -> bool:
        """Say whether there is anything to look into at all; most pages that are about nobody end here."""
        return bool(self._pupils or self._sought or self.shown) or self.is_named

    @property
    def is_named(self) -> bool:
        """Say whether the reading is to be told even if it showed nobody: a search that found none, a file."""
        return bool(self.reason) or self.kind not in {"", "read", "list"}


class PersonalModel(models.Model):
    """A row about a pupil. `ABOUT` is the column that says which: of the pupil, or of a row that says so itself."""

    ABOUT: ClassVar[str] = "pupil_id"

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: Any, field_names: Any, values: Any, **how: Any) -> Any:
        """Make a row of what was fetched, and note whom it is about."""
        row = super().from_db(db, field_names, values, **how)
        reading = _open.get()
        if reading is not None:
            reading.fetched(row)
        return row


_open: ContextVar[Reading | None] = ContextVar("reading", default=None)


@contextmanager
def collecting() -> Iterator[Reading]:
    """Collect what is fetched inside the block."""
    reading = Reading()
    token = _open.set(reading)
    try:
        yield reading
    finally:
        _open.reset(token)


def only(pupils: Iterable[UUID]) -> None:
    """Say that the page shows these pupils alone, whatever was fetched; said twice, both count."""
    reading = _open.get()
    if reading is not None:
        reading.shown = (reading.shown or set()) | set(pupils)


def note(*, kind: str = "", reason: str = "") -> None:
    """Say what kind of reading the page is, with the code or id that is its reason."""
    reading = _open.get()
    if reading is not None:
        reading.kind = kind or reading.kind
        reading.reason = reason or reading.reason


def _model_behind(model: type[PersonalModel]) -> type[PersonalModel]:
    """Return the model that the row points at to say whom it is about."""
    return model._meta.get_field(model.ABOUT.removesuffix("_id")).related_model  # type: ignore[return-value]


def _path(model: Any) -> str:
    """Return the way from a row to the id of the pupil."""
    behind = _model_behind(model)
    return model.ABOUT if behind.ABOUT == OWN else f"{model.ABOUT.removesuffix('_id')}__{_path(behind)}"
