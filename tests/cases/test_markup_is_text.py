"""Whatever is written anywhere is shown as text: markup in every text column makes no element on any page."""

import re
from collections import deque
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from tests.architecture.sources import APPS
from tests.factories.attendance import ConcernFactory, SignalFactory
from tests.factories.cases import a_case

PLANTED = """"'><b id=planted hx-get=/x>{{7*7}}"""
SHOWN = "&gt;&lt;b id=planted"
LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)')
NOT_FOLLOWED = ("/static/", "/demo/", "/account/", "/sign-out/")
MOST_PAGES = 25
PEOPLE = ("counsellor", "principal", "mentor", "worker", "head", "area_manager", "area_head", "coordinator")


class Finder(HTMLParser):
    """Notes elements that only planted markup can have made."""

    def __init__(self) -> None:
        super().__init__()
        self.found = False

    def handle_starttag(self, tag, attrs):
        self.found = self.found or dict(attrs).get("id") == "planted"


def makes_an_element(page):
    """Say whether planted markup became an element, or a template was run."""
    finder = Finder()
    finder.feed(page)
    return finder.found or "49" in re.findall(r"planted hx-get=/x&gt;(\S{2})", page)


def text_columns():
    """Give each model with its columns of free text that have room enough."""
    for app in APPS:
        for model in apps.get_app_config(app).get_models():
            for field in model._meta.concrete_fields:
                texts = isinstance(field, models.CharField | models.TextField) and not field.choices
                if texts and not field.primary_key and (field.max_length or 1000) >= len(PLANTED):
                    yield model, field.name
                if isinstance(field, models.JSONField):
                    yield model, field.name


def planted_in(value):
    """Return the value with markup in place of every text of several words."""
    if isinstance(value, dict):
        return {key: planted_in(one) for key, one in value.items()}
    if isinstance(value, list):
        return [planted_in(one) for one in value]
    return PLANTED if isinstance(value, str) and " " in value else value


def plant():
    """Put markup in every column of free text that takes it, past the actions; return the columns."""
    told = []
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE; SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("ALTER TABLE cases_event DISABLE TRIGGER USER")
    for model, name in text_columns():
        rows = model._base_manager.exclude(**{name: ""}).order_by("pk")
        try:
            with transaction.atomic():
                for row in rows:
                    value = getattr(row, name)
                    new = planted_in(value) if isinstance(value, dict | list) else PLANTED
                    rows.filter(pk=row.pk).update(**{name: new})
        except IntegrityError:
            continue
        told += [f"{model._meta.label}.{name}"] if rows.exists() else []
    return told


def pages_of(client, start="/"):
    """Follow the links of a person's pages, and give each page's address and text."""
    seen, waiting = set(), deque([start])
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.popleft().replace("&amp;", "&")
        if path in seen or path.startswith(NOT_FOLLOWED):
            continue
        seen.add(path)
        response = client.get(path)
        text = b"".join(response).decode(errors="replace")
        waiting.extend(LINK.findall(text))
        yield path, text


@pytest.fixture
def planted(cast):
    for state in ("declined", "lifted", "feedback_given", "asked", "redirected"):
        a_case(state, cast=cast)
    enrolment = a_case("sent", cast=cast).pupil.enrolments.get()
    ConcernFactory(enrolment=enrolment, logged_by=cast.mentor, holder=cast.counsellor)
    SignalFactory(enrolment=enrolment)
    return plant()


def test_markup_in_any_text_is_shown_as_text_to_everybody(planted, cast, client):
    faults, showing = [], 0
    for member in (vars(cast)[name] for name in PEOPLE):
        client.force_login(member.user)
        for path, text in pages_of(client):
            showing += SHOWN in text
            faults += [f"{member.role} {path}"] if makes_an_element(text) else []

    assert len(planted) > 20, planted
    assert showing > 30
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("page", [f"<p>{PLANTED}</p>", f'<input value="{PLANTED}">', f"<a title='{PLANTED}'>x</a>"])
def test_markup_that_is_not_escaped_is_found(page):
    assert makes_an_element(page)


def test_escaped_markup_is_not_found():
    assert not makes_an_element("<p>&quot;&#x27;&gt;&lt;b id=planted hx-get=/x&gt;{{7*7}}</p>")
