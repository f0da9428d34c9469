"""What the programs write to their output: where and what kind of thing went wrong, and never what was said in it.

The words of an error and the arguments of a line can hold a child's name: a refused row stands whole in what the
database answers, a typed path in what is not found. So only what the code itself says is written, numbers and ids
included; of an error its kind, the lines of code it came through, and for the database its code and constraint.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Any
from uuid import UUID

HARMLESS = (bool, int, float, UUID, date, type(None))
LEFT_OUT = "…"
WRITES_NO_CONTENT = ("narvaro", "procrastinate", "gunicorn")
"""Loggers whose lines come ready made and hold ids at most; of all others a line without arguments is left out."""


class WithoutContent(logging.Formatter):
    """Writes a line of the log and its error without what they are about."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(place)s %(said)s", *arguments, **named)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and below it the error without its words."""
        told = logging.makeLogRecord(
            record.__dict__ | {"said": said(record), "place": place_of(record), "msg": "", "args": ()}
        )
        told.exc_info = told.exc_text = told.stack_info = None
        lines = [super().format(told)]
        if record.exc_info and record.exc_info[1] is not None:
            lines.append(error_without_words(record.exc_info[1]))
        return "\n".join(lines)

    def usesTime(self) -> bool:
        """The time is always written."""
        return True

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Fill in the line; the message itself is never asked for."""
        return self._style.format(record)


class WithoutContentAsJson(WithoutContent):
    """Writes the same as an object of JSON on one line, for programs that gather logs."""

    def format(self, record: logging.LogRecord) -> str:
        """Return time (UTC, ISO 8601), level, logger, place, what is said, and the error without its words."""
        error = record.exc_info[1] if record.exc_info else None
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "place": place_of(record),
            "said": said(record),
            "error": error_without_words(error) if error is not None else None,
        }
        return json.dumps(told)


def place_of(record: logging.LogRecord) -> str:
    """Return where in the code a line was written."""
    return f"{record.module}:{record.lineno}"


def said(record: logging.LogRecord) -> str:
    """Return the words of a line as they stand in the code, with numbers and ids; and which page it was about."""
    words = str(record.msg) if record.args or record.name.partition(".")[0] in WRITES_NO_CONTENT else LEFT_OUT
    if record.args:
        try:
            words %= harmless(record.args)
        except (TypeError, ValueError, KeyError):
            words = LEFT_OUT
    return " ".join([words, *page_of(record)])


def harmless(arguments: Any) -> Any:
    """Return the arguments of a line with everything left out but numbers, ids and days."""
    if isinstance(arguments, Mapping):
        return {name: _harmless(value) for name, value in arguments.items()}
    return tuple(_harmless(value) for value in arguments)


def _harmless(value: Any) -> Any:
    return value if isinstance(value, HARMLESS) else LEFT_OUT


def page_of(record: logging.LogRecord) -> Iterator[str]:
    """Give method, name and answer of the page that a line of Django's is about; its address may have been typed."""
    request = getattr(record, "request", None)
    match = getattr(request, "resolver_match", None)
    if match is not None:
        yield f"[{getattr(request, 'method', '')} {match.view_name}]"
    status = getattr(record, "status_code", None)
    if isinstance(status, int):
        yield f"[{status}]"


def error_without_words(error: BaseException) -> str:
    """Return an error and those it came of, the first one first: their kind and the lines of code, no words."""
    return "\nwhich led to\n".join(_one(each) for each in reversed(list(_chain(error))))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _one(error: BaseException) -> str:
    kind = type(error)
    lines = traceback.format_tb(error.__traceback__)
    inner = [_one(each) for each in error.exceptions] if isinstance(error, BaseExceptionGroup) else []
    return "".join([*lines, " ".join([f"{kind.__module__}.{kind.__qualname__}", *_codes(error)]), *inner])


def _codes(error: BaseException) -> Iterator[str]:
    """Give the code of a database's error and which rule it was: names of ours, not values."""
    found = getattr(error, "diag", None)
    for name in ("sqlstate", "table_name", "column_name", "constraint_name"):
        if value := getattr(found, name, None):
            yield str(value)


def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Write an error that ends a command, without its words. For sys.excepthook."""
    if isinstance(error, KeyboardInterrupt):
        return
    sys.stderr.write(error_without_words(error.with_traceback(trace)) + "\n")
