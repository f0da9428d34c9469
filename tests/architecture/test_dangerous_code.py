"""Dangerous code is not written, or stands in a short list with its reason; each rule finds its planted example."""

import ast

import pytest

from tests.architecture.dangerous import RULES, findings, script_findings, template_findings
from tests.architecture.sources import ROOT, app_files, place, tree

# Written in SQL on purpose: the ORM cannot say it, or says it too slowly. The statements are constants.
MAY_OPEN_A_CURSOR = {
    "accounts/attempts.py": "a function of the database that tells the gate in whose logs a row belongs",
    "accounts/lost_factors.py": "a function of the database that takes a second step away, once two have agreed",
    "attendance/concern_traces.py": "a function of the database that tells of concerns without their words",
    "attendance/detection.py": "crossings of a whole school in one statement, with a lock",
    "attendance/figures.py": "absence over school days and weeks, summed in the database",
    "attendance/investigation_rows.py": "a function of the database that tells that there is an investigation",
    "attendance/lines.py": "the lines that apply to a school, found by the same statement as detection finds them",
    "cases/lifting.py": "a function of the database that tells how often lifting a no has helped, in two numbers",
    "followup/report_figures.py": "a function of the database that counts reports, which nobody who counts may see",
    "cases/silence.py": "a function of the database that counts silences past the rows the reader sees",
    "cases/actions/placing.py": "a function of the database that lets a request go on past the eyes of who decides",
    "cases/waiting.py": "a function of the database that tells a unit the share of absence that a consent covers",
    "attendance/missing_reports.py": "what classes have reported over their latest days, counted in the database",
    "attendance/reduced_timetables.py": "a function of the database that tells of shortened timetables",
    "schools/calendars.py": "a provider's terms and a school's free days, asked for on nearly every page",
    "attendance/kept.py": "which kinds of rows there are about a pupil, asked of the database in one go",
    "attendance/reported.py": "a function of the database that tells when absence was last brought in",
    "attendance/setting_lines.py": "a lock, so that two versions of the lines never get one number",
    "attendance/signal_rows.py": "a function of the database that tells a school of its open cases",
    "attendance/trial.py": "the signals that other lines would have given, counted by the same statements",
    "attendance/school_years.py": "parts of tables, which only the catalogue knows of",
    "attendance/sources.py": "a lock, so that a school gets one counted source",
    "audit/verification.py": "the log read through by its owner, to verify it",
    "cases/acts.py": "a function of the database that tells when units acted",
    "cases/actions/requests.py": "the next number of a sequence",
    "cases/inbox_search.py": "a function of the database that finds an office's own requests by a whole number",
    "cases/report_pages.py": "a function of the database that tells the days of an earlier investigation, to an office",
    "cases/receivers.py": "a function of the database that tells how soon units answer, not whom",
    "cases/unit_times.py": "a function of the database that tells how long a unit has for something, not why",
    "integrations/before_images.py": "what an import replaces, kept and put back by the database itself",
    "integrations/brakes.py": "how many pupils stand among the staged rows",
    "integrations/class_sums.py": "sums of staged rows, class by class",
    "integrations/plan.py": "what an import changes, worked out between staged rows and stored ones",
    "integrations/staging.py": "temporary tables of an import, filled by COPY",
    "integrations/ss12000/absence_storing.py": "lessons put among the staged rows by COPY, and days that are empty now",
    "integrations/ss12000/subscriptions.py": "a function of the database that notes a call, and whether it is known",
    "integrations/ss12000/runs.py": "a lock of the connection, so that a source is read once at a time",
    "oversight/facts.py": "a function of the database that tells the clock about pupils",
    "oversight/finding.py": "a function of the database that answers whether the own log knows a number",
    "records/actions.py": "the number of the transaction that erases",
    "records/erasure.py": "deletes exactly the rows that were approved, and no others by cascade",
    "notifications/failing.py": "a function of the database that tells managers whose mail does not arrive",
    "notifications/sending.py": "a lock under which one mail is claimed at a time",
    "notifications/worker.py": "functions of the database that tell how the worker is, in times and numbers",
    "records/readings.py": "a function of the database that tells who has read, for a copy of one's own data",
    "records/school_years.py": "a school year of absence, counted and emptied as a whole",
    "records/subjects.py": "a function of the database that tells what is due",
    "schools/actions/links.py": "a function of the database that answers a claim alike for all",
    "schools/actions/protection.py": "functions of the database that hide and show a pupil, and close lists of readers",
    "schools/models/protection.py": "a function of the database that gives the ids of protected pupils, to leave out",
    "wall/identity.py": "tells the database who asks",
    "wall/management/commands/set_wall_key.py": "gives the database its copy of the key, as the owner",
    "wall/startup.py": "looks whether the wall would hold this login",
}
MAY_SKIP_CSRF = {
    "integrations/ss12000/notices.py": "servers call it, no browser's session is used, and the address is a secret",
}
# "file: source of the first argument", or how it begins, with the reason why nothing from outside can be in it.
MAY_PUT_SQL_TOGETHER = {
    "audit/chain.py: ": "the forms of the two tables of the log, constants of the file",
    "attendance/school_years.py: f'DROP TABLE {part_of(model, year)}'": "the name of a part that the catalogue holds",
    "attendance/windows.py: ": "constants of the file, put in one another",
    "audit/history.py: ": "migrations only: the tables whose history is kept, written beside the models",
    "integrations/before_images.py: statement": "constants of the file, chosen by the shape of the rows",
    "integrations/brakes.py: ": "a table that is a value of a constant",
    "integrations/class_sums.py: ": "constants of the file, chosen by the shape of the rows",
    "integrations/plan.py: PERIOD_SPAN if": "one of two constants",
    "integrations/plan.py: IS_LARGE": "constants of the file, one for each shape",
    "integrations/plan.py: statement": "a private function; its callers hand it constants",
    "integrations/staging.py: ": "tables and columns are keys and values of constants",
    "records/erasure.py: f'DELETE FROM {table} WHERE {column} = ANY(%s)'": "quoted names of a model's table",
    "records/school_years.py: ": "constants with the quoted names of a model's table",
    "wall/identity.py: query": "a private function; its callers hand it constants",
    "wall/policies.py: ": "migrations only: the Guards written beside the models, run by the owner",
    "wall/startup.py: f'SELECT EXISTS (SELECT FROM {table})'": "table comes from the constant LOOKED_AT",
}
# Everything else is in the database. What goes out is checked in one place (docs/adr/0016).
MAY_CALL_OUT = {
    "integrations/ss12000/client.py": "puts questions to a source together; they are sent by transport.py",
    "integrations/ss12000/signing_in.py": "buys tokens; they are sent for by transport.py",
    "integrations/ss12000/transport.py": "the one way out: https, public addresses, no redirects, no endless answer",
    "notifications/sending.py": "knows the mail server's answers; Django hands mail to the one server of the settings",
}
MAY_HASH_WEAKLY = {
    "accounts/leaked_passwords.py": "published lists of leaked passwords have SHA-1; nothing is kept by it"
}
MAY_USE_CHANCE = {"demo": "invented people and absence, the same on every machine; never in production"}


def allowed(rule, file, node):
    """Say whether a finding stands in one of the lists."""
    name = file.relative_to(ROOT).as_posix()
    if rule == "opens a cursor":
        return name in MAY_OPEN_A_CURSOR
    if rule == "puts SQL together":
        told = f"{name}: {ast.unparse(node.args[0])}"
        return any(told.startswith(entry) for entry in MAY_PUT_SQL_TOGETHER)
    if rule == "calls out":
        return name in MAY_CALL_OUT
    if rule == "leaves out the CSRF check":
        return name in MAY_SKIP_CSRF
    return rule == "guesses or hashes weakly" and (name in MAY_HASH_WEAKLY or name.split("/")[0] in MAY_USE_CHANCE)


def all_findings():
    """Return every finding in the server's code: rule, file and node."""
    return [(rule, file, node) for file in app_files() for rule, node in findings(tree(file))]


def test_no_dangerous_code():
    faults = [
        f"{place(file, node)} {rule}: {ast.unparse(node)[:90]}"
        for rule, file, node in all_findings()
        if not allowed(rule, file, node)
    ]

    assert not faults, "\n".join(faults)


def test_lists_hold_nothing_that_is_gone():
    found = all_findings()
    cursors = {file.relative_to(ROOT).as_posix() for rule, file, _ in found if rule == "opens a cursor"}
    put_together = [
        f"{file.relative_to(ROOT).as_posix()}: {ast.unparse(node.args[0])}"
        for rule, file, node in found
        if rule == "puts SQL together"
    ]

    calling = {file.relative_to(ROOT).as_posix() for rule, file, _ in found if rule == "calls out"}

    skipping = {file.relative_to(ROOT).as_posix() for rule, file, _ in found if rule == "leaves out the CSRF check"}

    assert MAY_SKIP_CSRF.keys() == skipping
    assert MAY_CALL_OUT.keys() == calling
    assert MAY_OPEN_A_CURSOR.keys() <= cursors
    assert all(any(told.startswith(entry) for told in put_together) for entry in MAY_PUT_SQL_TOGETHER)


def test_no_template_skips_escaping():
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]
    faults = [f"{file.relative_to(ROOT)}: {words}" for file in files for words in template_findings(file.read_text())]

    assert len(files) > 50
    assert not faults, "\n".join(faults)


def test_no_script_of_ours_is_dangerous():
    files = list((ROOT / "static" / "js").glob("*.js"))
    faults = [f"{file.relative_to(ROOT)}: {words}" for file in files for words in script_findings(file.read_text())]

    assert files
    assert not faults, "\n".join(faults)


PLANTED = {
    "opens a cursor": [
        "with connection.cursor() as cursor: pass",
        "connections['default'].cursor()",
        "Case.objects.raw('SELECT 1')",
        "rows.extra(where=['1=1'])",
        "RawSQL('SELECT 1', [])",
    ],
    "puts SQL together": [
        "cursor.execute(f'SELECT {name}')",
        "cursor.execute('SELECT ' + name)",
        "cursor.execute('SELECT %s' % name)",
        "cursor.execute('SELECT {}'.format(name))",
        "cursor.execute(statement)",
        "migrations.RunSQL(f'DROP TABLE {table}')",
        "cursor.execute(sql.SQL(text).format(sql.Identifier(name)))",
    ],
    "trusts HTML": [
        "mark_safe(text)",
        "safestring.SafeString(text)",
        "format_html(text)",
        "format_html(f'<p>{text}</p>')",
        "format_html('<p>' + text)",
        "format_html_join(', ', text, rows)",
    ],
    "leaves out the CSRF check": [
        "from django.views.decorators.csrf import csrf_exempt",
        "@csrf.csrf_exempt\ndef view(request): pass",
        "view = csrf_exempt(view)",
    ],
    "runs text as code": [
        "eval(text)",
        "exec(text)",
        "compile(text, 'x', 'exec')",
        "__import__(name)",
        "engines['django'].from_string(text)",
        "Template(text)",
    ],
    "makes objects of bytes": [
        "import pickle",
        "from pickle import loads",
        "import marshal",
        "yaml.load(text)",
        "yaml.load(text, Loader=yaml.Loader)",
        "from xml.etree import ElementTree",
    ],
    "starts a program": ["import subprocess", "from subprocess import run", "os.system('ls')", "os.popen(text)"],
    "calls out": ["import requests", "from urllib.request import urlopen", "import urllib.request", "import socket"],
    "guesses or hashes weakly": ["import random", "from random import choice", "hashlib.md5(text)", "hashlib.sha1(b)"],
    "writes people in logs": [
        "logger.info('Opened %s', pupil)",
        "logger.warning('Bad row of %s', pupil.given_name)",
        "logging.error('No mail to %s', user.email)",
        "self.logger.info('Hello %s', request.user)",
        "log.info(f'Import {number}')",
        "logger.info('x', extra={'who': guardian})",
        "print(name)",
    ],
}
HARMLESS = [
    "cursor.execute(LOCK)",
    "cursor.execute('SELECT 1 WHERE %s', [name])",
    "cursor.execute(f'SELECT {COLUMNS} FROM t')",
    "cursor.execute(queries.LATEST_DAYS, {'day': day})",
    "connection.execute(sql.SQL('SET ROLE {}').format(sql.Identifier(name)))",
    "format_html('<b>{}</b>', text)",
    "format_html_join(', ', '<b>{}</b>', rows)",
    "re.compile(text)",
    "yaml.load(text, Loader=yaml.SafeLoader)",
    "import secrets",
    "hashlib.sha256(text)",
    "logger.info('Import %s is read', absence_import.pk)",
    "logger.info('Case %s', case.pupil.pk)",
    "from django.core.mail import send_mail",
    "shutil.copy",
]


def test_every_rule_has_planted_examples():
    assert PLANTED.keys() == RULES.keys()


@pytest.mark.parametrize(("rule", "code"), [(rule, code) for rule, codes in PLANTED.items() for code in codes])
def test_planted_danger_is_found(rule, code):
    assert rule in {found for found, _node in findings(ast.parse(code))}


@pytest.mark.parametrize("code", HARMLESS)
def test_harmless_code_passes(code):
    assert not list(findings(ast.parse(code)))


@pytest.mark.parametrize(
    "text",
    [
        "{{ note|safe }}",
        "{{ note | safeseq }}",
        "{% autoescape off %}{{ note }}{% endautoescape %}",
        "<b hx-on:click='x()'>",
        "<b hx-vals='js:{a: 1}'>",
        "<a href='javascript:x()'>",
        "{% debug %}",
    ],
)
def test_planted_danger_in_a_template_is_found(text):
    assert template_findings(text)


def test_plain_template_passes():
    assert not template_findings('<p class="safe" hx-post="/x/">{{ note|default:"safe" }} {% autoescape on %}</p>')


@pytest.mark.parametrize(
    "text",
    [
        "box.innerHTML = text;",
        "eval(text)",
        'window.addEventListener("message", take);',
        'localStorage.setItem("note", text);',
        "document.cookie = text;",
        'setTimeout("run()", 1);',
        "window.shared = {};",
        'fetch("https://elsewhere.example/");',
    ],
)
def test_planted_danger_in_a_script_is_found(text):
    assert script_findings(text)


def test_plain_script_passes():
    assert not script_findings("box.textContent = text; if (window.x === 1) form.requestSubmit(); setTimeout(run, 1);")
