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
_LONG = 300
"""Characters of an address that are enough to know its host."""


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
    written: Mapping[str, ast.expr],
) -> Iterator[tuple[Reached, frozenset[str]]]:
    """Say which places a call is, and the labels of what arrives there.

    `written` says what names stand for, as far as that is written down.
    """
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
            yield Reached(_address(node, 1, written), where, part), labels(1, "url")
        case "http", _ if method in _VERBS:
            yield Reached(_address(node, 0, written), where, part), labels(0, "url")
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


def _address(node: ast.Call, index: int, written: Mapping[str, ast.expr]) -> Sink:
    """Whether the host is fixed, as far as it is written down."""
    named = [each.value for each in node.keywords if each.arg == "url"]
    for url in [*node.args[index : index + 1], *named][:1]:
        if _HOST.match(_beginning(url, written)[0]):
            return PATH
    return HOST


def _beginning(
    node: ast.expr, written: Mapping[str, ast.expr], depth: int = 8
) -> tuple[str, bool]:
    """Give the text that a text begins with, and whether that is all of it."""
    if depth == 0:
        return "", False
    match node:
        case ast.Constant(value=str(text)):
            return text, True
        case ast.Name(id=name) if name in written:
            return _beginning(written[name], written, depth - 1)
        case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
            return _beginning(value, written, depth - 1)
        case ast.JoinedStr(values=parts):
            return _joined(parts, written, depth - 1)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            # A long sum leans to the left, and is as deep as it is long.
            parts = [right]
            while isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add):
                parts.append(left.right)
                left = left.left
            return _joined([left, *reversed(parts)], written, depth - 1)
        case ast.BinOp(left=left, op=ast.Mod()):
            return _beginning(left, written, depth - 1)[0].partition("%")[0], False
        case ast.Call(func=ast.Attribute(value=value, attr="format" | "format_map")):
            return _beginning(value, written, depth - 1)[0].partition("{")[0], False
    return "", False


def _joined(
    parts: Sequence[ast.expr], written: Mapping[str, ast.expr], depth: int
) -> tuple[str, bool]:
    found = ""
    for part in parts:
        text, is_all = _beginning(part, written, depth)
        found += text
        if not is_all or len(found) > _LONG:
            return found, False
    return found, True
