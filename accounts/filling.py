"""Puts kept values into the forms of a finished page: no view needs to know of it, and nothing is acted on."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser

from django.http import QueryDict

UNTOUCHED = {"submit", "button", "image", "reset", "file", "password"}
TICKED = {"checkbox", "radio"}


@dataclass(frozen=True)
class Filled:
    """A filled page, cut where a notice goes, and what found no place in it."""

    before: str
    after: str
    left: QueryDict

    def with_notice(self, notice: str) -> str:
        """Return the page with a notice first in its content."""
        return self.before + notice + self.after


def fill(page: str, data: QueryDict, path: str) -> Filled:
    """Return the page with `data` in those of its forms that are sent to `path`."""
    filler = _Filler(data, path)
    filler.feed(page)
    filler.close()
    left = QueryDict(mutable=True)
    for name, values in data.lists():
        if name not in filler.placed:
            left.setlist(name, values)
    at = filler.content_at
    return Filled("".join(filler.parts[:at]), "".join(filler.parts[at:]), left)


class _Filler(HTMLParser):
    """Copies a page piece by piece and changes the fields of the right forms."""

    def __init__(self, data: QueryDict, path: str) -> None:
        super().__init__(convert_charrefs=False)
        self.data = data
        self.path = path
        self.parts: list[str] = []
        self.placed: set[str] = set()
        self.content_at = 0
        self.inside = False
        self.select: str | None = None
        self.is_replacing = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Copy a tag, changed when it is a field that was kept."""
        found = {name: value or "" for name, value in attrs}
        text = self.get_starttag_text() or ""
        if tag == "form":
            action = found.get("action", "").partition("?")[0]
            self.inside = found.get("method", "").lower() == "post" and action in ("", self.path)
        self._write(self._changed(tag, found, text) if self.inside else text)
        if tag == "main":
            self.content_at = len(self.parts)
        if tag == "textarea" and self.inside and found.get("name", "") in self.data:
            # A line break directly after the tag is not part of the text.
            self._write("\n" + escape(str(self.data[found["name"]])))
            self.is_replacing = True

    def _changed(self, tag: str, found: dict[str, str], text: str) -> str:
        """Return the tag as it is, or with the kept value in it."""
        name, kind = found.get("name", ""), found.get("type", "text" if tag == "input" else tag)
        if tag == "option" and self.select:
            return _marked(tag, found, "selected", found.get("value", "") in self.data.getlist(self.select))
        if tag == "input" and kind in TICKED and name:
            # A box that was left empty was not sent at all.
            self.placed.add(name)
            return _marked(tag, found, "checked", found.get("value", "on") in self.data.getlist(name))
        if name not in self.data:
            return text
        self.placed.add(name)
        if tag == "select":
            self.select = name
        return _tag(tag, found | {"value": str(self.data[name])}) if tag == "input" and kind not in UNTOUCHED else text

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Treat <input/> as <input>."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Copy an end tag, and leave the form or field it ends."""
        if tag == "textarea":
            self.is_replacing = False
        if tag == "form":
            self.inside = False
        if tag == "select":
            self.select = None
        self._write(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Copy text."""
        self._write(data)

    def handle_entityref(self, name: str) -> None:
        """Copy &amp; and its like."""
        self._write(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """Copy &#39; and its like."""
        self._write(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        """Copy a comment."""
        self._write(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        """Copy the doctype."""
        self._write(f"<!{decl}>")

    def _write(self, text: str) -> None:
        if not self.is_replacing:
            self.parts.append(text)


def _marked(tag: str, found: dict[str, str], mark: str, is_on: bool) -> str:
    others = {name: value for name, value in found.items() if name != mark}
    return _tag(tag, others | ({mark: ""} if is_on else {}))


def _tag(tag: str, found: dict[str, str]) -> str:
    written = (
        f' {name}="{escape(value)}"' if value or name == "value" else f" {name}" for name, value in found.items()
    )
    return f"<{tag}{''.join(written)}>"
