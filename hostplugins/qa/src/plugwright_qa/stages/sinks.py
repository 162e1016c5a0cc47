"""Where text of anybody may do harm: addresses, file names, SQL and code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from plugwright.validation import Severity

_VERBS = ("get", "head", "post", "put", "patch", "delete")
_FILES = ("read_bytes", "read_text", "write_bytes", "write_text", "list", "exists")
_CODE = ("eval", "exec", "compile", "__import__", "import_module")
_HOST = re.compile(r"https?://[^/?#{}]+/")
"""How an address begins whose host is fixed."""


class Sink(NamedTuple):
    """One kind of place."""

    name: str
    severity: Severity
    what: str
    remedy: str


HOST = Sink(
    "http",
    Severity.ERROR,
    "chooses the address that it asks",
    "write the host down, and put input into `params`",
)
PATH = Sink(
    "http",
    Severity.WARNING,
    "becomes part of an address as it is",
    'put it into `params`, or `quote(…, safe="")` it',
)
FILE = Sink(
    "files",
    Severity.WARNING,
    "chooses the file",
    "compare it with the names that are meant, or make the name yourself",
)
SQL = Sink(
    "sql",
    Severity.ERROR,
    "becomes part of the SQL",
    "write `?` there and give it as a parameter",
)
CODE = Sink("code", Severity.ERROR, "is run as code", "do without code made of text")
ROLE = Sink(
    "models",
    Severity.WARNING,
    "chooses which model is asked",
    "write the role down",
)


class Reached(NamedTuple):
    """One place where something may arrive."""

    sink: Sink
    where: str
    """File and line."""
    call: str
    """What is called there."""


def reached(
    path: str,
    node: ast.Call,
    part: str,
    given: Sequence[frozenset[str]],
    named: Mapping[str, frozenset[str]],
) -> Iterator[tuple[Reached, frozenset[str]]]:
    """Say which places a call is, and the labels of what arrives there."""
    where = f"{path}:{node.lineno}"
    service, _, method = part.partition(".")
    spread = named.get("", frozenset())

    def labels(index: int, name: str) -> frozenset[str]:
        # What is spread may be any argument.
        stars = [n for n, each in enumerate(node.args) if isinstance(each, ast.Starred)]
        loose = frozenset().union(*(given[n] for n in stars if n <= index))
        here = given[index] if index < len(given) else frozenset()
        return here | named.get(name, frozenset()) | spread | loose

    match service, method:
        case "http", "request":
            yield Reached(_address(node, 1), where, part), labels(1, "url")
        case "http", _ if method in _VERBS:
            yield Reached(_address(node, 0), where, part), labels(0, "url")
        case "files", _ if method in _FILES:
            found = labels(0, "name") | named.get("folder", frozenset())
            yield Reached(FILE, where, part), found
        case "storage", "query":
            yield Reached(SQL, where, part), labels(0, "sql")
        case "models", "ask":
            yield Reached(ROLE, where, part), labels(0, "role")
        case _:
            name = _code(node.func)
            if name:
                yield Reached(CODE, where, name), labels(0, "source")


def _code(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) if name in _CODE:
            return name
        # `re.compile` is another thing.
        case ast.Attribute(value=ast.Name(id="builtins" | "importlib"), attr=name):
            return name if name in _CODE else ""
    return ""


def _address(node: ast.Call, index: int) -> Sink:
    """Whether the host is fixed, as far as one can see where it is asked."""
    named = [each.value for each in node.keywords if each.arg == "url"]
    for url in [*node.args[index : index + 1], *named][:1]:
        while isinstance(url, ast.BinOp) and isinstance(url.op, ast.Add):
            url = url.left
        if isinstance(url, ast.JoinedStr) and url.values:
            url = url.values[0]
        if isinstance(url, ast.Call) and isinstance(url.func, ast.Attribute):
            url = url.func.value  # "https://…/{}".format(…)
        if isinstance(url, ast.BinOp) and isinstance(url.op, ast.Mod):
            url = url.left
        text = url.value if isinstance(url, ast.Constant) else None
        if isinstance(text, str) and _HOST.match(text):
            return PATH
    return HOST
