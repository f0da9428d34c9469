"""One thing that waits for somebody inside the school."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.functional import Promise


@dataclass(frozen=True)
class SchoolDate:
    """Something the school has promised itself to do, or (`is_reading`) something new to read, until `due_on`.

    `pupil_id` is None for what is about no pupil.
    """

    key: str
    title: str | Promise
    pupil_id: UUID | None
    label: str
    due_on: date
    url: str
    button: str | Promise
    is_reading: bool = False
