"""Every word has its Swedish, and the check finds what is missing."""

import pytest
from babel.messages.catalog import Catalog

from config import words
from config.words import Word


def test_every_word_has_swedish():
    faults = words.faults_of(words.read_catalogue(), words.words_in_code())

    assert not faults, f"{len(faults)} faults; manage.py update_words\n" + "\n".join(faults)


def catalogue(**changed):
    """Return a catalogue of one entry."""
    made = Catalog(locale="sv")
    made.add(**({"id": "{n} pupils", "string": "{n} elever"} | changed))
    return made


@pytest.mark.parametrize(
    ("found", "changed", "fault"),
    [
        ([Word("{n} pupils", None, None, "a.py:1"), Word("New", None, None, "a.py:2")], {}, "missing: 'New' (a.py:2)"),
        ([Word("{n} pupils", None, "school", "a.py:1")], {}, "missing: '{n} pupils' (a.py:1)"),
        ([Word("{n} pupils", None, None, "a.py:1")], {"string": ""}, "empty: '{n} pupils'"),
        ([Word("{n} pupils", None, None, "a.py:1")], {"flags": {"fuzzy"}}, "marked as unsure: '{n} pupils'"),
        ([], {}, "left over: '{n} pupils'"),
        (
            [Word("{n} pupils", None, None, "a.py:1")],
            {"string": "{antal} elever"},
            "other placeholders: '{n} pupils' → '{antal} elever'",
        ),
        (
            [Word("%(n)s day", "%(n)s days", None, "a.py:1")],
            {"id": ("%(n)s day", "%(n)s days"), "string": ("en dag", "%(antal)s dagar")},
            "other placeholders: '%(n)s day' → ('en dag', '%(antal)s dagar')",
        ),
    ],
)
def test_fault_in_the_catalogue_is_found(found, changed, fault):
    assert fault in words.faults_of(catalogue(**changed), found)


def test_words_are_found_in_python():
    code = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext as in_context
a = _("One " "word")
b = ngettext("%(n)s day", "%(n)s days", n)
c = in_context("school", "Case")
d = other("Not a word")
"""
    found = [(word.singular, word.plural, word.context) for word in words.words_of_python(code, "a.py")]

    assert found == [("One word", None, None), ("%(n)s day", "%(n)s days", None), ("Case", None, "school")]


@pytest.mark.parametrize("call", ['_(f"Hi {name}")', '_("Hi " + name)', "_(name)", 'ngettext("day", days, n)'])
def test_words_put_together_first_are_refused(call):
    code = f"from django.utils.translation import ngettext, gettext as _\nx = {call}\n"

    with pytest.raises(words.NotPlainText, match=r"a\.py:2"):
        words.words_of_python(code, "a.py")


def test_words_are_found_in_templates():
    text = """
  {% load i18n %}<p title="{% translate "A “title”" %}">{{ _("Constant") }} {% include "x" with text=_("Given") %}
    {% blocktranslate trimmed count n=rows|length %}
      {{ n }} row
    {% plural %}
      {{ n }} rows
    {% endblocktranslate %}
  {% translate "May" context "month" %}{% comment %}{% translate "No" %}{% endcomment %}</p>
"""
    found = {(word.singular, word.plural, word.context) for word in words.words_of_template(text, "a.html")}

    assert found == {
        ("A “title”", None, None),
        ("Constant", None, None),
        ("Given", None, None),
        ("%(n)s row", "%(n)s rows", None),
        ("May", None, "month"),
    }


def test_merging_keeps_prefers_and_drops():
    old = Catalog(locale="sv")
    for word, swedish in (("Keep", "Behåll"), ("Change", "Byt"), ("Gone", "Borta")):
        old.add(word, swedish)
    fragment = Catalog(locale="sv")
    fragment.add("Change", "Ändra")

    found = [Word(word, None, None, "a.py:1") for word in ("Keep", "Change", "New")]
    made = words.merged(old, found, [fragment])

    assert {message.id: message.string for message in made if message.id} == {
        "Keep": "Behåll",
        "Change": "Ändra",
        "New": "",
    }


def test_fragments_that_disagree_are_named():
    one, other = Catalog(locale="sv"), Catalog(locale="sv")
    one.add("Away", "Borta")
    other.add("Away", "Frånvarande")

    assert words.conflicts([one, other]) == ["two translations: 'Away': ['Borta'] and ['Frånvarande']"]
    assert not words.conflicts([one, one])


def test_compiling_makes_what_python_reads_and_only_when_needed(tmp_path):
    source = tmp_path / "django.po"
    words.write_catalogue(words.merged(None, [Word("Case", None, "school", "a.py:1")], []), source)
    made = source.read_text(encoding="utf-8").replace('msgstr ""\n\n', 'msgstr "Ärende"\n\n')
    source.write_text(made.rstrip().removesuffix('msgstr ""') + 'msgstr "Ärende"\n', encoding="utf-8")

    assert words.compile_catalogue(source)
    assert not words.compile_catalogue(source)
    assert "Ärende".encode() in source.with_suffix(".mo").read_bytes()


def test_catalogue_compiles_without_a_complaint():
    complaints = [f"{message.id!r}: {faults}" for message, faults in words.read_catalogue().check()]

    assert not complaints, "\n".join(complaints)
