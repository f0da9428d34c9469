"""Code that is dangerous here, found in its syntax: each rule says what it finds, and why we do without."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from tests.architecture.sources import dotted

Finder = Callable[[ast.AST], bool]

HTML_WITHOUT_ESCAPING = {"mark_safe", "SafeString", "SafeText", "SafeData", "Markup"}
CODE_FROM_TEXT = {"eval", "exec", "compile", "__import__"}
OBJECTS_FROM_BYTES = {"pickle", "marshal", "shelve", "dill", "jsonpickle"}
PROGRAMS = {"os.system", "os.popen", "os.execv", "os.execve", "os.execvp", "os.spawnv", "pty.spawn"}
CALLS_OUT = {"requests", "httpx", "aiohttp", "urllib3", "socket", "smtplib", "ftplib", "urllib.request", "http.client"}
WEAK_HASHES = {"hashlib.md5", "hashlib.sha1", "hashlib.new"}
RUN_SQL = {"execute", "executemany", "copy", "RunSQL", "raw"}
LOGGERS = {"logger", "log", "logging", "_logger"}
LEVELS = {"debug", "info", "warning", "warn", "error", "exception", "critical", "log"}
PEOPLE = {"pupil", "user", "guardian", "person", "membership", "reader", "handler", "name", "names", "email"}
CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")


def called(node: ast.AST) -> str:
    """Return the dotted name of what a call calls, or nothing."""
    return dotted(node.func) if isinstance(node, ast.Call) else ""


def last_name(node: ast.AST) -> str:
    """Return the last part of what a call calls, also of `a().b()`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr
    return called(node)


def imports(node: ast.AST, names: set[str]) -> bool:
    """Say whether a statement imports one of `names`, or something from inside it."""
    told: list[str] = []
    if isinstance(node, ast.Import):
        told = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.level == 0:
        told = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
    return any(one == name or one.startswith(f"{name}.") for one in told for name in names)


def is_constant(node: ast.AST) -> bool:
    """Say whether a text is written in the code: a constant, a NAME in capitals, or such put together."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.Name | ast.Attribute):
        return CONSTANT.fullmatch(dotted(node).rpartition(".")[2]) is not None
    if isinstance(node, ast.JoinedStr):
        return all(is_constant(part.value) for part in node.values if isinstance(part, ast.FormattedValue))
    return isinstance(node, ast.BinOp) and is_constant(node.left) and is_constant(node.right)


def composes(node: ast.AST) -> bool:
    """Say whether SQL is put together by psycopg, which quotes each part: sql.SQL("…").format(sql.Identifier(x))."""
    while isinstance(node, ast.Call | ast.Attribute):
        if isinstance(node, ast.Call) and called(node) in {"sql.SQL", "sql.Composed"}:
            return all(is_constant(argument) for argument in node.args)
        node = node.func if isinstance(node, ast.Call) else node.value
    return False


def opens_a_cursor(node: ast.AST) -> bool:
    """`cursor()`, `.raw()`, `.extra()`, RawSQL: past the ORM; without parameters psycopg runs several statements."""
    names = {"cursor", "raw", "extra", "server_side_cursor"}
    return (isinstance(node, ast.Call) and last_name(node) in names) or last_name(node) == "RawSQL"


def puts_sql_together(node: ast.AST) -> bool:
    """SQL that is not written in the code: an f-string of variables, `%`, `+`, `.format()`, or a variable."""
    if last_name(node) not in RUN_SQL or not isinstance(node, ast.Call) or not node.args:
        return False
    return not (is_constant(node.args[0]) or composes(node.args[0]))


def trusts_html(node: ast.AST) -> bool:
    """HTML that skips escaping: mark_safe and its kin, or format_html with a text that is not written in the code."""
    if last_name(node) in HTML_WITHOUT_ESCAPING:
        return True
    formats = last_name(node) in {"format_html", "format_html_join"} and isinstance(node, ast.Call)
    if not formats:
        return False
    at = 1 if last_name(node) == "format_html_join" else 0
    return not all(isinstance(argument, ast.Constant) for argument in node.args[: at + 1])


def leaves_out_the_csrf_check(node: ast.AST) -> bool:
    """csrf_exempt, in whatever way it is reached."""
    if isinstance(node, ast.ImportFrom):
        return any(alias.name == "csrf_exempt" for alias in node.names)
    return isinstance(node, ast.Name | ast.Attribute) and dotted(node).endswith("csrf_exempt")


def runs_text_as_code(node: ast.AST) -> bool:
    """eval, exec and their kin; templates made from text."""
    return called(node) in CODE_FROM_TEXT or last_name(node) in {"from_string", "Template"}


def makes_objects_of_bytes(node: ast.AST) -> bool:
    """pickle and its kin, YAML that makes objects, XML parsers (entities)."""
    safe = any(keyword.arg == "Loader" and "Safe" in ast.unparse(keyword.value) for keyword in _keywords(node))
    return imports(node, OBJECTS_FROM_BYTES | {"xml", "lxml"}) or (called(node) == "yaml.load" and not safe)


def starts_a_program(node: ast.AST) -> bool:
    """The server starts no other program."""
    return imports(node, {"subprocess", "pty"}) or called(node) in PROGRAMS


def calls_out(node: ast.AST) -> bool:
    """The server calls nobody but sources (docs/adr/0016): what it needs is in its database; Django sends mail."""
    return imports(node, CALLS_OUT)


def guesses_or_hashes_weakly(node: ast.AST) -> bool:
    """Chance that can be foretold, and hashes that are broken."""
    return imports(node, {"random"}) or called(node) in WEAK_HASHES


def writes_people_in_logs(node: ast.AST) -> bool:
    """A log line with a person in it, or with a text put together first (which could also forge lines)."""
    if not isinstance(node, ast.Call):
        return False
    if called(node) == "print":
        return True
    owner, _, level = called(node).rpartition(".")
    if level not in LEVELS or owner.rpartition(".")[2] not in LOGGERS:
        return False
    arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
    return not (node.args and isinstance(node.args[0], ast.Constant)) or any(map(_is_about_somebody, arguments))


def _keywords(node: ast.AST) -> list[ast.keyword]:
    return node.keywords if isinstance(node, ast.Call) else []


def _is_about_somebody(argument: ast.AST) -> bool:
    """Anything named as a person; of a person only `.pk` and `.id` may be written."""
    if isinstance(argument, ast.Attribute) and argument.attr in {"pk", "id", "code"}:
        return False
    parts = [part for node in ast.walk(argument) for part in dotted(node).split(".")]
    return any(part in PEOPLE or part.endswith(("_name", "_text", "_email")) for part in parts)


RULES: dict[str, Finder] = {
    "opens a cursor": opens_a_cursor,
    "puts SQL together": puts_sql_together,
    "trusts HTML": trusts_html,
    "leaves out the CSRF check": leaves_out_the_csrf_check,
    "runs text as code": runs_text_as_code,
    "makes objects of bytes": makes_objects_of_bytes,
    "starts a program": starts_a_program,
    "calls out": calls_out,
    "guesses or hashes weakly": guesses_or_hashes_weakly,
    "writes people in logs": writes_people_in_logs,
}


def findings(module: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Give each dangerous thing in a module: the rule's name and the node."""
    for node in ast.walk(module):
        yield from ((rule, node) for rule, finds in RULES.items() if finds(node))


DANGEROUS_TEMPLATE = re.compile(
    r"\|\s*safe(?:seq)?\b|autoescape\s+off|\bhx-on\b|\bhx-vars\b|hx-\w+=[\"']js:|javascript:|\{%\s*debug\b"
)


def template_findings(text: str) -> list[str]:
    """Return what in a template skips escaping or runs script from an attribute."""
    return [found[0] for found in DANGEROUS_TEMPLATE.finditer(text)]


# One line for each: text as code, HTML from text, other windows, and stores that outlive a sign-out.
DANGEROUS_SCRIPT = re.compile(
    r"\beval\(|\bnew Function\b|\b(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write|postMessage|"
    r"addEventListener\(\s*[\"']message|localStorage|sessionStorage|indexedDB|document\.cookie|__proto__|"
    r"setTimeout\(\s*[\"']|https?://|window\.\w+\s*=[^=]"
)


def script_findings(text: str) -> list[str]:
    """Return what in a script of ours could run foreign text, reach other windows or leave something behind."""
    return [found[0] for found in DANGEROUS_SCRIPT.finditer(text)]
