"""What pages let the browser and HTMX do: nothing typed by people is acted on, and nothing switches the guards off."""

import json
import re

import pytest
from django.apps import apps
from django.db import models
from django.template import engines
from django.urls import NoReverseMatch, reverse

from tests.architecture.sources import APPS, ROOT, app_files
from tests.architecture.test_dangerous_code import MAY_SKIP_CSRF

TEMPLATES = ROOT / "templates"
FORBIDDEN = {
    "python": [r"\bmark_safe\b", r"\bSafeText\b", r"\bcsrf_exempt\b", r"autoescape\s*=\s*False"],
    "template": [
        r"\|\s*safe\b",
        r"\|\s*safeseq\b",
        r"autoescape\s+off",
        r"\bhx-on\b",
        r"hx-on:",
        r"\bjs:",
        r"javascript:",
    ],
}
WANTED = {
    "historyCacheSize": 0,
    "refreshOnHistoryMiss": True,
    "allowEval": False,
    "allowScriptTags": False,
    "selfRequestsOnly": True,
    "includeIndicatorStyles": False,
}

ALSO_TYPED = {"detail", "step", "help_wanted", "why_now", "what_hinders", "tried"}
"""Names under which a page shows typed text that is not a column of its own."""

NOT_TYPED = {
    "cell.text", "link.text", "due.text", "text", "state.ball.task", "row.ball.task", "waiting.task",
    "row.duty.task", "duty.task", "question",
    "row.stalled.reason", "reason", "state.ball.step", "consent.answer", "note", "words", "part.note",
    "row.kind.task", "clock.task", "why", "one.ball.task", "ball.task", "remedy", "one.state.ball.task",
}  # fmt: skip
"""Same names, but the words are ours: headings, links, names of steps and reasons."""

IN_A_FIELD = re.compile(r"""<textarea[^>]*>[^<]*\{\{[^}]*\}\}[^<]*</textarea>|value="[^"]*\{\{[^}]*\}\}[^"]*\"""")
SHOWN = re.compile(r"\{\{\s*([\w.]+)((?:\|[^}]*)?)\s*\}\}")


def free_text_columns():
    """Return the names of our columns that people type sentences in."""
    fields = [field for app in APPS for model in apps.get_app_config(app).get_models() for field in model._meta.fields]
    long = [
        field.name
        for field in fields
        if isinstance(field, models.TextField)
        or (type(field) is models.CharField and not field.choices and field.max_length == 300)
    ]
    return set(long) - {"content", "data", "offers_sv", "offers_en"}


def faults_in_typed_text(text, place=""):
    """Return where a template shows typed text otherwise than by the filter `typed`."""
    names = free_text_columns() | ALSO_TYPED
    outside_fields = IN_A_FIELD.sub("", text)
    return [
        f"{place}: {found[0]}"
        for found in SHOWN.finditer(outside_fields)
        if found[1].rpartition(".")[2] in names
        and found[1] not in NOT_TYPED
        and not found[2].rstrip().endswith("|typed")
    ]


def forbidden_in(text, kind):
    """Return the forbidden words of a kind of file that stand in a text."""
    return [pattern for pattern in FORBIDDEN[kind] if re.search(pattern, text)]


def test_typed_text_is_shown_only_by_its_filter():
    files = sorted(TEMPLATES.rglob("*.html"))
    faults = [fault for file in files for fault in faults_in_typed_text(file.read_text(), file.relative_to(TEMPLATES))]

    assert len(free_text_columns()) >= 10
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "text", ["{{ concern.text }}", "{{ note.text|linebreaks }}", "<p>{{ feedback.reply|upper }}</p>"]
)
def test_typed_text_shown_otherwise_is_found(text):
    assert faults_in_typed_text(text)


def test_filter_escapes_and_keeps_htmx_away():
    template = engines["django"].from_string("{{ text|typed }}")

    shown = template.render({"text": "<img src=x hx-get=/a>\n& ord"})

    assert shown == "<span hx-disable>&lt;img src=x hx-get=/a&gt;<br>&amp; ord</span>"


def test_nothing_switches_the_guards_off():
    files = [file for file in app_files() if file.relative_to(ROOT).as_posix() not in MAY_SKIP_CSRF]
    faults = [f"{file}: {word}" for file in files for word in forbidden_in(file.read_text(), "python")]
    for file in TEMPLATES.rglob("*.html"):
        faults += [f"{file}: {word}" for word in forbidden_in(file.read_text(), "template")]

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("return mark_safe(x)", "python"),
        ("@csrf_exempt", "python"),
        ("{{ x|safe }}", "template"),
        ("{% autoescape off %}", "template"),
        ('<a hx-on:click="x">', "template"),
        ("""hx-vals='js:{a: 1}'""", "template"),
    ],
)
def test_switching_off_is_found(text, kind):
    assert forbidden_in(text, kind)


def test_htmx_stores_nothing_and_runs_nothing():
    page = (TEMPLATES / "base.html").read_text()
    config = json.loads(re.search(r"name=\"htmx-config\" content='([^']+)'", page)[1])

    assert {name: config.get(name) for name in WANTED} == WANTED
    assert '<body hx-history="false"' in page
    whole = {file.name for file in TEMPLATES.rglob("*.html") if "<html" in file.read_text()}
    # The archive is a file that somebody takes home, the mail is read elsewhere; no HTMX reads them.
    assert whole <= {"base.html", "500.html", "archive.html", "mail.html"}


def test_there_is_no_admin_site():
    assert not apps.is_installed("django.contrib.admin")
    with pytest.raises(NoReverseMatch):
        reverse("admin:index")
