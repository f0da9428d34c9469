"""No list of social services sorts, narrows or shows by causes, health or anything that is written about a child.

Looked for in what the database is asked, so that a filter is found wherever it is written.
"""

import re
import tomllib

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Count, Q
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.inbox import TABS
from cases.models import Decision, DecisionReason, Disclosure
from tests.factories.cases import WORDS, a_case
from tests.factories.reports import a_report

PERSONAL_DATA = settings.BASE_DIR / "docs" / "personal-data.toml"
WORKFLOW = {"answer", "decision", "ending", "kind", "number_in_year", "outcome", "reported_at", "status"}
"""Where a request or a report stands: sensitive since it is about a child, and no word about what the child is like."""
CHOOSES = re.compile(r"\b(?:WHERE|ORDER BY|GROUP BY|HAVING|FILTER|ON)\b(.*)", re.DOTALL)
BY_ROW = re.compile(r"\bGROUP BY\b[^()]*?\"id\".*?(?=\bHAVING\b|\bORDER BY\b|\bLIMIT\b|$)", re.DOTALL)
"""Each row by itself, with every column that is fetched: no choice."""
NOT_HERE = {("schools_pupil", "protection")}
"""Whether a pupil may be shown at all is no word about the child, and has the name of another column."""
COLUMN = re.compile(r'"(\w+)"\."(\w+)"')
LISTS = ("cases:todo", "cases:inbox", "cases:case_list", "cases:stalled_list", "cases:report_inbox")


def sensitive_columns():
    """Return the columns with what is written or known about a child, as the register of personal data has them."""
    tables = tomllib.loads(PERSONAL_DATA.read_text(encoding="utf-8"))["tables"]
    ours = [table for name, table in tables.items() if name.partition(".")[0] in {"cases", "attendance"}]
    return {column for table in ours for column in table.get("sensitive", [])} - WORKFLOW


def chosen_by(sql):
    """Return the columns by which a statement chooses or sorts its rows, or counts some of them."""
    fetched, rest = parted(sql)
    clauses = CHOOSES.search(BY_ROW.sub("", rest))
    # A question within it may bring columns out without choosing by them.
    inner = re.sub(r"\bSELECT\b.*?\bFROM\b", "", clauses.group(1), flags=re.DOTALL) if clauses else ""
    counted = " ".join(re.findall(r"\bFILTER \(WHERE (.*?)\)", fetched))
    return {column for table, column in COLUMN.findall(inner + counted) if (table, column) not in NOT_HERE}


def parted(sql):
    """Return what a statement fetches, and what follows: from its own FROM on, not that of a question within it."""
    depth = 0
    for place, sign in enumerate(sql):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and sql.startswith(" FROM ", place):
            return sql[:place], sql[place:]
    return "", sql


def addresses():
    yield from (reverse(name) for name in LISTS)
    yield from (f"{reverse('cases:inbox')}?show={tab.code}&person=none" for tab in TABS)
    yield from (f"{reverse('cases:case_list')}?show={tab}" for tab in ("waiting", "closed"))
    yield f"{reverse('cases:stalled_list')}?cause=S4"


@pytest.fixture
def told(cast):
    """Cases in many states, and a report, to the cast's own district."""
    for state in ("sent", "acknowledged", "asked", "queued", "declined", "active", "feedback_given", "closed"):
        a_case(state, cast=cast)
    return a_report(cast)


def asked_and_shown(client, *, oversees=True):
    """Return all that the lists, and a search, asked the database and showed; the board only to who oversees."""
    with CaptureQueriesContext(connection) as queries:
        shown = [client.get(address) for address in addresses() if oversees or "stalled" not in address]
        shown.append(client.post(reverse("cases:inbox"), {"q": "Alva"}, follow=True))
    assert all(page.status_code == 200 for page in shown)
    return [query["sql"] for query in queries], "".join(page.text for page in shown)


@pytest.mark.parametrize("who", ["worker", "area_head"])
def test_no_list_chooses_or_sorts_by_what_a_child_is_like(told, enter, who):
    is_head = who == "area_head"
    statements, _shown = asked_and_shown(enter(told.cast.area_head if is_head else told.worker), oversees=is_head)

    assert len(statements) > 50
    found = {column: sql for sql in statements for column in chosen_by(sql) & sensitive_columns()}
    assert found == {}
    assert not [sql for sql in statements if '"attendance_' in sql]


def test_no_list_shows_what_is_written(told, enter):
    _statements, shown = asked_and_shown(enter(told.cast.area_head))

    assert [words for words in WORDS.values() if words in shown] == []
    assert "Kartlägg lärmiljön" not in shown
    assert "arabiska" not in shown


@pytest.mark.parametrize(
    "rows",
    [
        lambda: DecisionReason.objects.filter(rationale__icontains="ont"),
        lambda: Decision.objects.order_by("advice"),
        lambda: DecisionReason.objects.values("pk").annotate(n=Count("pk", filter=Q(tried="x"))),
        lambda: Disclosure.objects.filter(content__why_now="x"),
    ],
)
def test_a_list_that_did_would_be_found(db, rows):
    assert chosen_by(str(rows().query)) & sensitive_columns()
