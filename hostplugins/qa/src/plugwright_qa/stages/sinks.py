"""Where text of anybody may do harm: addresses, file names, SQL and code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
            name = runs_code(node.func)
            if name:
                yield Reached(CODE, where, name), labels(0, "source")


def runs_code(function: ast.expr) -> str:
    """Name what runs text as code, if a function does that."""
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
        if _HOST.match(_Address(written).beginning(url)[0]):
            return PATH
    return HOST


@dataclass
class _Address:
    """One address, read from its beginning."""

    written: Mapping[str, ast.expr]
    left: int = 100
    """Parts that are read; who hides the host behind more of them has hidden it."""

    def beginning(self, node: ast.expr) -> tuple[str, bool]:
        """Give the text that a text begins with, and whether that is all of it."""
        self.left -= 1
        if self.left < 0:
            return "", False
        match node:
            case ast.Constant(value=str(text)):
                return text, True
            case ast.Name(id=name) if name in self.written:
                return self.beginning(self.written[name])
            case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
                return self.beginning(value)
            case ast.JoinedStr(values=parts):
                return self._joined(parts)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._joined([left, right])
            case ast.BinOp(left=left, op=ast.Mod()):
                return self.beginning(left)[0].partition("%")[0], False
            case ast.Call(func=ast.Attribute(value=value, attr="format")):
                return self.beginning(value)[0].partition("{")[0], False
        return "", False

    def _joined(self, parts: Sequence[ast.expr]) -> tuple[str, bool]:
        found = ""
        for part in parts:
            text, is_all = self.beginning(part)
            found += text
            if not is_all:
                return found, False
        return found, True
