"""Old page + partial = fresh page: does an htmx answer leave the reader with what a reload would show?"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.test.html import Element, parse_html

HTMX = {"HTTP_HX_REQUEST": "true"}
# The forms' secret, and where the language switch leads back to: the page one is on.
TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=|"X-CSRFToken": |name="next" value=)"[^"]*"')
# The minute of printing, which may turn between two requests.
PRINTED = re.compile(r'(<p class="print-header[^>]*>[^<]*?)\d\d[:.]\d\d')
# Where focus goes after a swap; a reload begins at the top.
FOCUS = re.compile(r" data-focus(?=[ >])")
# Says aloud what happened; a reload has nothing to say.
SPOKEN = ("live", "messages")


class PartialCheck:
    """Compares an old page, changed as htmx would change it, with the page fetched anew."""

    def __call__(
        self,
        client: Client,
        url: str,
        *,
        act: Callable[[Client], HttpResponse],
        target: str,
        swap: str = "outerHTML",
        ignoring: tuple[str, ...] = (),
        fresh_url: str | None = None,
    ) -> None:
        """Fetch `url`, let `act` send an htmx request, put its answer into the element with id `target`, compare.

        `act` sends its request with `**partials.HTMX`. Elements with an id in `ignoring` are not compared. `fresh_url`
        is the page to compare with where the answer has an address of its own.
        """
        page = document(client.get(url))
        swap_in(page, document(act(client)), target, swap)
        fresh = document(client.get(fresh_url or url))
        for one in (page, fresh):
            for id_ in (*SPOKEN, *ignoring):
                empty(one, id_)
        told = "\n".join(difflib.unified_diff(str(page).splitlines(), str(fresh).splitlines(), lineterm="", n=1))
        assert not told, f"{url}: the page with the partial is not the page fetched anew\n{told}"


def document(response: HttpResponse) -> Element:
    """Return an answer's elements, without what differs each time."""
    assert response.status_code == 200, response.status_code
    text = FOCUS.sub("", TOKEN.sub(r'\1"token"', response.content.decode()))
    return root(PRINTED.sub(r"\1--:--", text))


def root(html: str) -> Element:
    """Return an element around everything in `html`."""
    return parse_html(f"<section>{re.sub('(?i)<!doctype[^>]*>', '', html)}</section>")


def swap_in(page: Element, answer: Element, target: str, swap: str) -> None:
    """Do to `page` what htmx does: a title and out-of-band elements go to their own place, the rest to `target`."""
    for title in [element for element in walk(answer) if element.name == "title"]:
        holder = parent_of(answer, title)
        holder.children = [child for child in holder.children if child is not title]
        next(element for element in walk(page) if element.name == "title").children = title.children
    for element in list(walk(answer)):
        how = attribute(element, "hx-swap-oob")
        if how is None:
            continue
        holder = parent_of(answer, element)
        holder.children = [child for child in holder.children if child is not element]
        place = attribute(element, "id")
        element.attributes = [pair for pair in element.attributes if pair[0] != "hx-swap-oob"]
        put(page, str(place), [element], how == "innerHTML")
    put(page, target, list(answer.children), swap == "innerHTML")


def put(page: Element, target: str, new: list[Any], inside: bool) -> None:
    """Put elements in the place of the one with id `target`, or, `inside`, in the place of its content."""
    old = by_id(page, target)
    assert old is not None, f"nothing on the page has the id “{target}”"
    if inside:
        old.children = new[0].children if len(new) == 1 and attribute(new[0], "id") == target else new
        return
    siblings = parent_of(page, old).children
    at = next(index for index, child in enumerate(siblings) if child is old)
    siblings[at : at + 1] = [element for element in new if not (isinstance(element, str) and not element.strip())]


def empty(page: Element, id_: str) -> None:
    """Take away what stands in the element with that id, if there is one."""
    element = by_id(page, id_)
    if element is not None:
        element.children = []


def walk(element: Element) -> Iterator[Element]:
    """Give every element inside."""
    for child in element.children:
        if isinstance(child, Element):
            yield child
            yield from walk(child)


def attribute(element: Any, name: str) -> str | None:
    """Return an attribute's value; an attribute without value is an empty text."""
    if not isinstance(element, Element):
        return None
    return next((value or "" for key, value in element.attributes if key == name), None)


def by_id(page: Element, id_: str) -> Element | None:
    """Return the element with that id."""
    return next((element for element in walk(page) if attribute(element, "id") == id_), None)


def parent_of(page: Element, child: Element) -> Element:
    """Return the element that holds `child` itself, not one that looks the same."""
    return next(one for one in (page, *walk(page)) if any(each is child for each in one.children))
