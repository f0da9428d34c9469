"""Searching as a person does: the words are sent, and the answer is the page one is led to."""

from typing import Any

from django.test import Client


def search(client: Client, words: str) -> Any:
    """Send a search and return the page with the answer."""
    return client.post("/pupils/", {"q": words}, follow=True)
