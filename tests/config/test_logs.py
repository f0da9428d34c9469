"""What the programs write can be gathered by other programs: one object of JSON a line, without words or names."""

import json
import logging

import pytest

from config.logs import WithoutContent, WithoutContentAsJson
from config.settings import base


def record(message, *arguments, error=None):
    told = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("narvaro.test", logging.WARNING, "/x/place.py", 7, message, arguments, told)


def caught(text):
    try:
        raise ValueError(text)
    except ValueError as error:
        return error


def test_a_line_is_one_object_with_time_level_place_and_words():
    written = WithoutContentAsJson().format(record("%s rows of %s", 3, "Kanarie"))

    told = json.loads(written)
    assert "\n" not in written
    assert (told["level"], told["logger"], told["place"]) == ("WARNING", "narvaro.test", "place:7")
    assert told["said"] == "3 rows of …"
    assert told["at"].endswith("+00:00")
    assert told["error"] is None


def test_an_error_is_told_in_the_same_line_without_its_words():
    written = WithoutContentAsJson().format(record("it failed", error=caught("Kanarie")))

    assert "\n" not in written
    assert "builtins.ValueError" in json.loads(written)["error"]
    assert "Kanarie" not in written


@pytest.mark.parametrize("message", ["a\nb", 'a "quoted" word', "å\u2028ä"])
def test_nothing_that_is_said_can_look_like_a_line_of_its_own(message):
    written = WithoutContentAsJson().format(record(message))

    assert len(written.splitlines()) == 1
    assert json.loads(written)["said"] == message


def test_it_says_no_more_than_the_readable_log():
    assert issubclass(WithoutContentAsJson, WithoutContent)
    assert base.LOGGING["formatters"]["without_content"]["()"] == "config.logs.WithoutContent"
