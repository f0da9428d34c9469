"""The check "old page + partial = fresh page" finds what it should find."""

import pytest
from django.http import HttpResponse

from tests.architecture.partials import HTMX

PAGE = """<!doctype html><html lang="sv"><body><h1 id="count">{count} left</h1>
<ul id="rows">{rows}</ul><p id="live"></p>
<input type="hidden" name="csrfmiddlewaretoken" value="{token}"></body></html>"""


class Shop:
    """A stand-in for a site with one list: `forget_count` makes its partial faulty."""

    def __init__(self, *, forget_count: bool = False):
        self.rows = ["a", "b", "c"]
        self.forget_count = forget_count
        self.token = 0

    def _parts(self) -> dict:
        self.token += 1
        rows = "".join(f"<li>{row}</li>" for row in self.rows)
        return {"count": len(self.rows), "rows": rows, "token": f"t{self.token}"}

    def get(self, url: str, **headers: str) -> HttpResponse:
        return HttpResponse(PAGE.format(**self._parts()))

    def post(self, url: str, **headers: str) -> HttpResponse:
        assert headers == HTMX
        self.rows.pop()
        parts = self._parts()
        rows = f'<ul id="rows">{parts["rows"]}</ul>'
        count = f'<h1 id="count" hx-swap-oob="true">{parts["count"]} left</h1>'
        spoken = '<p id="live" hx-swap-oob="innerHTML">c is gone</p>'
        return HttpResponse(rows + spoken + ("" if self.forget_count else count))


def act(client):
    return client.post("/remove/", **HTMX)


def test_partial_that_brings_everything_passes(assert_partial_equals_page):
    assert_partial_equals_page(Shop(), "/", act=act, target="rows")


def test_partial_that_forgets_the_count_fails(assert_partial_equals_page):
    with pytest.raises(AssertionError, match="not the page fetched anew"):
        assert_partial_equals_page(Shop(forget_count=True), "/", act=act, target="rows")


def test_target_that_is_not_on_the_page_fails(assert_partial_equals_page):
    with pytest.raises(AssertionError, match="nothing on the page has the id “row”"):
        assert_partial_equals_page(Shop(), "/", act=act, target="row")
