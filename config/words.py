"""The words of the user interface: found in the code, compared with the Swedish catalogue, compiled. Without gettext.

A word is what stands in `gettext` and its kin in Python, and in `translate` and `blocktranslate` in templates.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(settings.BASE_DIR)
CATALOGUE = ROOT / "locale" / "sv" / "LC_MESSAGES" / "django.po"
SKIPPED = {".venv", ".local", "tests", "node_modules", "migrations", "launcher", "bench", "drill", "scripts"}

# How many of the first arguments are words, and whether the first of them is the context.
SHAPES = {"gettext": (1, False), "ngettext": (2, False), "pgettext": (2, True), "npgettext": (3, True)}
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|\{(\w*)\}")


@dataclass(frozen=True)
class Word:
    """One thing to translate, and one place where it stands."""

    singular: str
    plural: str | None
    context: str | None
    place: str

    @property
    def key(self) -> tuple[str | None, str]:
        """What makes it one entry in the catalogue."""
        return (self.context, self.singular)


class NotPlainText(Exception):
    """A call asks for a translation of something that is put together first, so that nobody can translate it."""


def words_in_code() -> list[Word]:
    """Return every word of our Python files and templates. Raises NotPlainText naming the place."""
    found: list[Word] = []
    for file in source_files(".py"):
        found += words_of_python(file.read_text(encoding="utf-8"), str(file.relative_to(ROOT)))
    for suffix in (".html", ".txt"):
        for file in source_files(suffix):
            found += words_of_template(file.read_text(encoding="utf-8"), str(file.relative_to(ROOT)))
    return found


def source_files(suffix: str) -> Iterator[Path]:
    """Give our files with that suffix: Python anywhere in the apps, the rest in templates."""
    top = ROOT if suffix == ".py" else ROOT / "templates"
    for folder in sorted(top.iterdir()):
        if folder.name not in SKIPPED and not folder.name.startswith(".") and folder.is_dir():
            yield from (file for file in sorted(folder.rglob(f"*{suffix}")) if not SKIPPED & set(file.parts))
    yield from sorted(top.glob(f"*{suffix}"))


def words_of_python(text: str, place: str) -> list[Word]:
    """Return the words of a Python file, following `import … as _`."""
    module = ast.parse(text)
    kinds = {
        alias.asname or alias.name: alias.name.removesuffix("_lazy").removesuffix("_noop")
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django.utils.translation")
        for alias in node.names
    }
    found = []
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and kinds.get(node.func.id) in SHAPES:
            found.append(word_of(node, kinds[node.func.id], f"{place}:{node.lineno}"))
    return found


def word_of(call: ast.Call, kind: str, place: str) -> Word:
    """Return the word that a call asks for."""
    count, has_context = SHAPES[kind]
    constants = [argument.value for argument in call.args[:count] if isinstance(argument, ast.Constant)]
    texts = [text for text in constants if isinstance(text, str)]
    if len(texts) != count:
        raise NotPlainText(f"{place}: {ast.unparse(call)[:80]}")
    context = texts.pop(0) if has_context else None
    return Word(texts[0], texts[1] if len(texts) > 1 else None, context, place)


def words_of_template(text: str, place: str) -> list[Word]:
    """Return the words of a template."""
    # Django's own reader turns tags into calls; without indentation Python's tokens can be read from the result.
    calls = "\n".join(line.strip() for line in templatize(text, origin=place).splitlines())
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
    keywords["npgettext"] = ((1, "c"), 2, 3)  # type: ignore[assignment]
    found = []
    for line, name, texts, _comments in extract_python(BytesIO(calls.encode()), keywords, [], {"encoding": "utf-8"}):
        _count, has_context = SHAPES.get(str(name), (1, False))
        parts = [part for part in ([texts] if isinstance(texts, str) else texts) if part is not None]
        context = parts.pop(0) if has_context else None
        found.append(Word(parts[0], parts[1] if len(parts) > 1 else None, context, f"{place}:{line}"))
    return found


def read_catalogue(file: Path = CATALOGUE) -> Catalog:
    """Return the translations in a .po file, which may be a fragment without a header."""
    with file.open("rb") as lines:
        return read_po(lines, locale="sv", abort_invalid=True)


def faults_of(catalogue: Catalog, words: Iterable[Word]) -> list[str]:
    """Return what is wrong with the catalogue: missing, empty, unsure, left over, or with other placeholders."""
    faults = []
    entries = {(message.context, singular(message)): message for message in catalogue if message.id}
    wanted = {word.key: word for word in words}
    for key, word in wanted.items():
        if key not in entries:
            faults.append(f"missing: {word.singular!r} ({word.place})")
        elif word.plural and not isinstance(entries[key].id, tuple):
            faults.append(f"no plural: {word.singular!r} ({word.place})")
    for key, message in entries.items():
        if key not in wanted:
            faults.append(f"left over: {singular(message)!r}")
        elif message.fuzzy:
            faults.append(f"marked as unsure: {singular(message)!r}")
        elif not all(texts_of(message)):
            faults.append(f"empty: {singular(message)!r}")
        elif not same_placeholders(message):
            faults.append(f"other placeholders: {singular(message)!r} → {message.string!r}")
    return [*faults, *(f"left over: {singular(message)!r}" for message in catalogue.obsolete.values())]


def singular(message: Message) -> str:
    """Return the text of an entry, of two forms the first."""
    return message.id if isinstance(message.id, str) else message.id[0]


def texts_of(message: Message) -> list[str]:
    """Return the translated forms of an entry."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def same_placeholders(message: Message) -> bool:
    """Say whether translations fill in what the source fills in; the form for one thing may leave the number out."""
    source = [message.id] if isinstance(message.id, str) else list(message.id)
    wanted = [placeholders(text) for text in source]
    if len(wanted) == 1:
        return placeholders(texts_of(message)[0]) == wanted[0]
    return all(min(wanted, key=len) <= placeholders(text) <= max(wanted, key=len) for text in texts_of(message))


def placeholders(text: str) -> set[str]:
    """Return the names between braces or after a percent sign."""
    return {found[1] or found[2] or "" for found in PLACEHOLDER.finditer(text)}


def merged(old: Catalog | None, words: Iterable[Word], fragments: Iterable[Catalog]) -> Catalog:
    """Return a catalogue of exactly `words`: translated by the first fragment that knows the word, else as before."""
    sources = [*fragments, *([old] if old else [])]
    catalogue = Catalog(
        locale="sv",
        project="narvarobryggan",
        version="1",
        header_comment="# The Swedish words. Kept in line with the code by manage.py update_words.",
        fuzzy=False,
    )
    # Nobody to name, and no date that would change the file each time.
    catalogue.msgid_bugs_address = catalogue.last_translator = catalogue.language_team = ""
    catalogue.revision_date = catalogue.creation_date = datetime(2026, 1, 1, tzinfo=UTC)
    places: dict[tuple[str | None, str], list[Word]] = {}
    for word in words:
        places.setdefault(word.key, []).append(word)
    for key in sorted(places, key=lambda key: (key[1].lower(), key[1], key[0] or "")):
        plural = next((word.plural for word in places[key] if word.plural), None)
        ids = (key[1], plural) if plural else key[1]
        files = sorted({(word.place.partition(":")[0], 1) for word in places[key]})
        known = [message for source in sources if (message := source.get(key[1], key[0])) and any(texts_of(message))]
        string = known[0].string if known else ("", "") if plural else ""
        if plural and isinstance(string, str):
            string = (string, string)
        catalogue.add(ids, string, context=key[0], locations=files)
    return catalogue


def conflicts(fragments: Iterable[Catalog]) -> list[str]:
    """Return words that two fragments translate differently; the first would win."""
    known: dict[tuple[str | None, str], list[str]] = {}
    found = []
    for message in (message for fragment in fragments for message in fragment if message.id):
        texts = known.setdefault((message.context, singular(message)), texts_of(message))
        if texts != texts_of(message):
            found.append(f"two translations: {singular(message)!r}: {texts} and {texts_of(message)}")
    return found


def write_catalogue(catalogue: Catalog, file: Path = CATALOGUE) -> None:
    """Write a .po file: sorted, with the files but not the lines, so that it changes only when words do."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as lines:
        write_po(lines, catalogue, width=110, sort_output=False, include_lineno=False, ignore_obsolete=True)


def compile_catalogue(source: Path) -> bool:
    """Write the .mo beside a .po; say whether it was needed."""
    made = source.with_suffix(".mo")
    if made.exists() and made.stat().st_mtime >= source.stat().st_mtime:
        return False
    # Beside and then in place, so that a server that starts meanwhile never reads half a file.
    beside = made.with_suffix(".mo.new")
    with beside.open("wb") as out:
        write_mo(out, read_catalogue(source))
    beside.replace(made)
    return True
