"""Rows that know for whom they were fetched, so that who works with them need not be asked for each table anew."""

from __future__ import annotations

from typing import Any, Self, TypeVar
from uuid import UUID

from django.db import models

Row = TypeVar("Row", bound=models.Model)


class ShownRows(models.QuerySet[Row]):
    """Rows to be shown to one reader: `shown_to` is the membership, and every row that is fetched has it.

    Filters keep it, since they only leave rows out. Whatever lets other rows in loses it.
    """

    shown_to: UUID | None = None

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone.shown_to = self.shown_to
        return clone

    def _fetch_all(self) -> None:
        super()._fetch_all()
        if self.shown_to is not None:
            for row in self._result_cache or ():
                if isinstance(row, self.model):
                    row.shown_to = self.shown_to  # type: ignore[attr-defined]

    def __or__(self, other: Any) -> Self:
        return _of_nobody(super().__or__(other))

    def __xor__(self, other: Any) -> Self:
        return _of_nobody(super().__xor__(other))

    def _combinator_query(self, *args: Any, **kwargs: Any) -> Self:
        return _of_nobody(super()._combinator_query(*args, **kwargs))  # type: ignore[misc]


def _of_nobody(wider: Any) -> Any:
    wider.shown_to = None
    return wider
