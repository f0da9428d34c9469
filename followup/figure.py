"""What a figure is: a value with its title, what it is counted over and how it is counted."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Figure:
    """A figure ready to be shown. `counted` is how many it is counted over, in words; empty where it is a count."""

    code: str
    title: str | Promise
    value: str
    definition: str | Promise
    counted: str = ""
