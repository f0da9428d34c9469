"""The answer panel swapped by HTMX leaves the reader with what the page of its own would show."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.architecture.partials import HTMX
from tests.factories.cases import a_case


def address(story, page):
    return reverse(f"cases:{page}", args=[story.referral.pk])


PANELS = ("accept_request", "ask_question", "queue_request", "redirect_request", "decline_request")


@pytest.mark.parametrize("panel", PANELS)
def test_old_page_and_panel_are_the_fresh_page(panel, cast, enter, assert_partial_equals_page):
    story = a_case("acknowledged", cast=cast)
    url = address(story, panel)

    assert_partial_equals_page(
        enter(cast.worker),
        address(story, "assess_request"),
        act=lambda client: client.get(url, **HTMX),
        target="answer",
        fresh_url=url,
    )
