"""The stories of the demo city. Importing this package makes all of them known, in the order they are told."""

from . import farsta, farsta_ended, hokarang, hokarang_stalled, other_schools, reports, together

__all__ = [
    "farsta",
    "farsta_ended",
    "hokarang",
    "hokarang_stalled",
    "other_schools",
    "reports",
    "reports_decided",
    "together",
]
