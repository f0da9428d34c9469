"""An error nobody foresaw gives a calm page, and neither page nor mail says what was being read."""

import logging

import pytest
from django.core import mail
from django.test import Client

from accounts.permissions import PAGES, Anybody

INSIDE = ("Vendela", "Törnros", "schools_pupil", "Traceback", "Unexpected", "fail(")


@pytest.fixture
def failing(settings, db, monkeypatch):
    monkeypatch.setitem(PAGES, "fail", {"GET": Anybody("Only in a test: fails as unexpected errors do.")})
    settings.ROOT_URLCONF = "tests.architecture.unexpected"
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_page_of_an_error_tells_nothing(failing, language):
    failing.cookies["django_language"] = language
    response = failing.get("/fail/")
    text = response.content.decode()

    assert response.status_code == 500
    assert [word for word in INSIDE if word in text] == []
    assert response["Cache-Control"] == "no-store"


def test_error_is_written_in_the_log_and_mailed_to_nobody(failing, settings, caplog):
    settings.ADMINS = []
    with caplog.at_level(logging.ERROR, logger="django.request"):
        failing.get("/fail/")

    assert [record.levelname for record in caplog.records if record.name == "django.request"] == ["ERROR"]
    assert mail.outbox == []


@pytest.mark.parametrize(
    "path", ["/nothing/", "/cases/nothing/", "/%00/", "/cases/00000000-0000-4000-8000-000000000000/"]
)
def test_what_is_not_there_is_not_explained(client, db, path):
    text = client.get(path, follow=True).content.decode()

    assert "urlpatterns" not in text
    assert "Traceback" not in text
