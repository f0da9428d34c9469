"""An error nobody foresaw gives a calm page, and neither page nor mail says what was being read."""

import logging

import pytest
from django.core import mail
from django.core.handlers.base import BaseHandler
from django.test import Client

from tests.architecture.addresses import all_pages

INSIDE = ("Vendela", "Törnros", "schools_pupil", "Traceback", "Unexpected", "broken(")


class Unexpected(Exception):
    """Something nobody foresaw, with a name in its words."""


@pytest.fixture
def failing(db, monkeypatch):
    """Every page fails, with a name and a table in the words and in a local variable."""

    def broken(request, *args, **kwargs):
        pupil = "Vendela Törnros"
        raise Unexpected(f"{pupil} is in schools_pupil")

    monkeypatch.setattr(BaseHandler, "make_view_atomic", lambda self, view: broken)
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_page_of_an_error_tells_nothing(failing, language):
    failing.cookies["django_language"] = language
    response = failing.get("/help/")
    text = response.content.decode()

    assert response.status_code == 500
    assert [word for word in INSIDE if word in text] == []
    assert response["Cache-Control"] == "no-store"


def test_error_is_written_in_the_log_and_mailed_to_nobody(failing, caplog):
    with caplog.at_level(logging.ERROR, logger="django.request"):
        failing.get("/help/")

    assert [record.levelname for record in caplog.records if record.name == "django.request"] == ["ERROR"]
    assert mail.outbox == []


@pytest.mark.parametrize("path", ["/nothing/", "/cases/nothing/", "/%00/"])
def test_what_is_not_there_is_not_explained(client, db, path):
    text = client.get(path, follow=True).content.decode()

    assert "urlpatterns" not in text
    assert "Traceback" not in text


def test_no_address_repeats_what_it_was_sent(client, db):
    sent = {"HTTP_X_SECRET": "seven-white-horses", "HTTP_COOKIE": "x=seven-white-horses"}
    told = [page.path for page in all_pages() if b"seven-white" in client.generic("TRACE", page.path, **sent).content]

    assert not told
