"""Who may do what: the permission matrix. It drives the gate, the checks, the tests and the page that a buyer reads.

`pages` says who opens which address with which method, `objects` who does what with what, how far it reaches;
`rules` which roles exclude each other, which need two persons, and how long a role lasts.
"""

from .objects import ELSEWHERE, NARROWED, OBJECTS, may_within, permits, roles_that_may
from .pages import PAGES, Anybody, Everyone, Opens
from .rules import CONTENT_ROLES, DAYS_AT_MOST, EXCLUSIVE_ROLES, TWO_PERSON_ROLES, excludes, last_possible_day
from .words import Action, Object, Scope, Seat, seat_of

__all__ = [
    "CONTENT_ROLES",
    "DAYS_AT_MOST",
    "ELSEWHERE",
    "EXCLUSIVE_ROLES",
    "NARROWED",
    "OBJECTS",
    "PAGES",
    "TWO_PERSON_ROLES",
    "Action",
    "Anybody",
    "Everyone",
    "Object",
    "Opens",
    "Scope",
    "Seat",
    "excludes",
    "last_possible_day",
    "may_within",
    "permits",
    "roles_that_may",
    "seat_of",
]
