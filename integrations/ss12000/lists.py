"""Reads all pages of a list, whichever way the server means paging (ss12000.md 1.15).

The standard says: page 1 with filters, the following with `pageToken` and `limit` alone. Some servers refuse filters
beside a token, some demand them, and some silently forget them and go on with everything there is. So: ask as the
standard says, look at every row, and change the way of asking when the rows do not fit the question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .client import Answer, Client, Query, rows_of
from .problems import SourceError

PAGES_AT_MOST = 5000
RESTARTS_AT_MOST = 3
LIMIT = 500
SMALLEST_LIMIT = 10
NAMES = ("expandReferenceNames", "true")


def everything(row: Any) -> bool:
    """Keep every row."""
    return True


@dataclass(frozen=True)
class Listing:
    """A question that is answered with a list. `keep` asks of every row what the filters asked of the server."""

    endpoint: str
    filters: Query = field(default_factory=list)
    keep: Callable[[Any], bool] = everything
    take: Callable[[Any, str], list[Any]] = rows_of


@dataclass
class Place:
    """Where in a list the reading is, and what has been learnt about the server's manners. Kept between tries."""

    token: str = ""
    page: int = 0
    repeats: bool = False
    limit: int = LIMIT
    names: bool = True
    was_clean: bool = True
    restarts: int = 0
    is_done: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return what is kept of it."""
        return dict(vars(self))

    def manners(self) -> Place:
        """Return the beginning of another list of the same server."""
        return Place(repeats=self.repeats, limit=self.limit, names=self.names)

    def restart(self) -> None:
        """Begin the list anew."""
        self.token, self.page, self.was_clean = "", 0, True
        self.restarts += 1


@dataclass(frozen=True)
class Page:
    """Rows that fit the question, how many did not, and whether the list was begun anew with this page."""

    rows: list[Any]
    dropped: int
    is_first: bool


def read_list(client: Client, listing: Listing, place: Place) -> Iterator[Page]:
    """Give the pages from `place` on, moving it. What is done with a page is kept together with the moved place.

    Raises SourceError, also when the pages never end.
    """
    tokens: set[str] = {place.token}
    ids: set[str] = set()
    while not place.is_done:
        answer = _ask(client, listing, place)
        rows = listing.take(answer, listing.endpoint)
        fitting = [row for row in rows if listing.keep(row)]
        if _has_forgotten_the_filters(place, len(rows), len(fitting)):
            place.repeats = True
            place.restart()
            tokens, ids = {""}, set()
            continue
        token = _token_of(answer)
        if place.page == 0:
            tokens, ids = {""}, set()
        _check_that_it_ends(listing, place, token, tokens, _ids_in(rows), ids)
        is_first = place.page == 0
        place.was_clean = place.was_clean and len(fitting) == len(rows)
        place.token, place.page, place.is_done = token, place.page + 1, not token
        yield Page(fitting, len(rows) - len(fitting), is_first)


def read_all(client: Client, listing: Listing, place: Place | None = None) -> list[Any]:
    """Return all rows of a list that fits in memory; a list begun anew is not doubled."""
    rows: list[Any] = []
    for page in read_list(client, listing, place if place is not None else Place()):
        rows = page.rows if page.is_first else [*rows, *page.rows]
    return rows


def _ask(client: Client, listing: Listing, place: Place) -> Any:
    """Ask for the page at `place`, in another way when the server refuses this one."""
    tried_both = False
    while True:
        try:
            return client.get(listing.endpoint, _query(listing, place))
        except Answer as refused:
            if refused.status == 410 and place.token:
                if place.restarts >= RESTARTS_AT_MOST:
                    raise refused.as_problem(listing.endpoint) from refused
                place.restart()
            elif NAMES in listing.filters and place.names and refused.status in {400, 422, 500, 501}:
                place.names = False
            elif refused.status in {413, 503} and place.limit > SMALLEST_LIMIT and not place.token:
                place.limit //= 2
            elif place.token and refused.status in {400, 422} and not tried_both:
                place.repeats, tried_both = not place.repeats, True
            else:
                raise refused.as_problem(listing.endpoint) from refused


def _query(listing: Listing, place: Place) -> Query:
    filters = [pair for pair in listing.filters if place.names or pair != NAMES]
    query = [("limit", str(place.limit))] + ([("pageToken", place.token)] if place.token else [])
    return query + filters if place.repeats or not place.token else query


def _has_forgotten_the_filters(place: Place, rows: int, fitting: int) -> bool:
    """Say whether page n holds rows that the question did not ask for, though all pages before it were right."""
    return place.page > 0 and place.was_clean and not place.repeats and fitting < rows


def _check_that_it_ends(
    listing: Listing, place: Place, token: str, tokens: set[str], found: set[str], ids: set[str]
) -> None:
    """Stop at a token that came before, at rows that all came before, and at pages without number."""
    is_round = bool(token) and token in tokens
    is_stale = bool(token) and bool(found) and found <= ids
    if is_round or is_stale or place.page >= PAGES_AT_MOST:
        raise SourceError("endless_pages", endpoint=listing.endpoint, pages=place.page + 1)
    tokens.add(token)
    ids |= found


def _ids_in(rows: list[Any]) -> set[str]:
    return {str(row["id"]) for row in rows if isinstance(row, dict) and row.get("id")}


def _token_of(answer: Any) -> str:
    token = answer.get("pageToken") if isinstance(answer, dict) else None
    return str(token) if token not in (None, "") else ""
